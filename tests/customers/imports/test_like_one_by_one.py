"""What an import writes in bulk is what the counter's functions write one by one."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import models

from customers.domain.members import MemberDetails, enrol_member
from customers.domain.purchases import (
    LineDetails,
    PurchaseDetails,
    ReturnDetails,
    ReturnLineDetails,
    record_purchase,
    record_return,
)
from customers.models import (
    Activity,
    Member,
    MemberSummary,
    Product,
    Purchase,
    PurchaseLine,
    Return,
    ReturnLine,
    SearchKey,
)
from tenants.isolation import tenant_context
from tests.customers.imports.shared import BY, MEMBERS, PURCHASES, imported, write

SALES = """Receipt,Date,SKU,Item,Qty,Price,Line discount,Customer ID,First name,Last name
1,2025-01-02 09:30,CAKE,Cake,2,4.50,1.00,A1,Zoë,O'Neil
1,2025-01-02 09:30,COF,Coffee,1,3.20,,A1,Zoë,O'Neil
2,2025-01-02 10:00,COF,,1,3.20,,,,
3,2025-01-03 10:00,CAKE,Cake,-1,4.00,,A1,Zoë,O'Neil
4,2025-01-03 11:00,TEA,Tea,-2,2.00,,,,
"""
# Written by the clock, by chance or by the transaction; and the key, which only an import gives.
_OWN = {"id", "tenant", "recorded_at", "created_at", "updated_at", "transaction", "key"}


def test_purchases_and_returns(make_business: Callable[..., Any], tmp_path: Path) -> None:
    bulk, single = make_business(), make_business()
    imported(bulk, PURCHASES, write(tmp_path, SALES))
    with tenant_context(single):
        _one_by_one()
    for model in (Member, SearchKey, MemberSummary, Product, Purchase, PurchaseLine, Return, ReturnLine, Activity):
        assert _rows(bulk, model) == _rows(single, model), model.__name__


def _one_by_one() -> None:
    how: dict[str, Any] = {"by": BY, "source": "import", "silent": True}
    nine = datetime(2025, 1, 2, 8, 30, tzinfo=UTC)
    details = MemberDetails(given_name="Zoë", family_name="O'Neil", external_id="A1")
    member = enrol_member(details, joined_at=nine, **how)
    lines = (
        LineDetails(450, Decimal(2), sku="CAKE", description="Cake", discount=100),
        LineDetails(320, Decimal(1), sku="COF", description="Coffee"),
    )
    first = record_purchase(member, PurchaseDetails(lines=lines, receipt_number="1", occurred_at=nine), **how)
    coffee = (LineDetails(320, Decimal(1), sku="COF"),)
    ten = datetime(2025, 1, 2, 9, 0, tzinfo=UTC)
    record_purchase(None, PurchaseDetails(lines=coffee, receipt_number="2", occurred_at=ten), **how)
    cake = ReturnLineDetails(line=first.lines.get(position=1), quantity=Decimal(1), total=400)
    back = datetime(2025, 1, 3, 9, 0, tzinfo=UTC)
    record_return(first, ReturnDetails(lines=(cake,), receipt_number="3", occurred_at=back), **how)
    tea = Product.objects.create(sku="TEA", name="Tea", price=200)
    unknown = ReturnLineDetails(product=tea, description="Tea", quantity=Decimal(2), total=400)
    later = datetime(2025, 1, 3, 10, 0, tzinfo=UTC)
    record_return(None, ReturnDetails(lines=(unknown,), receipt_number="4", occurred_at=later), **how)


def test_members(make_business: Callable[..., Any], tmp_path: Path) -> None:
    bulk, single = make_business(), make_business()
    text = (
        "Vorname,Nachname,E-Mail,Telefon,Geburtstag,Kunde seit,Tags\n"
        "Łukasz,Groß,L.Gross@Example.com,0664 1234567,24.12.1990,01.02.2024,Stammgast\n"
        "Ana,,,,29.02.,15.02.2024,\n"
    )
    imported(bulk, MEMBERS, write(tmp_path, text))
    with tenant_context(single):
        first = MemberDetails(
            "Łukasz", "Groß", "L.Gross@Example.com", "0664 1234567", 12, 24, 1990, tags=("Stammgast",)
        )
        second = MemberDetails("Ana", birth_month=2, birth_day=29)
        enrol_member(first, by=BY, source="import", silent=True, joined_at=datetime(2024, 1, 31, 23, tzinfo=UTC))
        enrol_member(second, by=BY, source="import", silent=True, joined_at=datetime(2024, 2, 14, 23, tzinfo=UTC))
    for model in (Member, SearchKey, MemberSummary, Activity):
        assert _rows(bulk, model) == _rows(single, model), model.__name__


def _rows(business: Any, model: type[models.Model]) -> list[tuple[tuple[str, Any], ...]]:
    """The rows as they look to anybody: ids and drawn numbers replaced by what they stand for."""
    with tenant_context(business):
        names = _names()
        fields = [field for field in model._meta.local_concrete_fields if field.name not in _OWN]
        rows = [
            tuple((field.name, _plain(getattr(row, field.attname), names)) for field in fields)
            for row in model._default_manager.all()
        ]
    return sorted(rows, key=repr)


def _names() -> dict[str, str]:
    """What each id is called in the file; drawn card numbers by their member."""
    names = {str(one.pk): f"member {one.given_name}" for one in Member.objects.all()}
    names |= {one.number.lower(): f"card of {one.given_name}" for one in Member.objects.all()}
    names |= {str(one.pk): f"product {one.sku}" for one in Product.objects.all()}
    names |= {str(one.pk): f"purchase {one.receipt_number}" for one in Purchase.objects.all()}
    names |= {str(one.pk): f"return {one.receipt_number}" for one in Return.objects.all()}
    lines = PurchaseLine.objects.select_related("purchase")
    return names | {str(one.pk): f"line {one.position} of {one.purchase.receipt_number}" for one in lines}


def _plain(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return sorted((key, _plain(one, names)) for key, one in value.items())
    return names.get(str(value), value)
