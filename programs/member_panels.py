"""What this app shows on the pages of members and purchases: points, rewards, tiers, and what a return would do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from customers.domain.identity import ids_of
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
from programs.domain.credit.by_hand import credit_to_undo
from programs.domain.credit.foreseeing import preview_uncrediting
from programs.domain.credit.reading import credit_of
from programs.domain.events.types import types_in_use
from programs.domain.memberships.selling import membership_of
from programs.domain.merging import PART
from programs.domain.referrals.returning import foresee_loss
from programs.domain.reversals import preview_return
from programs.domain.stamps.reading import cards_of
from programs.domain.stamps.taking import preview_unstamping
from programs.domain.tier_notices import is_told
from programs.enums import Cause, ProgramKind, ProgramStatus, RedemptionStatus
from programs.forms.credit import CreditByHandForm
from programs.forms.rewards import AdjustmentForm
from programs.forms.tiers import PlacementForm
from programs.goodwill import gestures
from programs.models import Account, Entry, Event, MembershipPayment, MembershipPlan, Program, Tier, Voucher
from programs.poll_filter import answer_choices, with_answer
from programs.queries import AccountStanding, account_of, entries_of, rewards_for, standing_of
from programs.words.credit import entry_titles, title_of, why_credit
from programs.words.tiers import to_keep, to_next
from programs.words.why import explain_entry
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
    places = PlacementForm(program=found.program, initial={"key": uuid4().hex})
    return {"points": found, "member": member, "form": form, "places": places if places.has_tiers else None}


def rewards(member: Member) -> dict[str, Any] | None:
    """What the member could have now and what is missing for the rest, and the vouchers that wait to be used."""
    found = points_of(member)
    if found is None or found.account is None:
        return None
    vouchers = Voucher.objects.filter(account=found.account, status=RedemptionStatus.OPEN)
    return {
        "points": found,
        "member": member,
        "offers": rewards_for(found.account, standing=found.standing),
        "vouchers": list(vouchers.order_by("valid_until")),
        "key": uuid4().hex,
    }


def stamps(member: Member) -> dict[str, Any] | None:
    """How far the member's stamp cards are."""
    cards = [card for card in cards_of(member, only_running=False) if card.is_running or card.stamps or card.finished]
    return {"cards": cards, "member": member} if cards else None


def credit(member: Member) -> dict[str, Any] | None:
    """What the member has of store credit, what comes and goes when, and the latest of it."""
    standing = credit_of(member)
    if standing is None or not (standing.is_running or standing.has_any):
        return None
    latest: list[Entry] = list(entries_of(standing.account)[:SHOWN_ENTRIES]) if standing.account else []  # type: ignore[index]
    form = CreditByHandForm(initial={"direction": "give", "key": uuid4().hex})
    return {
        "credit": standing,
        "member": member,
        "rows": entry_titles(latest),
        "undoable": credit_to_undo(latest),
        "form": form,
        "key": uuid4().hex,
    }


def membership(member: Member) -> dict[str, Any] | None:
    """The member's paid membership, what is offered, and the payments."""
    found = membership_of(member)
    plans = list(MembershipPlan.objects.filter(is_offered=True).select_related("tier"))
    payments = list(MembershipPayment.objects.filter(membership__member=member).select_related("membership")[:4])
    if found is None and not plans and not payments:
        return None
    latest = payments[0] if payments and found is not None and payments[0].membership_id == found.pk else None
    return {
        "membership": found,
        "plans": plans,
        "payments": payments,
        "refundable": latest if latest is not None and not latest.refunded else None,
        "member": member,
        "key": uuid4().hex,
    }


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


def happened(member: Member) -> dict[str, Any] | None:
    """What else than purchases was recorded of the member; None for a business where nothing else can happen."""
    kinds = types_in_use()
    if not kinds:
        return None
    found = Event.objects.filter(member__in=ids_of(member)).select_related("type", "entry")
    by_hand = [one for one in kinds if one.by_staff]
    return {"events": list(found.order_by("-occurred_at")[:SHOWN_ENTRIES]), "kinds": by_hand, "member": member}


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


def return_credit(purchase: Purchase, details: ReturnDetails) -> dict[str, Any] | None:
    """What the return would do to store credit; None where it does nothing."""
    effect = preview_uncrediting(purchase, details)
    return {"effect": effect} if effect else None


def purchase_credit(purchase: Purchase) -> dict[str, Any] | None:
    """What the purchase gave and was paid with of store credit, and what returns did to it."""
    causes = (Cause.CREDITED, Cause.TENDER)
    moved = list(Entry.objects.select_related("account__program").filter(cause__in=causes, cause_id=purchase.pk))
    if not moved:
        return None
    later = Entry.objects.filter(reverses__in=moved).order_by("recorded_at", "seq")
    rows = [
        (entry, title_of(entry), entry.amount + entry.pending_amount, why_credit(entry)) for entry in [*moved, *later]
    ]
    return {"rows": rows, "purchase": purchase}


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
    return {"merge": merge, "parts": [{**part, **_summed(part["seen"])} for part in parts], "program": program}


def _summed(seen: Mapping[str, Any]) -> dict[str, int]:
    """What leads from both balances to the one: what was repaid, and the point that parts of points made."""
    before, moved, after = seen["before"], seen["moved"], seen["after"]
    repaid = before["owed"] + moved["owed"] - after["owed"]
    whole = after["balance"] + repaid + seen.get("withheld", 0) - before["balance"] - moved["balance"]
    return {"repaid": repaid, "whole": whole}


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
    member_panels.register(Panel("programs.events", "programs/member/events.html", happened, 35, see))
    purchase_panels.register(Panel("programs.points", "programs/member/purchase.html", purchase_points, 10, see))
    member_side.register(Panel("programs.stamps", "programs/member/stamps.html", stamps, 15, see))
    return_effects.register(Panel("programs.stamps", "programs/stamps/effects.html", return_stamps, 15, see))
    member_side.register(Panel("programs.membership", "programs/member/membership.html", membership, 12, see))
    member_side.register(Panel("programs.credit", "programs/member/credit.html", credit, 16, see))
    purchase_panels.register(Panel("programs.credit", "programs/member/purchase_credit.html", purchase_credit, 15, see))
    return_effects.register(Panel("programs.credit", "programs/credit/effects.html", return_credit, 12, see))
    return_effects.register(Panel("programs.points", "programs/member/return.html", return_points, 10, see))
    return_effects.register(Panel("programs.friends", "programs/member/return_friend.html", return_of_friend, 30, see))
    merge_effects.register(Panel("programs.points", "programs/member/merge.html", merged_points, 10, see))
    member_filters.register(MemberFilter("answer", _("Answers"), answer_choices, with_answer, 80, see))
    member_filters.register(MemberFilter("tier", _("Tier"), tier_choices, with_tier, 50, see))
    member_filters.register(MemberFilter("holds", _("Balance"), balance_choices, with_balance, 60, see))
    member_filters.register(MemberFilter("expiring", _("Expiry"), expiring_choices, with_expiring, 70, see))
