"""Points of other businesses that are spent on a reward here: taken there and brought here, in one transaction.

There they leave the account by an entry, and here the same number comes in by another, in lots with the dates they had;
then the reward is paid as every other. Two rows mirror the crossing, one behind each wall: the business that gave the
points owes what the network agreed they count for, and this one is owed as much.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, MemberStatus, Source
from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import lock_account_of
from programs.domain.drafts import Draft, HeldLot, Move, NewLot
from programs.domain.lots import held_lots, settle
from programs.domain.networks.people import Held, lock_crossings
from programs.domain.posting import post
from programs.enums import Cause, CrossingKind, EntryKind, ProgramStatus
from programs.models import Account, Entry, NetworkCrossing, NetworkPerson, Redemption
from programs.network_errors import CrossingUnexpected
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network, visitor
from tenants.domain.networks.reading import Partner, open_partners, own_seat, terms_of
from tenants.domain.networks.terms import Terms
from tenants.isolation import current_tenant
from tenants.models import NetworkSeat, Tenant


@dataclass(slots=True)
class Abroad:
    """What a person could spend of one partner's points: the locked account there and its lots."""

    partner: Partner
    account: Account
    lots: list[HeldLot]
    most: int


@dataclass(frozen=True, slots=True)
class Part:
    """Points of one partner that are taken, by lot."""

    abroad: Abroad
    moves: list[Move]

    @property
    def points(self) -> int:
        return sum(move.points for move in self.moves)


@dataclass(frozen=True, slots=True)
class Crossing:
    """What both sides write of the same crossing."""

    crossing_id: UUID
    seat: NetworkSeat
    person_id: UUID
    points: int
    amount: int
    at: datetime


def bring_points(
    account: Account,
    missing: int,
    *,
    redemption: Redemption,
    person: Held | None,
    by: Actor,
    family: Sequence[Account] = (),
) -> bool:
    """Bring so many points from other businesses into a locked account, for a reward that is about to be redeemed.

    Those that expire first are taken first, of whichever business. False, with nothing written, when the member takes
    no part, owes points here, the reward is of a kind that does not count, or there are not enough. `family` are the
    accounts that are locked with this one; what they have elsewhere is not touched, it is nobody's pool there. Raises
    CrossingUnexpected when one of them came to it just now, so that their person is not held, and where somebody else
    crosses at this moment and nobody expected this one to (`expect_crossing`). Asks for the network, then for the
    accounts abroad in the order of their businesses.
    """
    seat = own_seat() if person is not None else None
    if person is None or seat is None or seat.network_id != person.network_id or account.owed:
        return False
    terms = terms_of(seat)
    if person.member_id != account.member_id or not terms.counts(redemption.reward.kind):
        return False
    _refuse_unheld(family, person)
    if not lock_crossings(seat.network_id, wait=False):
        # Somebody else crosses, and this one holds accounts already: it did not look so before they were locked.
        raise CrossingUnexpected
    lock_network(seat.network_id, alone=False)
    partners = sorted(open_partners(seat), key=lambda one: one.pk)
    found = [there for partner in partners if (there := _look_into(partner, seat, person, terms)) is not None]
    parts = _choose(found, missing)
    if sum(part.points for part in parts) < missing:
        return False
    for part in parts:
        _carry_over(part, account, seat, terms, person=person, redemption=redemption, by=by)
    return True


def _refuse_unheld(family: Sequence[Account], person: Held) -> None:
    """Raises CrossingUnexpected when an account is locked whose person is not held: that could end in a deadlock."""
    others = {one.member_id for one in family} - person.together
    if others and NetworkPerson.objects.filter(member__in=others, ended_at=None).exists():
        raise CrossingUnexpected


def _look_into(partner: Partner, seat: NetworkSeat, person: Held, terms: Terms) -> Abroad | None:
    """The person's account at a partner, locked and up to date; None where there is nothing to be had."""
    with cross_into(partner.pk, network=seat.network_id, why="look"):
        known = NetworkPerson.objects.select_related("member").filter(
            network_id=seat.network_id, person_id=person.person_id, ended_at=None
        )
        there = known.first()
        if there is None or there.member.status != MemberStatus.ACTIVE:
            return None
        account = lock_account_of(there.member, by=Actor.system())
        if account.program.status != ProgramStatus.LIVE or account.member_id != there.member_id:
            return None
        lots = settle(account, held_lots(account), now=timezone.now())
        most = min(account.balance, left_today(seat, terms, person.person_id))
        return Abroad(partner, account, [lot for lot in lots if not lot.is_pending], most) if most > 0 else None


def left_today(seat: NetworkSeat, terms: Terms, person_id: UUID) -> int:
    """How many points of a person the current business lets go today, in the network's time zone."""
    if terms.day_limit is None:
        return 10**12
    zone = ZoneInfo(seat.time_zone)
    midnight = start_of_day(local_day(timezone.now(), zone), zone)
    spent = NetworkCrossing.objects.filter(
        person_id=person_id, kind=CrossingKind.SPENT, points__lt=0, occurred_at__gte=midnight
    )
    return max(0, terms.day_limit + (spent.aggregate(sum=Sum("points"))["sum"] or 0))


def _choose(found: Sequence[Abroad], points: int) -> list[Part]:
    """The lots that expire first, the oldest among them first, until there are enough; by business."""
    rows = [(lot, there) for there in found for lot in there.lots]
    rows.sort(key=lambda row: (row[0].expires_at is None, row[0].expires_at or row[0].available_from, row[0].pk))
    left = {there.partner.pk: there.most for there in found}
    moves: dict[UUID, list[Move]] = {}
    for lot, there in rows:
        taken = min(points, lot.remaining, left[there.partner.pk])
        if taken > 0:
            moves.setdefault(there.partner.pk, []).append(Move(lot, taken))
            left[there.partner.pk] -= taken
            points -= taken
    return [Part(there, moves[there.partner.pk]) for there in found if there.partner.pk in moves]


def _carry_over(
    part: Part, account: Account, seat: NetworkSeat, terms: Terms, *, person: Held, redemption: Redemption, by: Actor
) -> None:
    """The crossing itself: both entries and both mirrors, or none."""
    here = current_tenant()
    both = Crossing(uuid7(), seat, person.person_id, part.points, terms.amount_for(part.points), timezone.now())
    with cross_into(part.abroad.partner.pk, network=seat.network_id, why="spend", audit="network.points_spent"):
        _let_go(part, both, to=here)
    _take_in(part, account, both, redemption=redemption, by=by)


def _let_go(part: Part, both: Crossing, *, to: Tenant) -> None:
    account = part.abroad.account
    entry = post(
        account,
        Draft(
            kind=EntryKind.TRANSFER,
            cause=Cause.NETWORK,
            cause_id=both.crossing_id,
            key=f"network:{both.crossing_id}",
            by=visitor(to),
            moves=part.moves,
            snapshot={"partner": to.name, "way": "out"},
        ),
    ).entry
    _mirror(both, account, entry, partner=to.pk, sign=-1)
    _tell(account, entry, to.name, by=visitor(to))


def _take_in(part: Part, account: Account, both: Crossing, *, redemption: Redemption, by: Actor) -> None:
    partner = part.abroad.partner
    entry = post(
        account,
        Draft(
            kind=EntryKind.TRANSFER,
            cause=Cause.NETWORK,
            cause_id=both.crossing_id,
            key=f"network:{both.crossing_id}",
            by=by,
            brings=[NewLot(move.points, move.lot.available_from, move.lot.expires_at) for move in part.moves],
            snapshot={"partner": partner.name, "way": "in"},
        ),
    ).entry
    _mirror(both, account, entry, partner=partner.pk, sign=1, redemption=redemption)


def _mirror(
    both: Crossing,
    account: Account,
    entry: Entry,
    *,
    partner: UUID,
    sign: int,
    redemption: Redemption | None = None,
) -> None:
    NetworkCrossing.objects.create(
        crossing_id=both.crossing_id,
        network_id=both.seat.network_id,
        partner_id=partner,
        person_id=both.person_id,
        kind=CrossingKind.SPENT,
        account=account,
        entry=entry,
        points=sign * both.points,
        amount=sign * both.amount,
        redemption_id=redemption.pk if redemption else None,
        occurred_at=both.at,
    )


def _tell(account: Account, entry: Entry, partner: str, *, by: Actor) -> None:
    record_activity(
        ActivityKind.POINTS_CROSSED,
        by=by,
        source=Source.SYSTEM,
        member=account.member,
        payload={"entry": str(entry.pk), "points": entry.amount, "partner": partner, "balance": entry.balance_after},
    )
