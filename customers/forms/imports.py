"""What a person chooses for an import: the file, and then what its columns are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from customers import effects
from customers.enums import ImportKind, ImportPoints
from customers.imports.fields import FIELDS
from customers.imports.keeping import KEPT, is_kept
from customers.imports.member_rows import CONSENTS
from customers.imports.settings import Duplicates, Existing, Grouping, Options
from customers.models import Import
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.typed_dates import DateOrder

ORDERS: dict[str, str | Promise] = {
    DateOrder.DMY: _lazy("Day, month, year (24.12.2026)"),
    DateOrder.MDY: _lazy("Month, day, year (12/24/2026)"),
    DateOrder.YMD: _lazy("Year, month, day (2026-12-24)"),
}


def taken_kinds() -> list[tuple[str, Any]]:
    """Those that some app keeps."""
    return [(value, label) for value, label in ImportKind.choices if value not in KEPT or is_kept(value)]


class UploadForm(forms.Form):
    HINTS: ClassVar[dict[str, str | Promise]] = {
        ImportKind.MEMBERS: _lazy("Names, e-mails, phones, birthdays, points from an earlier card."),
        ImportKind.PURCHASES: _lazy("Sales from your till or shop, with or without the customer's name."),
        ImportKind.BALANCES: _lazy(
            "What your members have in another program: points, until when they are good, tiers."
        ),
        ImportKind.CREDIT: _lazy("Money that members can spend with you: gift cards, old credit, cash-back."),
        ImportKind.RECORDS: _lazy("What another business here has taken along: records.csv and vouchers.csv."),
        ImportKind.MEMBERSHIPS: _lazy(
            "Who has one and until when it is paid: memberships.csv and its payments, or a list."
        ),
        ImportKind.FAMILIES: _lazy("Members who spend their points together: families.csv."),
        ImportKind.HISTORY: _lazy("Points they gave each other, draws, network: to read on their page, nothing moves."),
    }

    kind = forms.ChoiceField(label=_lazy("What is in the file?"), choices=taken_kinds, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_lazy("File"),
        allow_empty_file=True,
        help_text=_lazy(
            "CSV or Excel (.xlsx), also packed as .gz, up to 100 MB. Nothing is imported before you say so."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xls,.ods,.gz"}),
    )


@dataclass(slots=True)
class Column:
    """One column of the file as the page shows it."""

    position: int
    name: str
    samples: list[str]
    key: str
    guessed: bool
    error: str = ""


@dataclass(slots=True)
class ColumnsForm:
    """The columns and options of an import: as they were found, or as they were sent."""

    record: Import
    sent: Mapping[str, Any] | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def chosen(self) -> dict[str, Any]:
        """What was sent, as `choose_columns` takes it."""
        sent = self.sent or {}
        columns = {
            position: key for position in range(len(self.record.header)) if (key := sent.get(f"column_{position}", ""))
        }
        words = {
            name: sent[name]
            for name in ("date_order", "decimal_mark", "grouping", "duplicates", "existing")
            if name in sent
        }
        options: dict[str, Any] = {
            **words,
            "leave_out": _several(sent.get("leave_out", "")),
            "add_tags": _several(sent.get("add_tags", "")),
            "consent_proof": sent.get("consent_proof", "").strip()[:2000],
        }
        for name in ("create_members", "create_products", "tax_on_top", "without_bad_contacts", "bring_debts"):
            options[name] = name in sent
        return {
            "columns": columns,
            "options": options,
            "points": sent.get("points", ImportPoints.NONE),
            "silent": "silent" in sent,
        }

    def show(self, error: Invalid) -> None:
        self.errors[error.field or "columns"] = str(error)

    @property
    def columns(self) -> list[Column]:
        mapping = self.record.mapping
        if self.sent is not None:
            mapping = {str(position): key for position, key in self.chosen()["columns"].items()}
        guessed = self.record.options.get("guessed", [])
        return [
            Column(
                position,
                name,
                self.record.samples[position] if position < len(self.record.samples) else [],
                mapping.get(str(position), ""),
                self.sent is None and position in guessed,
                self.errors.get(f"column_{position}", ""),
            )
            for position, name in enumerate(self.record.header)
        ]

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The fields to choose from, under their headings."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in FIELDS[self.record.kind]:
            groups.setdefault(str(one.group), []).append((one.key, str(one.label)))
        return list(groups.items())

    @property
    def options(self) -> Options:
        return Options.read(self.chosen()["options"] if self.sent is not None else self.record.options)

    @property
    def points(self) -> str:
        return self.chosen()["points"] if self.sent is not None else self.record.points

    @property
    def silent(self) -> bool:
        return self.chosen()["silent"] if self.sent is not None else self.record.silent

    @property
    def leave_out(self) -> str:
        return ", ".join(self.options.leave_out)

    @property
    def add_tags(self) -> str:
        return ", ".join(self.options.add_tags)

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The forms of dates; while the file leaves it open, none is chosen beforehand."""
        asked = [("", _("Please choose"))] if self.record.options.get("ask_orders") else []
        return asked + [(str(order), str(label)) for order, label in ORDERS.items()]

    @property
    def marks(self) -> list[tuple[str, str]]:
        return [(".", _("Point (12.40)")), (",", _("Comma (12,40)"))]

    @property
    def groupings(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Grouping.choices]

    @property
    def repetitions(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Duplicates.choices]

    @property
    def policies(self) -> list[tuple[str, str]]:
        return [(value, str(label)) for value, label in Existing.choices]

    @property
    def point_choices(self) -> list[tuple[str, str]]:
        """What can become of points; only what some app above really does."""
        choices = [(ImportPoints.NONE.value, str(ImportPoints.NONE.label))]
        if effects.opening_spend.followers:
            choices.insert(0, (ImportPoints.OPENING.value, str(ImportPoints.OPENING.label)))
        if effects.purchases_imported.followers or effects.purchase_completed.followers:
            choices.insert(0, (ImportPoints.AWARD.value, str(ImportPoints.AWARD.label)))
        return choices

    @property
    def has_debts(self) -> bool:
        return any(column.key == "owed" for column in self.columns)

    @property
    def has_consents(self) -> bool:
        return any(column.key in CONSENTS for column in self.columns)


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
