"""Tiers: reached at once, lost only at the end of a period and one step at a time.

A tier is kept to the end of the period in which it was reached (31 December, twelve months later, or the end of the
member's own year). After that, and the days of grace, what was gathered in that period decides: enough for the tier
keeps it for one more, less loses one step. Spending points never counts. A tier given by hand (`placements`) stands
above all this up to its last day; a tier by invitation is reached in no other way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from programs.domain.accounts import lock_account, points_program
from programs.domain.periods import certain_until, deadline, first_day
from programs.domain.qualifying import Standing, gathered, joined_on, since_sql, window_start
from programs.enums import PlacementEnd, TierWindow
from programs.models import Account, Program, Tier, TierPlacement
from tenants.actors import Actor
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an account is: `gathered` counts in the program's basis (minor units, points or days).

    `missing` to `next_tier` has to come in by `by` (the last day, there). `keep_missing` is what the present tier
    lacks to be kept after `account.tier_until`, where it may come in up to `keep_by`; 0 when it is kept already.
    """

    tier: Tier | None
    next_tier: Tier | None
    gathered: int
    missing: int
    by: date | None
    keep_missing: int
    keep_by: date | None = None

    @property
    def percent(self) -> int:
        """How much of the way to the next tier is done, 0 to 100."""
        if self.next_tier is None:
            return 100
        return min(100, max(0, self.gathered * 100 // max(self.next_tier.threshold, 1)))


def tiers_of(program: Program) -> list[Tier]:
    """Its tiers, the lowest first, those by invitation among them."""
    return list(Tier.objects.filter(program_id=program.pk).order_by("threshold"))


def reachable(tiers: Iterable[Tier]) -> list[Tier]:
    """Those that members reach by themselves."""
    return [tier for tier in tiers if not tier.by_invitation]


def period_end(program: Program, day: date, joined: date = date.min) -> date | None:
    """The last day until which a tier reached (or kept) on `day` is certain; None for ever."""
    return certain_until(program.tier_window, day, joined)


def rise(account: Account, standing: Standing, *, by: Actor, source: str, silent: bool = False) -> Tier | None:
    """Lift a locked account to the highest tier its standing reaches; the tier if it rose."""
    tiers = tiers_of(account.program)
    reached = reached_by(tiers, standing.by(account.program.tier_basis))
    if reached is None or (account.tier is not None and reached.threshold <= account.tier.threshold):
        return None
    close_placement(account, PlacementEnd.OUTGROWN)
    place(account, reached, day=local_day(timezone.now(), current_tenant().zone))
    tell(ActivityKind.TIER_REACHED, account, reached, by=by, source=source, silent=silent)
    return reached


def progress_of(account: Account, tiers: Sequence[Tier] | None = None) -> Progress:
    """Where the account stands between its tier and the next. Its program and tier should be loaded."""
    program, now = account.program, timezone.now()
    tiers = tiers_of(program) if tiers is None else tiers
    if not tiers:
        return Progress(None, None, 0, 0, None, 0)
    amount = gathered(account, since=window_start(account, now)).by(program.tier_basis)
    held = account.tier.threshold if account.tier else -1
    following = next((tier for tier in reachable(tiers) if tier.threshold > held), None)
    today = local_day(now, current_tenant().zone)
    return Progress(
        tier=account.tier,
        next_tier=following,
        gathered=amount,
        missing=max(0, following.threshold - amount) if following else 0,
        by=deadline(program.tier_window, today, joined_on(account)) if following else None,
        keep_missing=lacking_to_keep(account),
        keep_by=last_chance(account),
    )


def lacking_to_keep(account: Account) -> int:
    """What has to come in yet for the tier to be kept; 0 for one that is kept, was given by hand or has no end."""
    if account.tier is None or account.tier_until is None or account.tier_placement_id is not None:
        return 0
    amount = _in_period(account, account.tier_until).by(account.program.tier_basis)
    return max(0, account.tier.threshold - amount)


def last_chance(account: Account) -> date | None:
    """The last day on which what is bought counts for keeping the tier, the days of grace included."""
    if account.tier_until is None or account.tier_placement_id is not None:
        return None
    last: date = account.tier_until + timedelta(days=account.program.tier_grace_days)
    return last


def evaluate_tiers(day: date) -> int:
    """What the beginning of `day` does to tiers: periods and placements that ended, thresholds that were lowered.

    For every account whose tier was certain until an earlier day; safe to repeat. Returns how many accounts moved.
    """
    program = points_program()
    if program is None:
        return 0
    tiers = tiers_of(program)
    if not tiers:
        return 0
    held = Account.objects.filter(program=program).order_by("pk").values_list("pk", flat=True)
    given = list(held.filter(tier_placement__isnull=False, tier_until__lt=day))
    moved = sum(_end_of_placement(pk, tiers, day) for pk in given)
    last = day - timedelta(days=program.tier_grace_days)
    ended = list(held.filter(tier_placement__isnull=True, tier_until__lt=last))
    moved += sum(_end_period(pk, tiers, day) for pk in ended)
    return moved + sum(_lift(pk, tiers) for pk in _entitled(program, tiers))


def reached_by(tiers: Sequence[Tier], amount: int) -> Tier | None:
    """The highest of the tiers that this much reaches."""
    return next((tier for tier in reversed(reachable(tiers)) if tier.threshold <= amount), None)


def close_placement(account: Account, end: PlacementEnd, *, by: str = "") -> None:
    """Let the placement that a locked account names, if any, count no longer; its tier is set by the caller."""
    if account.tier_placement_id is None:
        return
    TierPlacement.objects.filter(pk=account.tier_placement_id).update(ended_at=timezone.now(), end=end, ended_by=by)
    account.tier_placement = None
    account.save(update_fields=["tier_placement"])


def resume_own_tier(account: Account, placement: TierPlacement, tiers: Sequence[Tier], day: date) -> None:
    """Give a locked account the tier it would have without the placement, the periods that ended meanwhile judged."""
    before = placement.before
    account.tier = next((tier for tier in tiers if str(tier.pk) == before.get("tier")), None)
    account.tier_since = timezone.now() if account.tier else None
    account.tier_until = date.fromisoformat(before["until"]) if account.tier and before.get("until") else None
    _reached_meanwhile(account, tiers, day)
    account.save(update_fields=["tier", "tier_since", "tier_until"])
    _judge_periods(account, tiers, day)
    rise(
        account,
        gathered(account, since=window_start(account, timezone.now())),
        by=Actor.system(),
        source=Source.SYSTEM,
    )


def _reached_meanwhile(account: Account, tiers: Sequence[Tier], day: date) -> None:
    """A tier that was earned in the period before this one, beneath the one that was given."""
    window = account.program.tier_window
    if window not in (TierWindow.CALENDAR_YEAR, TierWindow.JOINING_YEAR):
        return
    last = first_day(window, day, joined_on(account)) - timedelta(days=1)
    earned = reached_by(tiers, _in_period(account, last).by(account.program.tier_basis))
    if earned is not None and earned.threshold > _held(account.tier.threshold if account.tier else None):
        account.tier, account.tier_since = earned, timezone.now()
        account.tier_until = last if earned.threshold else None


def place(account: Account, tier: Tier | None, *, day: date) -> None:
    """Set the tier of a locked account, certain for a period from `day`."""
    account.tier = tier
    account.tier_since = timezone.now() if tier else None
    account.tier_until = period_end(account.program, day, joined_on(account)) if tier and tier.threshold else None
    account.save(update_fields=["tier", "tier_since", "tier_until"])


def step_down(account: Account, tiers: Sequence[Tier], *, day: date, by: Actor, source: str) -> None:
    """One step, on a locked account: to the next lower tier that members reach by themselves."""
    lost = account.tier
    assert lost is not None  # whoever has no tier has none to lose
    lower = [tier for tier in reachable(tiers) if tier.threshold < lost.threshold]
    place(account, lower[-1] if lower else None, day=day)
    tell(ActivityKind.TIER_LOST, account, account.tier, by=by, source=source, was=lost)


def _end_of_placement(pk: UUID, tiers: Sequence[Tier], day: date) -> bool:
    account = lock_account(pk)
    if account is None or account.tier_placement is None or account.tier_until is None or account.tier_until >= day:
        return False
    placement, was = account.tier_placement, account.tier
    close_placement(account, PlacementEnd.OVER)
    resume_own_tier(account, placement, tiers, day)
    if account.tier != was:
        tell(ActivityKind.TIER_LOST, account, account.tier, by=Actor.system(), source=Source.SYSTEM, was=was)
    return True


def _end_period(pk: UUID, tiers: Sequence[Tier], day: date) -> bool:
    """Decide about one account whose period is over. True when it fell."""
    account = lock_account(pk)
    if account is None or account.tier_placement_id is not None:
        return False
    return _judge_periods(account, tiers, day)


def _judge_periods(account: Account, tiers: Sequence[Tier], day: date) -> bool:
    """As often as periods, and their days of grace, have ended since. True when it fell."""
    fell, grace = False, timedelta(days=account.program.tier_grace_days)
    while account.tier is not None and account.tier_until is not None and account.tier_until + grace < day:
        ended = account.tier_until
        enough = _in_period(account, ended).by(account.program.tier_basis) >= account.tier.threshold
        if enough and not account.tier.by_invitation:
            account.tier_until = period_end(account.program, ended + timedelta(days=1), joined_on(account))
            account.save(update_fields=["tier_until"])
            continue
        step_down(account, tiers, day=ended + timedelta(days=1), by=Actor.system(), source=Source.SYSTEM)
        fell = True
    return fell


def _in_period(account: Account, last: date) -> Standing:
    """What was gathered in the period that ends with the day `last`, and in the days of grace after it."""
    zone, program = current_tenant().zone, account.program
    first = first_day(program.tier_window, last, joined_on(account))
    until = last + timedelta(days=program.tier_grace_days)
    return gathered(account, since=start_of_day(first, zone), until=end_of_day(until, zone))


_GATHERED = """
SELECT q.account_id, t.threshold, sum(q.{basis}) FROM programs_qualification q
JOIN programs_account a ON a.tenant_id = q.tenant_id AND a.id = q.account_id
JOIN customers_member m ON m.tenant_id = a.tenant_id AND m.id = a.member_id AND m.status = 'active'
LEFT JOIN programs_tier t ON t.tenant_id = a.tenant_id AND t.id = a.tier_id
WHERE q.tenant_id = %(tenant)s AND a.program_id = %(program)s AND q.occurred_at >= {since}
GROUP BY q.account_id, t.threshold HAVING sum(q.{basis}) >= %(lowest)s ORDER BY q.account_id"""


def _entitled(program: Program, tiers: Sequence[Tier]) -> list[UUID]:
    """Accounts that have gathered enough for more than they hold, in the order in which they are locked."""
    since, values = since_sql(program.tier_window, timezone.now())
    lowest = min((tier.threshold for tier in reachable(tiers)), default=0)
    values |= {"tenant": current_tenant().pk, "program": program.pk, "lowest": lowest}
    with connection.cursor() as cursor:
        cursor.execute(_GATHERED.format(basis=str(program.tier_basis), since=since), values)
        rows = cursor.fetchall()
    return [
        account
        for account, threshold, amount in rows
        if (best := reached_by(tiers, int(amount))) and best.threshold > _held(threshold)
    ]


def _held(threshold: int | None) -> int:
    """The threshold of the tier that is held; a first tier has 0, which is more than none."""
    return -1 if threshold is None else threshold


def _lift(pk: UUID, tiers: Sequence[Tier]) -> bool:
    account = lock_account(pk)
    if account is None:
        return False
    standing = gathered(account, since=window_start(account, timezone.now()))
    return rise(account, standing, by=Actor.system(), source=Source.SYSTEM) is not None


def tell(
    kind: ActivityKind,
    account: Account,
    tier: Tier | None,
    *,
    by: Actor,
    source: str,
    silent: bool = False,
    was: Tier | None = None,
    **more: Any,
) -> None:
    """Write what happened to a member's tier on their record."""
    payload = {"tier": str(tier.pk) if tier else None, "name": tier.name if tier else "", **more}
    if was is not None:
        payload |= {"was": str(was.pk), "was_name": was.name}
    record_activity(kind, by=by, source=source, member=account.member, payload=payload, silent=silent)
