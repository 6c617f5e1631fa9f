"""Tiers: reached at once, lost only at the end of a period and one step at a time.

A tier is kept to the end of the period in which it was reached (31 December, or twelve months later). On the day
after, what was gathered in the twelve months (or the year) up to then decides: enough for the tier keeps it for
one more period, less loses one step. Spending points never counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, MemberStatus, Source
from loyalty_saas.lib.days import (
    add_months,
    calendar_year_start,
    end_of_day,
    local_day,
    rolling_year_start,
    start_of_day,
)
from programs.domain.accounts import lock_account, points_program
from programs.domain.qualifying import Standing, gathered, window_start
from programs.enums import TierWindow
from programs.models import Account, Program, Qualification, Tier
from tenants.actors import Actor
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an account is: `gathered` counts in the program's basis (minor units, points or days).

    `missing` to `next_tier` has to come in by `by` (the last day, there). `keep_missing` is what the present tier
    lacks to be kept after `account.tier_until`; 0 when it is kept already.
    """

    tier: Tier | None
    next_tier: Tier | None
    gathered: int
    missing: int
    by: date | None
    keep_missing: int

    @property
    def percent(self) -> int:
        """How much of the way to the next tier is done, 0 to 100."""
        if self.next_tier is None:
            return 100
        return min(100, max(0, self.gathered * 100 // max(self.next_tier.threshold, 1)))


def tiers_of(program: Program) -> list[Tier]:
    """Its tiers, the lowest first."""
    return list(Tier.objects.filter(program_id=program.pk).order_by("threshold"))


def period_end(program: Program, day: date) -> date:
    """The last day until which a tier reached (or kept) on `day` is certain."""
    if program.tier_window == TierWindow.CALENDAR_YEAR:
        return date(day.year, 12, 31)
    return add_months(day, 12)


def rise(account: Account, standing: Standing, *, by: Actor, source: str, silent: bool = False) -> Tier | None:
    """Lift a locked account to the highest tier its standing reaches; the tier if it rose."""
    tiers = tiers_of(account.program)
    reached = _reached(tiers, standing.by(account.program.tier_basis))
    if reached is None or (account.tier is not None and reached.threshold <= account.tier.threshold):
        return None
    _place(account, reached, day=local_day(timezone.now(), current_tenant().zone))
    _tell(ActivityKind.TIER_REACHED, account, reached, by=by, source=source, silent=silent)
    return reached


def progress_of(account: Account, tiers: Sequence[Tier] | None = None) -> Progress:
    """Where the account stands between its tier and the next. Its program and tier should be loaded."""
    program, now = account.program, timezone.now()
    tiers = tiers_of(program) if tiers is None else tiers
    if not tiers:
        return Progress(None, None, 0, 0, None, 0)
    amount = gathered(account, since=window_start(program, now)).by(program.tier_basis)
    held = account.tier.threshold if account.tier else -1
    following = next((tier for tier in tiers if tier.threshold > held), None)
    today = local_day(now, current_tenant().zone)
    return Progress(
        tier=account.tier,
        next_tier=following,
        gathered=amount,
        missing=max(0, following.threshold - amount) if following else 0,
        by=_deadline(account, today) if following else None,
        keep_missing=max(0, held - amount) if account.tier_until is not None else 0,
    )


def evaluate_tiers(day: date) -> int:
    """What the beginning of `day` does to tiers: periods that ended, and thresholds the owner has lowered.

    For every account whose tier was certain until an earlier day; safe to repeat. Returns how many accounts moved.
    """
    program = points_program()
    if program is None:
        return 0
    tiers = tiers_of(program)
    if not tiers:
        return 0
    ended = Account.objects.filter(program=program, tier_until__lt=day).order_by("pk").values_list("pk", flat=True)
    moved = sum(_end_period(pk, tiers, day) for pk in list(ended))
    return moved + sum(_lift(pk, tiers) for pk in _entitled(program, tiers, day))


def _reached(tiers: Sequence[Tier], amount: int) -> Tier | None:
    return next((tier for tier in reversed(tiers) if tier.threshold <= amount), None)


def _place(account: Account, tier: Tier | None, *, day: date) -> None:
    account.tier = tier
    account.tier_since = timezone.now() if tier else None
    account.tier_until = period_end(account.program, day) if tier and tier.threshold else None
    account.save(update_fields=["tier", "tier_since", "tier_until"])


def _deadline(account: Account, today: date) -> date | None:
    """When what was gathered begins to leave the window: the year's end; a rolling window has no one day."""
    if account.program.tier_window == TierWindow.CALENDAR_YEAR:
        return date(today.year, 12, 31)
    return None


def _end_period(pk: UUID, tiers: Sequence[Tier], day: date) -> bool:
    """Decide about one account whose period is over, as often as periods have ended since. True when it fell."""
    account = lock_account(pk)
    if account is None or account.tier is None or account.tier_until is None:
        return False
    fell = False
    while account.tier_until is not None and account.tier_until < day:
        ended = account.tier_until
        if _in_period(account, ended).by(account.program.tier_basis) >= account.tier.threshold:
            account.tier_until = period_end(account.program, ended + timedelta(days=1))
            account.save(update_fields=["tier_until"])
            continue
        lost = account.tier
        lower = [tier for tier in tiers if tier.threshold < lost.threshold]
        _place(account, lower[-1] if lower else None, day=ended + timedelta(days=1))
        _tell(ActivityKind.TIER_LOST, account, account.tier, by=Actor.system(), source=Source.SYSTEM, was=lost)
        fell = True
    return fell


def _in_period(account: Account, last: date) -> Standing:
    """What was gathered in the period that ended with the day `last`."""
    zone = current_tenant().zone
    calendar = account.program.tier_window == TierWindow.CALENDAR_YEAR
    first = calendar_year_start(last) if calendar else rolling_year_start(last)
    return gathered(account, since=start_of_day(first, zone), until=end_of_day(last, zone))


def _entitled(program: Program, tiers: Sequence[Tier], day: date) -> list[UUID]:
    """Accounts that have gathered enough for more than they hold, in the order in which they are locked."""
    since = start_of_day(
        calendar_year_start(day) if program.tier_window == TierWindow.CALENDAR_YEAR else rolling_year_start(day),
        current_tenant().zone,
    )
    lowest = min((tier.threshold for tier in tiers), default=0)
    rows = (
        Qualification.objects.filter(account__program=program, occurred_at__gte=since)
        .filter(account__member__status=MemberStatus.ACTIVE)
        .values("account", "account__tier__threshold")
        .annotate(amount=Sum(program.tier_basis))
        .filter(amount__gte=lowest)
        .order_by("account")
    )
    return [
        row["account"]
        for row in rows
        if (best := _reached(tiers, row["amount"])) and best.threshold > _held(row["account__tier__threshold"])
    ]


def _held(threshold: int | None) -> int:
    """The threshold of the tier that is held; a first tier has 0, which is more than none."""
    return -1 if threshold is None else threshold


def _lift(pk: UUID, tiers: Sequence[Tier]) -> bool:
    account = lock_account(pk)
    if account is None:
        return False
    standing = gathered(account, since=window_start(account.program, timezone.now()))
    return rise(account, standing, by=Actor.system(), source=Source.SYSTEM) is not None


def _tell(
    kind: ActivityKind,
    account: Account,
    tier: Tier | None,
    *,
    by: Actor,
    source: str,
    silent: bool = False,
    was: Tier | None = None,
) -> None:
    payload = {"tier": str(tier.pk) if tier else None, "name": tier.name if tier else ""}
    if was is not None:
        payload |= {"was": str(was.pk), "was_name": was.name}
    record_activity(kind, by=by, source=source, member=account.member, payload=payload, silent=silent)
