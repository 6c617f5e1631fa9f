"""From the rows of a file to values, by how the field of each column is read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from customers.imports.cells import is_never, read_flag
from customers.imports.field_kinds import Field, Reading
from customers.imports.fields import FIELDS
from customers.imports.keeping import KeptRow
from customers.imports.named_cells import NamedCells
from customers.imports.receipts import Refusal
from customers.imports.settings import Frame
from customers.imports.who import Who, WhoReader
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import to_minor
from loyalty_saas.lib.tables import Row, parse_decimal

_WHO = frozenset({"external_id", "number", "email", "phone", "country"})
_MOST = 10**12


@dataclass(slots=True)
class ReadRow:
    """Before it is known who they are."""

    kept: KeptRow
    who: Who
    other: Who | None = None


@dataclass(slots=True)
class ParsedRows:
    rows: list[ReadRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lines: int = 0


class KeptReader(NamedCells):
    """Reads the rows of one file. Call inside `tenant_context`."""

    def __init__(self, frame: Frame, kind: str) -> None:
        super().__init__(frame)
        self.who = WhoReader(frame)
        self.fields = [one for one in FIELDS[kind] if one.key not in _WHO and one.key in self.columns]

    def read(self, rows: Iterable[Row]) -> ParsedRows:
        parsed = ParsedRows()
        for row, cells in rows:
            parsed.lines += 1
            try:
                parsed.rows.append(self._read(row, cells))
            except Invalid as error:
                parsed.refusals.append(Refusal(row, self.frame.column_name(error.field or ""), str(error)))
        return parsed

    def _read(self, row: int, cells: Sequence[str]) -> ReadRow:
        who = self.who.read(cells)
        if who is None:
            raise Invalid(_("The row does not say who it is about."), code="nobody", field="number")
        texts = {one.key: self._cell(cells, one.key).replace("\x00", "") for one in self.fields}
        values = {one.key: self._value(one, cells, texts[one.key]) for one in self.fields}
        other = Who(number=texts["other"].replace(" ", "")[:24]) if texts.get("other") else None
        return ReadRow(KeptRow(row, values, texts), who, other)

    def _value(self, one: Field, cells: Sequence[str], text: str) -> Any:
        if one.reading is Reading.TEXT:
            return text
        if not text:
            return None
        if one.reading is Reading.MOMENT:
            return self._moment(cells, one.key)
        if one.reading is Reading.LAST_DAY:
            return None if is_never(text) else self._day(cells, one.key)
        if one.reading is Reading.FLAG:
            return read_flag(text)
        number = parse_decimal(text, self.frame.options.decimal_mark, field=one.key)
        if not -_MOST <= number <= _MOST:
            raise Invalid(_("This number is too large."), code="bad_amount", field=one.key)
        return to_minor(number, self.frame.currency) if one.reading is Reading.MONEY else int(number)
