"""The members that the rows of a file are about: those who are there, and those who come with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customers.domain.identity import kept_ids
from customers.imports.who import Who
from customers.models import Member
from loyalty_saas.lib.ids import uuid7

_CHUNK = 20_000
_FIELDS = ("external_id", "number", "email", "phone")


@dataclass(slots=True)
class Newcomer:
    """A customer the file names whom the business does not know yet; `since` is their first purchase in it."""

    id: UUID
    who: Who
    since: datetime


@dataclass(slots=True)
class People:
    """Who is who. Of several identities the surest decides: outside id, card, e-mail, phone."""

    known: dict[tuple[str, str], UUID] = field(default_factory=dict)
    # The record that an identity stands in, though it may have been merged into another since.
    own: dict[tuple[str, str], UUID] = field(default_factory=dict)
    newcomers: dict[UUID, Newcomer] = field(default_factory=dict)

    def load(self, everybody: Iterable[Who]) -> None:
        """Find those of these customers who are members. Call inside `tenant_context`."""
        wanted: dict[str, set[str]] = {name: set() for name in _FIELDS}
        for who in everybody:
            for name, value in who.identities():
                wanted[name].add(value)
        for name, values in wanted.items():
            remaining = sorted(values)
            for start in range(0, len(remaining), _CHUNK):
                chunk = remaining[start : start + _CHUNK]
                rows = Member.objects.filter(**{f"{name}__in": chunk}).values_list(name, "id", "merged_into")
                for value, own, kept in rows.iterator():
                    self.known[name, value] = kept or own
                    self.own[name, value] = own

    def follow_merges(self) -> None:
        """Whom the owner has merged since they were found: the one kept is meant from now on."""
        if merged := kept_ids():
            self.known = {identity: merged.get(found, found) for identity, found in self.known.items()}

    def find(self, who: Who) -> UUID | None:
        """The member this is, or the newcomer met before."""
        for identity in who.identities():
            if found := self.known.get(identity):
                return found
        return None

    def record_of(self, who: Who) -> UUID | None:
        """The record this is, which stays the same when it is merged into another."""
        return next((found for identity in who.identities() if (found := self.own.get(identity))), None)

    def find_or_add(self, who: Who, since: datetime) -> UUID:
        """The member this is; a newcomer where there is none. Another spelling of a newcomer adds to them."""
        found = self.find(who)
        if found is None:
            newcomer = Newcomer(uuid7(), who, since)
            found = newcomer.id
            self.newcomers[found] = newcomer
        for identity in who.identities():
            self.known.setdefault(identity, found)
        return found

    def take_newcomers(self) -> list[Newcomer]:
        """Those to be written now; they are known from here on."""
        taken = list(self.newcomers.values())
        self.newcomers.clear()
        return taken
