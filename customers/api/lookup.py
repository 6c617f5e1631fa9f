"""Finding what a call names: the same 404 for what never was and for what is another business's."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from customers.domain.details import clean_field
from customers.domain.identity import member_by_id, present_member
from customers.enums import Source
from customers.models import Member, Purchase
from customers.queries import member_by_card
from loyalty_saas.lib.errors import Invalid, NotFound
from tenants.models import Location
from tenants.rows import row_by_id


class NoSuchMember(NotFound):
    code = "member_not_found"
    sentence = _("There is no such member.")


def member_or_404(pk: UUID, field: str | None = None) -> Member:
    member = member_by_id(pk)
    if member is None:
        raise NoSuchMember(field=field)
    return member


def wanted_member(wanted: Mapping[str, Any], field: str = "member") -> Member:
    """The member that WantedMember names. Raises NoSuchMember, or Invalid unless exactly one thing is named."""
    if len(wanted) != 1:
        raise Invalid(_("Name the member by exactly one of the fields."), code="one_of_these", field=field)
    ((by, value),) = wanted.items()
    member = member_or_404(value, f"{field}.id") if by == "id" else find_member(by, value)
    if member is None:
        raise NoSuchMember(field=f"{field}.{by}")
    return member


def find_member(by: str, value: str) -> Member | None:
    """The member with this e-mail, phone, card or outside id, as typed; None too for what cannot be read as one."""
    if by == "card":
        return member_by_card(value)
    try:
        tidy = clean_field(by, value, source=Source.API)
    except Invalid:
        return None
    found: Member | None = Member.objects.filter(**{by: tidy}).first() if tidy else None
    return present_member(found) if found is not None else None


def purchase_or_404(pk: UUID, field: str | None = None) -> Purchase:
    purchase = row_by_id(Purchase, pk)
    if purchase is None:
        raise NotFound(_("There is no such purchase."), code="purchase_not_found", field=field)
    return purchase


def wanted_location(pk: UUID | None, field: str = "location") -> Location | None:
    if pk is None:
        return None
    location = row_by_id(Location, pk)
    if location is None:
        raise NotFound(_("There is no such location."), code="location_not_found", field=field)
    return location
