"""What an owner composed, as it is kept in a version and read again years later."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, ClassVar, Self


@dataclass(frozen=True, slots=True)
class Kept:
    """Plain values, ready for JSON. Several of something are a tuple; `HOLDS` says of which Kept, where it is one."""

    HOLDS: ClassVar[Mapping[str, "type[Kept]"]] = {}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Raises nothing for what `as_json` made; unknown keys of a later version are left out."""
        given = {}
        for one in fields(cls):
            if one.name in values:
                value = values[one.name]
                if one.name in cls.HOLDS:
                    value = tuple(map(cls.HOLDS[one.name].from_json, value))
                elif isinstance(value, list):
                    value = tuple(value)
                elif one.type == (date | None):
                    value = date.fromisoformat(value) if value else None
                given[one.name] = value
        return cls(**given)

    def as_json(self) -> dict[str, Any]:
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
