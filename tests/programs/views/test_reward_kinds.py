"""The owner's pages of the kinds of rewards: made by the form, codes, places, draws, charities."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Product
from programs.domain.redemptions import redeem_reward
from programs.models import Charity, OwnCode, Program, Reward
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import SYSTEM, buy, key, make_member, make_program
from tests.programs.views.test_rewards import typed


@pytest.fixture
def owner(cast: Cast) -> Client:
    with tenant_context(cast.business):
        make_program()
    return sign_in(cast.owner)


def made(owner: Client, cast: Cast, **fields: object) -> Reward:
    answer = owner.post("/rewards/new/", typed(**fields))  # type: ignore[arg-type]
    assert answer.status_code == 302, answer.content.decode()
    with tenant_context(cast.business):
        found: Reward = Reward.objects.select_related("charity").latest("created_at")
        return found


def redeem(reward: Reward) -> str:
    member = make_member(family_name="Quirk")
    buy(member, 20_000)
    return str(redeem_reward(member, reward=reward, by=SYSTEM, key=key()).vouchers.get().name)


def test_an_event_is_made_and_lists_who_comes(cast: Cast, owner: Client) -> None:
    event = made(
        owner, cast, kind="experience", happens_on="2030-06-01", happens_time="18:30", stock="4", has_waiting_list="on"
    )
    # Half past six in Vienna.
    assert event.happens_at is not None
    assert (event.happens_at.isoformat(), event.has_waiting_list) == ("2030-06-01T16:30:00+00:00", True)
    with tenant_context(cast.business):
        redeem(event)
    page = owner.get(f"/rewards/{event.pk}/places/").content.decode()
    assert "Quirk" in page
    assert "Quirk" in owner.get(f"/rewards/{event.pk}/places/export/").content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "experience"}, "Say when it begins."),
        ({"kind": "choice"}, "Choose at least two products."),
        ({"kind": "content"}, "Write what they get to read, or a link to it."),
        ({"kind": "donation", "donation": "2"}, "Say who gets it."),
        ({"kind": "mystery"}, "Say what can come out: at least two different things."),
        ({"kind": "mystery", "prize0-percent": "20"}, "Say what it is."),
        ({"kind": "early_access"}, "Say from when, or write how they get there before others."),
        ({"limit_in_period": "2"}, "Say both: how often, and in which time."),
        ({"blackout": "Christmas"}, "is no day"),
        ({"kind": "percent_off", "percent": "101"}, "Write 100 or less."),
    ],
)
def test_what_is_missing_is_said_where_it_is(cast: Cast, owner: Client, fields: dict[str, str], said: str) -> None:
    answer = owner.post("/rewards/new/", typed(**fields))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    with tenant_context(cast.business):
        assert not Reward.objects.exists()


def test_who_has_no_products_to_choose_between_is_led_to_them(cast: Cast, owner: Client) -> None:
    assert 'href="/products/new/"' in owner.get("/rewards/new/").text
    with tenant_context(cast.business):
        Product.objects.create(name="Strudel", sku="S", price=500)
    assert "There are no products yet" not in owner.get("/rewards/new/").text


def test_conditions_are_kept_and_shown_again(cast: Cast, owner: Client) -> None:
    reward = made(
        owner,
        cast,
        kind="percent_off",
        percent="10",
        cap="5",
        minimum="20",
        blackout="2030-12-24 – 2030-12-26\n2030-01-01",
        limit_in_period="1",
        limit_period="month",
        usable_days="7",
        unit_cost="1.50",
    )
    assert (reward.cap, reward.minimum, reward.unit_cost, reward.usable_days) == (500, 2000, 150, 7)
    assert reward.terms == {"blackout": [["2030-01-01", "2030-01-01"], ["2030-12-24", "2030-12-26"]]}
    page = owner.get(f"/rewards/{reward.pk}/").content.decode()
    assert "2030-12-24 – 2030-12-26" in page


def test_a_new_charity_is_added_with_its_reward_and_has_a_statement(cast: Cast, owner: Client) -> None:
    reward = made(owner, cast, kind="donation", donation="2.50", new_charity="Animal shelter")
    with tenant_context(cast.business):
        charity = Charity.objects.get()
        redeem(reward)
    assert (reward.value, reward.charity) == (250, charity)
    assert "€2.50 in 1 gift" in owner.get("/rewards/charities/").content.decode().replace("\u00a0", " ")
    statement = owner.get(f"/rewards/charities/{charity.pk}/").content.decode()
    assert "Quirk" in statement
    assert "2.50,EUR" in owner.get(f"/rewards/charities/{charity.pk}/export/").content.decode()
    # While a reward gives to it, it stays.
    assert owner.post(f"/rewards/charities/{charity.pk}/state/").status_code == 409


def test_a_charity_that_cannot_be_called_so_keeps_what_was_typed(cast: Cast, owner: Client) -> None:
    for name in ("Animal shelter", "Soup kitchen"):
        owner.post("/rewards/charities/", {"name": name, "about": ""})
    with tenant_context(cast.business):
        soup = Charity.objects.get(name="Soup kitchen")
    for typed_name, said in (("Animal shelter", "There is already a charity with this name."), ("", "required")):
        answer = owner.post(f"/rewards/charities/{soup.pk}/change/", {"name": typed_name, "about": "Every noon"})
        assert answer.status_code == 422
        assert said in answer.text
        assert "Every noon" in answer.text
    assert owner.get(f"/rewards/charities/{soup.pk}/").context["charity"].name == "Soup kitchen"


def test_codes_are_pasted_uploaded_and_refused_twice(cast: Cast, owner: Client) -> None:
    reward = made(owner, cast, uses_own_codes="on")
    url = f"/rewards/{reward.pk}/codes/"
    owner.post(url, {"codes": "A-1\nA-2", "file": SimpleUploadedFile("codes.csv", b"B-1\nB-2\n")})
    again = owner.post(url, {"codes": "C-1\nA-2"})
    assert (again.status_code, "A-2" in again.content.decode()) == (422, True)
    with tenant_context(cast.business):
        assert list(OwnCode.objects.values_list("code", flat=True)) == ["A-1", "A-2", "B-1", "B-2"]
        redeem(reward)
    assert "A-1" in owner.get(url).content.decode()
    owner.post(f"{url}removal/")
    with tenant_context(cast.business):
        assert OwnCode.objects.count() == 1


def test_a_surprise_is_made_and_its_draws_can_be_read(cast: Cast, owner: Client) -> None:
    prizes = {
        "prize0-name": "Tea",
        "prize0-kind": "free_product",
        "prize0-weight": "3",
        "prize1-name": "Five off",
        "prize1-kind": "amount_off",
        "prize1-money": "5",
        "prize1-weight": "1",
    }
    reward = made(owner, cast, kind="mystery", **prizes)
    preview = owner.post("/rewards/preview/", typed(kind="mystery", **prizes)).content.decode()
    assert "Tea: 75 %" in preview
    with tenant_context(cast.business):
        won = redeem(reward)
    page = owner.get(f"/rewards/{reward.pk}/draws/").content.decode()
    assert f"Quirk: {won}" in page.replace("Ines ", "")


def test_products_to_choose_between_are_taken_up_one_by_one(cast: Cast, owner: Client) -> None:
    with tenant_context(cast.business):
        products = [Product.objects.create(name=name, sku=name, price=300) for name in ("Melange", "Espresso")]
    chosen = [str(product.pk) for product in products]
    assert "checked" in owner.post("/rewards/products/", {"products": chosen[:1]}).content.decode()
    reward = made(owner, cast, kind="choice", products=chosen)
    assert sorted(reward.terms["products"]) == sorted(chosen)


def test_the_rule_about_several_vouchers_is_kept(cast: Cast, owner: Client) -> None:
    made(owner, cast)
    owner.post("/rewards/together/", {"voucher_rule": "one"})
    with tenant_context(cast.business):
        assert Program.objects.get().voucher_rule == "one"
    owner.post("/rewards/together/", {"voucher_rule": "seven"})
    with tenant_context(cast.business):
        assert Program.objects.get().voucher_rule == "one"
