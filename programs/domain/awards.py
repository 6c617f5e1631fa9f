"""Giving points: for a purchase, for joining, and as the balance a member brings along."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Member, Purchase, PurchaseLine
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import (
    Locked,
    lock_account_of,
    lock_for_purchase,
    points_program,
    require_live,
    source_of,
)
from programs.domain.challenges.rewarding import reward_challenges
from programs.domain.day_limits import refuse_beyond_day, refuse_bonus_beyond_day, watches_staff
from programs.domain.drafts import Draft
from programs.domain.earning import Basket, Rule, exclude_lines, quote_purchase, round_points
from programs.domain.entries import account_carry
from programs.domain.expiry import confirm_due
from programs.domain.guards import lock_acting_membership, note_namesake, refuse_own_account
from programs.domain.lots import new_lot
from programs.domain.opening import post_opening
from programs.domain.posting import post
from programs.domain.qualifying import qualify
from programs.domain.referrals.noticing import notice_purchase
from programs.domain.reviews.brought import hold_brought
from programs.domain.reviews.watching import watch_award
from programs.domain.rules.reading import judge_purchase, rules_in_force
from programs.domain.rules.verdicts import Verdict
from programs.domain.surprises.drawing import draw_for_purchase
from programs.domain.tiers import rise
from programs.enums import Cause, EntryKind, ProgramStatus
from programs.errors import NoProgram
from programs.models import Account, Entry, Program, ProgramExclusion
from tenants.actors import Actor
from tenants.isolation import current_tenant_id

# As the ORM would ask; at the counter somebody waits, and composing the text cost more than the answer.
_LINES = """
SELECT l.purchase_id, l.id, l.description, l.product_id, p.category_id, l.quantity, l.total, l.tax
FROM customers_purchaseline l
LEFT JOIN customers_product p ON p.tenant_id = l.tenant_id AND p.id = l.product_id
WHERE l.tenant_id = %s AND l.purchase_id = ANY(%s)
ORDER BY l.purchase_id, l.position"""
_OF_LINE = ("id", "description", "product_id", "product__category_id", "quantity", "total", "tax")

__all__ = [
    "award_joining",
    "award_opening",
    "award_opening_spend",
    "award_payload",
    "award_purchase",
    "baskets_of",
    "confirm_due",
    "lines_of",
    "purchase_draft",
    "purchase_key",
]


# Always within the purchase's own transaction, which undoes both or neither: a savepoint more would guard nothing.
@transaction.atomic(savepoint=False)
def award_purchase(purchase: Purchase, *, by: Actor, silent: bool = False) -> Entry | None:
    """Give the points of a purchase to its member, once, and count it towards their tier.

    Every purchase seen by a live program leaves an entry, one of 0 points too: it says why, and what is carried.
    Nothing happens (None) without a member, for one who is paused or has left, and while no program is live.
    Raises OwnAccount when staff serve themselves, MemberDayLimit, StaffDayLimit or DeviceDayLimit when they gave as
    much as they may today; what is out of the ordinary is held (`watch_award`). Locks the account, then the membership
    of staff, then the earning rules that match and have a budget.
    """
    member = purchase.member
    if member is None or member.status != MemberStatus.ACTIVE:
        return None
    try:
        locked = lock_for_purchase(member, by=by)
    except NoProgram:
        return None
    # Asked for with the account, so that a purchase of a business without other programs costs no statement more.
    purchase.other_programs = locked.others  # type: ignore[attr-defined]
    if locked.account.program.status != ProgramStatus.LIVE:
        return None
    membership = lock_acting_membership(by) if watches_staff(locked.account.program) else None
    refuse_own_account(member, by=by, membership=membership)
    basket, verdicts = _judged(locked, purchase)
    draft = purchase_draft(locked.account, purchase, basket, verdicts, by=by, now=timezone.now())
    posted = post(locked.account, draft)
    if posted.is_new:
        given = refuse_beyond_day(locked.account, membership=membership, device=by.device)
        _follow_purchase(locked, purchase, posted.entry, by=by, silent=silent)
        if locked.is_referred:
            notice_purchase(purchase)
        if locked.has_challenges:
            reward_challenges(locked.account, silent=silent)
        if locked.has_surprises:
            purchase.drawn = draw_for_purchase(locked.account, purchase, silent=silent)  # type: ignore[attr-defined]
        watch_award(locked.account, posted.entry, membership=membership, given=given, by=by)
        note_namesake(member, by=by)
    return posted.entry


def _judged(locked: Locked, purchase: Purchase) -> tuple[Basket, list[Verdict]]:
    """The purchase as earning looks at it, and what the earning rules of its moment make of it."""
    account = locked.account
    rules = rules_in_force(account.program, purchase.occurred_at) if locked.has_rules else []
    by_line = any(rule.definition.looks_at_lines for rule in rules)
    basket = Basket(purchase.total, purchase.tax, credit=purchase.credit)
    if by_line or locked.excludes:
        excludes = locked.excludes
        basket = baskets_of([purchase], account.program, by_line=by_line, excludes=excludes)[purchase.pk]
    verdicts = judge_purchase(
        account, rules, basket, when=purchase.occurred_at, location=purchase.location_id, purchase=purchase.pk
    )
    return basket, verdicts


def baskets_of(
    purchases: Sequence[Purchase], program: Program, *, by_line: bool = False, excludes: bool = True
) -> dict[UUID, Basket]:
    """The purchases as earning looks at them, by their ids, in two queries at most.

    Lines are only read where the program excludes something or something looks at them (`by_line`). `excludes` False:
    it is known to exclude nothing.
    """
    excluded: list[tuple[UUID | None, UUID | None]] = []
    if excludes:
        found = ProgramExclusion.objects.filter(program_id=program.pk)
        excluded = list(found.values_list("product_id", "category_id"))
    lines: Mapping[UUID, Sequence[Mapping[str, Any]]] = {}
    if excluded or by_line:
        lines = lines_of(purchases)
    products = frozenset(product for product, _category in excluded if product)
    categories = frozenset(category for _product, category in excluded if category)
    return {
        one.pk: Basket(
            one.total, one.tax, lines=exclude_lines(lines.get(one.pk, ()), products, categories), credit=one.credit
        )
        for one in purchases
    }


def lines_of(purchases: Sequence[Purchase]) -> dict[UUID, list[Mapping[str, Any]]]:
    """The lines of purchases as `exclude_lines` reads them, by the ids of the purchases."""
    lines: dict[UUID, list[Mapping[str, Any]]] = {
        one.pk: [_cells(line) for line in one.just_written] for one in purchases if one.just_written is not None
    }
    others = [one.pk for one in purchases if one.just_written is None]
    if not others:
        return lines
    with connection.cursor() as cursor:
        execute_prepared(cursor, _LINES, [current_tenant_id(), others])
        for purchase_id, *cells in cursor.fetchall():
            lines.setdefault(purchase_id, []).append(dict(zip(_OF_LINE, cells, strict=True)))
    return lines


def _cells(line: PurchaseLine) -> dict[str, Any]:
    """What `_LINES` would read of it."""
    category_id = line.product.category_id if line.product else None
    cells = (line.pk, line.description, line.product_id, category_id, line.quantity, line.total, line.tax)
    return dict(zip(_OF_LINE, cells, strict=True))


@transaction.atomic
def award_joining(member: Member, *, by: Actor, source: str = "", silent: bool = False) -> Entry | None:
    """Give the bonus for joining, once for ever. None when the program is not live or gives none.

    Raises StaffDayLimit when staff gave as much as they may today. Locks the account, then the membership of staff.
    """
    try:
        account = lock_account_of(member, by=by)
    except NoProgram:
        return None
    bonus = account.program.joining_bonus
    if account.program.status != ProgramStatus.LIVE or not bonus:
        return None
    membership = lock_acting_membership(by) if watches_staff(account.program) else None
    now = timezone.now()
    posted = post(
        account,
        Draft(
            kind=EntryKind.ACCRUE,
            cause=Cause.JOINING,
            cause_id=member.pk,
            key=f"joining:{account.pk}",
            by=by,
            earns=new_lot(account.program, bonus, earned_at=now, now=now, waits=False),
            occurred_at=now,
            snapshot={"joining_bonus": bonus},
        ),
    )
    if posted.is_new:
        refuse_bonus_beyond_day(account, membership=membership, device=by.device)
        _tell(account, posted.entry, by=by, source=source or source_of(by), silent=silent)
    return posted.entry


@transaction.atomic
def award_opening(
    member: Member,
    *,
    points: int,
    by: Actor,
    key: str,
    reason: str = "",
    earned_at: datetime | None = None,
    last_day: date | None = None,
    is_endless: bool = False,
    waits_until: datetime | None = None,
    held: Sequence[str] = (),
    source: str = "",
    silent: bool = True,
) -> Entry:
    """Give the points a member brings from an earlier card or from imported purchases, once for each key.

    They are available at once, or from `waits_until`, and expire after `last_day`, never if `is_endless`, or else as
    if they had been earned at `earned_at` (now, by default). What was `held` elsewhere, for
    these reasons, is held here too. They do not count towards a tier. Raises Invalid for fewer
    than 1 point, ProgramNotLive, MemberNotActive, NoProgram, OwnAccount.
    """
    if points < 1:
        raise Invalid(field="points")
    account = lock_account_of(member, by=by)
    require_live(account)
    refuse_own_account(member, by=by)
    posted = post_opening(
        account,
        points,
        member=member,
        by=by,
        key=key,
        reason=reason,
        earned_at=earned_at,
        last_day=last_day,
        is_endless=is_endless,
        waits_until=waits_until,
    )
    if posted.is_new:
        _tell(account, posted.entry, by=by, source=source or source_of(by), silent=silent)
        if held:
            hold_brought(account, posted.entry, why=held, silent=silent)
    return posted.entry


@transaction.atomic
def award_opening_spend(
    member: Member, *, spent: int, by: Actor, key: str, source: str = "", silent: bool = True
) -> Entry | None:
    """Give what earlier purchases would have earned at the program's plain rate, as one opening balance.

    `spent` in minor units, net of tax and returns; neither the minimum of a purchase nor tiers come into it, and
    what is left over is not carried. None when that is no point, or while no program is live.
    """
    program = points_program()
    if program is None or program.status != ProgramStatus.LIVE or spent <= 0:
        return None
    points, _left = round_points(program.rounding, spent * Rule.of(program).rate, Fraction(0))
    if points < 1:
        return None
    return award_opening(member, points=points, by=by, key=key, source=source, silent=silent)


def purchase_draft(
    account: Account,
    purchase: Purchase,
    basket: Basket,
    verdicts: Sequence[Verdict] = (),
    *,
    by: Actor,
    now: datetime,
) -> Draft:
    """The accrual of a purchase on a locked account, with the rule and every reason in its snapshot."""
    program, tier, carry = account.program, account.tier, account_carry(account)
    quote = quote_purchase(
        program,
        basket,
        multiplier=tier.multiplier if tier else 100,
        carry=carry,
        tier=tier.name if tier else "",
        verdicts=verdicts,
    )
    snapshot: dict[str, Any] = {
        "rule": quote.rule.as_snapshot(),
        "reasons": quote.reasons,
        "counted": str(quote.counted),
        "value": str(quote.value),
        "points": quote.points,
        "carry_before": str(carry),
    }
    return Draft(
        kind=EntryKind.ACCRUE,
        cause=Cause.PURCHASE,
        cause_id=purchase.pk,
        key=purchase_key(purchase),
        by=by,
        request=(purchase.total, purchase.tax),
        earns=new_lot(program, quote.points, earned_at=purchase.occurred_at, now=now),
        carry=quote.carry,
        occurred_at=purchase.occurred_at,
        snapshot=snapshot,
    )


def purchase_key(purchase: Purchase) -> str:
    """The key of its entry and of its qualification."""
    return f"purchase:{purchase.pk}"


def award_payload(entry: Entry) -> dict[str, Any]:
    """What the activity of an award says."""
    return {
        "entry": str(entry.pk),
        "points": entry.amount + entry.pending_amount,
        "pending": entry.pending_amount,
        "cause": str(entry.cause),
        "cause_id": str(entry.cause_id) if entry.cause_id else None,
        "balance": entry.balance_after,
    }


def _follow_purchase(locked: Locked, purchase: Purchase, entry: Entry, *, by: Actor, silent: bool) -> None:
    """The same fact's progress towards a tier, and its line in the timeline."""
    account = locked.account
    standing = qualify(
        account,
        spend=int(Fraction(entry.snapshot["counted"])),
        points=entry.snapshot["points"],
        visited=True,
        occurred_at=purchase.occurred_at,
        cause_id=purchase.pk,
        key=purchase_key(purchase),
    )
    _tell(account, entry, by=by, source=purchase.source, silent=silent, occurred_at=purchase.occurred_at)
    if locked.next_threshold is not None and standing.by(account.program.tier_basis) >= locked.next_threshold:
        rise(account, standing, by=by, source=purchase.source, silent=silent)


def _tell(
    account: Account, entry: Entry, *, by: Actor, source: str, silent: bool, occurred_at: datetime | None = None
) -> None:
    if not entry.amount and not entry.pending_amount:
        return
    record_activity(
        ActivityKind.POINTS_AWARDED,
        by=by,
        source=source or Source.SYSTEM,
        member=account.member,
        occurred_at=occurred_at,
        payload=award_payload(entry),
        silent=silent,
    )
