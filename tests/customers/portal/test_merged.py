"""Whose records were merged comes in with either address, by proving it, and sees the one that is kept."""

from customers.domain.merging import merge_members
from customers.enums import Source
from customers.models import Member
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_member
from tests.customers.portal.visitor import Visitor, an_address


def test_either_address_opens_the_kept_record_and_open_phones_are_signed_out(business):
    first, second = an_address(), an_address()
    with tenant_context(business):
        kept = a_member(email=first)
    phone = Visitor(business)
    phone.join(second)
    assert phone.is_signed_in
    with tenant_context(business):
        absorbed = Member.objects.get(email=second)
        merge_members(kept, absorbed, by=Actor.system(), source=Source.DASHBOARD, fields=())
    assert not phone.is_signed_in
    for address in (second, first):
        visitor = Visitor(business)
        visitor.sign_in(address)
        assert "Mara" in visitor.get("me/").content.decode()
