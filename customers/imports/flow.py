"""The verbs of an import, in the order in which a person uses them: start, choose, check, begin, go on, discard."""

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers import effects
from customers.enums import ImportKind, ImportPoints, ImportStatus
from customers.imports import keeping
from customers.imports.balances import keeper_of
from customers.imports.fields import FIELDS, field_of, identifying
from customers.imports.member_rows import CONSENTS
from customers.imports.opening import LIMITS, has_dates, keep_file, look_at
from customers.imports.settings import Duplicates, Existing, Grouping, Options
from customers.imports.waking import wake_after_commit
from customers.models import Import, ImportRefusal
from loyalty_saas.lib.errors import DomainError, Invalid
from loyalty_saas.lib.typed_dates import DateOrder
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.models import Membership

ROUND = 100


class NotNow(DomainError):
    """The import is not at the step at which this can be done."""

    code = "import_not_now"
    sentence = _("This import has gone on since. Open it again to see how far it is.")


def start_import(
    kind: str, source: BinaryIO, *, name: str, size: int, by: Actor, started_by: Membership | None = None
) -> Import:
    """Take a file, open it and match its columns; nothing is imported yet. Raises Invalid for a useless file."""
    if kind not in ImportKind:
        raise Invalid(field="kind")
    if size > LIMITS.file_bytes:
        raise Invalid(
            _("This file is larger than %(most)s MB. Please split it into smaller ones."),
            code="file_too_large",
            field="file",
            params={"most": LIMITS.file_bytes // 1_000_000},
        )
    if size == 0:
        raise Invalid(_("This file is empty."), code="empty_file", field="file")
    # By id: a membership is read through the platform's connection, and its import is not to be written there.
    record = Import(kind=kind, started_by_id=started_by.pk if started_by else None)
    with transaction.atomic():
        keep_file(record, source, name)
        try:
            look_at(record)
        except Invalid:
            record.file.delete(save=False)
            raise
        record.save(force_insert=True)
        record_audit("import.started", by=by, subject=record, kind=kind)
    return record


def choose_columns(
    record: Import,
    *,
    columns: Mapping[int, str],
    options: Mapping[str, Any],
    points: str = ImportPoints.NONE,
    silent: bool = True,
) -> Import:
    """Settle how the file is read, and have it checked in the background. Raises Invalid at the field."""
    _check_columns(record, columns)
    chosen = Options.read(_only_known(options))
    _check_options(record, columns, chosen, points)
    with transaction.atomic():
        held = _at(record, ImportStatus.MAPPING, ImportStatus.PREVIEW, ImportStatus.FAILED)
        if held.lines_total:
            raise NotNow
        held.mapping = {str(position): key for position, key in sorted(columns.items())}
        held.options = chosen.stored()
        held.points, held.silent = points, silent
        held.preview, held.error = {}, ""
        held.status = ImportStatus.PREVIEWING
        held.leased_until = None
        held.claims = _next_round(held.claims)
        held.save()
        wake_after_commit(held)
    return held


def begin_import(record: Import, *, by: Actor) -> Import:
    """Let it run in the background. Raises NotNow when it was not checked, or runs already."""
    with transaction.atomic():
        held = _at(record, ImportStatus.PREVIEW)
        held.status = ImportStatus.RUNNING
        held.leased_until = None
        held.claims = _next_round(held.claims)
        held.save(update_fields=["status", "leased_until", "claims"])
        record_audit("import.begun", by=by, subject=held, kind=held.kind)
        wake_after_commit(held)
    return held


def continue_import(record: Import, *, by: Actor) -> Import:
    """Let an import that stopped go on after what it has written. Raises NotNow when it did not stop."""
    with transaction.atomic():
        held = _at(record, ImportStatus.FAILED)
        held.status = ImportStatus.RUNNING if held.preview else ImportStatus.PREVIEWING
        held.error = ""
        held.leased_until = None
        held.claims = _next_round(held.claims)
        held.save(update_fields=["status", "error", "leased_until", "claims"])
        record_audit("import.continued", by=by, subject=held, kind=held.kind)
        wake_after_commit(held)
    return held


def choose_again(record: Import) -> Import:
    """Back to the columns, before anything was written."""
    with transaction.atomic():
        held = _at(record, ImportStatus.PREVIEW, ImportStatus.FAILED)
        if held.lines_total:
            raise NotNow
        held.status = ImportStatus.MAPPING
        held.save(update_fields=["status"])
    return held


def discard_import(record: Import, *, by: Actor) -> None:
    """Remove an import that has written nothing, with its file. Raises NotNow when it has begun."""
    with transaction.atomic():
        held = _at(record, ImportStatus.MAPPING, ImportStatus.PREVIEW, ImportStatus.FAILED)
        if held.lines_total:
            raise NotNow
        ImportRefusal.objects.filter(import_record=held).delete()
        record_audit("import.discarded", by=by, subject=held, kind=held.kind)
        storage, name = held.file.storage, held.file.name
        held.delete()
        if name:  # an old import's file has been forgotten before
            transaction.on_commit(lambda: storage.delete(name))


def forget_old_files(before: Any) -> int:
    """Remove the files of imports that ended before a moment: they are full of people. Reports stay."""
    removed = 0
    for record in Import.objects.filter(created_at__lt=before).exclude(file=""):
        if not record.is_at_work:
            record.file.delete(save=False)
            Import.objects.filter(pk=record.pk).update(file="")
            removed += 1
    return removed


def _at(record: Import, *steps: str) -> Import:
    held = Import.objects.select_for_update(no_key=True).get(pk=record.pk)
    if held.status not in steps:
        raise NotNow
    return held


def _next_round(claims: int) -> int:
    return (claims // ROUND + 1) * ROUND


def _only_known(options: Mapping[str, Any]) -> dict[str, Any]:
    allowed = {
        "grouping": Grouping.values,
        "duplicates": Duplicates.values,
        "existing": Existing.values,
        "decimal_mark": [".", ","],
        "date_order": ["", *DateOrder],
    }
    for name, values in allowed.items():
        if name in options and options[name] not in values:
            raise Invalid(field=name)
    return dict(options)


def _check_columns(record: Import, columns: Mapping[int, str]) -> None:
    keys = list(columns.values())
    known = {field.key for field in FIELDS[record.kind]}
    for position, key in columns.items():
        if key not in known or not 0 <= position < len(record.header):
            raise Invalid(_("Choose what this column is."), code="unknown_field", field=f"column_{position}")
        if keys.count(key) > 1:
            label = getattr(field_of(record.kind, key), "label", key)
            raise Invalid(
                _("“%(label)s” is chosen for two columns."),
                code="chosen_twice",
                field=f"column_{position}",
                params={"label": label},
            )
    if record.kind == ImportKind.MEMBERS:
        named = {*identifying(record.kind), "given_name", "family_name", "name"}
        if not named & set(keys):
            raise Invalid(
                _("Choose at least one column that says who it is: a name, an e-mail, a phone or a number."),
                code="nobody",
                field="columns",
            )
        if "opening_points" in keys and not effects.opening_points.followers:
            raise Invalid(_("There is no program that takes points."), code="no_program", field="columns")
        return
    if record.kind != ImportKind.PURCHASES:
        _column_check(record.kind)(record, set(keys))
        return
    if "occurred_at" not in keys:
        raise Invalid(_("Choose the column with the date of the purchase."), code="no_date", field="columns")
    if not {"unit_price", "line_total", "receipt_total"} & set(keys):
        raise Invalid(
            _("Choose a column with what was paid: a price, an amount or a total."), code="no_amount", field="columns"
        )


def _column_check(kind: str) -> Callable[[Import, set[str]], None]:
    if keeping.is_kept(kind):
        return _check_kept_columns
    return _check_record_columns if kind == ImportKind.RECORDS else _check_balance_columns


def _check_kept_columns(record: Import, keys: set[str]) -> None:
    _check_whose(record, keys)
    keeping.check_columns(record.kind, keys)


def _check_whose(record: Import, keys: set[str]) -> None:
    if not set(identifying(record.kind)) & keys:
        raise Invalid(
            _("Choose the column that says whose they are: a number, an e-mail or a phone."),
            code="nobody",
            field="columns",
        )


def _check_record_columns(record: Import, keys: set[str]) -> None:
    _check_whose(record, keys)
    if "record" not in keys:
        raise Invalid(
            _("Choose the column that says what a row is: a note, a consent or a voucher."),
            code="nothing",
            field="columns",
        )


def _check_balance_columns(record: Import, keys: set[str]) -> None:
    _check_whose(record, keys)
    if record.kind == ImportKind.CREDIT and not {"amount", "owed"} & keys:
        raise Invalid(_("Choose the column with the amount."), code="nothing", field="columns")
    if record.kind == ImportKind.BALANCES and not {"points", "owed", "tier"} & keys:
        raise Invalid(_("Choose the column with the points, or with the tier."), code="nothing", field="columns")
    keeper_of(record.kind)


def _check_options(record: Import, columns: Mapping[int, str], options: Options, points: str) -> None:
    keys = list(columns.values())
    if has_dates(record.kind, keys) and not options.date_order:
        raise Invalid(
            _("Choose how the dates are written: the file does not tell day from month."),
            code="date_order",
            field="date_order",
        )
    if set(CONSENTS) & set(keys) and len(options.consent_proof.strip()) < 10:
        raise Invalid(
            _("Write what these customers agreed to, when and how. Without proof there is no consent."),
            code="no_proof",
            field="consent_proof",
        )
    if points not in ImportPoints:
        raise Invalid(field="points")
    if options.grouping == Grouping.RECEIPT and record.kind == ImportKind.PURCHASES and "receipt_number" not in keys:
        raise Invalid(
            _("There is no column with a receipt number. Choose another way to tell purchases apart."),
            code="no_receipts",
            field="grouping",
        )
