"""What brings points and tiers into this business: filled by the app that keeps them, when it starts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from customers.models import Member
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class Brought:
    """So many points that a member has elsewhere: earned when, and good up to and with which day.

    `last_day` None leaves it to the program; `is_endless` says that there is none. `key` is the same for the same row.
    """

    points: int
    earned_at: datetime
    key: str
    last_day: date | None = None
    is_endless: bool = False


class Balances(Protocol):
    def known(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys under which something was brought before."""
        ...

    def points_of(self, members: Iterable[UUID]) -> dict[UUID, int]:
        """What each has here, pending points included; members without an account are left out."""
        ...

    def tiers(self) -> Sequence[str]:
        """The names of the tiers there are."""
        ...

    def bring(self, member: Member, brought: Brought, *, by: Actor, silent: bool) -> None:
        """Raises DomainError when they cannot be given. The same key gives once."""
        ...

    def place(self, member: Member, tier: str, *, until: date | None, key: str, by: Actor) -> None:
        """Raises DomainError when they cannot be placed there."""
        ...


_filled: list[Balances] = []


def fill(balances: Balances) -> None:
    _filled[:] = [balances]


def balances() -> Balances | None:
    """None where no app keeps points."""
    return _filled[0] if _filled else None
