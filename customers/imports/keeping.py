"""What other apps keep and an import brings: memberships, families, what happened between members. They fill it in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.enums import ImportKind
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from tenants.actors import Actor

# Kinds of files that nobody takes unless an app says so.
KEPT = frozenset({ImportKind.MEMBERSHIPS, ImportKind.FAMILIES, ImportKind.HISTORY})
CREATED, UNCHANGED, REFUSED = "created", "unchanged", "refused"


@dataclass(slots=True)
class KeptRow:
    """A row of the file with what could be read in it: text, money in minor units, numbers, moments and days.

    `cells` are the same as text, by the field. `member` is whom it names, `other` a second person, if any.
    """

    row: int
    values: dict[str, Any]
    cells: dict[str, str]
    member: Member | None = None
    other: Member | None = None

    def text(self, key: str) -> str:
        return self.cells.get(key, "")


@dataclass(slots=True)
class Planned:
    """What becomes of a row, in a person's words. `look` says what stands otherwise here than in the file."""

    row: KeptRow
    becomes: str
    words: str = ""
    why: str = ""
    field: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """At least one of `any_of` has to be chosen; `ask` says so to a person."""

    any_of: frozenset[str]
    ask: str | Promise


class Keeper(Protocol):
    """Each bundle of rows is brought in a transaction of its own, or not at all."""

    @property
    def columns(self) -> Columns: ...

    def hindrance(self) -> str:
        """Why nothing at all can be brought, for a person; empty where it can."""
        ...

    def bundle(self, row: KeptRow) -> str:
        """Rows with the same one come together."""
        ...

    def plan(self, rows: Sequence[KeptRow]) -> list[Planned]:
        """What becomes of the rows of a bundle, asking and writing nothing. Raises DomainError for all of them."""
        ...

    def bring(self, rows: Sequence[KeptRow], *, by: Actor, silent: bool) -> list[Planned]:
        """Do it, once whatever is brought again. Raises DomainError. Locks what it writes to."""
        ...


_filled: dict[str, Keeper] = {}


def fill(kind: str, keeper: Keeper) -> None:
    _filled[kind] = keeper


def is_kept(kind: str) -> bool:
    """Whether files of this kind are brought by such a keeper."""
    return kind in _filled


def keeper_of(kind: str) -> Keeper:
    """Raises Invalid where nothing can be brought."""
    found = _filled.get(kind)
    if found is None:
        raise Invalid(_("There is no program that takes this."), code="no_program", field="columns")
    if hindrance := found.hindrance():
        raise Invalid(hindrance, code="no_program", field="columns")
    return found


def check_columns(kind: str, keys: Iterable[str]) -> None:
    """Raises Invalid where the file lacks what nothing can be brought without."""
    keeper = keeper_of(kind)
    if not keeper.columns.any_of & set(keys):
        raise Invalid(keeper.columns.ask, code="nothing", field="columns")
