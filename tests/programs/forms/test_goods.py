"""Choosing products where there are too many for one list: the form says why, and keeps what it holds."""

import pytest
from django.test import Client

from customers.models import Category, Product
from programs.forms import goods
from programs.forms.stamps import StampForm
from tenants.isolation import tenant_context
from tests.cast import Cast, sign_in
from tests.programs.shop import make_member, make_program
from tests.programs.stamps import make_card

SAYS = "You have more than 3 products"
FORMS = ["program/", "program/rules/new/", "program/challenges/new/", "program/stamps/new/", "program/credit/terms/"]


@pytest.fixture
def owner(cast: Cast) -> Client:
    return sign_in(cast.owner)


@pytest.fixture
def rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[Product]:
    monkeypatch.setattr(goods, "MOST_PRODUCTS", 3)
    with tenant_context(cast.business):
        make_program()
        Category.objects.create(name="Drinks")
        return [Product.objects.create(name=f"Thing {number}", price=100) for number in range(4)]


@pytest.mark.parametrize("form", FORMS)
def test_each_form_that_chooses_products_says_why_the_list_is_cut(owner: Client, cast: Cast, rows, form: str) -> None:
    page = owner.get(f"/{form}").content.decode()
    assert SAYS in page
    assert "Drinks" in page
    assert f"product:{rows[0].pk}" not in page
    with tenant_context(cast.business):
        rows[3].delete()
    page = owner.get(f"/{form}").content.decode()
    assert SAYS not in page
    assert f"product:{rows[0].pk}" in page


def test_a_product_that_was_chosen_before_stays_chosen(owner: Client, cast: Cast, rows) -> None:
    held = f"product:{rows[2].pk}"
    with tenant_context(cast.business):
        form = StampForm({"goods": [held, "product:nonsense"]})
        assert [value for value, _label in form.chosen["now"]] == [held]
        card = make_card(products=(str(rows[2].pk),)).stamp_cards.get()
    page = owner.get(f"/program/stamps/{card.pk}/").content.decode()
    assert f'value="{held}" checked' in page
    assert f"product:{rows[1].pk}" not in page


def test_the_counter_says_that_not_every_product_is_listed(
    owner: Client, cast: Cast, rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_context(cast.business):
        member = make_member()
    url = f"/counter/members/{member.pk}/gestures/"
    monkeypatch.setattr("programs.counter.views.goodwill.MOST_PRODUCTS", 4)
    assert "the first 4" not in owner.get(url).content.decode()
    monkeypatch.setattr("programs.counter.views.goodwill.MOST_PRODUCTS", 3)
    page = owner.get(url).content.decode()
    assert "These are the first 3 of your products by name" in page
    assert "Thing 2" in page
    assert "Thing 3" not in page
