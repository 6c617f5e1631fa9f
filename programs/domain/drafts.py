"""An entry before it is written: what comes in, which lots it touches, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID

from programs.enums import Cause, EntryKind
from tenants.actors import Actor


class HeldLot(NamedTuple):
    """A lot as it stands in the books of a locked account."""

    pk: UUID
    entry_id: UUID
    remaining: int
    is_pending: bool
    available_from: datetime
    expires_at: datetime | None
    # Waits until somebody has looked at it, whatever its date.
    is_held: bool = False

    def has_lapsed(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class NewLot:
    """What an accrual adds, and between when and when it can be spent (`expires_at` exclusive; never, if None)."""

    points: int
    available_from: datetime
    expires_at: datetime | None
    is_pending: bool = False
    # The lot of another account from which they come.
    moved_from: UUID | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Points taken out of a lot (minus: given back), or one that becomes available, or is held, as it is."""

    lot: HeldLot
    points: int = 0
    confirm: bool = False
    hold: bool = False


@dataclass(slots=True)
class Draft:
    """An entry before it is written. `request` says what the key is used for; `owe` is what no lot could give.

    `brings` are lots that come from elsewhere, each with its own dates (`earns` is the one of an accrual). A negative
    `owe` takes over what the account owed.
    """

    kind: EntryKind
    cause: Cause
    key: str
    by: Actor
    cause_id: UUID | None = None
    request: tuple[Any, ...] = ()
    earns: NewLot | None = None
    brings: Sequence[NewLot] = ()
    moves: Sequence[Move] = ()
    owe: int = 0
    carry: Fraction | None = None
    occurred_at: datetime | None = None
    reason: str = ""
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    reverses_id: UUID | None = None
