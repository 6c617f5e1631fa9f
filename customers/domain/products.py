"""What the business sells: products and their categories."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Category, Product
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.rows import rows_where

if TYPE_CHECKING:
    from customers.domain.purchases.details import LineDetails

LONGEST_PRICE = 10**13


def add_product(
    *, name: str, by: Actor, sku: str = "", category: Category | None = None, price: int | None = None
) -> Product:
    """Add a product; `price` is for one, tax included, in minor units. Raises Invalid at the field."""
    product = Product(
        name=tidy_text(name, field="name", longest=160, required=True),
        sku=_clean_sku(sku),
        category=category,
        price=_clean_price(price),
    )
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError as error:
        raise _sku_taken(product.sku) from error
    record_audit("product.added", by=by, subject=product)
    return product


def change_product(product: Product, *, changes: Mapping[str, Any], by: Actor) -> Product:
    """Set name, sku, category, price or is_active. Past purchases keep what they say."""
    values = {name: _CLEAN[name](value) for name, value in changes.items()}
    changed = [name for name, value in values.items() if getattr(product, name) != value]
    for name in changed:
        setattr(product, name, values[name])
    if changed:
        try:
            with transaction.atomic():
                product.save(update_fields=changed)
        except IntegrityError as error:
            raise _sku_taken(product.sku) from error
        record_audit("product.changed", by=by, subject=product, fields=changed)
    return product


def find_or_make_category(name: str) -> Category:
    """The category of this name, capitals aside; made where there is none."""
    tidy = tidy_text(name, field="category", longest=80, required=True)
    if found := Category.objects.filter(name__iexact=tidy).first():
        return found
    Category.objects.bulk_create([Category(name=tidy)], ignore_conflicts=True)
    return Category.objects.get(name__iexact=tidy)


def rename_category(category: Category, *, name: str, by: Actor) -> Category:
    """Give a category another name. Raises Invalid when there is one of that name."""
    category.name = tidy_text(name, field="name", longest=80, required=True)
    try:
        with transaction.atomic():
            category.save(update_fields=["name"])
    except IntegrityError as error:
        raise Invalid(_("There is a category of this name."), code="category_taken", field="name") from error
    record_audit("category.renamed", by=by, subject=category)
    return category


def remove_category(category: Category, *, by: Actor) -> None:
    """Remove a category; its products stay, without one."""
    with transaction.atomic():
        Product.objects.filter(category=category).update(category=None)
        record_audit("category.removed", by=by, subject=category)
        category.delete()


def products_by_sku(lines: "Iterable[LineDetails]") -> dict[str, Product]:
    """The products of the lines that name one by sku; a new sku becomes a product, called as the line describes it."""
    wanted: dict[str, LineDetails] = {}
    for line in lines:
        if line.product is None and (sku := _clean_sku(line.sku)):
            wanted.setdefault(sku, line)
    if not wanted:
        return {}
    found = _with_skus(list(wanted))
    missing = [sku for sku in wanted if sku not in found]
    if missing:
        Product.objects.bulk_create(
            [
                Product(sku=sku, name=wanted[sku].description.strip()[:160] or sku, price=wanted[sku].unit_price)
                for sku in missing
            ],
            ignore_conflicts=True,
        )
        found |= _with_skus(missing)
    return found


def _with_skus(skus: Sequence[str]) -> dict[str, Product]:
    return {product.sku: product for product in rows_where(Product, "sku = ANY(%s)", [list(skus)])}


def _clean_sku(text: str) -> str:
    return tidy_text(text, field="sku", longest=60)


def _clean_price(price: int | None) -> int | None:
    if price is not None and not 0 <= price < LONGEST_PRICE:
        raise Invalid(_("Please check the price."), code="bad_price", field="price")
    return price


def _sku_taken(sku: str) -> Invalid:
    other = Product.objects.filter(sku=sku).first()
    return Invalid(
        _("“%(name)s” has this article number."), code="sku_taken", field="sku", params={"name": str(other or sku)}
    )


_CLEAN: dict[str, Any] = {
    "name": lambda value: tidy_text(value, field="name", longest=160, required=True),
    "sku": _clean_sku,
    "category": lambda value: value,
    "price": _clean_price,
    "is_active": bool,
}
