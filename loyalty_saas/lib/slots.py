"""Places on a page of a lower app that higher apps fill with panels when they start."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar


class Named(Protocol):
    """What a slot holds: named once, in an order, perhaps for some people only."""

    @property
    def name(self) -> str: ...
    @property
    def order(self) -> int: ...
    @property
    def permission(self) -> str | None: ...


T = TypeVar("T", bound=Named)
# Takes a permission: a text here, the enum of their own in the apps above.
May = Callable[[Any], bool]


@dataclass(frozen=True)
class Panel:
    """One part of a page: `load`, called with what the slot's page names, gives the context of `template`.

    `load` returns None when there is nothing to show. `permission` None means everyone who may see the page.
    """

    name: str
    template: str
    load: Callable[..., Mapping[str, Any] | None]
    order: int = 100
    permission: str | None = None


@dataclass(frozen=True)
class Filled:
    """A panel and its context, ready to be included in the page."""

    panel: Panel
    context: Mapping[str, Any]


@dataclass
class Slot(Generic[T]):
    """The contributions to one place, iterated by order and then by name."""

    name: str
    _items: dict[str, T] = field(default_factory=dict, repr=False)

    def register(self, item: T) -> T:
        """Add a contribution (in `AppConfig.ready`). Raises ValueError when its name is taken."""
        if item.name in self._items:
            raise ValueError(f"{self.name} already has {item.name}")
        self._items[item.name] = item
        self._items = dict(sorted(self._items.items(), key=lambda pair: (pair[1].order, pair[0])))
        return item

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, name: str) -> T:
        return self._items[name]

    def allowed(self, may: May) -> list[T]:
        """Those without a permission, and those whose permission `may` grants."""
        return [item for item in self if item.permission is None or may(item.permission)]


def fill(slot: Slot[Panel], may: May, *args: Any, **kwargs: Any) -> list[Filled]:
    """The slot's panels this person may see, each loaded with the arguments; those with nothing to show left out."""
    loaded = ((panel, panel.load(*args, **kwargs)) for panel in slot.allowed(may))
    return [Filled(panel, context) for panel, context in loaded if context is not None]
