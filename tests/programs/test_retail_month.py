"""A month of a real shop earns by three rules that compete, to the point as plain Python reckons it from the file.

The shop sells gifts for Christmas: 42,481 lines in December 2010. What came back is left out here: it is taken off by
the rules of its purchase (tests/programs/domain/test_reversals.py).
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

import pytest

from customers.enums import ImportKind, ImportPoints
from customers.models import Product
from programs.domain.reconcile import reconcile
from programs.enums import RuleEffect
from programs.models import Account, RuleAward
from tenants.isolation import tenant_context
from tests.customers.imports.shared import imported, real
from tests.programs.rules import make_rule
from tests.programs.shop import make_program

HEARTS, LIGHTS = ("85123A", "84879", "22423"), ("84347", "22086")
TUESDAY, THURSDAY = 1, 3


def lines_of(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["CustomerID"] and not row["InvoiceNo"].startswith("C") and int(row["Quantity"]) > 0:
                yield row


def reckoned(path: Path) -> dict[str, int]:
    """Points of each customer, from the rows alone: nothing of ours is asked.

    A point for each pound. Twice on Tuesdays and Thursdays from ten to noon; one and a half times for HEARTS, but the
    higher of the two where both match; two points for every six of LIGHTS, at most 30 in the month; 25 points for a
    receipt from 500 pounds, at most twice. Parts of a point are kept for the next receipt.
    """
    receipts: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in lines_of(path):
        receipts[row["InvoiceNo"]].append(row)
    in_order = sorted(receipts.values(), key=lambda rows: (rows[0]["InvoiceDate"], int(rows[0]["InvoiceNo"])))
    points: dict[str, int] = defaultdict(int)
    carry: dict[str, Fraction] = defaultdict(Fraction)
    large: dict[str, int] = defaultdict(int)
    lights: dict[str, int] = defaultdict(int)
    for rows in in_order:
        who, moment = rows[0]["CustomerID"], rows[0]["InvoiceDate"]
        year, month, day = (int(part) for part in moment[:10].split("-"))
        weekday = (day - 1 + 2) % 7  # 1 December 2010 was a Wednesday
        assert (year, month) == (2010, 12)
        quiet = weekday in (TUESDAY, THURSDAY) and "10:00" <= moment[11:16] < "12:00"
        exact, paid, bulbs = Fraction(0), 0, 0
        for row in rows:
            pence = int((Decimal(row["Quantity"]) * Decimal(row["UnitPrice"]) * 100).to_integral_value(ROUND_HALF_UP))
            times = Fraction(2) if quiet else Fraction(3, 2) if row["StockCode"] in HEARTS else Fraction(1)
            exact += Fraction(pence, 100) * times
            paid += pence
            bulbs += int(row["Quantity"]) if row["StockCode"] in LIGHTS and pence else 0
        extra = min(bulbs // 6 * 2, 30 - lights[who])
        lights[who] += extra
        bonus = 25 if paid >= 50_000 and large[who] < 2 else 0
        large[who] += bool(bonus)
        whole = exact + extra + bonus + carry[who]
        points[who] += floor(whole)
        carry[who] = whole - floor(whole)
    return {who: earned for who, earned in points.items() if earned}


@pytest.mark.slow
def test_every_customer_has_the_points_that_plain_python_reckons(make_business: Any, tmp_path: Path) -> None:
    path = real("shop/online_retail_2010-12.csv.gz")
    bought = tmp_path / "bought.csv"
    rows = list(lines_of(path))
    with bought.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    business = make_business(country="GB", currency="GBP", time_zone="Europe/London")
    since = "2010-11-01 00:00"
    with tenant_context(business):
        program = make_program(stacking="best")
        products = {sku: Product.objects.create(name=f"Product {sku}", sku=sku) for sku in (*HEARTS, *LIGHTS)}
        make_rule(program, "Quiet hours", since, weekdays=(TUESDAY, THURSDAY), from_minute=10 * 60, to_minute=12 * 60)
        make_rule(program, "Hearts", since, amount=150, products=[products[sku] for sku in HEARTS])
        make_rule(
            program, "Lights", since, effect=RuleEffect.ITEMS, amount=2, every=6, most_in_month=30,
            products=[products[sku] for sku in LIGHTS],
        )  # fmt: skip
        make_rule(program, "Large", since, effect=RuleEffect.FIXED, amount=25, minimum=50_000, most_in_month=50)
    done = imported(business, ImportKind.PURCHASES, bought, points=ImportPoints.AWARD)
    assert done.counts.get("refused", 0) == 0
    expected = reckoned(path)
    with tenant_context(business):
        accounts = Account.objects.filter(balance__gt=0).values_list("member__external_id", "balance")
        assert dict(accounts) == expected
        given = dict.fromkeys(RuleAward.objects.values_list("rule__name", flat=True))
        assert set(given) == {"Quiet hours", "Hearts", "Lights", "Large"}
        assert reconcile().agrees
    assert len(expected) > 800


@pytest.mark.parametrize("day", ["2010-12-01", "2010-12-07", "2010-12-31"])
def test_the_reckoning_knows_its_weekdays(day: str) -> None:
    from datetime import date

    number = int(day[-2:])
    assert (number - 1 + 2) % 7 == date.fromisoformat(day).weekday()
