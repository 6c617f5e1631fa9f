"""Finding the purchase that goods come back from: the latest of the same customer with the same product.

A line is taken when it still holds the quantity and the amount that came back; otherwise the return stands alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from customers.models import PurchaseLine
from loyalty_saas.lib.rounding import round_half_up


@dataclass(slots=True)
class Original:
    """A line that was bought, and what of it has come back so far."""

    line_id: UUID
    purchase_id: UUID
    moment: datetime
    quantity: Decimal
    total: int
    tax: int
    returned_quantity: Decimal = Decimal(0)
    returned_total: int = 0

    def holds(self, quantity: Decimal, total: int) -> bool:
        return self.returned_quantity + quantity <= self.quantity and self.returned_total + total <= self.total

    def take(self, quantity: Decimal, total: int) -> int:
        """Note what came back; the tax in it, so that all parts together are the line's tax."""
        before, after = self.returned_total, self.returned_total + total
        self.returned_quantity += quantity
        self.returned_total = after
        if not self.total:
            return 0
        rate = Fraction(self.tax, self.total)
        return round_half_up(rate * after) - round_half_up(rate * before)


@dataclass(slots=True)
class Originals:
    """Lines by (member, product), for the products that come back in the file."""

    wanted: frozenset[UUID] = frozenset()
    _lines: dict[tuple[UUID, UUID], list[Original]] = field(default_factory=dict)

    def load(self, members: Iterable[UUID], products: Iterable[UUID]) -> None:
        """Read what these members bought of these products before. Call inside `tenant_context`."""
        self.wanted |= frozenset(products)
        rows = PurchaseLine.objects.filter(purchase__member_id__in=list(members), product_id__in=list(self.wanted))
        for row in rows.values_list(
            "purchase__member_id",
            "product_id",
            "id",
            "purchase_id",
            "purchase__occurred_at",
            "quantity",
            "total",
            "tax",
            "returned_quantity",
            "returned_total",
        ).iterator():
            self.add(row[0], row[1], Original(*row[2:]))

    def add(self, member_id: UUID, product_id: UUID, original: Original) -> None:
        self._lines.setdefault((member_id, product_id), []).append(original)

    def find(
        self, member_id: UUID | None, product_id: UUID | None, quantity: Decimal, total: int, moment: datetime
    ) -> Original | None:
        """The latest line bought until then that still holds what came back; of equally late ones the one written last,
        however the database hands them out: an import that goes on links as one that was never stopped."""
        if member_id is None or product_id is None:
            return None
        lines = self._lines.get((member_id, product_id), ())
        fitting = [line for line in lines if line.moment <= moment and line.holds(quantity, total)]
        return max(fitting, key=lambda line: (line.moment, line.line_id), default=None)
