"""What a return does to points: computed on everything returned so far, so that many small returns add up.

The rule is the one the purchase was awarded by, from the entry's snapshot. Points come out of the purchase's own
lots first, then out of others, and what is spent already is owed. Points of the purchase that have expired
meanwhile are not taken a second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.purchases import ReturnDetails, ReturnPlan, plan_return
from customers.enums import ActivityKind
from customers.models import Purchase, PurchaseLine, Return
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from programs.domain.accounts import lock_account
from programs.domain.challenges.reading import Kept as ChallengeKept
from programs.domain.challenges.rewarding import TakenBack, review_challenges
from programs.domain.drafts import Draft
from programs.domain.earning import Basket, BasketLine, Rule, bounded, round_points
from programs.domain.lots import held_lots, settle, take
from programs.domain.posting import Posted, account_carry, post
from programs.domain.qualifying import qualify
from programs.domain.rules.awarding import note_taken_back
from programs.domain.surprises.drawing import review_surprises
from programs.domain.tiers import Progress, progress_of
from programs.domain.voucher_returns import VoucherBack, vouchers_back
from programs.enums import Cause, EntryKind, Rounding
from programs.models import Account, Entry, Lot, LotUse
from tenants.actors import Actor
from tenants.isolation import current_tenant

_NOTHING = (0, Decimal(0))


@dataclass(frozen=True, slots=True)
class ReturnEffect:
    """Everything a return would do, before anybody confirms it. `plan.total` is the money, in minor units.

    `points` are taken back: `from_pending`, `from_balance`, and `owed` more than there is. `expired` would have been
    taken too but have lapsed already. Without an account (`balance_before` None) the return moves money only.
    """

    plan: ReturnPlan
    points: int = 0
    from_pending: int = 0
    from_balance: int = 0
    owed: int = 0
    expired: int = 0
    balance_before: int | None = None
    balance_after: int = 0
    pending_after: int = 0
    owed_after: int = 0
    progress_before: Progress | None = None
    progress_after: Progress | None = None
    challenges: tuple[TakenBack, ...] = ()
    surprises: tuple[TakenBack, ...] = ()
    vouchers: Sequence[VoucherBack] = ()

    @property
    def tier_at_risk(self) -> bool:
        """Whether the member has enough for their tier as things are, or to keep it, and no longer after the return."""
        before, after = self.progress_before, self.progress_after
        if before is None or after is None or before.tier is None or before.keep_by is None:
            return False
        needed = before.tier.threshold
        return before.gathered >= needed > after.gathered or (not before.keep_missing and after.keep_missing > 0)


@dataclass(frozen=True, slots=True)
class Kept:
    """How much of a purchase is still kept: the whole, and what of each line came back by its id in hex.

    Of a line: minor units and items.
    """

    total: int
    returned: int
    lines: Mapping[str, tuple[int, Decimal]]
    # Whether the member was there that day, this purchase and others considered.
    visited: bool


@dataclass(frozen=True, slots=True)
class _TakenBack:
    """`points` are what the rule takes back; `expired` of them are gone already; `short` no lot could give."""

    posted: Posted
    points: int
    expired: int
    short: int


def reverse_purchase(return_record: Return, *, by: Actor, source: str, silent: bool = False) -> Entry | None:
    """Take back the points of what was returned, once for each return. None when the purchase had earned none.

    Called in the transaction that records the return, after the purchase and its lines know what came back. Locks
    the account that was given the points.
    """
    if return_record.purchase_id is None:
        return None
    accrual = _accrual_of(return_record.purchase_id)
    if accrual is None:
        return None
    account = _lock(accrual)
    purchase = Purchase.objects.get(pk=return_record.purchase_id)
    taken = _take_back(account, accrual, kept_now(purchase), return_record, by=by, silent=silent)
    entry = taken.posted.entry
    if taken.posted.is_new:
        review_challenges(account, because=return_record.reason, silent=silent)
        review_surprises(account, purchase.pk, kept=purchase.total - purchase.returned, because=return_record.reason)
    if taken.posted.is_new and taken.points:
        record_activity(
            ActivityKind.POINTS_REVERSED,
            by=by,
            source=source,
            member=account.member,
            occurred_at=return_record.occurred_at,
            payload={
                "entry": str(entry.pk),
                "points": entry.amount + entry.pending_amount,
                "purchase": str(purchase.pk),
                "return": str(return_record.pk),
                "balance": entry.balance_after,
                "owed": entry.owed_after,
            },
            silent=silent,
        )
    return entry


def preview_return(purchase: Purchase, details: ReturnDetails) -> ReturnEffect:
    """What recording this return would do to money, points and tier. Writes nothing.

    It posts and takes the posting back, so it cannot differ from what will happen. Raises what recording would:
    AlreadyReturned, TooMuchReturned, Invalid. Locks the account for a moment.
    """
    purchase = Purchase.objects.get(pk=purchase.pk)
    lines = list(purchase.lines.order_by("position"))
    plan = plan_return(purchase, lines, details)
    accrual = _accrual_of(purchase.pk)
    vouchers = vouchers_back(purchase, returned=purchase.returned + plan.total)
    if accrual is None:
        return ReturnEffect(plan, vouchers=vouchers)
    with transaction.atomic():
        effect = _rehearse(purchase, lines, plan, accrual, details)
        transaction.set_rollback(True)
    return replace(effect, vouchers=vouchers)


def _rehearse(
    purchase: Purchase, lines: list[PurchaseLine], plan: ReturnPlan, accrual: Entry, details: ReturnDetails
) -> ReturnEffect:
    account = _lock(accrual)
    settle(account, held_lots(account), now=timezone.now(), silent=True)
    before, progress = account.balance, progress_of(account)
    kept = kept_after(purchase, lines, plan)
    record = Return(purchase=purchase, total=plan.total, occurred_at=details.occurred_at or timezone.now())
    taken = _take_back(account, accrual, kept, record, by=Actor.system(), silent=True)
    entry = taken.posted.entry
    gone = frozenset(line.pk for line in lines if kept.lines[line.pk.hex][1] >= line.quantity)
    undone = review_challenges(account, but=ChallengeKept(purchase.pk, kept.total - kept.returned, gone), silent=True)
    surprised = review_surprises(account, purchase.pk, kept=kept.total - kept.returned)
    return ReturnEffect(
        plan=plan,
        points=-(entry.amount + entry.pending_amount),
        from_pending=-entry.pending_amount,
        from_balance=-entry.amount - taken.short,
        owed=taken.short,
        expired=taken.expired,
        balance_before=before,
        balance_after=account.balance,
        pending_after=account.pending,
        owed_after=account.owed,
        progress_before=progress,
        progress_after=progress_of(account),
        challenges=tuple(undone),
        surprises=tuple(surprised),
    )


def _take_back(
    account: Account, accrual: Entry, kept: Kept, return_record: Return, *, by: Actor, silent: bool
) -> _TakenBack:
    """Post the reversal for what is kept now, and take its part off the progress towards a tier."""
    rule = Rule.from_snapshot(accrual.snapshot["rule"])
    last = _last_reversal(accrual) or accrual
    basket = basket_left(accrual.snapshot["reasons"], kept)
    value, counted = rule.value(basket), rule.counted(basket)
    points, carry = _difference(account, rule, Fraction(last.snapshot["value"]), value, last.snapshot["points"])
    gone_before = last.snapshot.get("expired", 0)
    lots = settle(account, held_lots(account), now=timezone.now(), silent=silent)
    held = lots_of_accrual(accrual)
    expired = min(points, max(0, expired_of(held) - gone_before))
    own = [lot for lot in lots if lot.pk in held]
    # What is pending of its own goes first: it was never there to be spent.
    own.sort(key=lambda lot: not lot.is_pending)
    moves, short = take(lots, points - expired, first=own)
    posted = post(
        account,
        Draft(
            kind=EntryKind.REVERSE,
            cause=Cause.RETURN,
            cause_id=return_record.pk,
            key=f"return:{return_record.pk}",
            by=by,
            request=(accrual.pk, return_record.total),
            moves=moves,
            owe=short,
            carry=carry,
            occurred_at=return_record.occurred_at,
            reason=return_record.reason[:300],
            reverses_id=accrual.pk,
            snapshot={
                "value": str(value),
                "counted": str(counted),
                "points": last.snapshot["points"] - points,
                "taken_back": points,
                "expired": gone_before + expired,
                "returned": kept.returned,
                "carry_before": str(account_carry(account)),
            },
        ),
    )
    if posted.is_new:
        note_taken_back(posted.entry, accrual, rule.bonuses, rule.extras(basket))
        qualify(
            account,
            spend=int(counted) - int(Fraction(last.snapshot["counted"])),
            points=-points,
            visited=kept.visited,
            occurred_at=accrual.occurred_at,
            cause_id=return_record.pk,
            key=f"return:{return_record.pk}",
        )
    return _TakenBack(posted, points, expired, short)


def _difference(
    account: Account, rule: Rule, before: Fraction, after: Fraction, points_before: int
) -> tuple[int, Fraction | None]:
    """Points to take back, and the carry afterwards (None: as it was).

    Where the rest is carried, points and carry together fall by exactly what is returned; other rules round what is
    kept and take the difference to what was left so far.
    """
    if rule.rounding == Rounding.CARRY:
        exact = account_carry(account) - (before - after)
        whole = floor(exact)
        return -whole, bounded(exact - whole)
    return points_before - round_points(rule.rounding, after, Fraction(0))[0], None


def _accrual_of(purchase_id: UUID) -> Entry | None:
    accrual: Entry | None = Entry.objects.filter(
        cause=Cause.PURCHASE, cause_id=purchase_id, kind=EntryKind.ACCRUE
    ).first()
    return accrual


def _lock(accrual: Entry) -> Account:
    account = lock_account(accrual.account_id)
    if account is None:  # pragma: no cover - an entry holds its account
        raise Account.DoesNotExist
    return account


def _last_reversal(accrual: Entry) -> Entry | None:
    """On whichever account: the accrual's, or one it was merged into for a while."""
    last: Entry | None = Entry.objects.filter(reverses_id=accrual.pk, kind=EntryKind.REVERSE).order_by("pk").last()
    return last


def lots_of_accrual(accrual: Entry) -> set[UUID]:
    """The lot it made, and those to which its points have moved with a merge."""
    return set(Lot.objects.filter(Q(entry=accrual) | Q(origin=accrual)).values_list("pk", flat=True))


def expired_of(lots: set[UUID]) -> int:
    """How many of the points it gave have expired unspent."""
    uses = LotUse.objects.filter(lot__in=lots, entry__kind=EntryKind.EXPIRE)
    return uses.aggregate(points=Sum("amount"))["points"] or 0


def kept_now(purchase: Purchase) -> Kept:
    """How much of a purchase is kept, as it stands in the database."""
    rows = PurchaseLine.objects.filter(purchase=purchase).values_list("pk", "returned_total", "returned_quantity")
    return Kept(
        total=purchase.total,
        returned=purchase.returned,
        lines={pk.hex: (returned, quantity) for pk, returned, quantity in rows},
        visited=_visited(purchase, wholly_returned=purchase.returned >= purchase.total),
    )


def kept_after(purchase: Purchase, lines: Sequence[PurchaseLine], plan: ReturnPlan) -> Kept:
    """How much of a purchase would be kept after a return."""
    coming = {planned.line.pk: (planned.total, planned.quantity) for planned in plan.lines}
    return Kept(
        total=purchase.total,
        returned=purchase.returned + plan.total,
        lines={
            line.pk.hex: (
                line.returned_total + coming.get(line.pk, _NOTHING)[0],
                line.returned_quantity + coming.get(line.pk, _NOTHING)[1],
            )
            for line in lines
        },
        visited=_visited(purchase, wholly_returned=purchase.returned + plan.total >= purchase.total),
    )


def basket_left(reasons: list[dict[str, Any]], kept: Kept) -> Basket:
    """The basket as it was judged when it was awarded, with what has come back since."""
    lines = tuple(
        BasketLine(
            total=reason["total"],
            tax=reason["tax"],
            returned=kept.lines.get(reason["id"], _NOTHING)[0],
            excluded=reason["why"],
            id=reason["id"],
            items=Fraction(reason["items"]) - Fraction(kept.lines.get(reason["id"], _NOTHING)[1]),
        )
        for reason in reasons
        if reason["what"] == "line"
    )
    tax = next((reason["tax"] for reason in reasons if reason["what"] == "purchase"), 0)
    credit = next((reason["credit"] for reason in reasons if reason["what"] == "credit"), 0)
    return Basket(kept.total, tax, returned=kept.returned, lines=lines, credit=credit)


def _visited(purchase: Purchase, *, wholly_returned: bool) -> bool:
    """Whether anything the member bought on that day is kept."""
    if not wholly_returned:
        return True
    if purchase.member_id is None:
        return False
    zone = current_tenant().zone
    day = local_day(purchase.occurred_at, zone)
    return (
        Purchase.objects.filter(
            member_id=purchase.member_id,
            occurred_at__gte=start_of_day(day, zone),
            occurred_at__lt=end_of_day(day, zone),
        )
        .filter(Q(returned__lt=F("total")) | Q(total=0))
        .exclude(pk=purchase.pk)
        .exists()
    )
