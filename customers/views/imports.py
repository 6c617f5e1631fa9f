"""Bringing in what the business had: upload, columns, preview, progress, report."""

import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.enums import ImportKind, ImportStatus
from customers.forms.imports import ColumnsForm, UploadForm
from customers.imports.fields import field_of
from customers.imports.flow import (
    begin_import,
    choose_again,
    choose_columns,
    continue_import,
    discard_import,
    start_import,
)
from customers.imports.keeping import is_kept
from customers.imports.refusals import reasons, report
from customers.models import Import
from loyalty_saas.lib.errors import Invalid
from tenants.access import BusinessRequest, dashboard_page, go_to
from tenants.permissions import Permission

_STEPS = {
    ImportStatus.MAPPING: 2,
    ImportStatus.PREVIEWING: 3,
    ImportStatus.PREVIEW: 3,
    ImportStatus.RUNNING: 4,
    ImportStatus.DONE: 5,
    ImportStatus.FAILED: 4,
}


@dashboard_page(Permission.RUN_IMPORTS)
def imports(request: BusinessRequest) -> HttpResponse:
    """The imports there were, and the door to a new one."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "members")})
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            record = start_import(
                form.cleaned_data["kind"],
                file,
                name=file.name or "",
                size=file.size or 0,
                by=request.actor,
                started_by=request.membership,
            )
        except Invalid as error:
            form.add_error("file", str(error))
        else:
            return redirect("customers:import", record.pk)
    context = {"form": form, "hints": UploadForm.HINTS, "imports": Import.objects.all()[:30]}
    return render(request, "customers/imports/list.html", context, status=422 if form.errors else 200)


@require_GET
@dashboard_page(Permission.RUN_IMPORTS)
def import_page(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """One import, at the step at which it is; reloading shows the same."""
    record = _import(pk)
    return render(request, _TEMPLATES[ImportStatus(record.status)], _context(record))


@require_POST
@dashboard_page(Permission.RUN_IMPORTS)
def columns(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Settle what each column is; the check then runs in the background."""
    record = _import(pk)
    form = ColumnsForm(record, request.POST)
    try:
        choose_columns(record, **form.chosen())
    except Invalid as error:
        form.show(error)
        return render(request, _TEMPLATES[ImportStatus.MAPPING], _context(record, form), status=422)
    return redirect("customers:import", pk)


@require_POST
@dashboard_page(Permission.RUN_IMPORTS)
def reopening(request: BusinessRequest, pk: UUID) -> HttpResponse:
    choose_again(_import(pk))
    return redirect("customers:import", pk)


@require_POST
@dashboard_page(Permission.RUN_IMPORTS)
def beginning(request: BusinessRequest, pk: UUID) -> HttpResponse:
    begin_import(_import(pk), by=request.actor)
    return redirect("customers:import", pk)


@require_POST
@dashboard_page(Permission.RUN_IMPORTS)
def continuation(request: BusinessRequest, pk: UUID) -> HttpResponse:
    continue_import(_import(pk), by=request.actor)
    return redirect("customers:import", pk)


@require_POST
@dashboard_page(Permission.RUN_IMPORTS)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    discard_import(_import(pk), by=request.actor)
    messages.success(request, _("The file was removed. Nothing was imported."))
    return redirect("customers:imports")


@require_GET
@dashboard_page(Permission.RUN_IMPORTS)
def progress(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """The bar, asked for again and again while a worker is at it; then the page as a whole."""
    record = _import(pk)
    if not record.is_at_work:
        return go_to(request, resolve_url("customers:import", pk))
    return render(request, "customers/imports/bar.html", _context(record))


@require_GET
@dashboard_page(Permission.RUN_IMPORTS)
def refused_rows(request: BusinessRequest, pk: UUID) -> StreamingHttpResponse:
    """The refused rows as a file that can be corrected and brought in again."""
    record = _import(pk)
    # Read here, behind the walls: a response that streams is sent after they have been taken down.
    lines = list(report(record))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = slugify(record.file_name.partition(".")[0]) or "import"
    response["Content-Disposition"] = f'attachment; filename="{name}-not-taken.csv"'
    return response


def _import(pk: UUID) -> Import:
    return get_object_or_404(Import.objects.select_related("started_by__user"), pk=pk)


def _for_people(preview: dict[str, Any]) -> dict[str, Any]:
    """The preview's rows with times as times, and what changes in words."""
    for kind in ("created", "returned", "unchanged", "updated"):
        for row in preview.get("rows", {}).get(kind, []):
            if "moment" in row:
                row["when"] = datetime.datetime.fromisoformat(row["moment"])
                row["more"] = row["lines"] - 1
                row["whole_day"] = timezone.localtime(row["when"]).time() == datetime.time.min
            for name in ("earned", "at", "waits_until"):
                if row.get(name):
                    row[name] = datetime.datetime.fromisoformat(row[name])
            for name in ("last_day", "tier_until"):
                if row.get(name):
                    row[name] = datetime.date.fromisoformat(row[name])
            if "fields" in row:
                row["changes"] = ", ".join(dict.fromkeys(_field_label(name) for name in row["fields"]))
    return preview


def _with_cell(record: Import, row: dict[str, Any]) -> dict[str, Any]:
    """A refused row with the cell that is the problem by itself, and beside it those that say which row it is."""
    cells = [str(cell) for cell in row["cells"]]
    place = record.header.index(row["column"]) if row["column"] in record.header else None
    row["bad_cell"] = cells[place].strip() if place is not None and place < len(cells) else ""
    others = [cell.strip() for position, cell in enumerate(cells) if position != place and cell.strip()]
    row["beside"] = " · ".join(cell if len(cell) <= 24 else f"{cell[:23]}…" for cell in others[:5])
    return row


def _field_label(name: str) -> str:
    if name.startswith("birth_"):
        return _("birthday")
    found = field_of(ImportKind.MEMBERS, name)
    return str(found.label).lower() if found else name


def _context(record: Import, form: ColumnsForm | None = None) -> dict[str, Any]:
    context: dict[str, Any] = {
        "record": record,
        "is_purchases": record.kind == ImportKind.PURCHASES,
        "is_balances": record.kind in (ImportKind.BALANCES, ImportKind.CREDIT),
        "is_credit": record.kind == ImportKind.CREDIT,
        "is_records": record.kind == ImportKind.RECORDS,
        "is_kept": is_kept(record.kind),
        "steps": [_("File"), _("Columns"), _("Check"), _("Import")],
        "step": _STEPS[ImportStatus(record.status)],
    }
    if record.status == ImportStatus.MAPPING or form is not None:
        context["form"] = form or ColumnsForm(record)
    if record.status == ImportStatus.PREVIEW:
        _for_people(record.preview)
        for row in record.preview.get("rows", {}).get("refused", []):
            _with_cell(record, row)
    if record.status == ImportStatus.DONE:
        context["reasons"] = reasons(record)
        # Rows that only share the fate of their receipt come after those that are the cause.
        sorted_rows = record.refusals.alias(follows=ExpressionWrapper(Q(column=""), BooleanField()))
        rows = sorted_rows.order_by("follows", "row_number").values("row_number", "column", "cells", "reason")
        context["refused"] = [_with_cell(record, {**row}) for row in rows[:10]]
    return context


_TEMPLATES = {
    ImportStatus.MAPPING: "customers/imports/columns.html",
    ImportStatus.PREVIEWING: "customers/imports/working.html",
    ImportStatus.PREVIEW: "customers/imports/preview.html",
    ImportStatus.RUNNING: "customers/imports/working.html",
    ImportStatus.DONE: "customers/imports/done.html",
    ImportStatus.FAILED: "customers/imports/stopped.html",
}
