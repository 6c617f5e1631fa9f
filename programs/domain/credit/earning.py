"""Cash-back of a purchase: given once, and taken back with what comes back of it.

The rule is the one of its own moment, from the entry's snapshot. It comes out of the purchase's own lots first, then
out of others; what is spent already is owed, and what comes next repays it.
"""

from dataclasses import dataclass
from fractions import Fraction

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, MemberStatus
from customers.models import Purchase, Return
from programs.domain.accounts import lock_account, lock_account_in
from programs.domain.credit.reading import basket_of, version_in_force
from programs.domain.credit.terms import Terms
from programs.domain.drafts import Draft
from programs.domain.earning import Rule, basket_reasons, round_points
from programs.domain.guards import refuse_own_account
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.posting import post
from programs.domain.reversals import Kept, basket_left, expired_of, kept_now, lots_of_accrual
from programs.enums import Cause, EntryKind
from programs.models import Account, Entry
from tenants.actors import Actor


# Always within the purchase's own transaction, as `award_purchase`.
@transaction.atomic(savepoint=False)
def credit_purchase(purchase: Purchase, *, by: Actor, silent: bool = False) -> Entry | None:
    """Give the cash-back of a purchase to its member, once, for what was not itself paid from credit.

    None without a member, for one who is paused or has left, while nothing runs, and where it gives nothing. Raises
    OwnAccount. Locks the account for credit, after the one for points.
    """
    member = purchase.member
    if member is None or member.status != MemberStatus.ACTIVE:
        return None
    version = version_in_force(purchase.occurred_at)
    if version is None:
        return None
    terms = Terms.from_json(version.terms)
    rule, basket = terms.rule, basket_of(purchase, terms)
    value = rule.value(basket)
    amount = round_points(rule.rounding, value, Fraction(0))[0]
    if not amount:
        return None
    account = lock_account_in(member, version.cash_back.program, by=by)
    refuse_own_account(member, by=by)
    now = timezone.now()
    settle(account, held_lots(account), now=now, silent=silent)
    posted = post(
        account,
        Draft(
            kind=EntryKind.ACCRUE,
            cause=Cause.CREDITED,
            cause_id=purchase.pk,
            key=f"credited:{purchase.pk}",
            by=by,
            request=(purchase.total, purchase.tax, purchase.credit),
            earns=new_lot(account.program, amount, earned_at=purchase.occurred_at, now=now),
            occurred_at=purchase.occurred_at,
            snapshot={
                "version": version.number,
                "rule": rule.as_snapshot(),
                "reasons": basket_reasons(rule, basket),
                "counted": str(rule.counted(basket)),
                "value": str(value),
                "points": amount,
            },
        ),
    )
    if posted.is_new:
        record_activity(
            ActivityKind.CREDIT_EARNED,
            by=by,
            source=purchase.source,
            member=member,
            occurred_at=purchase.occurred_at,
            payload={
                "entry": str(posted.entry.pk),
                "credit": amount,
                "pending": posted.entry.pending_amount,
                "purchase": str(purchase.pk),
            },
            silent=silent,
        )
    return posted.entry


@dataclass(frozen=True, slots=True)
class TakenBack:
    """`amount` came off the account, `owed` of it was spent already; `expired` was gone and is not taken twice."""

    entry: Entry
    amount: int
    owed: int
    expired: int


def uncredit_purchase(return_record: Return, *, by: Actor, source: str, silent: bool = False) -> Entry | None:
    """Take back the cash-back that what is kept of a purchase does not give, once for each return.

    Called in the transaction that records the return. Locks the account that was given it.
    """
    accrual = accrual_of(return_record)
    if accrual is None:
        return None
    assert return_record.purchase_id is not None  # its cash-back was found by it
    purchase = Purchase.objects.get(pk=return_record.purchase_id)
    taken = take_cash_back(locked(accrual), accrual, kept_now(purchase), return_record, by=by, silent=silent)
    if taken is None:
        return None
    entry = taken.entry
    record_activity(
        ActivityKind.CREDIT_REVERSED,
        by=by,
        source=source,
        member=entry.account.member,
        occurred_at=return_record.occurred_at,
        payload={"entry": str(entry.pk), "credit": entry.amount + entry.pending_amount, "owed": entry.owed_after},
        silent=silent,
    )
    return entry


def take_cash_back(
    account: Account, accrual: Entry, kept: Kept, return_record: Return, *, by: Actor, silent: bool
) -> TakenBack | None:
    """Post the reversal for what is kept now, on a locked account; None where nothing is taken."""
    rule = Rule.from_snapshot(accrual.snapshot["rule"])
    reversals = Entry.objects.filter(reverses_id=accrual.pk, kind=EntryKind.REVERSE)
    last = reversals.order_by("pk").last() or accrual
    value = rule.value(basket_left(accrual.snapshot["reasons"], kept))
    left = round_points(rule.rounding, value, Fraction(0))[0]
    amount = last.snapshot["points"] - left
    if amount <= 0:
        return None
    lots = settle(account, held_lots(account), now=timezone.now(), silent=silent)
    held = lots_of_accrual(accrual)
    gone_before = last.snapshot.get("expired", 0)
    expired = min(amount, max(0, expired_of(held) - gone_before))
    own = sorted((lot for lot in lots if lot.pk in held), key=lambda lot: not lot.is_pending)
    moves, short = take(lots, amount - expired, first=own)
    posted = post(
        account,
        Draft(
            kind=EntryKind.REVERSE,
            cause=Cause.UNCREDITED,
            cause_id=return_record.pk,
            key=f"uncredited:{return_record.pk}",
            by=by,
            request=(accrual.pk, return_record.total),
            moves=moves,
            owe=short,
            occurred_at=return_record.occurred_at,
            reason=return_record.reason[:300],
            reverses_id=accrual.pk,
            snapshot={
                "value": str(value),
                "points": left,
                "taken_back": amount,
                "expired": gone_before + expired,
                "returned": kept.returned,
            },
        ),
    )
    return TakenBack(posted.entry, amount - expired, short, expired)


def accrual_of(return_record: Return) -> Entry | None:
    """The cash-back of the purchase that comes back."""
    if return_record.purchase_id is None:
        return None
    given = Entry.objects.filter(cause=Cause.CREDITED, cause_id=return_record.purchase_id, kind=EntryKind.ACCRUE)
    found: Entry | None = given.first()
    return found


def locked(entry: Entry) -> Account:
    """The account of an entry, or the one it was merged into."""
    account = lock_account(entry.account_id)
    if account is None:  # pragma: no cover - an entry holds its account
        raise Account.DoesNotExist
    return account
