"""`manage.py import`: the same import without a page."""

import json
import logging
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from customers.enums import ImportStatus
from customers.imports.fields import FIELDS
from customers.imports.tasks import work_on_import
from customers.models import Import, Member, Purchase
from tenants.isolation import tenant_context
from tests.customers.imports.shared import write

SALES = (
    "Receipt,Date,Total,Customer ID\n1,2025-01-02,5.00,A1\n2,2025-01-03,oops,A2\n3,2025-01-03,4,A2\n4,2025-01-03,4,A2\n"
)


def call(*args: object, **options: Any) -> tuple[int, dict[str, Any]]:
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import", *map(str, args), "--json", stdout=out, **options)
    return int(str(ended.value.code)), json.loads(out.getvalue())


def test_a_dry_run_says_what_would_happen_and_changes_nothing(business: Any, tmp_path: Path) -> None:
    code, said = call("purchases", write(tmp_path, SALES), "--business", business.slug, "--dry-run")
    assert (code, said["counts"]["created"], said["counts"]["refused"]) == (1, 3, 1)
    with tenant_context(business):
        assert (Import.objects.count(), Purchase.objects.count(), Member.objects.count()) == (0, 0, 0)


def test_it_imports_and_writes_what_was_refused(business: Any, tmp_path: Path) -> None:
    refused = tmp_path / "refused.csv"
    code, said = call(
        "purchases", write(tmp_path, SALES), "--business", business.slug, "--refused", refused, "--map", "Customer ID="
    )
    assert (code, said["counts"]["created"], said["columns"]["Customer ID"]) == (1, 3, "")
    assert "“oops” is not a number." in refused.read_text("utf-8-sig")


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_worker_that_is_woken_at_once_does_not_take_it_away(
    business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dry: list[str]
) -> None:
    # Whoever is sent to work does it before the command goes on: no worker can be quicker.
    monkeypatch.setattr(work_on_import, "apply_async", work_on_import.apply)
    code, said = call("purchases", write(tmp_path, SALES), "--business", business.slug, *dry)
    assert (code, said["counts"]["created"]) == (1, 3)
    with tenant_context(business):
        assert list(Import.objects.values_list("status", flat=True)) == ([] if dry else [ImportStatus.DONE])


def test_all_taken_is_0_and_a_useless_file_is_2(business: Any, tmp_path: Path) -> None:
    good = write(tmp_path, "Receipt,Date,Total\n1,2025-01-02,5.00\n")
    assert call("purchases", good, "--business", business.slug)[0] == 0
    useless = write(tmp_path, "a,b\nx,y\n", "useless.csv")
    code, said = call("purchases", useless, "--business", business.slug)
    assert (code, said["code"]) == (2, "no_date")
    with tenant_context(business):
        assert Import.objects.count() == 1


def test_a_column_that_is_not_there_is_named(business: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no column 'Nope'"):
        call_command(
            "import", "purchases", str(write(tmp_path, SALES)), "--business", business.slug, "--map", "Nope=sku"
        )


def test_the_owners_handbook_names_every_field() -> None:
    handbook = (settings.BASE_DIR / "docs" / "owner-import.md").read_text(encoding="utf-8")
    assert [field.key for fields in FIELDS.values() for field in fields if f"`{field.key}`" not in handbook] == []


@pytest.mark.parametrize(("verbosity", "told"), [(1, []), (2, ["task_enqueued"])])
def test_the_summary_stands_alone_unless_more_is_asked_for(
    business: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, verbosity: int, told: list[str]
) -> None:
    caplog.set_level(logging.INFO)
    out = StringIO()
    file = write(tmp_path, "Receipt,Date,Total\n1,2025-01-02,5.00\n")
    with pytest.raises(SystemExit):
        call_command("import", "purchases", file, "--business", business.slug, stdout=out, verbosity=verbosity)
    assert out.getvalue().splitlines()[0] == "Receipt: receipt_number"
    events = [one.msg["event"] for one in caplog.records if isinstance(one.msg, dict)]
    assert sorted({event for event in events if event == "task_enqueued"}) == told
