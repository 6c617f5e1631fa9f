"""Stamps taken back: with what a purchase is returned of, or because one was given by mistake.

A full card that would be none without them is taken back as long as its reward was not used: its stamps are on the card
again, and the voucher is gone. What a used reward was paid with is owed, and the next stamps repay it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.domain.activity import record_activity
from customers.domain.purchases import ReturnDetails, plan_return
from customers.enums import ActivityKind
from customers.models import Purchase, Return
from programs.domain.accounts import Household, call_key, lock_account
from programs.domain.drafts import Draft
from programs.domain.lots import held_lots, settle, take
from programs.domain.posting import entry_of_key, post
from programs.domain.redemptions import withdraw_redemption
from programs.domain.reversals import expired_of, lots_of_accrual
from programs.domain.stamps.reading import lines_of
from programs.domain.stamps.terms import Line, Terms, count_stamps
from programs.enums import Cause, EntryKind, HoldStatus, RedemptionStatus
from programs.errors import AlreadyUndone, CardWasUsed
from programs.models import Account, Entry, Program, Redemption, Voucher, VoucherHold
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class StampEffect:
    """What a return does to one card: `stamps` come off it, `lost` are the rewards of full cards that are gone.

    `owed` of them had paid for a reward that was used.
    """

    program: Program
    stamps: int
    before: int
    after: int
    owed: int
    lost: list[str] = field(default_factory=list)


def unstamp_purchase(return_record: Return, *, by: Actor, source: str, silent: bool = False) -> list[Entry]:
    """Take back the stamps that what is kept of a purchase does not earn, once for each return.

    Called in the transaction that records the return. Locks the accounts of the cards.
    """
    if return_record.purchase_id is None:
        return []
    accruals = _accruals_of(return_record.purchase_id)
    if not accruals:
        return []
    purchase = Purchase.objects.get(pk=return_record.purchase_id)
    kept, lines = purchase.total - purchase.returned, lines_of(purchase)
    entries = []
    for accrual in accruals:
        entry = _take_back(accrual, return_record, kept, lines, by=by, source=source, silent=silent)[0]
        if entry is not None:
            entries.append(entry)
    return entries


def preview_unstamping(purchase: Purchase, details: ReturnDetails) -> list[StampEffect]:
    """What recording this return would do to stamp cards, by doing it and taking it back. Writes nothing."""
    accruals = _accruals_of(purchase.pk)
    if not accruals:
        return []
    purchase = Purchase.objects.get(pk=purchase.pk)
    rows = list(purchase.lines.select_related("product").order_by("position"))
    plan = plan_return(purchase, rows, details)
    coming = {planned.line.pk: (planned.total, planned.quantity) for planned in plan.lines}
    lines = []
    for row in rows:
        total, items = coming.get(row.pk, (0, 0))
        lines.append(
            Line(
                total=row.total - row.returned_total - total,
                items=row.quantity - row.returned_quantity - items,
                product=str(row.product_id or ""),
                category=str(row.product.category_id or "") if row.product else "",
            )
        )
    record = Return(purchase=purchase, total=plan.total, occurred_at=timezone.now())
    with transaction.atomic():
        effects = [
            _take_back(
                *(accrual, record, purchase.total - purchase.returned - plan.total, lines),
                by=Actor.system(),
                source="",
                silent=True,
            )[1]
            for accrual in accruals
        ]
        transaction.set_rollback(True)
    return [effect for effect in effects if effect is not None]


def undo_stamps(entry: Entry, *, by: Actor, key: str, reason: str, source: str) -> Entry:
    """Take back stamps given by hand, once. Raises AlreadyUndone, CardWasUsed. Who may is asked before."""
    account = _locked(entry)
    if repeated := entry_of_key(account, EntryKind.REVERSE, call_key(key), (entry.pk,)):
        return repeated
    if Entry.objects.filter(reverses=entry).exists():
        raise AlreadyUndone
    common: dict[str, Any] = {"by": by, "reason": reason, "source": source}
    account, _lost = _reopen_cards(account, entry.amount, **common)
    lots = settle(account, held_lots(account), now=timezone.now())
    if account.balance < entry.amount:
        raise CardWasUsed
    draft = Draft(
        kind=EntryKind.REVERSE,
        cause=Cause.STAMP,
        key=call_key(key),
        by=by,
        request=(entry.pk,),
        moves=take(lots, entry.amount, first=_own(entry, account))[0],
        reason=reason[:300],
        reverses_id=entry.pk,
        snapshot={"taken_back": entry.amount, "card": account.program.name},
    )
    undone = post(account, draft).entry
    _tell(account, undone, by=by, source=source)
    return undone


def _take_back(
    accrual: Entry,
    return_record: Return,
    kept: int,
    lines: Sequence[Line],
    *,
    by: Actor,
    source: str,
    silent: bool,
) -> tuple[Entry | None, StampEffect | None]:
    account = _locked(accrual)
    last = Entry.objects.filter(reverses_id=accrual.pk, kind=EntryKind.REVERSE).order_by("pk").last() or accrual
    room = accrual.snapshot["room"]
    left = count_stamps(Terms.from_json(accrual.snapshot["terms"]), kept, lines).stamps
    left = left if room is None else min(room, left)
    stamps = last.snapshot["stamps"] - left
    if stamps <= 0:
        return None, None
    settle(account, held_lots(account), now=timezone.now(), silent=silent)
    before = account.balance
    held = lots_of_accrual(accrual)
    gone_before = last.snapshot.get("expired", 0)
    expired = min(stamps, max(0, expired_of(held) - gone_before))
    reason = return_record.reason[:300] or _("Return")
    account, lost = _reopen_cards(account, stamps - expired, by=by, reason=reason, source=source)
    moves, short = take(held_lots(account), stamps - expired, first=_own(accrual, account))
    posted = post(
        account,
        Draft(
            kind=EntryKind.REVERSE,
            cause=Cause.UNSTAMPED,
            cause_id=return_record.pk,
            key=f"unstamped:{return_record.pk}:{account.program_id}",
            by=by,
            request=(accrual.pk, return_record.total),
            moves=moves,
            owe=short,
            occurred_at=return_record.occurred_at,
            reason=return_record.reason[:300],
            reverses_id=accrual.pk,
            snapshot={
                "stamps": left,
                "taken_back": stamps,
                "expired": gone_before + expired,
                "card": account.program.name,
                "lost": lost,
            },
        ),
    )
    if posted.is_new:
        _tell(account, posted.entry, by=by, source=source, silent=silent)
    return posted.entry, StampEffect(account.program, stamps - expired, before, account.balance, short, lost)


def _reopen_cards(account: Account, stamps: int, *, by: Actor, reason: str, source: str) -> tuple[Account, list[str]]:
    """Take back full cards whose reward nobody used, the newest first, until so many stamps are there."""
    lost = []
    waiting = Voucher.objects.select_for_update(no_key=True, of=("self",)).select_related("redemption__entry")
    waiting = waiting.filter(
        redemption__account=account, account=account, status=RedemptionStatus.OPEN, valid_until__gt=timezone.now()
    )
    # What somebody else was given, or an order has reserved, is as good as used.
    held = VoucherHold.objects.filter(status=HoldStatus.HELD, expires_at__gt=timezone.now())
    waiting = waiting.exclude(pk__in=held.values("voucher"))
    for voucher in waiting.order_by("-redemption__pk") if account.balance < stamps else ():
        redemption: Redemption = voucher.redemption  # type: ignore[assignment]  # asked for by it
        key = f"reopened:{redemption.pk}"
        withdraw_redemption(Household(account), redemption, voucher, by=by, reason=reason, key=key, source=source)
        lost.append(voucher.name)
        if account.balance >= stamps:
            break
    return account, lost


def _own(accrual: Entry, account: Account) -> list[Any]:
    own = lots_of_accrual(accrual)
    return [lot for lot in held_lots(account) if lot.pk in own]


def _accruals_of(purchase_id: Any) -> list[Entry]:
    accruals = Entry.objects.filter(cause=Cause.STAMPED, cause_id=purchase_id, kind=EntryKind.ACCRUE)
    return list(accruals.order_by("account__program", "pk"))


def _locked(entry: Entry) -> Account:
    account = lock_account(entry.account_id)
    if account is None:  # pragma: no cover - an entry holds its account
        raise Account.DoesNotExist
    return account


def _tell(account: Account, entry: Entry, *, by: Actor, source: str, silent: bool = False) -> None:
    record_activity(
        ActivityKind.STAMPS_REVERSED,
        by=by,
        source=source,
        member=account.member,
        occurred_at=entry.occurred_at,
        payload={"entry": str(entry.pk), "stamps": entry.amount, "card": account.program.name},
        silent=silent,
    )
