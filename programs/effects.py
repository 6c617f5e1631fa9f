"""What the facts of the customers' app do to points, in the same transaction. Registered when the app starts."""

from django.utils.translation import gettext as _

from customers.domain.notes import add_note
from customers.effects import (
    ImportedPurchases,
    OpeningPoints,
    OpeningSpend,
    friend_code_typed,
    member_arrived,
    member_joined,
    member_merged,
    member_status_changed,
    merge_undone,
    opening_points,
    opening_spend,
    purchase_completed,
    purchase_returned,
    purchases_imported,
    segment_removed,
)
from customers.enums import Source
from customers.errors import SegmentInUse
from customers.models import Member, Purchase, Return, Segment
from programs.domain.accounts import points_program
from programs.domain.awards import award_joining, award_opening, award_opening_spend, award_purchase
from programs.domain.bulk import award_purchases
from programs.domain.credit.earning import credit_purchase, uncredit_purchase
from programs.domain.credit.spending import pay_from_credit, refund_credit
from programs.domain.extending import follow_status, wake_absorbed, wake_kept
from programs.domain.memberships.merged import merge_memberships, part_memberships
from programs.domain.merging import merge_accounts
from programs.domain.networks import people
from programs.domain.polls.publishing import polls_naming
from programs.domain.referrals import reviewing
from programs.domain.referrals.arriving import arrive, check_code
from programs.domain.referrals.merged import close_self_referral, look_at_self_referral
from programs.domain.referrals.noticing import notice_imported, notice_return
from programs.domain.reversals import reverse_purchase
from programs.domain.rewards import rewards_naming
from programs.domain.rules.publishing import rules_naming
from programs.domain.sharing import reviewing as sharing_reviewing
from programs.domain.sharing.merged import join_places, leave_when_gone, part_places
from programs.domain.stamps.giving import finish_merged, stamp_purchase
from programs.domain.stamps.taking import unstamp_purchase
from programs.domain.surprises.publishing import surprises_naming
from programs.domain.unmerging import part_accounts
from programs.domain.voucher_returns import lock_for_vouchers, return_vouchers
from programs.enums import ProgramKind, ProgramStatus
from programs.errors import StaffDayLimit
from programs.models import Program
from programs.words.unit import in_points
from tenants.actors import Actor

_KINDS = frozenset(ProgramKind.values)


def welcome(member: Member, /, *, by: Actor, source: str, silent: bool) -> None:
    """The bonus for joining. Members brought along from elsewhere have not joined now, and get none.

    Nobody who wants to join is sent away because staff gave enough for a day: they join without it, and a note says so.
    """
    if source == Source.IMPORT:
        return
    try:
        award_joining(member, by=by, source=source, silent=silent)
    except StaffDayLimit:
        _note_no_bonus(member, by=by, source=source)


def _note_no_bonus(member: Member, *, by: Actor, source: str) -> None:
    program = points_program()
    if program is None:
        return
    text = _("%(points)s for joining were not given: %(person)s had given enough for the day. A manager can give them.")
    said = {"points": in_points(program, program.joining_bonus), "person": by.label}
    add_note(member, text=text % said, by=Actor.system(), source=source)


def award(purchase: Purchase, /, *, by: Actor, source: str, silent: bool) -> None:
    # Whoever records it and wants to say what it earned need not ask for it again.
    purchase.accrual = award_purchase(purchase, by=by, silent=silent)  # type: ignore[attr-defined]
    purchase.stamped = []  # type: ignore[attr-defined]
    # Where there is no account for points, nobody has asked yet which other programs run.
    others = getattr(purchase, "other_programs", _KINDS)
    if ProgramKind.STAMPS in others:
        purchase.stamped = stamp_purchase(purchase, by=by, silent=silent)  # type: ignore[attr-defined]
    purchase.paid_from_credit = pay_from_credit(purchase, by=by, silent=silent)  # type: ignore[attr-defined]
    purchase.credited = None  # type: ignore[attr-defined]
    if ProgramKind.CREDIT in others:
        purchase.credited = credit_purchase(purchase, by=by, silent=silent)  # type: ignore[attr-defined]


def take_back(return_record: Return, /, *, by: Actor, source: str, silent: bool) -> None:
    used_vouchers = lock_for_vouchers(return_record)
    reverse_purchase(return_record, by=by, source=source, silent=silent)
    unstamp_purchase(return_record, by=by, source=source, silent=silent)
    # What comes back is there before cash-back is taken, so that less of it is owed.
    refund_credit(return_record, by=by, source=source, silent=silent)
    uncredit_purchase(return_record, by=by, source=source, silent=silent)
    if used_vouchers:
        return_vouchers(return_record, by=by, source=source, silent=silent)
    notice_return(return_record)


def award_imported(batch: ImportedPurchases, /, *, by: Actor, source: str, silent: bool) -> None:
    """The purchases together, then what came back of them (or of earlier ones), in the order of time."""
    award_purchases(batch.purchases, by=by, source=source, silent=silent)
    running = set(Program.objects.filter(status=ProgramStatus.LIVE).values_list("kind", flat=True))
    for purchase in sorted(batch.purchases, key=lambda one: (one.occurred_at, one.pk)):
        if ProgramKind.STAMPS in running:
            stamp_purchase(purchase, by=by, silent=silent)
        if ProgramKind.CREDIT in running:
            credit_purchase(purchase, by=by, silent=silent)
    notice_imported(batch.purchases)
    for return_record in batch.returns:
        take_back(return_record, by=by, source=source, silent=silent)


def bring_spend(opening: OpeningSpend, /, *, by: Actor, source: str, silent: bool) -> None:
    award_opening_spend(opening.member, spent=opening.spent, by=by, key=opening.key, source=source, silent=silent)


def bring_points(opening: OpeningPoints, /, *, by: Actor, source: str, silent: bool) -> None:
    if opening.points:
        award_opening(opening.member, points=opening.points, by=by, key=opening.key, source=source, silent=silent)


def keep_segments_of_rules(segment: Segment, /, *, by: Actor, source: str, silent: bool) -> None:
    """A rule or a reward whose segment is gone would be for nobody, without a word."""
    if names := [
        *rules_naming(str(segment.pk)),
        *rewards_naming(str(segment.pk)),
        *polls_naming(str(segment.pk)),
        *surprises_naming(str(segment.pk)),
    ]:
        raise SegmentInUse(names)


def register() -> None:
    segment_removed.register(keep_segments_of_rules)
    member_joined.register(welcome)
    purchase_completed.register(award)
    purchase_returned.register(take_back)
    purchases_imported.register(award_imported)
    member_status_changed.register(follow_status)
    member_status_changed.register(leave_when_gone)
    member_merged.register(wake_absorbed)
    member_merged.register(join_places)
    member_merged.register(merge_accounts)
    member_merged.register(finish_merged)
    member_merged.register(merge_memberships)
    member_merged.register(look_at_self_referral)
    member_status_changed.register(people.follow_status)
    member_merged.register(people.follow_merge)
    merge_undone.register(people.follow_parting)
    merge_undone.register(wake_kept)
    merge_undone.register(part_accounts)
    merge_undone.register(part_memberships)
    merge_undone.register(part_places)
    merge_undone.register(close_self_referral)
    opening_spend.register(bring_spend)
    opening_points.register(bring_points)
    member_arrived.register(arrive)
    friend_code_typed.register(check_code)
    reviewing.register()
    sharing_reviewing.register()
