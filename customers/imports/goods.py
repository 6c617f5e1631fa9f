"""The products that the rows of a file name, by their code or else by their name."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models.functions import Lower
from django.utils import timezone

from customers.imports.bulk import insert_rows
from customers.imports.receipts import Goods, Item
from customers.models import Category, Product
from loyalty_saas.lib.ids import uuid7

_COLUMNS = ("id", "sku", "name", "category_id", "price", "is_active", "created_at")


class Catalogue:
    """The products of the business; new ones of a file are added when they are first met."""

    def __init__(self, *, create: bool) -> None:
        self.create = create
        self.created = 0
        self.names: dict[UUID, str] = {}
        self._by_sku: dict[str, UUID] = {}
        self._by_name: dict[str, UUID] = {}
        self._categories: dict[str, UUID] = {}
        self._first: dict[str, Item] = {}

    def load(self) -> None:
        """Read the products and categories there are. Call inside `tenant_context`."""
        for product_id, sku, name in Product.objects.order_by("-id").values_list("id", "sku", "name").iterator():
            self._remember(product_id, sku, name)
        rows = Category.objects.annotate(folded=Lower("name")).values_list("folded", "id")
        self._categories = dict(rows)

    def find(self, goods: Goods) -> UUID | None:
        """The product, or None where the row names none or one that is not there."""
        if goods.sku:
            return self._by_sku.get(goods.sku)
        return self._by_name.get(goods.name.lower()) if goods.name else None

    def meet(self, items: Iterable[Item]) -> None:
        """All items of the file, before any is added: a product's name does not depend on the batch it comes in."""
        self._first = self.missing(items)

    def missing(self, items: Iterable[Item]) -> dict[str, Item]:
        """The first item of each product that is not there yet; one that has a name is preferred."""
        wanted: dict[str, Item] = {}
        for item in items:
            goods = item.goods
            if not (goods.sku or goods.name) or self.find(goods) is not None:
                continue
            key = f"sku:{goods.sku}" if goods.sku else goods.name.lower()
            if key not in wanted or (goods.name and not wanted[key].goods.name):
                wanted[key] = item
        return wanted

    def add(self, items: Iterable[Item]) -> int:
        """Write the products of these items that are not there. Returns how many."""
        missing = self.missing(items) if self.create else {}
        wanted = [self._first.get(key, item) for key, item in missing.items()]
        if not wanted:
            return 0
        self._add_categories({item.goods.category for item in wanted if item.goods.category})
        now = timezone.now()
        rows = []
        for item in wanted:
            goods = item.goods
            product_id = uuid7()
            name = goods.name or goods.sku
            category = self._categories.get(goods.category.lower()) if goods.category else None
            rows.append((product_id, goods.sku, name, category, abs(item.unit_price), True, now))
            self._remember(product_id, goods.sku, name)
        self.created += insert_rows(Product, _COLUMNS, rows)
        return len(rows)

    def _add_categories(self, names: set[str]) -> None:
        missing = {name.lower(): name for name in sorted(names) if name.lower() not in self._categories}
        made = [Category(name=name) for name in missing.values()]
        Category.objects.bulk_create(made)
        self._categories |= {category.name.lower(): category.pk for category in made}

    def _remember(self, product_id: UUID, sku: str, name: str) -> None:
        if sku:
            self._by_sku[sku] = product_id
        self._by_name[name.lower()] = product_id
        self.names[product_id] = name
