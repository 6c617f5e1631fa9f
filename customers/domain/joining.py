"""Members who come by themselves: joining, signing in and changing their address, each by a code to it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.domain.consents import ConsentDetails, record_consents
from customers.domain.details import MemberDetails, clean_details
from customers.domain.members import change_member, enrol_member, reactivate_member
from customers.domain.notes import add_note
from customers.domain.portal_access import (
    Asked,
    ask_for_code,
    forget_told,
    holder_of,
    keep_former,
    member_with,
    told,
)
from customers.effects import Arrival, member_arrived
from customers.enums import CodePurpose, MemberStatus, Purpose, Source
from customers.errors import AddressTaken, ConsentMissing, Taken
from customers.models import Member, SignInCode
from loyalty_saas.lib.emails import parse_email
from loyalty_saas.lib.errors import DomainError
from tenants.actors import Actor
from tenants.enums import ActorKind

# Nobody yet: the id of a member is known only when they have joined.
NEWCOMER = Actor(ActorKind.MEMBER, "")


def ask_to_join(details: MemberDetails, consents: Iterable[ConsentDetails], *, address: str) -> Asked:
    """Keep what a person told us (encrypted) and send a code to their address; nothing is written of them before.

    Raises Invalid at the field, ConsentMissing without the agreement to take part, TooManyCodes.
    """
    answers = list(consents)
    _check(details, answers)
    kept = {"member": asdict(details), "consents": [asdict(one) for one in answers]}
    return ask_for_code(details.email, purpose=CodePurpose.JOIN, address=address, details=kept)


@dataclass(frozen=True, slots=True)
class CameBy:
    """The code of a member by whose word a person comes, and what tells their browser from others."""

    code: str
    device: str = ""
    network: str = ""


def admit(code: SignInCode, *, came_by: CameBy | None = None) -> Member | None:
    """Who has proved the address of this code: the member who has it, or the one who joins with it now.

    None when nobody has it and the person only wanted to sign in: they may join with `join_proved`. Somebody
    who "joins" with a member's address is that member; of what they typed only what they agreed to is kept.
    """
    kept = told(code)
    with transaction.atomic():
        member = member_with(kept["email"])
        if member is None and "member" in kept:
            details = MemberDetails(**{**kept["member"], "tags": tuple(kept["member"]["tags"])})
            member = _enrol(details, _consents(kept), came_by)
        elif member is not None:
            agreed = [one for one in _consents(kept) if one.given]
            record_consents(member, agreed, by=Actor.member(member.pk), source=Source.PORTAL)
        if member is not None:
            forget_told(code)
    return member


def join_proved(
    code: SignInCode,
    details: MemberDetails,
    consents: Iterable[ConsentDetails],
    *,
    came_by: CameBy | None = None,
) -> Member:
    """Join with an address that was proved a moment ago. Raises Invalid at the field and ConsentMissing."""
    email, answers = told(code)["email"], list(consents)
    details = replace(details, email=email)
    _check(details, answers)
    with transaction.atomic():
        member = member_with(email) or _enrol(details, answers, came_by)
        forget_told(code)
    return member


def ask_to_change_email(member: Member, email: str, *, address: str) -> Asked:
    """Send a code to the new address of a member; it counts when the code comes back. Raises Invalid, TooManyCodes."""
    return ask_for_code(parse_email(email), purpose=CodePurpose.EMAIL, address=address, member=member)


def change_proved_email(member: Member, code: SignInCode) -> Member:
    """Make the proved address the member's, and write to the one before.

    Raises AddressTaken when another member has it.
    """
    former = member.email
    with transaction.atomic():
        changed = change_own_details(member, {"email": told(code)["email"]})
        if former and former != changed.email:
            keep_former(code, former)
        else:
            forget_told(code)
    return changed


def change_own_details(member: Member, changes: Mapping[str, Any]) -> Member:
    """What a member changes about themselves.

    A phone is claimed by it and proves nothing, so whether somebody else has it makes no difference and is not told.
    Raises Invalid at the field, or AddressTaken, which names nobody.
    """
    try:
        return change_member(member, changes=changes, by=Actor.member(member.pk), source=Source.PORTAL)
    except Taken as taken:
        raise AddressTaken(field=taken.field) from taken


def refusals(details: MemberDetails, consents: Iterable[ConsentDetails]) -> list[DomainError]:
    """Everything for which somebody could not join with these answers, each at its field."""
    found: list[DomainError] = []
    try:
        parse_email(details.email)
    except DomainError as error:
        found.append(error)
    try:
        # The address has been looked at; whether they are called anything is not to depend on it.
        clean_details(replace(details, email="") if found else details, source=Source.PORTAL)
    except DomainError as error:
        found.append(error)
    if not any(one.purpose == Purpose.PROGRAM and one.given for one in consents):
        found.append(ConsentMissing(field="program"))
    return found


def _check(details: MemberDetails, consents: list[ConsentDetails]) -> None:
    found = refusals(details, consents)
    if found:
        raise found[0]


def _consents(kept: Mapping[str, Any]) -> list[ConsentDetails]:
    return [ConsentDetails(**one) for one in kept.get("consents", [])]


def _enrol(details: MemberDetails, consents: list[ConsentDetails], came_by: CameBy | None) -> Member:
    """A new member, or one who had left and comes back. The address is proved, the phone is not."""
    before = holder_of(details.email)
    if before is not None and before.status == MemberStatus.LEFT:
        member = reactivate_member(before, by=Actor.member(before.pk), source=Source.PORTAL)
        record_consents(member, consents, by=Actor.member(member.pk), source=Source.PORTAL)
        return member
    try:
        member = enrol_member(details, by=NEWCOMER, source=Source.PORTAL, consents=consents)
    except Taken as taken:
        raise AddressTaken from taken
    if came_by is not None and came_by.code:
        arrival = Arrival(member, came_by.code, came_by.device, came_by.network)
        member_arrived(arrival, by=Actor.member(member.pk), source=Source.PORTAL, silent=False)
    # To say so would tell a stranger whose number it is, to link the two would give away the points on it.
    if member.claimed_phone and Member.objects.filter(phone=member.claimed_phone).exists():
        text = _("Gave %(phone)s when joining in the portal, which is on another card. Ask if they are one person.")
        add_note(member, text=text % {"phone": member.claimed_phone}, by=Actor.system(), source=Source.PORTAL)
    return member
