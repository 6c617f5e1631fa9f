"""Who a person that is being entered might be already."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.domain.details import MemberDetails, clean_field
from customers.domain.identity import present_member
from customers.enums import Source
from customers.models import Member
from customers.queries import members_named
from loyalty_saas.lib import names
from loyalty_saas.lib.errors import Invalid

MOST = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A member this could be, and why; `certain` when it can be nobody else."""

    member: Member
    reason: str | Promise
    certain: bool


def looks_like(details: MemberDetails) -> list[Match]:
    """Members that this person could be already, the certain ones first, five at most.

    Certain: the same e-mail, phone or outside id. Possible: a phone typed in the portal, or a name that looks
    the same, mistyped or turned round.
    What cannot be read as an e-mail or a phone yet is passed over, so it may be asked while somebody types.
    """
    matches = _by_contact(details)
    seen = {match.member.pk for match in matches}
    name = f"{details.given_name} {details.family_name}".strip()
    if len(names.words(name)) >= 2 and len(name) <= 120:
        for member in members_named(name, limit=50):
            if member.pk not in seen and names.looks_like(name, member.name):
                matches.append(Match(member, _name_reason(details, member), certain=False))
    return matches[:MOST]


def _by_contact(details: MemberDetails) -> list[Match]:
    wanted = {
        name: value for name in ("email", "phone", "external_id") if (value := _readable(name, getattr(details, name)))
    }
    if not wanted:
        return []
    any_of = Q()
    for name, value in wanted.items():
        any_of |= Q(**{name: value})
    found = []
    if "phone" in wanted:
        any_of |= Q(claimed_phone=wanted["phone"])
    for member in Member.objects.filter(any_of)[:MOST]:
        name = next((one for one, value in wanted.items() if getattr(member, one) == value), "claimed_phone")
        found.append(Match(present_member(member), _REASONS[name], certain=name != "claimed_phone"))
    found = list({match.member.pk: match for match in reversed(found)}.values())
    return sorted(found, key=lambda match: not match.certain)


def _readable(name: str, typed: str) -> str:
    try:
        return clean_field(name, typed, source=Source.IMPORT)
    except Invalid:
        return ""


def _name_reason(details: MemberDetails, member: Member) -> str | Promise:
    birthday = (details.birth_month, details.birth_day)
    if all(birthday) and birthday == (member.birth_month, member.birth_day):
        return _("nearly the same name and the same birthday")
    if names.fold(f"{details.given_name} {details.family_name}".strip()) == names.fold(member.name):
        return _("the same name")
    return _("nearly the same name")


_REASONS: dict[str, str | Promise] = {
    "email": _("the same e-mail"),
    "phone": _("the same phone number"),
    "claimed_phone": _("the same phone number, typed by the member and not confirmed"),
    "external_id": _("the same number in your other system"),
}
