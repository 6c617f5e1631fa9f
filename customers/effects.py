"""What a fact does in the apps above, in the transaction that makes it true.

Higher apps register a callable when they start; whoever records the fact (counter, API, import, page) calls one
function of this app, and the rest follows or the whole of it is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from customers.models import Member, Merge, Purchase, Return, Segment
from tenants.actors import Actor

S = TypeVar("S", contravariant=True)


class Follower(Protocol[S]):
    def __call__(self, subject: S, /, *, by: Actor, source: str, silent: bool) -> object: ...


class Effect(Generic[S]):
    """Calls its followers in the order in which they were registered; what one raises refuses the fact."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._followers: dict[str, Follower[S]] = {}

    def register(self, follower: Follower[S], *, name: str = "") -> None:
        """Add a follower. Raises ValueError when one of that name is there (the module and function by default)."""
        name = name or _name_of(follower)
        if name in self._followers:
            raise ValueError(f"{name} already follows {self.name}.")
        self._followers[name] = follower

    @property
    def followers(self) -> int:
        """How many there are."""
        return len(self._followers)

    def __call__(self, subject: S, *, by: Actor, source: str, silent: bool) -> None:
        for follower in self._followers.values():
            follower(subject, by=by, source=source, silent=silent)


def _name_of(follower: Callable[..., object]) -> str:
    return f"{getattr(follower, '__module__', '')}.{getattr(follower, '__qualname__', repr(follower))}"


member_joined: Effect[Member] = Effect("member_joined")
# Paused, left, or active again.
member_status_changed: Effect[Member] = Effect("member_status_changed")
purchase_completed: Effect[Purchase] = Effect("purchase_completed")
purchase_returned: Effect[Return] = Effect("purchase_returned")
# Of two records of one person, when the rows of this app have been moved. A follower writes down under its own name in
# `merge.effects` what it takes to part them again, and what a preview says.
member_merged: Effect[Merge] = Effect("member_merged")
merge_undone: Effect[Merge] = Effect("merge_undone")


@dataclass(frozen=True, slots=True)
class ImportedPurchases:
    """A batch of an import that awards points: purchases and returns of members, each in the order of time."""

    purchases: tuple[Purchase, ...]
    returns: tuple[Return, ...]
    import_id: UUID


@dataclass(frozen=True, slots=True)
class OpeningSpend:
    """What a member spent before (net of returns and tax, minor units), to be one opening balance; once for a key."""

    member: Member
    spent: int
    key: str


@dataclass(frozen=True, slots=True)
class OpeningPoints:
    """Points that a member brings from an earlier card; once for a key."""

    member: Member
    points: int
    key: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """By whose word somebody comes: the code of a member, and the browser's own name and network, where it is one."""

    member: Member
    code: str
    device: str = ""
    network: str = ""


# Somebody who has just joined came by a member's code. Whoever follows keeps nobody from joining.
member_arrived: Effect[Arrival] = Effect("member_arrived")
# A code that somebody typed: whoever knows the codes raises Invalid at "friend_code" for one that is nobody's.
friend_code_typed: Effect[str] = Effect("friend_code_typed")
# A segment is about to be removed: whoever still needs it raises SegmentInUse.
segment_removed: Effect[Segment] = Effect("segment_removed")
# Where nobody takes a whole batch, an import calls purchase_completed and purchase_returned one by one.
purchases_imported: Effect[ImportedPurchases] = Effect("purchases_imported")
opening_spend: Effect[OpeningSpend] = Effect("opening_spend")
opening_points: Effect[OpeningPoints] = Effect("opening_points")
