"""What brings points and tiers, or store credit, into this business: filled by the app that keeps them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from customers.enums import ImportKind
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from tenants.actors import Actor


@dataclass(frozen=True, slots=True)
class Brought:
    """So many points, or minor units of credit, that a member has elsewhere: earned when, and good up to which day.

    `last_day` None leaves it to the program; `is_endless` says that there is none. `key` is the same for the same row.
    What waits can be spent from `waits_until`; what is `held` waits until somebody has looked at it, for these reasons.
    """

    points: int
    earned_at: datetime
    key: str
    last_day: date | None = None
    is_endless: bool = False
    waits_until: datetime | None = None
    held: tuple[str, ...] = ()


class Balances(Protocol):
    def hindrance(self) -> str:
        """Why nothing at all can be brought, for a person; empty where it can."""
        ...

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

    def owe(self, member: Member, amount: int, *, key: str, by: Actor, silent: bool) -> None:
        """What they owe elsewhere is owed here. Raises DomainError when it cannot be. The same key counts once."""
        ...

    def place(self, member: Member, tier: str, *, until: date | None, key: str, by: Actor) -> None:
        """Raises DomainError when they cannot be placed there."""
        ...


_filled: dict[str, Balances] = {}


def fill(balances: Balances, kind: str = ImportKind.BALANCES) -> None:
    _filled[kind] = balances


def keeper_of(kind: str) -> Balances:
    """Who keeps what files of this kind bring. Raises Invalid where nobody takes it."""
    found = _filled.get(kind)
    if found is None:
        raise Invalid(_("There is no program that takes points."), code="no_program", field="columns")
    if hindrance := found.hindrance():
        raise Invalid(hindrance, code="no_program", field="columns")
    return found
