"""Products and categories to choose from, in the forms that ask for them."""

from collections.abc import Iterable
from uuid import UUID

from django import forms

from customers.models import Category, Product

# More than these are too many for one list: then the categories stand in it alone.
MOST_PRODUCTS = 5_000


def offer_goods(form: forms.Form, name: str) -> None:
    """Let a field choose from the categories and then the products, as "category:<id>" and "product:<id>".

    Where there are too many products, only those stay that the form holds already, and the field says so to the
    template by `most_products`.
    """
    field = form.fields[name]
    products = list(Product.objects.filter(is_active=True).values_list("pk", "name")[: MOST_PRODUCTS + 1])
    is_cut = len(products) > MOST_PRODUCTS
    if is_cut:
        held = [*(form.initial.get(name) or ()), *(form[name].value() or ())]
        products = list(Product.objects.filter(pk__in=_products(held)).values_list("pk", "name"))
    categories = [(f"category:{pk}", label) for pk, label in Category.objects.values_list("pk", "name")]
    field.most_products = MOST_PRODUCTS if is_cut else None  # type: ignore[attr-defined]
    field.choices = categories + [(f"product:{pk}", label) for pk, label in products]  # type: ignore[attr-defined]


def _products(values: Iterable[str]) -> set[UUID]:
    found = set()
    for value in values:
        kind, _colon, pk = value.partition(":")
        try:
            found |= {UUID(pk)} if kind == "product" else set()
        except ValueError:
            continue
    return found
