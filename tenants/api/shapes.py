"""The shapes of JSON: strict where something comes in (a text is no number, an unknown field is a mistake)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.fields import SkipField

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_QUANTITY = re.compile(r"\d{1,9}(\.\d{1,3})?", re.ASCII)
_DIGITS = re.compile(r"-?\d{1,18}", re.ASCII)
# Far above any receipt, far below where sums of many would overflow.
MOST_MONEY = 10**12


class Shape(serializers.Serializer[Any]):
    """A JSON object. One that comes in may hold the fields named here and no others."""

    # How many of its fields must be there, where that is not said by each of them.
    exactly: int | None = None

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = [name for name in data if name not in self.fields] if isinstance(data, Mapping) else []
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except ValidationError as error:
            if unknown and isinstance(error.detail, dict):
                raise ValidationError({**error.detail, **_unknown(unknown)}) from error
            raise
        if unknown:
            raise ValidationError(_unknown(unknown))
        return values

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As the class above shows it. Most of what is shown are attributes, and asking each field how to come by its
        own took longer than reading all of them: so only those are asked whose value is not simply there."""
        if isinstance(instance, Mapping):
            shown: dict[str, Any] = super().to_representation(instance)
            return shown
        shown = {}
        for name, field, attribute in self._attributes:
            value = getattr(instance, attribute, _ASK) if attribute else _ASK
            if value is _ASK or callable(value):
                try:
                    value = field.get_attribute(instance)
                except SkipField:
                    continue
            shown[name] = None if value is None else field.to_representation(value)
        return shown

    @cached_property
    def _attributes(self) -> list[tuple[str, serializers.Field[Any, Any, Any, Any], str]]:
        """Each field that is shown, with the attribute it comes from: none when it has a way of its own."""
        return [
            (name, field, (field.source or "") if _is_plain(field) else "")
            for name, field in self.fields.items()
            if not field.write_only
        ]


_ASK = object()


def _is_plain(field: serializers.Field[Any, Any, Any, Any]) -> bool:
    return type(field).get_attribute is serializers.Field.get_attribute and field.source_attrs == [field.source]


def _unknown(names: Iterable[object]) -> dict[str, list[ErrorDetail]]:
    sentence = str(_("There is no such field."))
    return {str(name)[:80]: [ErrorDetail(sentence, "unknown_field")] for name in names}


class Text(serializers.CharField):
    """A string, kept as it was sent; the domain takes the blanks around it off."""

    default_error_messages = {"invalid": _("This is not a text.")}

    def __init__(self, longest: int | None = None, **options: Any) -> None:
        if longest and not options.get("allow_blank"):
            options["min_length"] = 1
        super().__init__(max_length=longest, trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class Whole(serializers.IntegerField):
    """A whole number: 12, not "12" and not true."""

    default_error_messages = {"invalid": _("This is not a whole number.")}

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer() and abs(data) < 2**53:
            return int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data

    def to_representation(self, value: int) -> int:
        return value


class Money(Whole):
    """Minor units: cents of a euro, whole yen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MOST_MONEY, **options)


class Flag(serializers.BooleanField):
    """true or false, and no word that sounds like it."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Id(serializers.UUIDField):
    """A UUID with its hyphens."""

    def to_internal_value(self, data: Any) -> UUID:
        if not isinstance(data, str) or not _UUID.fullmatch(data):
            self.fail("invalid", value=data)
        return UUID(data)


class Moment(serializers.DateTimeField):
    """A moment by RFC 3339, with its offset; read and shown in UTC.

    Of offsets PostgreSQL takes less than 16 hours either way, RFC 3339 up to 23:59.
    """

    default_error_messages = {
        "invalid": _("Write a time as 2026-03-01T10:15:00+01:00, with its offset from UTC."),
        "long_ago": _("This is too long ago."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str) or not _MOMENT.fullmatch(value.upper()):
            self.fail("invalid")
        try:
            moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid")
        if moment.year < 1970:
            self.fail("long_ago")
        if moment.year > 9990:
            self.fail("invalid")
        return moment

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(serializers.DateField):
    """A day in the business's time zone, such as 2026-03-01."""


class Choice(serializers.ChoiceField):
    """One of a closed list."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))


@extend_schema_field(
    {
        "oneOf": [
            {"type": "integer", "minimum": 1, "maximum": 999_999_999},
            {"type": "string", "pattern": f"^{_QUANTITY.pattern}$"},
        ],
        "description": 'More than zero, with three decimals at most; as text where it is not whole: "0.25".',
    }
)
class Quantity(serializers.Field[Decimal, Any, str, Decimal | int]):
    """A whole number, or a decimal written as text, so that nothing is lost on the way."""

    default_error_messages = {"invalid": _("Write a whole number, or a text such as “0.25”.")}

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("invalid")
        if isinstance(data, int) and not 1 <= data <= 999_999_999:
            self.fail("invalid")
        if isinstance(data, str) and not _QUANTITY.fullmatch(data):
            self.fail("invalid")
        return Decimal(data)

    def to_representation(self, value: Decimal | int) -> str:
        return f"{Decimal(value).normalize():f}"


@extend_schema_field({"type": "string"})
class QuantityText(Quantity):
    """How a quantity is shown."""


@extend_schema_field({"type": ["string", "number", "boolean"], "maxLength": 500})
class Scalar(serializers.Field[Any, Any, Any, Any]):
    """One value of a field that the business has added."""

    default_error_messages = {"invalid": _("Write a text, a number, true, false or null.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str | int | float | bool) or len(str(data)) > 500:
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class QueryWhole(serializers.IntegerField):
    """A whole number in a query string, where everything is text."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not _DIGITS.fullmatch(data):
            self.fail("invalid")
        return int(data)


class PageQuery(Shape):
    """Which page."""

    limit = QueryWhole(min_value=1, max_value=100, default=50, help_text="How many rows to give, 100 at most.")
    cursor = Text(300, required=False, help_text="`next_cursor` of the page before.")


def page_of(shape: type[Shape]) -> type[Shape]:
    """The shape of a page of these."""
    return type(
        f"{shape.__name__}Page",
        (Shape,),
        {
            "__doc__": "One page. `next_cursor` is null on the last.",
            "__module__": shape.__module__,
            "results": shape(many=True),
            "next_cursor": Text(allow_null=True),
        },
    )


class FieldProblem(Shape):
    """A field and what is wrong with it."""

    field = Text(help_text="Its path, such as `lines.0.quantity`; empty for the body as a whole.")
    code = Text()
    detail = Text()


class Problem(Shape):
    """Why a call was refused (RFC 9457)."""

    type = Text(help_text="`urn:regulars:problem:` and the code.")
    code = Text(help_text="Stable: decide by it.")
    title = Text()
    status = Whole()
    detail = Text(help_text="A sentence for people, in the language of the business.")
    errors = FieldProblem(many=True)  # type: ignore[assignment]
    facts = serializers.DictField(help_text="What a machine can use, such as `missing` points.")


__all__ = [
    "Choice",
    "Day",
    "Flag",
    "Id",
    "Moment",
    "Money",
    "PageQuery",
    "Problem",
    "Quantity",
    "QuantityText",
    "Scalar",
    "Shape",
    "Text",
    "Whole",
    "page_of",
]
