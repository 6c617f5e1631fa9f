"""What a reward asks besides points: of whom, where, on which days, between which products. Plain values, for JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from programs.voucher_errors import VoucherNotHere, VoucherNotToday

MOST_BLACKOUTS = 60
MOST_CHOICES = 40


@dataclass(frozen=True, slots=True)
class Conditions:
    """Ids as text. No `segments` or `locations` mean everybody and everywhere; `blackout` are first and last days."""

    segments: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    blackout: tuple[tuple[date, date], ...] = ()

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Conditions":
        days = values.get("blackout", ())
        return cls(
            segments=tuple(values.get("segments", ())),
            locations=tuple(values.get("locations", ())),
            products=tuple(values.get("products", ())),
            blackout=tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in days),
        )

    def as_json(self) -> dict[str, Any]:
        """Only what is there."""
        values: dict[str, Any] = {
            name: list(chosen) for name in ("segments", "locations", "products") if (chosen := getattr(self, name))
        }
        if self.blackout:
            values["blackout"] = [[first.isoformat(), last.isoformat()] for first, last in self.blackout]
        return values

    def is_blacked_out(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self.blackout)

    def refuse_use(self, *, day: date, location_id: UUID | None) -> None:
        """Raises VoucherNotToday or VoucherNotHere."""
        if self.is_blacked_out(day):
            raise VoucherNotToday
        if self.locations and str(location_id) not in self.locations:
            raise VoucherNotHere


def for_voucher(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of a reward's conditions its vouchers keep: everything but for whom it is."""
    return {name: value for name, value in values.items() if name != "segments"}


def segments_named(conditions: Iterable[Mapping[str, Any]]) -> set[str]:
    return {pk for values in conditions for pk in values.get("segments", ())}
