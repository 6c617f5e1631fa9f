"""What an import does to points: nothing unless it is chosen."""

from pathlib import Path
from typing import Any

import pytest

from customers import effects
from customers.enums import ImportPoints
from customers.models import ImportRefusal, Member
from tenants.isolation import tenant_context
from tests.customers.imports.shared import MEMBERS, PURCHASES, imported, write

SALES = (
    "Receipt,Date,Amount,Customer ID\n1,2025-01-02,10.00,A1\n2,2025-01-03,5.00,A1\n3,2025-01-04,-2.00,A1\n"
    "4,2025-01-05,7.00,B2\n5,2025-01-06,8.00,\n"
)


class Follower:
    """Stands where an app above would: it notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def __call__(self, subject: Any, /, *, by: Any, source: str, silent: bool) -> None:
        self.told.append((subject, source, silent))


def alone(monkeypatch: pytest.MonkeyPatch, name: str) -> Follower:
    follower = Follower()
    monkeypatch.setattr(getattr(effects, name), "_followers", {"test": follower})
    return follower


def test_nothing_is_awarded_unless_chosen(business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, sums = alone(monkeypatch, "purchase_completed"), alone(monkeypatch, "opening_spend")
    imported(business, PURCHASES, write(tmp_path, SALES))
    assert one.told == sums.told == []


def test_to_award_each_purchase_and_return_of_a_member_is_told_in_order(
    business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects.purchases_imported, "_followers", {})
    bought, back = alone(monkeypatch, "purchase_completed"), alone(monkeypatch, "purchase_returned")
    imported(business, PURCHASES, write(tmp_path, SALES), points=ImportPoints.AWARD)
    assert [(one.receipt_number, source, silent) for one, source, silent in bought.told] == [
        ("1", "import", True),
        ("2", "import", True),
        ("4", "import", True),
    ]
    assert [one.total for one, _source, _silent in back.told] == [200]


def test_a_batch_goes_to_whoever_takes_it_whole(business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, one = alone(monkeypatch, "purchases_imported"), alone(monkeypatch, "purchase_completed")
    imported(business, PURCHASES, write(tmp_path, SALES), points=ImportPoints.AWARD)
    assert [len(batch.purchases) for batch, _source, _silent in whole.told] == [3]
    assert one.told == []


def test_an_opening_balance_is_made_from_what_was_spent_less_returns(
    business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sums = alone(monkeypatch, "opening_spend")
    done = imported(business, PURCHASES, write(tmp_path, SALES), points=ImportPoints.OPENING)
    assert sorted((opening.member.external_id, opening.spent) for opening, _s, _q in sums.told) == [
        ("A1", 1300),
        ("B2", 700),
    ]
    assert not [name for name in done.counts if name.startswith("spent:")]


def test_points_of_an_earlier_card_are_given_or_the_row_says_why_not(business: Any, tmp_path: Path) -> None:
    path = write(tmp_path, "Name,E-mail,Points\nAnna Berg,anna@example.com,120\nBert Holz,bert@example.com,0\n")
    done = imported(business, MEMBERS, path)
    with tenant_context(business):
        assert Member.objects.count() == 2
        reason = ImportRefusal.objects.get(import_record=done).reason
    assert reason.startswith("The member is here, but without these points:")
