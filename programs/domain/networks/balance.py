"""What a member could spend here of points that lie in other businesses of the network. Reads only."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from customers.enums import MemberStatus
from programs.domain.lots import held_lots
from programs.domain.networks.people import person_of
from programs.domain.networks.spending import left_today
from programs.enums import ProgramKind, ProgramStatus
from programs.models import Account, NetworkPerson
from tenants.crossing import cross_into
from tenants.domain.networks.reading import Partner, open_partners, own_seat, terms_of
from tenants.domain.networks.terms import Terms
from tenants.models import NetworkSeat


@dataclass(frozen=True, slots=True)
class There:
    """How a member stands at one partner: `points` that can be spent here today; None where they are not linked."""

    partner: Partner
    points: int | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What lies in other businesses for a member who takes part. Whose it is, is for the member alone to read."""

    seat: NetworkSeat
    terms: Terms
    person: NetworkPerson
    there: list[There]

    @property
    def total(self) -> int:
        return sum(one.points or 0 for one in self.there)

    def counts_for(self, kind: str) -> int:
        """The points that a reward of this kind can be paid with, besides one's own."""
        return self.total if self.terms.counts(kind) else 0


def elsewhere_of(account: Account) -> Elsewhere | None:
    """What a member has in the network besides this account; None for those who take no part.

    Who owes points here is told nothing could be spent, as nothing can.
    """
    person = person_of(account.member)
    seat = own_seat() if person is not None else None
    if person is None or seat is None or seat.network_id != person.network_id:
        return None
    terms, is_barred = terms_of(seat), bool(account.owed)
    found = []
    for partner in open_partners(seat):
        points = _points(partner, seat, terms, person.person_id)
        found.append(There(partner, min(points, 0) if is_barred and points is not None else points))
    return Elsewhere(seat, terms, person, found)


def _points(partner: Partner, seat: NetworkSeat, terms: Terms, person_id: UUID) -> int | None:
    with cross_into(partner.pk, network=seat.network_id, why="balance"):
        known = NetworkPerson.objects.select_related("member").filter(
            network_id=seat.network_id, person_id=person_id, ended_at=None
        )
        there = known.first()
        if there is None:
            return None
        account = Account.objects.select_related("program").filter(
            member=there.member, program__kind=ProgramKind.POINTS, merged_into=None
        )
        found = account.first()
        if found is None or there.member.status != MemberStatus.ACTIVE or found.program.status != ProgramStatus.LIVE:
            return 0
        return max(0, min(_spendable(found), left_today(seat, terms, person_id)))


def _spendable(account: Account) -> int:
    """What can be spent at this moment, before the clock of today has acted on it."""
    now = timezone.now()
    lots = [lot for lot in held_lots(account) if not lot.is_held and lot.available_from <= now]
    return sum(lot.remaining for lot in lots if not lot.has_lapsed(now)) - account.owed
