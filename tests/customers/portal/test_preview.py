"""What customers would see if a form were saved: shown, and never saved."""

from typing import Any

import pytest
from django.test import Client

from programs.models import Program
from tenants.isolation import tenant_context
from tenants.models import AuditEvent, Tenant
from tests.cast import Cast, sign_in
from tests.programs.counter_shop import Shop, open_shop

BRAND = {"brand_color": "#123456", "tagline": "Warm bread at six", "story": "", "values": ""}


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def _preview(client: Client, url: str, data: dict[str, Any], whom: str = "member") -> Any:
    return client.post(url, data, headers={"X-Portal-Preview": whom})


def test_the_look_is_shown_as_it_would_be_and_nothing_is_saved(shop: Shop) -> None:
    owner = sign_in(shop.cast.owner)
    with tenant_context(shop.cast.business):
        events = AuditEvent.objects.count()
        was = Tenant.objects.get(pk=shop.cast.business.pk).brand_color
    answer = _preview(owner, "/settings/brand/", BRAND)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Hello Anna" in page
    assert "preview.css?colour=%23123456" in page
    assert "<script" not in page
    assert "Saved" not in page
    assert "<body inert" in page
    assert "#123456" in owner.get("/settings/brand/preview.css?colour=%23123456").content.decode()
    with tenant_context(shop.cast.business):
        assert Tenant.objects.get(pk=shop.cast.business.pk).brand_color == was != "#123456"
        assert AuditEvent.objects.count() == events
    # Nobody is told that something was saved.
    assert "Saved" not in owner.get("/settings/brand/").content.decode()


def test_somebody_new_sees_the_welcome_page_with_what_is_being_typed(shop: Shop) -> None:
    page = _preview(sign_in(shop.cast.owner), "/settings/brand/", BRAND, "guest").content.decode()
    assert "Warm bread at six" in page
    assert "Hello Anna" not in page


def test_terms_of_a_running_program_are_shown_before_they_count(shop: Shop) -> None:
    owner = sign_in(shop.cast.owner)
    form = owner.get("/program/").context["form"]
    with tenant_context(shop.cast.business):
        shown = {name: form[name].value() for name in form.fields}
    typed = {name: "" if value is None or value is False else value for name, value in shown.items()}
    typed |= {"unit_many": "beans", "unit_one": "bean", "confirmed": "1"}
    answer = _preview(owner, "/program/terms/", typed)
    assert answer.status_code == 200
    assert "beans" in answer.content.decode()
    with tenant_context(shop.cast.business):
        assert Program.objects.get(kind="points").unit_many != "beans"


def test_a_form_that_is_wrong_is_not_shown(shop: Shop) -> None:
    answer = _preview(sign_in(shop.cast.owner), "/settings/brand/", {**BRAND, "brand_color": "red-ish"})
    assert answer.status_code == 422
    assert answer.content == b""


def test_only_those_who_may_save_it_see_it(shop: Shop) -> None:
    assert _preview(sign_in(shop.cast.staff), "/settings/brand/", BRAND).status_code == 403
    assert _preview(Client(), "/settings/brand/", BRAND).status_code == 302


def test_a_business_without_members_sees_its_welcome_page() -> None:
    cast = Cast.make()
    answer = _preview(sign_in(cast.owner), "/settings/brand/", BRAND)
    assert answer.status_code == 200
    assert "Warm bread at six" in answer.content.decode()


def test_a_colour_that_is_none_colours_nothing() -> None:
    for wrong in ("", "red", "#12", "}body{background:url(//x)}"):
        answer = Client().get("/settings/brand/preview.css", {"colour": wrong})
        assert answer.content == b""


@pytest.mark.parametrize(
    ("typed", "kept"), [("#A1B2C3", "#a1b2c3"), (" a1b2c3 ", "#a1b2c3"), ("#ABC", "#aabbcc"), ("#a1b2c3", "#a1b2c3")]
)
def test_a_colour_counts_however_it_is_written(shop: Shop, typed: str, kept: str) -> None:
    answer = sign_in(shop.cast.owner).post("/settings/brand/", {**BRAND, "brand_color": typed})
    assert answer.status_code == 302
    with tenant_context(shop.cast.business):
        assert Tenant.objects.get(pk=shop.cast.business.pk).brand_color == kept


@pytest.mark.parametrize("typed", ["red-ish", "a warm red", "rgb(200, 60, 20)"])
def test_what_is_no_colour_is_said_at_its_field(shop: Shop, typed: str) -> None:
    page = sign_in(shop.cast.owner).post("/settings/brand/", {**BRAND, "brand_color": typed})
    assert page.status_code == 422
    assert page.context["form"].errors == {"brand_color": ["Choose a colour, or write it like #c2410c."]}
