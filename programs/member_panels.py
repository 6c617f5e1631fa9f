"""What this app shows on the pages of members and purchases: points, rewards, tiers, and what a return would do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from customers.domain.purchases import ReturnDetails, plan_return
from customers.models import Member, Merge, Purchase
from customers.slots import (
    MemberFilter,
    member_filters,
    member_marks,
    member_panels,
    member_side,
    merge_effects,
    purchase_panels,
    return_effects,
)
from loyalty_saas.lib.slots import Panel
from programs.books.expiring import expiring_choices, with_expiring
from programs.domain.accounts import points_program
from programs.domain.merging import PART
from programs.domain.referrals.returning import foresee_loss
from programs.domain.reversals import preview_return
from programs.domain.stamps.reading import cards_of
from programs.domain.stamps.taking import preview_unstamping
from programs.domain.tier_notices import is_told
from programs.enums import Cause, ProgramKind, ProgramStatus, RedemptionStatus
from programs.forms.rewards import AdjustmentForm
from programs.forms.tiers import PlacementForm
from programs.goodwill import gestures
from programs.models import Account, Entry, Program, Tier, Voucher
from programs.queries import AccountStanding, account_of, entries_of, rewards_for, standing_of
from programs.tier_words import to_keep, to_next
from programs.why import explain_entry
from tenants.permissions import Permission

SHOWN_ENTRIES = 6
SHOWN_GESTURES = 4
# Where a member carries what was asked for one panel, for the next.
_ASKED = "_programs_points"


@dataclass(frozen=True, slots=True)
class MemberPoints:
    """A member in the program; without an account (nothing has moved yet) everything is empty."""

    member: Member
    program: Program
    account: Account | None
    standing: AccountStanding | None

    @property
    def to_next_tier(self) -> str:
        return to_next(self.standing.progress, self.program) if self.standing else ""

    @property
    def to_keep_tier(self) -> str:
        return to_keep(self.standing.progress, self.program) if self.standing else ""

    @property
    def is_told(self) -> bool:
        return self.account is not None and is_told(self.account)

    @property
    def is_live(self) -> bool:
        return bool(self.program.status == ProgramStatus.LIVE)


def points_of(member: Member) -> MemberPoints | None:
    """How the member stands in the points program; None for a business without one. Asked once for each page."""
    if _ASKED not in member.__dict__:
        account = account_of(member)
        program = account.program if account else points_program()
        standing = standing_of(account) if account else None
        member.__dict__[_ASKED] = MemberPoints(member, program, account, standing) if program else None
    found: MemberPoints | None = member.__dict__[_ASKED]
    return found


def tier(member: Member) -> dict[str, Any] | None:
    found = points_of(member)
    return {"tier": found.account.tier} if found and found.account and found.account.tier else None


def points(member: Member) -> dict[str, Any] | None:
    """Balance, waiting and owed points, tier and progress, what expires when, and the form to adjust."""
    found = points_of(member)
    if found is None:
        return None
    form = AdjustmentForm(initial={"direction": "give", "key": uuid4().hex})
    places = None
    if found.program.tiers.exists():
        places = PlacementForm(program=found.program, initial={"key": uuid4().hex})
    return {"points": found, "member": member, "form": form, "places": places}


def rewards(member: Member) -> dict[str, Any] | None:
    """What the member could have now and what is missing for the rest, and the vouchers that wait to be used."""
    found = points_of(member)
    if found is None or found.account is None:
        return None
    vouchers = Voucher.objects.filter(account=found.account, status=RedemptionStatus.OPEN)
    return {
        "points": found,
        "member": member,
        "offers": rewards_for(found.account),
        "vouchers": list(vouchers.order_by("valid_until")),
        "key": uuid4().hex,
    }


def stamps(member: Member) -> dict[str, Any] | None:
    """How far the member's stamp cards are."""
    cards = [card for card in cards_of(member, only_running=False) if card.is_running or card.stamps or card.finished]
    return {"cards": cards, "member": member} if cards else None


def entries(member: Member) -> dict[str, Any] | None:
    """The latest entries of the ledger, each with why."""
    found = points_of(member)
    if found is None or found.account is None:
        return None
    latest: list[Entry] = list(entries_of(found.account)[:SHOWN_ENTRIES])  # type: ignore[index]
    if not latest:
        return None
    return {
        "points": found,
        "member": member,
        "rows": [
            (entry, entry.amount + entry.pending_amount, explain_entry(entry, found.program, refusals=False))
            for entry in latest
        ],
        "more": found.account.version > len(latest),
    }


def given_to_make_right(member: Member) -> dict[str, Any] | None:
    """The gestures to a member, on whichever record of theirs, the latest first."""
    own = Q(account__member=member) | Q(account__merged_into__member=member)
    found = gestures().filter(own).select_related("staff").order_by("-id")
    shown = list(found[: SHOWN_GESTURES + 1])
    if not shown:
        return None
    standing = found.filter(undone=False).order_by().aggregate(count=Count("pk"), cost=Sum("cost"))
    return {
        "gestures": shown[:SHOWN_GESTURES],
        "more": len(shown) > SHOWN_GESTURES,
        "member": member,
        "count": standing["count"],
        "cost": standing["cost"] or 0,
    }


def purchase_points(purchase: Purchase) -> dict[str, Any] | None:
    """What the purchase earned, why, and what returns took back of it."""
    moved = list(
        Entry.objects.select_related("account__program").filter(cause=Cause.PURCHASE, cause_id=purchase.pk)[:1]
    )
    if not moved:
        return None
    later = Entry.objects.filter(reverses=moved[0]).order_by("recorded_at", "seq")
    program = moved[0].account.program
    rows = [(entry, entry.amount + entry.pending_amount, explain_entry(entry, program)) for entry in [*moved, *later]]
    return {"rows": rows, "program": program}


def return_points(purchase: Purchase, details: ReturnDetails) -> dict[str, Any] | None:
    """What the return would do to points and tier; None for a purchase that earned nothing."""
    effect = preview_return(purchase, details)
    if effect.balance_before is None and not effect.vouchers:
        return None
    return {"effect": effect, "program": points_program()}


def return_stamps(purchase: Purchase, details: ReturnDetails) -> dict[str, Any] | None:
    """What the return would do to stamp cards; None where it takes no stamp."""
    effects = preview_unstamping(purchase, details)
    return {"effects": effects} if effects else None


def return_of_friend(purchase: Purchase, details: ReturnDetails) -> dict[str, Any] | None:
    """What the return would take from whoever brought this member, and from them; None where it takes nothing."""
    plan = plan_return(purchase, list(purchase.lines.order_by("position")), details)
    referral = foresee_loss(purchase, returned=plan.total)
    return {"referral": referral, "program": points_program()} if referral else None


def merged_points(merge: Merge) -> dict[str, Any] | None:
    """What merging, or undoing it, does to points, vouchers and tier; None where neither has any."""
    parts = merge.effects.get(PART)
    program = points_program()
    if not parts or program is None:
        return None
    return {"merge": merge, "parts": parts, "program": program}


# What an account holds, as the books count it: its word in an address, its name, its condition.
_HOLDS = {
    "promised": (
        _("Holds something"),
        Q(accounts__balance__gt=0) | Q(accounts__pending__gt=0) | Q(accounts__owed__gt=0),
    ),
    "available": (_("Has something to spend"), Q(accounts__balance__gt=0)),
    "pending": (_("Something waits"), Q(accounts__pending__gt=0)),
    "owed": (_("Owes from a return"), Q(accounts__owed__gt=0)),
}


def balance_choices() -> Sequence[tuple[str, str]]:
    return [("", str(_("Any balance"))), *((name, str(label)) for name, (label, _held) in _HOLDS.items())]


def with_balance(members: QuerySet[Member], value: str) -> QuerySet[Member]:
    points = Q(accounts__program__kind=ProgramKind.POINTS)
    return members.filter(points & _HOLDS[value][1]) if value in _HOLDS else members


def tier_choices() -> Sequence[tuple[str, str]]:
    """For the filter of the list of members."""
    tiers = Tier.objects.order_by("threshold").values_list("pk", "name")
    return [("", str(_("Any tier"))), *((str(pk), name) for pk, name in tiers)]


def with_tier(members: QuerySet[Member], value: str) -> QuerySet[Member]:
    try:
        return members.filter(accounts__tier=UUID(value))
    except ValueError:
        return members


def register() -> None:
    see = Permission.VIEW_PROGRAM
    member_marks.register(Panel("programs.tier", "programs/member/tier.html", tier, 10, see))
    member_side.register(Panel("programs.points", "programs/member/points.html", points, 10, see))
    member_panels.register(Panel("programs.rewards", "programs/member/rewards.html", rewards, 20, see))
    member_panels.register(Panel("programs.entries", "programs/member/entries.html", entries, 30, see))
    member_panels.register(Panel("programs.gestures", "programs/member/gestures.html", given_to_make_right, 40, see))
    purchase_panels.register(Panel("programs.points", "programs/member/purchase.html", purchase_points, 10, see))
    member_side.register(Panel("programs.stamps", "programs/member/stamps.html", stamps, 15, see))
    return_effects.register(Panel("programs.stamps", "programs/stamps/effects.html", return_stamps, 15, see))
    return_effects.register(Panel("programs.points", "programs/member/return.html", return_points, 10, see))
    return_effects.register(Panel("programs.friends", "programs/member/return_friend.html", return_of_friend, 30, see))
    merge_effects.register(Panel("programs.points", "programs/member/merge.html", merged_points, 10, see))
    member_filters.register(MemberFilter("tier", _("Tier"), tier_choices, with_tier, 50, see))
    member_filters.register(MemberFilter("holds", _("Balance"), balance_choices, with_balance, 60, see))
    member_filters.register(MemberFilter("expiring", _("Expiry"), expiring_choices, with_expiring, 70, see))
