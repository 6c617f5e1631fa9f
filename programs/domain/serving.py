"""One member at the counter: a purchase, rewards and vouchers at once, all of it or nothing."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.domain.cards import prove_presence
from customers.domain.identity import hold_member, ids_of
from customers.domain.purchases import PurchaseDetails, record_purchase
from customers.domain.purchases.bills import refuse_whole
from customers.enums import Source
from customers.errors import Conflict
from customers.models import Bill, Member, Product, Purchase
from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import lock_account_of, lock_household
from programs.domain.earning import rules_that_count
from programs.domain.guards import acting_membership, has_limits, refuse_own_account
from programs.domain.handing_over import is_for_later, refuse_together_at, using_of
from programs.domain.networks.people import crossing_in_turn, expect_crossing, hold_person
from programs.domain.redemptions import redeem_reward, use_voucher
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.reviews.watching import watch_redemption
from programs.domain.undo import undo_entry
from programs.domain.vouchers import lock_voucher, reopen_voucher
from programs.enums import Cause, EntryKind, RedemptionStatus
from programs.errors import CannotUndo, NoProgram, PresenceNotProved, UndoTooLate
from programs.models import Entry, Redemption, Reward, Voucher
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.domain.pins import check_pin
from tenants.models import Location, Membership

MOST_REWARDS = 20
REMEMBERED_SECONDS = 24 * 3600


class NothingToDo(Invalid):
    code = "nothing_to_do"
    sentence = _("Write the amount, or choose a reward or a voucher.")


@dataclass(frozen=True, slots=True)
class Visit:
    """What staff enter: `amount` is what was paid, in minor units; rewards are redeemed and handed over at once.

    For rewards and vouchers, staff show that the member is there: `card_step` of a code read from the phone, or their
    own `pin`. `shown_voucher` is one whose code the member gave, which is enough for it.
    """

    amount: int | None = None
    # The part of the amount that is paid from store credit.
    credit: int = 0
    receipt_number: str = ""
    rewards: Sequence[Reward] = ()
    vouchers: Sequence[Voucher] = ()
    # By the id of a voucher or reward: the product that was chosen, and the part of the money that is taken.
    choices: Mapping[UUID, Product] = field(default_factory=dict)
    parts: Mapping[UUID, int] = field(default_factory=dict)
    shown_voucher: UUID | None = None
    card_step: int | None = None
    pin: str = field(default="", repr=False)
    # When it was paid, if that was not just now.
    occurred_at: datetime | None = None
    # Of which the amount is this member's part.
    bill: Bill | None = None

    @property
    def is_empty(self) -> bool:
        return self.amount is None and not self.rewards and not self.vouchers

    @property
    def asks_presence(self) -> bool:
        """Whether something is handed out for which nothing yet shows that the member is there."""
        return bool(self.rewards or self.credit) or any(voucher.pk != self.shown_voucher for voucher in self.vouchers)


@dataclass(frozen=True, slots=True)
class Preview:
    """`before` + `won` + `pooled` − `spent` = `after`, in points. `waiting` of what was won comes later.

    What is owed is repaid first. `missing` points are lacking for the chosen rewards. `rules` are the names of earning
    rules that count.
    """

    before: int
    won: int
    spent: int
    after: int
    waiting: int = 0
    repaid: int = 0
    missing: int = 0
    rules: tuple[str, ...] = ()
    # What the others of the family have, or gave for it.
    pooled: int = 0
    # Of `pooled`, what comes from other businesses of the network.
    abroad: int = 0


@dataclass(frozen=True, slots=True)
class CreditMoved:
    """What a purchase did to store credit: `paid` took from it, `given` is its cash-back."""

    paid: Entry | None = None
    given: Entry | None = None

    @property
    def entries(self) -> list[Entry]:
        return [entry for entry in (self.paid, self.given) if entry is not None]


@dataclass(frozen=True, slots=True)
class Served:
    """What was done, read from the ledger, so that the same call again says the same.

    `is_known_receipt`: the purchase was recorded before by another act, so that this one noted and gave nothing for it.
    """

    purchase: Purchase | None
    entry: Entry | None
    redemptions: list[Redemption] = field(default_factory=list)
    vouchers: list[Voucher] = field(default_factory=list)
    is_known_receipt: bool = False
    # What the purchase gave on stamp cards.
    stamped: list[Entry] = field(default_factory=list)
    # By which it was paid from store credit, and what it gave of it.
    credit: CreditMoved = field(default_factory=CreditMoved)

    @property
    def did_nothing(self) -> bool:
        """Whether all there was to do had been done before, by another act."""
        return self.is_known_receipt and not self.redemptions and not self.vouchers

    @property
    def entries(self) -> list[Entry]:
        entries = [self.entry] if self.entry else []
        return entries + [redemption.entry for redemption in self.redemptions]

    @property
    def undoable(self) -> list[Entry]:
        """The entries by which all of it is undone: one is enough for a purchase, whatever it gave."""
        return self.entries if self.entry else [*[*self.stamped, *self.credit.entries][:1], *self.entries]

    @property
    def sums(self) -> Preview | None:
        """The line "balance + won − spent = new" as it was written; None when no point moved."""
        entries = self.entries
        if not entries:
            return None
        first, last = entries[0], entries[-1]
        won, waiting = (self.entry.amount, self.entry.pending_amount) if self.entry else (0, 0)
        spent = sum(redemption.points for redemption in self.redemptions)
        abroad = sum(int(one.entry.snapshot.get("network", 0)) for one in self.redemptions)
        pooled = abroad + sum(int(one.entry.snapshot.get("family", 0)) for one in self.redemptions)
        brought = int(first.snapshot.get("family", 0)) + int(first.snapshot.get("network", 0))
        before = first.balance_after - first.owed_after - first.amount - brought
        repaid = max(0, min(won, -before))
        rules = rules_that_count(self.entry.snapshot.get("reasons", ())) if self.entry else ()
        line = Preview(max(0, before), won + waiting, spent, last.balance_after, waiting, repaid)
        return replace(line, rules=rules, pooled=pooled, abroad=abroad)


@refusals_are_reviewed
def serve_member(member: Member, visit: Visit, *, by: Actor, key: str, location: Location | None = None) -> Served:
    """Record the purchase, redeem the rewards and use the vouchers. The same key again gives the first result.

    Points of this purchase count for its rewards, unless the program lets them wait. Raises NothingToDo,
    PresenceNotProved, WrongPin, PinBlocked and whatever refuses a part; then nothing of it is done.
    """
    if visit.is_empty:
        raise NothingToDo(field="amount")
    if len(visit.rewards) > MOST_REWARDS:
        raise Invalid(field="rewards")
    return crossing_in_turn(lambda surely: _serve(member, visit, by=by, key=key, location=location, surely=surely))


def _serve(member: Member, visit: Visit, *, by: Actor, key: str, location: Location | None, surely: bool) -> Served:
    member = hold_member(member)
    _lock_those_who_pay(member, visit, by=by, surely=surely)
    is_repeated = _is_repeated(member, visit, key=key)
    if not is_repeated:
        refuse_together_at(visit)
        _require_presence(member, visit, by=by, key=key)
    purchase = None
    if visit.amount is not None:
        details = purchase_details(visit, location=location)
        purchase = record_purchase(member, details, by=by, source=Source.COUNTER, key=key)
    redemptions = [
        _redeem(member, reward, purchase, visit, by=by, key=f"{key}:{number}", location=location)
        for number, reward in enumerate(visit.rewards)
    ]
    if not is_repeated:
        _watch(redemptions, visit, by=by)
    if visit.vouchers:
        refuse_own_account(member, by=by)
    for voucher in visit.vouchers:
        _check_owner(voucher, member)
    vouchers = list(visit.vouchers)
    if not is_repeated:
        vouchers = [
            use_voucher(
                voucher,
                by=by,
                location=location,
                purchase=purchase,
                source=Source.COUNTER,
                using=using_of(visit, voucher, voucher.pk),
            )
            for voucher in visit.vouchers
        ]
    # What an act before gave for this receipt is no part of this one: not of its line, and not of its undo.
    is_known_receipt = purchase is not None and purchase.key != key
    entry, stamped, credit = None, [], CreditMoved()
    if purchase is not None and not is_known_receipt:
        entry = Entry.objects.filter(cause=Cause.PURCHASE, cause_id=purchase.pk).first()
        stamped, credit = _stamped(purchase), credit_moved(purchase)
    return Served(purchase, entry, redemptions, vouchers, is_known_receipt, stamped, credit)


def _lock_those_who_pay(member: Member, visit: Visit, *, by: Actor, surely: bool) -> None:
    """A family pays for rewards: everybody's account is locked at once, before this one alone is for the purchase.

    And before any of them the person in the network, who may pay with points of other businesses, and the turn to.
    """
    if visit.rewards:
        expect_crossing(hold_person(member.pk), sum(reward.cost for reward in visit.rewards), surely=surely)
        with contextlib.suppress(NoProgram):
            lock_household(member, by=by)


def _stamped(purchase: Purchase) -> list[Entry]:
    """What it gave on stamp cards; what it leads to has said so when it was recorded just now."""
    given: list[Entry] | None = getattr(purchase, "stamped", None)
    if given is None:
        found = Entry.objects.filter(cause=Cause.STAMPED, cause_id=purchase.pk, kind=EntryKind.ACCRUE)
        given = list(found.select_related("account__program"))
    return [entry for entry in given if entry.amount]


def credit_moved(purchase: Purchase) -> CreditMoved:
    """What a purchase did to store credit; what it leads to has said so when it was recorded just now."""
    if hasattr(purchase, "credited"):
        return CreditMoved(purchase.paid_from_credit, purchase.credited)  # type: ignore[attr-defined]
    found = Entry.objects.filter(cause__in=(Cause.TENDER, Cause.CREDITED), cause_id=purchase.pk)
    by_cause = {entry.cause: entry for entry in found.select_related("account__program")}
    return CreditMoved(by_cause.get(Cause.TENDER), by_cause.get(Cause.CREDITED))


def purchase_details(visit: Visit, *, location: Location | None) -> PurchaseDetails:
    """The purchase of a visit. Raises ReceiptConflict for a whole receipt that is divided among several already."""
    if visit.bill is None:
        refuse_whole(visit.receipt_number)
    return PurchaseDetails(
        total=visit.amount,
        receipt_number=visit.receipt_number,
        location=location,
        occurred_at=visit.occurred_at,
        credit=visit.credit,
        bill=visit.bill,
    )


def needs_presence(membership: Membership | None) -> bool:
    """Whether this person proves that the member is there before points are spent: staff do.

    A printed card, or a name that was typed, may earn. Managers and owners may give points without limit anyway, and
    have proved themselves by how they signed in or took over.
    """
    return has_limits(membership)


def _require_presence(member: Member, visit: Visit, *, by: Actor, key: str) -> None:
    if not visit.asks_presence:
        return
    membership = acting_membership(by)
    if membership is None or not needs_presence(membership):
        return
    if visit.card_step is not None and prove_presence(member, step=visit.card_step, act=key):
        return
    if not visit.pin:
        raise PresenceNotProved
    # Checking a PIN locks the person: the account comes first, as everywhere.
    with contextlib.suppress(NoProgram):
        lock_account_of(member, by=by)
    check_pin(membership, pin=visit.pin)


def _redeem(
    member: Member,
    reward: Reward,
    purchase: Purchase | None,
    visit: Visit,
    *,
    by: Actor,
    key: str,
    location: Location | None,
) -> Redemption:
    """Redeem and hand over: the voucher is used on the spot, so that nobody can use it again.

    What is for another time (an event, early access, a voucher that begins later) is kept by the member.
    """
    redemption = redeem_reward(member, reward=reward, by=by, key=key, source=Source.COUNTER, is_locked=True)
    voucher = Voucher.objects.select_related("product", "charity").get(redemption=redemption)
    if voucher.status == RedemptionStatus.OPEN and voucher.left is None and not is_for_later(voucher):
        using = using_of(visit, voucher, reward.pk)
        voucher = use_voucher(voucher, by=by, location=location, purchase=purchase, source=Source.COUNTER, using=using)
    around = ("entry", "reward", "account__program", "account__member")
    done: Redemption = Redemption.objects.select_related(*around).get(pk=redemption.pk)
    done.given = voucher  # type: ignore[attr-defined]
    return done


def _watch(redemptions: Sequence[Redemption], visit: Visit, *, by: Actor) -> None:
    """A code fresh from the phone shows that the member is there; whatever else is redeemed may be looked at."""
    if visit.card_step is None:
        for redemption in redemptions:
            watch_redemption(redemption, by=by)


def _check_owner(voucher: Voucher, member: Member) -> None:
    if voucher.account.member_id != member.pk:
        raise Invalid(_("This voucher belongs to somebody else."), code="voucher_of_another", field="vouchers")


def _is_repeated(member: Member, visit: Visit, *, key: str) -> bool:
    """Whether this very visit was committed under this key. Raises Conflict when it was another one.

    Purchases and redemptions keep their keys in their rows; this remembers what else belonged to them. Should it be
    forgotten, a voucher that was used is refused, never used twice.
    """
    name = f"visit:{member.tenant_id}:{key}"
    asked = [
        str(member.pk),
        visit.amount,
        visit.credit,
        visit.receipt_number,
        [str(reward.pk) for reward in visit.rewards],
        [str(voucher.pk) for voucher in visit.vouchers],
        sorted([str(pk), str(product.pk)] for pk, product in visit.choices.items()),
        sorted([str(pk), part] for pk, part in visit.parts.items()),
        str(visit.bill or ""),
    ]
    before = cache.get(name)
    if before is not None and before != asked:
        raise Conflict
    transaction.on_commit(lambda: cache.set(name, asked, REMEMBERED_SECONDS))
    return before is not None


@transaction.atomic
def undo_visit(
    member: Member, *, entries: Sequence[Entry], vouchers: Sequence[Voucher] = (), by: Actor, key: str
) -> None:
    """Take back what was just done for a member: the whole act, the last step first, within the program's minutes.

    A purchase is returned whole, a reward's points are given back, a voucher can be used again. Raises what
    `undo_entry` raises; then all of it stays as it was.
    """
    member = hold_member(member)
    own = ids_of(member)
    for voucher in vouchers:
        _check_owner(voucher, member)
        _reopen(voucher, by=by)
    for number, entry in enumerate(sorted(entries, key=lambda one: -one.seq)):
        if entry.account.member_id not in own:
            raise CannotUndo
        if entry.kind == EntryKind.REDEEM:
            _reopen(Voucher.objects.get(redemption__entry=entry), by=by)
        undo_entry(entry, by=by, key=f"{key}:{number}", source=Source.COUNTER)


def _reopen(voucher: Voucher, *, by: Actor) -> None:
    """Make a voucher usable again that staff used a moment ago; one that is open or void stays as it is."""
    voucher = lock_voucher(voucher)
    if voucher.status not in (RedemptionStatus.USED, RedemptionStatus.OPEN) or voucher.used_at is None:
        return
    refuse_own_account(voucher.account.member, by=by)
    if voucher.gesture is not None and voucher.gesture.handed_over:
        # It was used by being given: that is undone with the gesture, never left to be used again.
        raise CannotUndo
    minutes = voucher.account.program.undo_minutes
    if has_limits(acting_membership(by)) and timezone.now() > voucher.used_at + timedelta(minutes=minutes):
        raise UndoTooLate(minutes)
    reopen_voucher(voucher)
    record_audit("voucher.reopened", by=by, subject=voucher)
