"""What this app shows on a member's page: points, rewards and vouchers, and the latest entries with their reasons."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.middleware.csrf import get_token

from customers.models import Member
from programs.domain.accounts import points_program
from programs.enums import ProgramStatus, RedemptionStatus
from programs.forms.rewards import AdjustmentForm
from programs.models import Account, Entry, Program, Voucher
from programs.queries import AccountStanding, RewardOffer, account_of, entries_of, rewards_for, standing_of
from programs.why import explain_entry
from tenants.permissions import Permission

SHOWN_ENTRIES = 8
# Where a member carries what was asked for one panel, for the next.
_ASKED = "_programs_points"


@dataclass(frozen=True, slots=True)
class MemberPoints:
    """A member in the program; without an account (nothing has moved yet) everything is empty."""

    member: Member
    program: Program
    account: Account | None
    standing: AccountStanding | None


def points_of(member: Member) -> MemberPoints | None:
    """How the member stands in the points program; None for a business without one. Asked once for each page."""
    if _ASKED not in member.__dict__:
        account = account_of(member)
        program = account.program if account else points_program()
        standing = standing_of(account) if account else None
        member.__dict__[_ASKED] = MemberPoints(member, program, account, standing) if program else None
    found: MemberPoints | None = member.__dict__[_ASKED]
    return found


def points(request: Any, member: Member) -> dict[str, Any] | None:
    """Balance, waiting and owed points, tier and progress, what expires when, and the form to adjust."""
    found = points_of(member)
    if found is None:
        return None
    return {
        "points": found,
        "form": AdjustmentForm(initial={"direction": "give", "key": uuid4().hex}),
        "may_adjust": _may_move(request, found),
        "csrf": get_token(request),
    }


def rewards(request: Any, member: Member) -> dict[str, Any] | None:
    """What the member could have now and what is missing for the rest, and the vouchers that wait to be used."""
    found = points_of(member)
    if found is None or found.account is None:
        return None
    vouchers = Voucher.objects.filter(redemption__account=found.account, status=RedemptionStatus.OPEN).select_related(
        "redemption"
    )
    offers: list[RewardOffer] = rewards_for(found.account)
    return {
        "points": found,
        "member": member,
        "offers": offers,
        "vouchers": list(vouchers.order_by("valid_until")),
        "may_redeem": _may_move(request, found),
        "key": uuid4().hex,
        "csrf": get_token(request),
    }


def entries(request: Any, member: Member) -> dict[str, Any] | None:
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
        "rows": [(entry, entry.amount + entry.pending_amount, explain_entry(entry)) for entry in latest],
        "more": found.account.version > len(latest),
    }


def _may_move(request: Any, found: MemberPoints) -> bool:
    may: bool = request.membership.may(Permission.ADJUST_POINTS)
    return may and found.program.status == ProgramStatus.LIVE
