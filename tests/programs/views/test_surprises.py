"""Surprises on the pages: composed with what they cost, published, said at the counter, repeated by anyone."""

import re

import pytest

from customers.domain.segments import keep_segment
from programs.models import Surprise, SurpriseDraw
from tenants.actors import Actor
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import buy, make_member, make_program

FORM = {
    "name": "Lucky Tuesday",
    "way": "visit",
    "one_in": "1",
    "winners": "1",
    "away_days": "0",
    "rest_days": "0",
    "gives": "points",
    "points": "10",
    "gift_days": "14",
    "budget_points": "100",
}


@pytest.fixture
def cast():
    made = Cast.make()
    with tenant_context(made.business):
        make_program()
        member = make_member(given_name="Ana")
        for _visit in range(9):
            buy(member, 500)
    return made, sign_in(made.owner), member


def test_the_form_says_what_it_would_have_cost(cast):
    _made, owner, _member = cast
    page = owner.post("/program/surprises/preview/", FORM).content.decode()
    assert "Every visit: 10 points." in page
    assert "3 in 30 days" in page
    assert "about 3 in 30 days" in page
    assert "Every visit: 10 points." in owner.post("/program/surprises/preview/", FORM | {"name": ""}).content.decode()


def test_without_a_budget_it_says_so_at_the_field(cast):
    _made, owner, _member = cast
    page = owner.post("/program/surprises/new/", FORM | {"budget_points": ""})
    assert page.status_code == 422
    assert "Say how much it may be in a month." in page.content.decode()


def test_published_it_is_said_at_the_counter_and_can_be_repeated(cast):
    made, owner, member = cast
    answer = owner.post("/program/surprises/new/", FORM | {"publish": "1"})
    page = owner.get(answer.url).content.decode()
    with tenant_context(made.business):
        surprise = Surprise.objects.get()
        buy(member, 500)
        draw = SurpriseDraw.objects.get()
    assert surprise.commitment in page
    assert surprise.seed not in page
    counter = owner.get(f"/counter/members/{member.pk}/", headers={"HX-Request": "true"})
    assert "Say: “Ana, it is your lucky day: 10 points from us!”" in counter.content.decode()
    page = owner.get(answer.url).content.decode()
    assert str(draw.purchase_id) in page
    owner.post(f"{answer.url}ending/")
    assert surprise.seed in owner.get(answer.url).content.decode()


def test_a_draft_is_changed_and_thrown_away(cast):
    made, owner, _member = cast
    answer = owner.post("/program/surprises/new/", FORM)
    owner.post(answer.url, FORM | {"points": "20"})
    with tenant_context(made.business):
        assert Surprise.objects.get().definition["points"] == 20
    owner.post(f"{answer.url}removal/")
    with tenant_context(made.business):
        assert Surprise.objects.count() == 0


def test_percent_off_asks_for_its_most(cast):
    made, owner, _member = cast
    gift = FORM | {"gives": "percent_off", "gift_percent": "20", "budget": "9.00", "budget_points": ""}
    page = owner.post("/program/surprises/new/", gift)
    assert page.status_code == 422
    assert "Say how much it takes off at most: your budget never counts more." in page.content.decode()
    answer = owner.post("/program/surprises/new/", gift | {"gift_cap": "3.00"})
    seen = owner.post("/program/surprises/preview/", gift | {"gift_cap": "3"}).content.decode()
    assert "Every visit: 20% off, at most €3.00." in seen
    assert "Each is counted at" in seen or "Counted at the most it takes off, €3.00" in seen
    with tenant_context(made.business):
        definition = Surprise.objects.get().definition
        assert (definition["gift_kind"], definition["value"], definition["cap"]) == ("percent_off", 20, 300)
    field = re.search(r'<input[^>]*name="gift_cap"[^>]*>', owner.get(answer.url).content.decode())
    assert field is not None
    assert 'value="€3.00"' in field[0]


def test_a_segment_is_chosen_where_there_are_any(cast):
    made, owner, _member = cast
    assert "Only members in these segments" not in owner.get("/program/surprises/new/").content.decode()
    with tenant_context(made.business):
        segment = keep_segment(name="New faces", filters={"seen": "never"}, by=Actor.system())
    assert "Only members in these segments" in owner.get("/program/surprises/new/").content.decode()
    answer = owner.post("/program/surprises/new/", FORM | {"segments": [str(segment.pk)], "publish": "1"})
    assert "Every visit of members in “New faces”: 10 points." in owner.get(answer.url).content.decode()
