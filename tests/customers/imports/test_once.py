"""An import is done once: repeated, interrupted, taken over."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone

from customers.enums import ImportStatus
from customers.imports import jobs, running
from customers.imports.flow import begin_import, continue_import
from customers.imports.overdue import wake_overdue
from customers.imports.purchase_job import PurchaseJob
from customers.imports.running import run_import
from customers.models import Activity, Import, ImportRefusal, Member, Purchase
from tenants.isolation import tenant_context
from tests.customers.imports.shared import BY, PURCHASES, chosen, imported, uploaded, write

ROWS = "\n".join(f"{n},2025-01-{n % 28 + 1:02},Cake,2,4.50,C{n % 7}" for n in range(1, 61))
SALES = f"Receipt,Date,Item,Qty,Price,Customer ID\n{ROWS}\n61,2025-01-03,Cake,x,4.50,C1\n"


def state() -> dict[str, Any]:
    return {
        "purchases": Purchase.objects.count(),
        "members": Member.objects.count(),
        "activities": Activity.objects.count(),
        "total": Purchase.objects.aggregate(sum=Sum("total"))["sum"],
    }


WHOLE = {"purchases": 60, "members": 7, "activities": 67, "total": 60 * 900}


def test_the_same_file_again_changes_nothing(business: Any, tmp_path: Path) -> None:
    path = write(tmp_path, SALES)
    imported(business, PURCHASES, path)
    again = imported(business, PURCHASES, path)
    assert (again.counts["created"], again.counts["unchanged"], again.counts["refused"]) == (0, 60, 1)
    with tenant_context(business):
        assert state() == WHOLE


def test_a_receipt_with_other_contents_is_refused_with_both_amounts(business: Any, tmp_path: Path) -> None:
    imported(business, PURCHASES, write(tmp_path, "Receipt,Date,Total\n1,2025-01-02,5.00\n"))
    other = imported(business, PURCHASES, write(tmp_path, "Receipt,Date,Total\n1,2025-01-02,6.00\n"))
    with tenant_context(business):
        refusal = ImportRefusal.objects.get(import_record=other)
    assert refusal.reason == "Receipt 1 is here already with other contents: €5.00 then, €6.00 now."


class Killed(BaseException):
    """The worker is gone: nothing that catches errors sees it."""


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PLAIN_LINES", 10)
    monkeypatch.setattr(jobs, "FIRST_LINES", 10)


def dies_in_batch(monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException) -> None:
    """Let a worker die after it has written a batch and before it has committed it."""
    write_batch, calls = PurchaseJob.write, []

    def write_and_die(self: PurchaseJob, units: Any) -> Any:
        outcome = write_batch(self, units)
        calls.append(1)
        if len(calls) == number:
            raise error
        return outcome

    monkeypatch.setattr(PurchaseJob, "write", write_and_die)


def begun(business: Any, path: Path) -> Import:
    record = chosen(business, uploaded(business, PURCHASES, path))
    with tenant_context(business):
        return begin_import(record, by=BY)


@pytest.mark.parametrize("batch", [1, 3, 6])
@pytest.mark.usefixtures("small_batches")
def test_another_worker_goes_on_after_one_was_killed(
    business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    record = begun(business, write(tmp_path, SALES))
    with monkeypatch.context() as patch:
        dies_in_batch(patch, batch, Killed())
        with pytest.raises(Killed):
            run_import(business, record.pk)
    assert run_import(business, record.pk) is None  # the dead worker's claim still stands
    with tenant_context(business):
        Import.objects.filter(pk=record.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
    done = run_import(business, record.pk)
    assert done is not None
    assert (done.status, done.lines_done, done.counts["created"], done.counts["refused"]) == ("done", 61, 60, 1)
    with tenant_context(business):
        assert state() == WHOLE
        assert ImportRefusal.objects.count() == 1


@pytest.mark.usefixtures("small_batches")
def test_an_import_that_stopped_goes_on_when_told_to(
    business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = begun(business, write(tmp_path, SALES))
    with monkeypatch.context() as patch:
        dies_in_batch(patch, 3, RuntimeError("disk"))
        with pytest.raises(RuntimeError):
            run_import(business, record.pk)
    with tenant_context(business):
        record.refresh_from_db()
        assert (record.status, record.lines_done) == (ImportStatus.FAILED, 21)
        continue_import(record, by=BY)
    done = run_import(business, record.pk)
    assert done is not None
    with tenant_context(business):
        assert state() == WHOLE


@pytest.mark.usefixtures("small_batches")
def test_a_worker_that_was_overtaken_writes_nothing_more(
    business: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = begun(business, write(tmp_path, SALES))
    counted, calls = running.batches, []

    def overtaken(job: Any, start: int) -> Any:
        """Between two batches of the slow worker another one claims the import and finishes it."""
        for cut in counted(job, start):
            calls.append(cut)
            if len(calls) == 3:
                with tenant_context(business):
                    Import.objects.filter(pk=record.pk).update(leased_until=None)
                assert run_import(business, record.pk) is not None
            yield cut

    monkeypatch.setattr(running, "batches", overtaken)
    assert run_import(business, record.pk) is None
    with tenant_context(business):
        assert state() == WHOLE


def test_imports_that_nobody_holds_are_woken(business: Any, tmp_path: Path) -> None:
    begun(business, write(tmp_path, SALES))
    assert wake_overdue() >= 1
