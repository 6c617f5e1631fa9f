"""Challenges from the owner's page to the member's portal and to machines."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from programs.models import Challenge, ChallengeResult
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import bring_back, buy, make_member, make_program


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def typed(**fields: str) -> dict[str, str]:
    last = (timezone.now() + timedelta(days=20)).date().isoformat()
    return {"name": "Two visits", "kind": "times", "goal": "2", "last_day": last, "gives": "points", "points": "30"} | (
        fields
    )


def test_a_challenge_is_drafted_published_done_and_ended(cast: Cast, owner: Client) -> None:
    assert owner.post("/program/challenges/new/", typed()).status_code == 302
    with tenant_context(cast.business):
        challenge = Challenge.objects.get()
        assert challenge.published_at is None
    owner.post(f"/program/challenges/{challenge.pk}/", {**typed(name="Two days"), "publish": "1"})
    with tenant_context(cast.business):
        challenge.refresh_from_db()
        assert (challenge.name, challenge.published_at is not None) == ("Two days", True)
        member = make_member(given_name="Wanda")
        buy(member, 300)
        purchase = buy(member, 300, occurred_at=timezone.now() + timedelta(seconds=1))
        assert not ChallengeResult.objects.exists()
    page = owner.get("/program/challenges/").content.decode()
    assert "Come on 2 days, by" in page
    assert "30 points" in page
    owner.post(f"/program/challenges/{challenge.pk}/ending/")
    assert "Over" in owner.get("/program/challenges/").content.decode()
    owner.post(f"/program/challenges/{challenge.pk}/copy/")
    with tenant_context(cast.business):
        assert Challenge.objects.count() == 2
        bring_back(purchase)


def test_who_has_done_it_stands_on_its_page(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        from customers.models import Product

        products = [Product.objects.create(name=name, sku=name, price=100) for name in ("Espresso", "Strudel")]
    goods = [f"product:{one.pk}" for one in products]
    sent = typed(kind="collect", name="Both", goal="", last_day="") | {"goods": goods, "publish": "1"}  # type: ignore[operator]
    assert owner.post("/program/challenges/new/", sent).status_code == 302
    with tenant_context(cast.business):
        from customers.domain.purchases import LineDetails

        member = make_member(given_name="Wanda")
        purchase = buy(member, lines=tuple(LineDetails(unit_price=100, product=one) for one in products))
        challenge = Challenge.objects.get()
    page = owner.get(f"/program/challenges/{challenge.pk}/").content.decode()
    assert "Wanda" in page
    returning = owner.get(f"/purchases/{purchase.pk}/returns/").content.decode()
    assert "“Both” is no longer done: its 30 points are taken back as well." in returning
    with tenant_context(cast.business):
        bring_back(purchase)
    assert "taken back on" in owner.get(f"/program/challenges/{challenge.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last_day": ""}, "Say until which day."),
        ({"points": ""}, "This is too little or too much."),
        ({"gives": "percent_off"}, "Say how much it takes off."),
        ({"kind": "collect"}, "Choose from 2 to 20 things to collect."),
        ({"last_day": "2020-01-01", "publish": "1"}, "This day is over."),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(owner: Client, wrong: dict[str, str], said: str) -> None:
    answer = owner.post("/program/challenges/new/", typed(**wrong))
    assert answer.status_code == 422
    assert said in answer.content.decode()
