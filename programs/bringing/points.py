"""What members bring from another system, for the import of points and tiers (customers.imports.balances)."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.enums import Source
from customers.imports.balances import Brought
from customers.models import Member
from loyalty_saas.lib.days import local_day
from programs.domain.accounts import call_key, lock_account_of, points_program, require_points_program
from programs.domain.awards import award_opening
from programs.domain.debts import bring_debt
from programs.domain.memberships.holding import adopt_placement
from programs.domain.memberships.selling import locked_membership
from programs.domain.placements import place_member
from programs.domain.tiers import period_end, tiers_of
from programs.enums import MembershipState
from programs.models import Account, Entry, Program, Tier, TierPlacement
from tenants.actors import Actor
from tenants.isolation import current_tenant


def net_of(program: Program | None, members: Iterable[UUID]) -> dict[UUID, int]:
    """What each has in the program, waiting points among it and owed ones taken off, by the member's id."""
    accounts = Account.objects.filter(program=program, member__in=list(members))
    rows = accounts.values_list("member_id", "balance", "pending", "owed")
    return {member: balance + pending - owed for member, balance, pending, owed in rows}


class PointsAndTiers:
    """Fills `customers.imports.balances`."""

    def hindrance(self) -> str:
        return ""

    def known(self, keys: Iterable[str]) -> set[str]:
        stored = {call_key(key): key for key in keys}
        found = set(Entry.objects.filter(key__in=stored).values_list("key", flat=True))
        found |= set(TierPlacement.objects.filter(key__in=stored).values_list("key", flat=True))
        return {stored[key] for key in found}

    def points_of(self, members: Iterable[UUID]) -> dict[UUID, int]:
        return net_of(points_program(), members)

    def tiers(self) -> Sequence[str]:
        program = points_program()
        return [tier.name for tier in tiers_of(program)] if program else []

    def bring(self, member: Member, brought: Brought, *, by: Actor, silent: bool) -> None:
        award_opening(
            member,
            points=brought.points,
            by=by,
            key=brought.key,
            reason=_("Brought from an earlier program"),
            earned_at=brought.earned_at,
            last_day=brought.last_day,
            is_endless=brought.is_endless,
            waits_until=brought.waits_until,
            held=brought.held,
            source=Source.IMPORT,
            silent=silent,
        )

    def owe(self, member: Member, amount: int, *, key: str, by: Actor, silent: bool) -> None:
        bring_debt(
            member,
            require_points_program(),
            amount=amount,
            by=by,
            key=key,
            reason=_("Owed from before"),
            source=Source.IMPORT,
            silent=silent,
        )

    def place(self, member: Member, tier: str, *, until: date | None, key: str, by: Actor) -> None:
        """Until the end of a period from now, where the file does not say."""
        program = require_points_program()
        found = Tier.objects.get(program=program, name=tier)
        if until is None and not found.by_invitation:
            today = local_day(timezone.now(), current_tenant().zone)
            until = period_end(program, today, local_day(member.joined_at, current_tenant().zone))
        reason = _("Brought from an earlier program")
        place_member(member, tier=found, reason=reason, until=until, by=by, key=key, source=Source.IMPORT)
        membership = locked_membership(member)
        if membership is not None and membership.state == MembershipState.ACTIVE:
            adopt_placement(lock_account_of(member, by=by), membership)
