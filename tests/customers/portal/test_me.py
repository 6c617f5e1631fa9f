"""A member's own details, address, agreements and data."""

import json

import pytest
from django.core import mail

from customers.api.lookup import find_member
from customers.domain.claimed_phones import confirm_phone
from customers.domain.consents import current_consents
from customers.domain.members import MemberDetails, looks_like
from customers.enums import Source
from customers.models import Consent, Member
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_member, a_purchase
from tests.customers.portal.visitor import Visitor, an_address, code_in, deliver


@pytest.fixture
def visitor(business):
    visitor = Visitor(business)
    visitor.email = an_address()
    visitor.join(visitor.email, phone="0664 1234567")
    return visitor


def member_of(visitor):
    with tenant_context(visitor.business):
        return Member.objects.get(given_name="Ines")


def details(**changes):
    return {"given_name": "Ines", "family_name": "Köhler", "phone": "0664 1234567", **changes}


def test_details_are_changed(visitor):
    visitor.post("me/details/", **details(family_name="Novak", birth_day="3", birth_month="5", birth_year="1990"))

    member = member_of(visitor)
    assert (member.family_name, member.birth_year) == ("Novak", 1990)
    assert "May 3, 1990" in visitor.get("me/").content.decode() or "3 May 1990" in visitor.get("me/").content.decode()


def test_a_wrong_phone_is_said_at_its_field(visitor):
    answer = visitor.post("me/details/", **details(phone="12"))
    assert answer.status_code == 422
    assert 'id="id_phone_error"' in answer.content.decode()


def test_another_members_phone_is_claimed_and_changes_nothing_of_theirs(visitor):
    """Nor does the answer say that anybody has it."""
    with tenant_context(visitor.business):
        rosalind = a_member(given_name="Rosalind", phone="0676 7654321")
    answers = [
        visitor.post("me/details/", **details(phone=phone)).status_code for phone in ("0676 7654321", "0676 7654322")
    ]
    assert answers == [302, 302]
    visitor.post("me/details/", **details(phone="0676 7654321"))
    member = member_of(visitor)
    assert (member.phone, member.claimed_phone) == ("", "+436767654321")
    assert "0676 7654321" in visitor.get("me/").content.decode()
    with tenant_context(visitor.business):
        assert find_member("phone", "0676 7654321") == rosalind
        assert [match.member for match in looks_like(MemberDetails(phone="0676 7654321")) if match.certain] == [
            rosalind
        ]


def test_a_confirmed_phone_stays_confirmed_until_another_is_typed(visitor):
    with tenant_context(visitor.business):
        confirm_phone(member_of(visitor), by=Actor.system(), source=Source.COUNTER)
    visitor.post("me/details/", **details(family_name="Novak"))
    assert member_of(visitor).phone == "+436641234567"
    visitor.post("me/details/", **details(phone="0664 7654321"))
    member = member_of(visitor)
    assert (member.phone, member.claimed_phone) == ("", "+436647654321")
    visitor.post("me/details/", **details(phone=""))
    member = member_of(visitor)
    assert (member.phone, member.claimed_phone) == ("", "")


def test_the_e_mail_changes_when_the_new_one_is_proved_and_the_former_hears_of_it(visitor):
    new, second = an_address(), Visitor(visitor.business)
    second.sign_in(visitor.email)
    visitor.post("me/email/", email=new)
    assert member_of(visitor).email == visitor.email

    message = deliver(visitor.business)[-1]
    visitor.post("me/email/code/", code=code_in(message))
    told = deliver(visitor.business)

    assert message.to == [new]
    assert member_of(visitor).email == new
    assert [(one.to, "was just changed" in one.body) for one in told] == [([visitor.email], True)]
    assert (visitor.is_signed_in, second.is_signed_in) == (True, False)
    assert deliver(visitor.business) == []


def test_a_code_for_a_new_e_mail_signs_nobody_in(visitor):
    visitor.post("me/email/", email=an_address())
    code = visitor.code()
    visitor.post("sign-out/")

    answer = visitor.post("code/", code=code)

    assert answer.status_code == 422
    assert not visitor.is_signed_in


def test_another_members_e_mail_is_refused_after_the_code_without_saying_whose(visitor):
    taken = an_address()
    with tenant_context(visitor.business):
        a_member(given_name="Rosalind", email=taken)
    visitor.post("me/email/", email=taken)

    answer = visitor.post("me/email/code/", code=visitor.code())

    assert answer.status_code == 409
    assert "Rosalind" not in answer.content.decode()
    assert member_of(visitor).email == visitor.email


def test_an_agreement_is_given_and_taken_back_and_both_are_kept(visitor):
    visitor.post("me/agreements/marketing/", given="yes")
    visitor.post("me/agreements/marketing/", given="no")

    with tenant_context(visitor.business):
        member = Member.objects.get(given_name="Ines")
        kept = list(Consent.objects.filter(member=member, purpose="marketing").order_by("id").values_list("given"))
        assert not current_consents(member)["marketing", "email"].given
    assert kept == [(False,), (True,), (False,)]


def test_taking_part_is_not_ended_with_a_stray_click(visitor):
    assert visitor.post("me/agreements/program/", given="no").status_code == 404


def test_all_that_is_kept_can_be_taken_away(visitor):
    with tenant_context(visitor.business):
        a_purchase(Member.objects.get(given_name="Ines"), total=1240)

    answer = visitor.get("me/data/")

    data = json.loads(answer.content)
    assert answer["Content-Disposition"] == f'attachment; filename="{visitor.business.slug}-my-data.json"'
    assert data["member"]["email"] == visitor.email
    assert [purchase["total"] for purchase in data["purchases"]] == [1240]
    assert {one["purpose"] for one in data["agreements"]} == {"program", "marketing", "profiling"}
    assert data["points"] == {}


def test_personal_pages_are_kept_by_nobody(visitor):
    for path in ("", "me/", "card/", "card/code/", "me/data/"):
        assert visitor.get(path)["Cache-Control"] == "no-store, private"
    assert mail.outbox
