"""What a rule asks of an event's fields: each condition has the type of its field. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from programs.domain.kept import Kept
from programs.enums import Comparison, FieldKind

# Which comparisons make sense for which kind of field.
FITTING: Mapping[str, tuple[Comparison, ...]] = {
    FieldKind.TEXT: (Comparison.IS, Comparison.ONE_OF, Comparison.CONTAINS),
    FieldKind.NUMBER: (Comparison.IS, Comparison.LEAST, Comparison.MOST),
    FieldKind.AMOUNT: (Comparison.IS, Comparison.LEAST, Comparison.MOST),
    FieldKind.DATE: (Comparison.IS, Comparison.LEAST, Comparison.MOST),
    FieldKind.FLAG: (Comparison.IS,),
    FieldKind.CHOICE: (Comparison.IS, Comparison.ONE_OF),
}
MOST_CONDITIONS = 20


@dataclass(frozen=True, slots=True)
class Condition(Kept):
    """`values` as they are kept in an event: numbers as text, minor units, ISO days, "yes" and "no"."""

    field: str
    name: str
    kind: str
    how: str
    values: tuple[str, ...]


def check_conditions(conditions: Sequence[Condition]) -> None:
    """Raises Invalid at `conditions` for one that cannot be asked of its field."""
    if len(conditions) > MOST_CONDITIONS:
        raise Invalid(_("These are too many."), field="conditions")
    for one in conditions:
        if one.how not in FITTING.get(one.kind, ()) or not one.values:
            raise Invalid(field="conditions")
        if one.how != Comparison.ONE_OF and len(one.values) != 1:
            raise Invalid(field="conditions")
        try:
            for value in one.values:
                _read(one.kind, value)
        except (ValueError, InvalidOperation) as error:
            raise Invalid(field="conditions") from error


def unmet(conditions: Sequence[Condition], payload: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What was missing, condition by condition, with what stood there instead (None for nothing)."""
    for one in conditions:
        there = payload.get(one.field)
        if there is None or not _holds(one, text_of(there)):
            yield {"what": "payload", **one.as_json(), "there": None if there is None else text_of(there)}


def text_of(value: Any) -> str:
    """A kept value as the text conditions know it by."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _holds(condition: Condition, there: str) -> bool:
    kind = condition.kind
    value = _read(kind, there)
    wanted = [_read(kind, one) for one in condition.values]
    if condition.how == Comparison.CONTAINS:
        return wanted[0] in value
    if condition.how == Comparison.LEAST:
        return bool(value >= wanted[0])
    if condition.how == Comparison.MOST:
        return bool(value <= wanted[0])
    return value in wanted


def _read(kind: str, text: str) -> Any:
    """The value in its own type; texts without regard to case."""
    if kind == FieldKind.NUMBER:
        return Decimal(text)
    if kind == FieldKind.AMOUNT:
        return int(text)
    if kind == FieldKind.DATE:
        return date.fromisoformat(text)
    return " ".join(text.split()).casefold()
