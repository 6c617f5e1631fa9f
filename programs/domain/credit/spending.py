"""Paying from store credit, and what a return gives back of it.

A return gives back to credit and in money in the proportion in which the purchase was paid (`plan_return` says how much
that is). What goes back to credit goes to the lots it came from, the one that was taken last first, with their dates;
where one has run out meanwhile the member gets its part anew, for REFUND_DAYS.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Purchase, Return
from loyalty_saas.lib.days import end_of_day, local_day
from programs.domain.accounts import lock_account_in, require_live
from programs.domain.credit.earning import locked
from programs.domain.credit.reading import credit_program
from programs.domain.drafts import Draft, HeldLot, Move, NewLot
from programs.domain.guards import refuse_own_account
from programs.domain.lots import held_lots, settle, take
from programs.domain.posting import post
from programs.enums import Cause, EntryKind, ProgramStatus
from programs.errors import NoCredit, NotEnoughCredit
from programs.models import Account, Entry, LotUse
from programs.words.unit import in_points
from tenants.actors import Actor
from tenants.isolation import current_tenant

# How long credit is good that paid for something, ran out, and came back with it.
REFUND_DAYS = 30


# Always within the purchase's own transaction.
@transaction.atomic(savepoint=False)
def pay_from_credit(purchase: Purchase, *, by: Actor, silent: bool = False) -> Entry | None:
    """Take what the purchase says was paid from credit, once. None where it says nothing.

    What runs out first goes first. Raises NoCredit, ProgramNotLive, MemberNotActive, OwnAccount, and NotEnoughCredit
    where there is less. Locks the account for credit, after the one for points.
    """
    if not purchase.credit:
        return None
    program = credit_program()
    if program is None or program.status == ProgramStatus.DRAFT or purchase.member is None:
        raise NoCredit(field="credit")
    account = lock_account_in(purchase.member, program, by=by)
    require_live(account)
    refuse_own_account(purchase.member, by=by)
    lots = settle(account, held_lots(account), now=timezone.now(), silent=silent)
    if account.balance < purchase.credit:
        raise NotEnoughCredit(account.balance, in_points(program, account.balance))
    moves, _short = take(lots, purchase.credit)
    entry = post(
        account,
        Draft(
            kind=EntryKind.REDEEM,
            cause=Cause.TENDER,
            cause_id=purchase.pk,
            key=f"tender:{purchase.pk}",
            by=by,
            request=(purchase.total, purchase.credit),
            moves=moves,
            occurred_at=purchase.occurred_at,
            snapshot={"total": purchase.total, "credit": purchase.credit},
        ),
    ).entry
    _tell(ActivityKind.CREDIT_SPENT, entry, by=by, source=purchase.source, silent=silent)
    return entry


def refund_credit(return_record: Return, *, by: Actor, source: str, silent: bool = False) -> Entry | None:
    """Give back to credit what a return gives back there, once. None where it is all money.

    Called in the transaction that records the return. Locks the account. Neither a pause nor a member who has left
    keeps it back.
    """
    spent = payment_of(return_record)
    if spent is None or not return_record.credit:
        return None
    account = locked(spent)
    entry = post_refund(account, spent, return_record, by=by, silent=silent)
    _tell(ActivityKind.CREDIT_REFUNDED, entry, by=by, source=source, silent=silent)
    return entry


def post_refund(account: Account, spent: Entry, return_record: Return, *, by: Actor, silent: bool) -> Entry:
    """The entry that gives `return_record.credit` back to a locked account."""
    now = timezone.now()
    settle(account, held_lots(account), now=now, silent=silent)
    back = _back(account, spent, return_record.credit, now=now)
    return post(
        account,
        Draft(
            kind=EntryKind.RESTORE,
            cause=Cause.REFUND,
            cause_id=return_record.pk,
            key=f"refund:{return_record.pk}",
            by=by,
            request=(spent.pk, return_record.total, return_record.credit),
            moves=back.moves,
            brings=back.brings,
            occurred_at=return_record.occurred_at,
            reason=return_record.reason[:300],
            reverses_id=spent.pk,
            snapshot={
                "total": return_record.total,
                "credit": return_record.credit,
                "lots": back.by_lot,
                "anew": back.anew,
                "days": REFUND_DAYS,
            },
        ),
    ).entry


def payment_of(return_record: Return) -> Entry | None:
    """The entry by which the purchase that comes back was paid from credit."""
    if return_record.purchase_id is None:
        return None
    paid = Entry.objects.filter(cause=Cause.TENDER, cause_id=return_record.purchase_id, kind=EntryKind.REDEEM)
    found: Entry | None = paid.first()
    return found


@dataclass(slots=True)
class _Back:
    """To which lots, and `anew` what belonged to lots that have run out."""

    moves: list[Move] = field(default_factory=list)
    brings: list[NewLot] = field(default_factory=list)
    by_lot: dict[str, int] = field(default_factory=dict)
    anew: int = 0


def _back(account: Account, spent: Entry, amount: int, *, now: datetime) -> _Back:
    """The lot that was taken last comes first, so that what is given back keeps for longest."""
    earlier: dict[str, int] = {}
    for snapshot in Entry.objects.filter(reverses=spent, kind=EntryKind.RESTORE).values_list("snapshot", flat=True):
        for lot, given in snapshot["lots"].items():
            earlier[lot] = earlier.get(lot, 0) + given
    back = _Back()
    columns = ("amount", "lot__account", *(f"lot__{name}" for name in HeldLot._fields))
    uses = [(used, of, HeldLot(*lot)) for used, of, *lot in LotUse.objects.filter(entry=spent).values_list(*columns)]
    for used, of, held in sorted(uses, key=lambda use: _ends(use[2]), reverse=True):
        part = min(amount, used - earlier.get(str(held.pk), 0))
        if part <= 0:
            continue
        amount -= part
        back.by_lot[str(held.pk)] = part
        if held.has_lapsed(now):
            back.anew += part
        elif of == account.pk:
            back.moves.append(Move(held, -part))
        else:
            back.brings.append(NewLot(part, held.available_from, held.expires_at, held.available_from > now, held.pk))
    if back.anew:
        day = local_day(now, current_tenant().zone) + timedelta(days=REFUND_DAYS)
        back.brings.append(NewLot(back.anew, now, end_of_day(day, current_tenant().zone)))
    return back


def _ends(lot: HeldLot) -> tuple[bool, float, str]:
    return lot.expires_at is None, lot.expires_at.timestamp() if lot.expires_at else 0.0, str(lot.pk)


def _tell(kind: ActivityKind, entry: Entry, *, by: Actor, source: str, silent: bool) -> None:
    record_activity(
        kind,
        by=by,
        source=source,
        member=entry.account.member,
        occurred_at=entry.occurred_at,
        payload={"entry": str(entry.pk), "credit": entry.amount, "balance": entry.balance_after},
        silent=silent,
    )
