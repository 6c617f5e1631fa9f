import csv
import io
import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Category, Product, Purchase, Return
from tenants.isolation import tenant_context
from tests.cast import sign_in
from tests.customers.people import a_line, a_member, a_purchase


@pytest.fixture
def owner(cast):
    return sign_in(cast.owner)


@pytest.fixture
def purchase(business):
    with tenant_context(business):
        return a_purchase(
            a_member(),
            lines=(a_line(450, "2", description="Melange"), a_line(300, description="Strudel")),
            tax=120,
            receipt_number="R-17",
            occurred_at=datetime(2024, 5, 3, 22, 30, tzinfo=UTC),
        )


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_an_empty_list_teaches(owner):
    assert "Receipts will stand here" in owner.get(reverse("customers:purchases")).text


def test_the_list_is_searched_filtered_and_summed(owner, business, purchase):
    with tenant_context(business):
        a_purchase(None, 5000, occurred_at=datetime(2024, 5, 5, 9, 0, tzinfo=UTC))
    url = reverse("customers:purchases")
    shown = lambda query: [one.total for one in owner.get(url + query).context["page"]]  # noqa: E731
    assert shown("") == [5000, 1200]
    assert shown("?sort=total") == [1200, 5000]
    assert shown("?q=R-17") == [1200]
    assert shown("?q=weber") == [1200]
    assert shown("?q=nobody") == []
    assert shown("?whose=guests") == [5000]
    # The days are Vienna's: half past ten in the evening in UTC is the next day there.
    assert shown("?since=2024-05-04&until=2024-05-04") == [1200]
    assert shown("?until=2024-05-03") == []
    assert shown("?since=x&location=x&source=x&whose=x&page=x") == [5000, 1200]
    assert shown("?since=0001-01-01") == shown("?until=9999-12-31") == [5000, 1200]
    totals = owner.get(url).context["totals"]
    assert (totals.count, totals.paid, totals.kept) == (2, 6200, 6200)


def test_the_list_asks_the_same_number_of_questions_for_one_and_three(owner, business, purchase):
    url = reverse("customers:purchases")
    one = queries_of(owner, url)
    with tenant_context(business):
        for name in ("Jo", "Ann"):
            a_purchase(a_member(given_name=name))
    assert queries_of(owner, url) == one


def test_the_purchase_asks_the_same_number_of_questions_for_one_and_three(owner, business):
    with tenant_context(business):
        one, three = (a_purchase(None, lines=tuple(a_line(100, sku=f"S{n}") for n in range(size))) for size in (1, 3))
    assert queries_of(owner, reverse("customers:purchase", args=[one.pk])) == queries_of(
        owner, reverse("customers:purchase", args=[three.pk])
    )


def test_export(owner, purchase):
    answer = owner.get(reverse("customers:purchases_export"))
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert (row["Time"], row["Receipt"], row["Member"], row["Total"]) == (
        "2024-05-04 00:30",
        "R-17",
        "Mara Weber",
        "12.00",
    )


def test_every_time_on_the_page_of_a_purchase_is_written_alike(owner, business):
    with tenant_context(business):
        at = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
        bought = a_purchase(a_member(), occurred_at=at)
        Purchase.objects.filter(pk=bought.pk).update(recorded_at=at)
    page = owner.get(reverse("customers:purchase", args=[bought.pk])).content.decode()
    assert page.count("2 Nov 2026, 10:30") == 2
    assert not re.search(r"\d/\d+/\d{2}", page)


def test_a_return_is_previewed_then_recorded_once(owner, business, purchase):
    url = reverse("customers:purchase_returns", args=[purchase.pk])
    form = owner.get(url).context["form"]
    with tenant_context(business):
        line = purchase.lines.get(position=1)
    data = {"what": "lines", f"line-{line.pk}": "1", "reason": "Cold", "key": form["key"].value()}
    preview = owner.post(reverse("customers:purchase_return_preview", args=[purchase.pk]), data)
    assert "€4.50" in preview.text
    with tenant_context(business):
        assert not Return.objects.exists()
    for _time in range(2):
        assert owner.post(url, data)["Location"] == reverse("customers:purchase", args=[purchase.pk])
    with tenant_context(business):
        made = Return.objects.get()
        assert (made.total, made.reason, made.staff.name) == (450, "Cold", "Owner")
        assert Purchase.objects.get(pk=purchase.pk).returned == 450
    page = owner.get(reverse("customers:purchase", args=[purchase.pk])).text
    assert "1 × Melange" in page
    assert "€7.50" in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"what": "amount", "amount": "12,01"}, "That is more than was bought."),
        ({"what": "amount", "amount": "x"}, "Write only the amount, like 12.40."),
        ({"what": "lines"}, "Write how many of which come back."),
    ],
)
def test_a_return_that_is_not_possible_says_why(owner, business, purchase, data, sentence):
    url = reverse("customers:purchase_returns", args=[purchase.pk])
    answer = owner.post(url, {**data, "key": "k"})
    assert answer.status_code == 422
    assert sentence in answer.text
    preview = owner.post(reverse("customers:purchase_return_preview", args=[purchase.pk]), {**data, "key": "k"})
    assert sentence in preview.text


def test_products_are_added_changed_and_taken_off(owner, business):
    assert "Nothing on the shelf yet" in owner.get(reverse("customers:products")).text
    owner.post(
        reverse("customers:product_new"), {"name": "Melange", "price": "4,50", "sku": "MEL", "new_category": "Coffee"}
    )
    with tenant_context(business):
        product = Product.objects.select_related("category").get()
        assert (product.price, product.sku, product.category.name) == (450, "MEL", "Coffee")
    url = reverse("customers:product", args=[product.pk])
    assert owner.get(url).context["form"]["price"].value() == "4.50"
    owner.post(url, {"name": "Wiener Melange", "price": "", "sku": "MEL", "category": str(product.category_id)})
    owner.post(reverse("customers:product_state", args=[product.pk]), {"sold": "0"})
    with tenant_context(business):
        product.refresh_from_db()
        assert (product.name, product.price, product.is_active) == ("Wiener Melange", None, False)
    listed = reverse("customers:products")
    assert [one.name for one in owner.get(listed).context["page"]] == []
    assert [one.name for one in owner.get(listed + "?state=gone&q=melange").context["page"]] == ["Wiener Melange"]
    refused = owner.post(reverse("customers:product_new"), {"name": "Other", "sku": "MEL"})
    assert refused.context["form"].errors == {"sku": ["“Wiener Melange” has this article number."]}


def test_products_ask_the_same_number_of_questions_for_one_and_three(owner, business):
    with tenant_context(business):
        Product.objects.create(name="A", category=Category.objects.create(name="One"))
    one = queries_of(owner, reverse("customers:products"))
    with tenant_context(business):
        for name in ("B", "C"):
            Product.objects.create(name=name, category=Category.objects.create(name=name))
    assert queries_of(owner, reverse("customers:products")) == one


def test_categories(owner, business):
    url = reverse("customers:categories")
    owner.post(url, {"name": "Cakes"})
    owner.post(url, {"name": "cakes"})
    with tenant_context(business):
        cakes = Category.objects.get()
        Category.objects.create(name="Drinks")
        product = Product.objects.create(name="Strudel", category=cakes)
    assert "1 product" in owner.get(url).text
    refused = owner.post(reverse("customers:category", args=[cakes.pk]), {"name": "DRINKS"})
    assert refused.context["form"].errors == {"name": ["There is a category of this name."]}
    owner.post(reverse("customers:category", args=[cakes.pk]), {"name": "Sweets"})
    owner.post(reverse("customers:category_removal", args=[cakes.pk]))
    with tenant_context(business):
        assert Product.objects.get(pk=product.pk).category_id is None
