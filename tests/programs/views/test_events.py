"""Events as the owner defines them, the team records them, and rules are composed for them."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from programs.domain.accounts import points_program
from programs.domain.bookkeeping import BookkeepingDetails, set_bookkeeping
from programs.domain.rules.definition import Definition
from programs.models import EarningRule, Event, EventType
from programs.queries import account_of
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.events import event_rule, happen, make_type
from tests.programs.shop import SYSTEM, make_member, make_program

ROW = {"fields-0-name": "Stars", "fields-0-kind": "number", "fields-0-required": "on", "fields-0-choices": ""}
KIND = {
    "name": "Class attended", "key": "", "by_staff": "on", "most": "2", "period": "week",
    "fields-TOTAL_FORMS": "1", "fields-INITIAL_FORMS": "1", **ROW,
}  # fmt: skip
RULE = {
    "name": "For feedback", "effect": "fixed", "points": "10", "occasion": "event", "around": "week",
    "budget_by": "points",
}  # fmt: skip


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def test_a_kind_of_event_is_defined_with_its_fields_and_put_away(cast: Cast, owner: Client) -> None:
    assert "More than purchases" in owner.get("/program/events/").content.decode()
    one_more = owner.post("/program/events/new/", {**KIND, "more": "1"})
    assert (one_more.status_code, "fields-1-name" in one_more.content.decode()) == (200, True)
    assert 'value="Stars"' in one_more.content.decode()
    rows = {"fields-TOTAL_FORMS": "2", "fields-1-name": "Course", "fields-1-kind": "choice"}
    wrong = owner.post("/program/events/new/", {**KIND, **rows, "fields-1-choices": "Yoga"})
    assert (wrong.status_code, "at least two choices" in wrong.content.decode()) == (422, True)
    owner.post("/program/events/new/", {**KIND, **rows, "fields-1-choices": "Yoga\nPilates"})
    with tenant_context(cast.business):
        kind = EventType.objects.get()
    assert (kind.key, kind.most, kind.period) == ("class_attended", 2, "week")
    assert [(one["key"], one["required"]) for one in kind.fields] == [("stars", True), ("course", False)]
    page = owner.get("/program/events/").content.decode()
    assert "counts 2 times a week" in page
    assert owner.get(f"/program/events/{kind.pk}/").status_code == 200
    owner.post(f"/program/events/{kind.pk}/state/")
    assert "1 that is put away" in owner.get("/program/events/").content.decode()


def test_a_rule_is_composed_for_an_event_with_conditions_of_its_fields(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        kind = make_type()
    page = owner.post("/program/rules/event/", {**RULE, "event": kind.pk}).content.decode()
    assert 'name="asks-stars-least"' in page
    assert 'name="asks-course-any"' in page
    asked = {
        "event": kind.pk, "asks-stars-least": "4", "asks-stars-most": "", "asks-order-least": "10,00",
        "asks-course-any": ["Cupping"], "asks-first-is": "yes", "asks-said-how": "contains", "asks-said-text": "cake",
        "asks-day-least": "2026-03-01", "asks-day-most": "2026-03-31",
    }  # fmt: skip
    said = owner.post("/program/rules/preview/", {**RULE, **asked}).content.decode()
    for words in ("for “Feedback left”", "Stars at least 4", "Order at least €10.00", "Course: Cupping", "“cake”"):
        assert words in said
    owner.post("/program/rules/new/", {**RULE, **asked})
    with tenant_context(cast.business):
        rule = EarningRule.objects.get()
        conditions = Definition.from_json(rule.draft).conditions
    assert {(one.field, one.how, one.values) for one in conditions} == {
        ("stars", "least", ("4",)), ("order", "least", ("1000",)), ("course", "one_of", ("Cupping",)),
        ("first", "is", ("yes",)), ("said", "contains", ("cake",)), ("day", "least", ("2026-03-01",)),
        ("day", "most", ("2026-03-31",)),
    }  # fmt: skip
    again = owner.get(f"/program/rules/{rule.pk}/").content.decode()
    assert 'value="€10.00"' in again
    owner.post(f"/program/rules/{rule.pk}/publication/", {"starts_on": ""})
    assert "for “Feedback left”" in owner.get("/program/rules/").content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"event": ""}, "Choose what happens."),
        ({"effect": "multiply", "times": "2"}, "There are no points to multiply here."),
        ({"effect": "items", "items": "1"}, "Say what is counted."),
        ({"effect": "spend", "spend": "1", "per": "stars"}, "Choose a field that fits."),
        ({"asks-stars-least": "5", "asks-stars-most": "3"}, "This is less than the first one."),
        ({"asks-stars-least": "many"}, "Write a number like 1.5."),
        ({"asks-said-how": "one_of", "asks-said-text": " , ,"}, "Write the words."),
        ({"asks-said-how": "contains", "asks-said-text": ""}, "Write the words."),
        ({"asks-said-how": "", "asks-said-text": "cake"}, "Say how it is compared."),
        (
            {"asks-said-how": "one_of", "asks-said-text": ",".join(map(str, range(31)))},
            "These are too many: 30 at most.",
        ),
        ({"occasion": "friend", "effect": "items", "items": "1"}, "Nothing can be counted here."),
        ({"budget_by": "money", "budget_money": "50"}, "Nobody knows yet what a point costs you."),
    ],
)
def test_what_makes_no_sense_is_said(cast: Cast, owner: Client, typed: dict[str, str], said: str) -> None:
    with tenant_context(cast.business):
        kind = make_type()
    answer = owner.post("/program/rules/new/", {**RULE, "event": kind.pk, **typed})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("typed", "words", "shown"),
    [
        ("cake, Strudel ,cake,STRUDEL", ("cake", "Strudel"), "cake, Strudel"),
        ("cake, with cream; strudel", ("cake, with cream", "strudel"), "cake, with cream; strudel"),
        ("cake, with cream;", ("cake, with cream",), "cake, with cream;"),
    ],
)
def test_a_text_may_be_asked_to_be_one_of_several(
    cast: Cast, owner: Client, typed: str, words: tuple[str, ...], shown: str
) -> None:
    with tenant_context(cast.business):
        kind = make_type()
    asked = {"event": kind.pk, "asks-said-how": "one_of", "asks-said-text": typed}
    said = owner.post("/program/rules/preview/", {**RULE, **asked}).content.decode()
    assert words[0] in said
    owner.post("/program/rules/new/", {**RULE, **asked})
    with tenant_context(cast.business):
        rule = EarningRule.objects.get()
        [condition] = Definition.from_json(rule.draft).conditions
        assert (condition.field, condition.how, condition.values) == ("said", "one_of", words)
    again = owner.get(f"/program/rules/{rule.pk}/").content.decode()
    assert f'value="{shown}"' in again
    assert '<option value="one_of" selected' in again
    # What is saved again as it stands says the same.
    owner.post(f"/program/rules/{rule.pk}/", {**RULE, **asked, "asks-said-text": shown})
    with tenant_context(cast.business):
        assert Definition.from_json(EarningRule.objects.get().draft).conditions == (condition,)


def test_a_budget_typed_in_money_is_said_in_both(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        program, kind = points_program(), make_type()
        set_bookkeeping(program, BookkeepingDetails(cost_of_hundred=500), by=SYSTEM)
    typed = {**RULE, "event": kind.pk, "budget_by": "money", "budget_money": "50"}
    said = owner.post("/program/rules/preview/", typed).content.decode()
    assert "at most €50.00 altogether, which is 1,000 points" in said
    owner.post("/program/rules/new/", typed)
    with tenant_context(cast.business):
        definition = Definition.from_json(EarningRule.objects.get().draft)
    assert (definition.budget, definition.budget_money) == (1000, 5000)


def test_it_is_recorded_on_a_members_page_explained_and_undone(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        kind, member = make_type(), make_member()
        event_rule(points_program(), kind)
        event_rule(points_program(), kind, "On Sundays in 2030", first_day=None, most_in_day=1, amount=3)
    address = f"/members/{member.pk}/events/"
    typed = {"kind": kind.pk, "key": uuid4().hex, "field-stars": "4,5", "field-order": "12,50", "field-first": "no"}
    wrong = owner.post(address, {**typed, "field-stars": ""})
    assert (wrong.status_code, "Please fill this in." in wrong.content.decode()) == (422, True)
    made = owner.post(address, typed)
    owner.post(address, typed)
    with tenant_context(cast.business):
        event = Event.objects.get()
        assert event.payload == {"stars": "4.5", "order": 1250, "first": False}
        assert account_of(member).balance == 11
    page = owner.get(made.headers["Location"]).content.decode()
    assert "“Feedback” gave 10 points more." in page
    assert "€12.50" in page
    assert "Feedback left" in owner.get(f"/members/{member.pk}/").content.decode()
    owner.post(f"/program/events/recorded/{event.pk}/undo/", {"reason": "Wrong guest"})
    assert "Wrong guest" in owner.get(made.headers["Location"]).content.decode()
    with tenant_context(cast.business):
        assert account_of(member).balance == 0


def test_the_list_asks_no_more_for_many(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        kind = make_type()
        happen(make_member(), kind)
    owner.get("/program/events/")
    with CaptureQueriesContext(connection) as one:
        owner.get("/program/events/")
    with tenant_context(cast.business):
        for number in range(3):
            happen(make_member(), make_type(f"Kind {number}", fields=()), payload={})
    with CaptureQueriesContext(connection) as many:
        owner.get("/program/events/")
    assert len(many) == len(one)
