import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from customers import effects
from customers.domain.consents import ConsentDetails, current_consents
from customers.domain.members import (
    MemberDetails,
    change_member,
    enrol_member,
    leave_program,
    looks_like,
    pause_member,
    reactivate_member,
)
from customers.enums import ActivityKind, Source
from customers.errors import NothingToCallThem, Taken
from customers.models import Activity, CustomField, Member, MemberSummary, SearchKey
from loyalty_saas.lib.errors import DomainError, Invalid
from loyalty_saas.lib.ids import is_card_number
from loyalty_saas.lib.phones import last_digits_key
from loyalty_saas.lib.texts import without_turns
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.customers.people import a_member
from tests.loyalty_saas.lib.shared import shared_file

BY = Actor.system()


def enrol(**details):
    return enrol_member(MemberDetails(**details), by=BY, source=Source.COUNTER)


def kinds_of(member):
    return list(Activity.objects.filter(member=member).order_by("id").values_list("kind", flat=True))


def test_enrol_keeps_contact_in_the_form_of_the_country(inside):
    member = enrol(given_name=" Mara ", email="Mara.Weber@Example.COM", phone="0664 123 45 67")
    stored = Member.objects.get(pk=member.pk)
    assert (stored.given_name, stored.email, stored.phone) == ("Mara", "mara.weber@example.com", "+436641234567")
    assert is_card_number(stored.number)


def test_enrol_writes_search_keys_summary_and_activity(inside):
    member = enrol(given_name="Anne-Marie", family_name="Groß", email="a.gross@example.com", phone="+436641234567")
    keys = set(SearchKey.objects.filter(member=member).values_list("kind", "token"))
    assert keys == {
        *((("name", word)) for word in ("anne", "marie", "annemarie", "gross")),
        *((("email", word)) for word in ("a.gross@example.com", "a", "gross")),
        ("phone", last_digits_key("+436641234567")),
        ("card", member.number),
    }
    assert MemberSummary.objects.get(member=member).purchases == 0
    assert kinds_of(member) == [ActivityKind.MEMBER_JOINED]


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"email": "mara@"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"given_name": "M\x00"}, "given_name"),
        ({"given_name": "x" * 81}, "given_name"),
        ({"given_name": "M", "birth_month": 2, "birth_day": 30}, "birth_day"),
        ({"given_name": "M", "birth_year": 1990}, "birth_day"),
        ({"given_name": "M", "birth_month": 2, "birth_day": 28, "birth_year": 1066}, "birth_year"),
        ({"given_name": "M", "custom": {"shoe": "40"}}, "custom"),
        ({}, "given_name"),
    ],
)
def test_enrol_refuses_at_the_field(inside, details, field):
    with pytest.raises(Invalid) as refused:
        enrol(**details)
    assert refused.value.field == field
    assert not Member.objects.exists()


def test_enrol_needs_something_to_call_them_by(inside):
    with pytest.raises(NothingToCallThem):
        enrol(preferences="oat milk")
    assert enrol(external_id="C-17").external_id == "C-17"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "MARA@example.com", "Mara Weber has this e-mail."),
        ("phone", "+43 664 1234567", "Mara Weber has this phone number."),
        ("external_id", "C-17", "Mara Weber has this number of your other system."),
    ],
)
def test_enrol_names_who_has_it(inside, field, value, sentence):
    mara = a_member(email="mara@example.com", phone="0664 1234567", external_id="C-17")
    with pytest.raises(Taken) as refused:
        enrol(given_name="Other", **{field: value})
    assert (str(refused.value), refused.value.field, refused.value.member) == (sentence, field, mara)


def test_enrol_in_the_same_moment_makes_one_member(business):
    at_once = threading.Barrier(4)

    def one(number):
        try:
            at_once.wait()
            with tenant_context(business):
                enrol(given_name=f"M{number}", phone="06641234567")
            return "joined"
        except Taken as refused:
            return refused.field
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(one, range(4)))
    assert answers == ["joined", "phone", "phone", "phone"]


def test_the_same_contact_in_two_businesses_is_nobodys_business(cast):
    for business in (cast.business, cast.other_business):
        with tenant_context(business):
            assert a_member(email="mara@example.com").email == "mara@example.com"


def test_enrol_with_a_printed_card(inside):
    member = enrol_member(MemberDetails(given_name="M"), by=BY, source=Source.COUNTER, number=" gold 0042 ")
    assert member.number == "GOLD0042"
    with pytest.raises(Taken) as refused:
        enrol_member(MemberDetails(given_name="N"), by=BY, source=Source.COUNTER, number="GOLD-0042")
    assert refused.value.field == "number"


def test_enrol_records_consents_and_tags(inside):
    member = enrol_member(
        MemberDetails(given_name="Mara", tags=("Regular", "regular", " Vegan ")),
        by=BY,
        source=Source.PORTAL,
        consents=[ConsentDetails("program", True, "I take part."), ConsentDetails("marketing", False, "Send me news.")],
    )
    assert [one.tag.name for one in member.member_tags.order_by("tag__name")] == ["Regular", "Vegan"]
    assert {key: one.given for key, one in current_consents(member).items()} == {
        ("program", "any"): True,
        ("marketing", "any"): False,
    }
    assert kinds_of(member) == [ActivityKind.CONSENT_GIVEN, ActivityKind.MEMBER_JOINED]


def test_joining_leads_to_what_the_apps_above_registered(inside, monkeypatch):
    calls = []
    monkeypatch.setattr(
        effects.member_joined, "_followers", {"test": lambda member, **how: calls.append((member, how))}
    )
    member = a_member()
    assert calls == [(member, {"by": BY, "source": Source.DASHBOARD, "silent": False})]


def test_what_refuses_an_effect_refuses_the_member(business, monkeypatch):
    def refuse(member, **how):
        raise DomainError("no room")

    monkeypatch.setattr(effects.member_joined, "_followers", {"test": refuse})
    with pytest.raises(DomainError), tenant_context(business):
        a_member()
    with tenant_context(business):
        assert not Member.objects.exists()
        assert not Activity.objects.exists()


def test_change_writes_what_changed_and_the_keys(inside):
    member = a_member(email="mara@example.com", phone="0664 1234567")
    changed = change_member(
        member,
        changes={"family_name": "Huber", "email": "mara@example.com", "tags": ["VIP"]},
        by=BY,
        source="dashboard",
    )
    assert changed.name == "Mara Huber"
    tokens = set(SearchKey.objects.filter(member=member, kind="name").values_list("token", flat=True))
    assert tokens == {"mara", "huber"}
    activity = Activity.objects.get(member=member, kind=ActivityKind.MEMBER_CHANGED)
    assert activity.payload == {"fields": ["family_name", "tags"]}


def test_change_that_changes_nothing_writes_nothing(inside):
    member = a_member(phone="0664 1234567")
    change_member(member, changes={"phone": "+43 664 1234567", "given_name": "Mara", "tags": []}, by=BY, source="api")
    assert kinds_of(member) == [ActivityKind.MEMBER_JOINED]


def test_change_refuses_what_another_has_and_what_is_unknown(inside):
    a_member(email="mara@example.com")
    other = a_member(given_name="Jo")
    with pytest.raises(Taken):
        change_member(other, changes={"email": "mara@example.com"}, by=BY, source="dashboard")
    with pytest.raises(Invalid) as refused:
        change_member(other, changes={"tenant_id": "x"}, by=BY, source="dashboard")
    assert refused.value.code == "unknown_field"


def test_change_cannot_take_the_last_thing_to_call_them_by(inside):
    member = enrol(given_name="Mara")
    with pytest.raises(NothingToCallThem):
        change_member(member, changes={"given_name": ""}, by=BY, source="dashboard")


def test_change_keeps_a_number_that_was_imported_from_a_range_not_in_use(inside):
    member = enrol_member(MemberDetails(phone="+1 555 555 0100"), by=BY, source=Source.IMPORT)
    changed = change_member(
        member, changes={"phone": "+1 555-555-0100", "given_name": "Jo"}, by=BY, source=Source.DASHBOARD
    )
    assert (changed.phone, changed.given_name) == ("+15555550100", "Jo")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999999", "1e-999999"])
def test_a_number_that_nobody_could_read_is_refused_at_its_field(inside, number):
    CustomField.objects.create(key="shoe", label="Shoe size", kind="number")
    with pytest.raises(Invalid) as refused:
        enrol(given_name="Mara", custom={"shoe": number})
    assert refused.value.field == "custom.shoe"


def test_custom_fields_are_read_by_their_kind(inside):
    for key, kind, choices in [
        ("shoe", "number", []),
        ("since", "date", []),
        ("milk", "choice", ["oat", "cow"]),
        ("dog", "flag", []),
        ("drink", "text", []),
    ]:
        CustomField.objects.create(key=key, label=key.title(), kind=kind, choices=choices)
    given = {"shoe": "40,5", "since": "2024-02-29", "milk": "oat", "dog": "on", "drink": " Melange "}
    member = enrol(given_name="Mara", custom=given)
    assert member.custom == {"shoe": "40.5", "since": "2024-02-29", "milk": "oat", "dog": True, "drink": "Melange"}
    changed = change_member(member, changes={"custom": {"drink": "", "milk": "cow"}}, by=BY, source="dashboard")
    assert changed.custom == {"shoe": "40.5", "since": "2024-02-29", "milk": "cow", "dog": True}
    for bad in ({"shoe": "forty"}, {"since": "29.2."}, {"milk": "goat"}):
        with pytest.raises(Invalid) as refused:
            enrol(given_name="Jo", custom=bad)
        assert refused.value.field == f"custom.{next(iter(bad))}"


def test_pause_leave_and_come_back(inside):
    member = a_member()
    assert pause_member(member, by=BY, source="dashboard").status == "paused"
    assert leave_program(member, by=BY, source="dashboard").status == "left"
    assert leave_program(member, by=BY, source="dashboard").status == "left"
    assert reactivate_member(member, by=BY, source="dashboard").status == "active"
    payloads = (
        Activity.objects.filter(kind=ActivityKind.MEMBER_CHANGED).order_by("id").values_list("payload", flat=True)
    )
    assert [one["now"] for one in payloads] == ["paused", "left", "active"]


def test_looks_like_finds_contacts_and_names(inside):
    mara = a_member(email="mara@example.com", phone="0664 1234567", birth_month=3, birth_day=9)
    a_member(given_name="Marta", family_name="Huber")
    found = looks_like(MemberDetails(given_name="Someone", email="MARA@example.com"))
    assert [(one.member, str(one.reason), one.certain) for one in found] == [(mara, "the same e-mail", True)]
    found = looks_like(MemberDetails(given_name="Webber", family_name="Mara", birth_month=3, birth_day=9))
    assert [(one.member, str(one.reason), one.certain) for one in found] == [
        (mara, "nearly the same name and the same birthday", False)
    ]
    assert looks_like(MemberDetails(given_name="Mara", email="mara@", phone="0")) == []


def naughty():
    """Without what turns the direction of other text: that is taken out (tests of `lib.texts`)."""
    strings = json.loads(shared_file("identity/blns.json").read_text())
    return sorted({without_turns(one).strip() for one in strings} - {""})


def test_naughty_strings_go_through_every_text_field_unharmed(inside):
    CustomField.objects.create(key="drink", label="Drink", kind="text")
    for number, text in enumerate(naughty()):
        details = {
            "given_name": text[:80].strip(),
            "family_name": text[-80:].strip(),
            "preferences": text[:300].strip(),
            "external_id": f"{number} {text}"[:80].strip(),
            "custom": {"drink": text[:500].strip()},
            "tags": (text[:40].strip(),),
        }
        member = Member.objects.get(pk=enrol(**details).pk)
        for name in ("given_name", "family_name", "preferences", "external_id", "custom"):
            assert getattr(member, name) == details[name], name
        assert [one.tag.name.lower() for one in member.member_tags.select_related("tag")] == [
            details["tags"][0].lower()
        ]


def test_nul_is_refused_in_every_text_field(inside):
    for name in ("given_name", "family_name", "preferences", "external_id", "email", "phone", "language"):
        with pytest.raises(Invalid) as refused:
            enrol(**{"given_name": "Mara", name: "a\x00b"})
        assert (refused.value.field, refused.value.code) == (name, "no_text")
