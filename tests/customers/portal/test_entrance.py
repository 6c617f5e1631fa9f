"""Joining and signing in."""

import re

from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.domain.consents import current_consents
from customers.domain.members import leave_program
from customers.enums import MemberStatus, Source
from customers.models import Consent, Member, Note
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_member
from tests.customers.portal.visitor import Visitor, an_address, code_in, deliver


def test_joining_makes_a_member_with_the_answers_as_they_were_asked(business):
    visitor, email = Visitor(business), an_address()

    answer = visitor.join(email.upper(), phone="0664 1234567", birth_day="29", birth_month="2", agree_news="on")

    assert answer.status_code == 302
    assert answer.url == visitor.at
    with tenant_context(business):
        member = Member.objects.get(email=email)
        given = {key: consent.given for key, consent in current_consents(member).items()}
        texts = list(Consent.objects.filter(member=member).values_list("text", flat=True))
    assert (member.given_name, member.phone, member.claimed_phone) == ("Ines", "", "+436641234567")
    assert member.source == Source.PORTAL
    assert (member.birth_day, member.birth_month, member.birth_year) == (29, 2, None)
    assert given == {("program", "any"): True, ("marketing", "email"): True, ("profiling", "any"): False}
    page = visitor.get("me/").content.decode()
    assert all(text.split(". ", 1)[1] in page for text in texts)


def test_nothing_is_ticked_beforehand(business):
    assert not re.search(r"<input[^>]*checked", Visitor(business).get("join/").content.decode())


def test_joining_without_agreeing_to_take_part_is_refused_and_sends_nothing(business):
    answer = Visitor(business).post("join/", given_name="Ines", email=an_address())

    assert answer.status_code == 422
    assert "without it we may not keep your card" in answer.content.decode()
    assert deliver(business) == []


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(business):
    visitor = Visitor(business)
    page = visitor.post("join/", email="ines at example", given_name="Ines", birth_day="31", birth_month="2")

    said = page.content.decode()
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"email", "birth_day", "agree_program"}
    assert 'value="ines at example"' in said
    assert 'value="Ines"' in said
    assert "There is no such day." in said

    # A name that is missing hides nothing either.
    page = visitor.post("join/", email="x", given_name="", birth_day="one")
    assert page.context["form"].errors.keys() == {"email", "given_name", "birth_day", "agree_program"}


def test_with_a_proved_address_everything_wrong_is_said_at_once(business):
    visitor = Visitor(business)
    visitor.sign_in(an_address())
    page = visitor.post("join/now/", given_name="Ines", phone="12")
    assert page.context["form"].errors.keys() == {"phone", "agree_program"}


def test_nobody_is_a_member_before_the_code_comes_back(business):
    visitor = Visitor(business)
    visitor.post("join/", given_name="Ines", email=an_address(), agree_program="on")

    with tenant_context(business):
        assert not Member.objects.exists()


def test_a_wrong_birthday_is_said_at_its_field(business):
    answer = Visitor(business).post(
        "join/", given_name="Ines", email=an_address(), agree_program="on", birth_day="31", birth_month="2"
    )

    assert "There is no such day." in answer.content.decode()


def test_joining_with_a_members_address_signs_in_and_changes_nothing(business):
    email = an_address()
    with tenant_context(business):
        member = a_member(email=email)

    visitor = Visitor(business)
    visitor.join(email, given_name="Somebody else", agree_profiling="on")

    assert visitor.is_signed_in
    with tenant_context(business):
        found = Member.objects.get(email=email)
        given = {key: consent.given for key, consent in current_consents(found).items()}
    assert (found.pk, found.given_name) == (member.pk, "Mara")
    assert given == {("program", "any"): True, ("profiling", "any"): True}


def test_a_phone_on_another_card_is_left_out_and_noted_for_the_team(business):
    with tenant_context(business):
        a_member(phone="0664 1234567")
    email = an_address()

    Visitor(business).join(email, phone="+43 664 1234567")

    with tenant_context(business):
        member = Member.objects.get(email=email)
        note = Note.objects.get(member=member)
    assert member.phone == ""
    assert "+436641234567" in note.text


def test_one_who_left_joins_again_as_who_they_were(business):
    email = an_address()
    with tenant_context(business):
        member = a_member(email=email)
        leave_program(member, by=Actor.system(), source=Source.DASHBOARD)

    Visitor(business).join(email)

    with tenant_context(business):
        found = Member.objects.get(email=email)
    assert (found.pk, found.status) == (member.pk, MemberStatus.ACTIVE)


def test_signing_in_with_an_address_nobody_has_leads_to_joining_without_another_code(business):
    visitor, email = Visitor(business), an_address()

    answer = visitor.sign_in(email)

    assert answer.url == f"{visitor.at}join/now/"
    answer = visitor.post("join/now/", given_name="Ines", agree_program="on")
    assert answer.url == visitor.at
    assert visitor.is_signed_in
    assert len(mail.outbox) == 1


def test_known_and_unknown_addresses_get_the_same_answer_mail_and_work(business):
    known, unknown = an_address(), an_address()
    with tenant_context(business):
        a_member(email=known)
    seen = []
    for email in (known, unknown):
        visitor = Visitor(business)
        with CaptureQueriesContext(connection) as queries:
            answer = visitor.ask(email)
        # Counted at once: the next request empties the log.
        work = [query["sql"].split(" ", 1)[0] for query in queries]
        page = visitor.get("code/").content.decode().replace(email, "")
        code = visitor.code()
        words = mail.outbox[-1].body.replace(code, "")
        seen.append((answer.status_code, answer.url, sorted(answer.cookies), _plain(page), words, work))

    assert len(seen[0][-1]) > 5
    assert seen[0] == seen[1]


def test_signing_in_goes_back_to_the_page_that_was_asked_for_and_nowhere_else(business):
    email = an_address()
    with tenant_context(business):
        a_member(email=email)
    home = f"/{business.slug}/"
    for wanted, reached in ((f"{home}me/", f"{home}me/"), ("//evil.example/", home), ("https://evil.example/", home)):
        visitor = Visitor(business)
        visitor.post("sign-in/", email=email, next=wanted)
        assert visitor.post("code/", code=visitor.code()).url == reached


def test_a_code_works_once_and_only_in_the_browser_that_asked(business):
    email = an_address()
    with tenant_context(business):
        a_member(email=email)
    visitor, late, thief = Visitor(business), Visitor(business), Visitor(business)
    visitor.ask(email)
    late.ask(email)
    code = code_in(deliver(business)[0])

    assert thief.post("code/", code=code).status_code == 422
    assert visitor.post("code/", code=code.lower().replace("-", " ")).status_code == 302
    assert visitor.post("code/", code=code).status_code == 422
    assert late.post("code/", code=code).status_code == 422
    assert not thief.is_signed_in
    assert not late.is_signed_in


def test_a_new_code_carries_on_what_was_told_when_joining(business):
    visitor, email = Visitor(business), an_address()
    visitor.post("join/", given_name="Ines", email=email, agree_program="on")
    visitor.post("code/again/")

    visitor.post("code/", code=visitor.code())

    with tenant_context(business):
        assert Member.objects.get(email=email).given_name == "Ines"


def test_the_mail_is_the_businesss_own_in_text_and_html(make_business):
    business = make_business(name='Café "Zur\r\nPost" <b>', brand_color="#112233")
    visitor = Visitor(business)
    visitor.ask(an_address())
    visitor.code()

    message = mail.outbox[-1]
    html = message.alternatives[0][0]
    assert message.from_email.startswith('"Café Zur Post b" <')
    assert "\n" not in message.subject
    assert "#112233" in html
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def _plain(page: str) -> str:
    """The page without tokens and ids that differ each time."""
    return re.sub(r'(value|name|hx-headers|id|for|aria-[a-z]+)=("[^"]*"|\'[^\']*\')', "", page)
