"""How a file is to be read and what is to become of it: chosen by a person, kept with the import as JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.typed_dates import DateOrder


class Grouping(models.TextChoices):
    """Which rows of a file are one purchase."""

    RECEIPT = "receipt", _("Rows with the same receipt number")
    MOMENT = "moment", _("Rows of one customer at the same date and time")
    ROW = "row", _("Each row is a purchase")


class Duplicates(models.TextChoices):
    KEEP = "keep", _("Keep them: two equal lines can be two equal items")
    DROP = "drop", _("Leave the repetitions out")


class Existing(models.TextChoices):
    """What a row does to a member who is there already."""

    FILL = "fill", _("Fill in only what is empty")
    REPLACE = "replace", _("Also replace what is different")
    SKIP = "skip", _("Leave them as they are")


@dataclass(frozen=True, slots=True)
class Options:
    """`leave_out`: product codes that are no goods (postage, fees). `consent_proof`: what was agreed to, when and
    how, in words; needed as soon as a column of consent is chosen. `without_bad_contacts`: take a row whose e-mail or
    phone cannot be read without it. `bring_debts`: who owes elsewhere owes here too."""

    date_order: str = ""
    decimal_mark: str = "."
    grouping: str = Grouping.RECEIPT
    duplicates: str = Duplicates.KEEP
    leave_out: tuple[str, ...] = ()
    create_members: bool = True
    create_products: bool = True
    tax_on_top: bool = False
    existing: str = Existing.FILL
    add_tags: tuple[str, ...] = ()
    consent_proof: str = ""
    without_bad_contacts: bool = False
    bring_debts: bool = True

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From JSON; what is missing has its default, what is unknown is passed over."""
        known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
        for name in ("leave_out", "add_tags"):
            if name in known:
                known[name] = tuple(known[name])
        return cls(**known)

    def stored(self) -> dict[str, Any]:
        return asdict(self) | {"leave_out": list(self.leave_out), "add_tags": list(self.add_tags)}

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Frame:
    """All that reading a row needs to know: of the business, and of the file."""

    currency: str
    country: str
    zone: ZoneInfo
    language: str
    header: tuple[str, ...]
    columns: Mapping[int, str]
    options: Options = field(default_factory=Options)
    # A report of refused rows that comes back: its cells were defused against spreadsheets.
    is_report: bool = False

    @property
    def order(self) -> DateOrder:
        return DateOrder(self.options.date_order or DateOrder.YMD)

    def position(self, key: str) -> int | None:
        return next((position for position, found in self.columns.items() if found == key), None)

    def column_name(self, key: str) -> str:
        """What the file calls the column of a field, for a person who looks for the cell."""
        position = self.position(key)
        return self.header[position] if position is not None and position < len(self.header) else ""
