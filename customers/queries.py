"""Reads over several models. Searching is by ranges of search keys, which use their index behind the wall."""

from customers.domain.details import clean_field
from customers.domain.identity import present_member
from customers.enums import Source
from customers.models import Member
from customers.search import find_members, members_named
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.ids import tidy_code

__all__ = ["member_by_card", "member_by_contact", "members_named", "search_members"]


def search_members(text: str, *, limit: int = 20) -> list[Member]:
    """Members found by words of their name, digits of their phone or card, or their e-mail; last seen first.

    Name words count in any order, without accents and from their beginning; a phone from its last digits (three at
    least), or from its beginning as people of the country type it. When nothing is found, a few wrong letters are
    forgiven.
    Each member carries `seen_at`, the time of the last purchase or of joining.
    """
    return find_members(text, limit=limit)


def member_by_contact(typed: str) -> Member | None:
    """The member whose phone or e-mail this is, whole and however written; None for what cannot be read as one."""
    name = "email" if "@" in typed else "phone"
    try:
        tidy = clean_field(name, typed, source=Source.COUNTER)
    except Invalid:
        return None
    found = Member.objects.filter(**{name: tidy}).first() if tidy else None
    return present_member(found) if found is not None else None


def member_by_card(number: str) -> Member | None:
    """The member who has this card, as typed or scanned."""
    tidy = tidy_code(number[:80])
    found = Member.objects.filter(number=tidy).first() if tidy and "\x00" not in tidy else None
    return present_member(found) if found is not None else None
