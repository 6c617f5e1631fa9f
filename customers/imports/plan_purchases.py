"""What becomes of each receipt of a file: new, here already, or refused. The preview and the run ask the same plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from customers.enums import Source
from customers.imports.goods import Catalogue
from customers.imports.originals import Originals
from customers.imports.people import People
from customers.imports.receipts import Parsed, Receipt, Refusal
from customers.imports.settings import Frame
from customers.models import Purchase, Return
from loyalty_saas.lib.money import format_money
from tenants.models import Location

_CHUNK = 10_000


@dataclass(slots=True)
class Sorted:
    """Receipts by what becomes of them."""

    new: list[Receipt] = field(default_factory=list)
    unchanged: list[Receipt] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


@dataclass(slots=True)
class PurchasePlan:
    """A parsed file beside what the business has: members, products and places."""

    frame: Frame
    parsed: Parsed
    people: People
    catalogue: Catalogue
    originals: Originals
    places: dict[str, UUID]

    def sort(self, receipts: Sequence[Receipt]) -> Sorted:
        """Ask the database which of these receipts are here already. Call inside `tenant_context`."""
        result = Sorted()
        for start in range(0, len(receipts), _CHUNK):
            self._sort(receipts[start : start + _CHUNK], result)
        return result

    def _sort(self, receipts: Sequence[Receipt], result: Sorted) -> None:
        numbers = [receipt.number for receipt in receipts if receipt.number]
        keys = {receipt.key for receipt in receipts}
        here: set[str] = set()
        totals: dict[str, int] = {}
        for model in (Purchase, Return):
            rows = model.objects.filter(source=Source.IMPORT, receipt_number__in=numbers)  # type: ignore[attr-defined]
            for number, key, total in rows.values_list("receipt_number", "key", "total").iterator():
                here.add(key)
                totals[number] = total
            found = model.objects.filter(key__in=keys).values_list("key", flat=True)  # type: ignore[attr-defined]
            here.update(found.iterator())
        for receipt in receipts:
            if receipt.key in here:
                result.unchanged.append(receipt)
            elif receipt.number in totals:
                result.refusals += self._conflicts(receipt, totals[receipt.number])
            elif self._refuses_customer(receipt):
                reason = _("There is no member with this number, e-mail, phone or card.")
                result.refusals += [Refusal(row, "", reason) for row in receipt.rows]
            else:
                result.new.append(receipt)

    def _conflicts(self, receipt: Receipt, total: int) -> list[Refusal]:
        now = sum(item.total for item in receipt.items) or sum(item.total for item in receipt.back)
        reason = _("Receipt %(number)s is here already with other contents: %(before)s then, %(now)s now.") % {
            "number": receipt.number,
            "before": format_money(total, self.frame.currency),
            "now": format_money(now, self.frame.currency),
        }
        return [Refusal(row, self.frame.column_name("receipt_number"), reason) for row in receipt.rows]

    def _refuses_customer(self, receipt: Receipt) -> bool:
        return receipt.who is not None and not self.frame.options.create_members and not self.people.find(receipt.who)

    def unknown_places(self) -> dict[str, int]:
        """Names of places in the file that are no location of the business, with their receipts."""
        unknown: dict[str, int] = {}
        for receipt in self.parsed.receipts:
            if receipt.place and receipt.place.lower() not in self.places:
                unknown[receipt.place] = unknown.get(receipt.place, 0) + 1
        return unknown


def plan_purchases(parsed: Parsed, frame: Frame) -> PurchasePlan:
    """Look up who and what the file names. Call inside `tenant_context`; reads only."""
    people = People()
    people.load({receipt.who for receipt in parsed.receipts if receipt.who})
    catalogue = Catalogue(create=frame.options.create_products)
    catalogue.load()
    places = {name.lower(): place_id for name, place_id in Location.objects.values_list("name", "id")}
    return PurchasePlan(frame, parsed, people, catalogue, Originals(), places)


def load_originals(plan: PurchasePlan, receipts: Iterable[Receipt]) -> None:
    """Read the earlier purchases that goods of these receipts may come from; their products must be there."""
    members: set[UUID] = set()
    products: set[UUID] = set()
    for receipt in receipts:
        if not receipt.back or receipt.who is None:
            continue
        if member_id := plan.people.find(receipt.who):
            members.add(member_id)
        found = (plan.catalogue.find(item.goods) for item in receipt.back)
        products.update(product_id for product_id in found if product_id)
    if products:
        plan.originals.load(members, products)
