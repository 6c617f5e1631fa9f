"""Who reads the backbone. Apps register their consumers when they start."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from customers.models import Activity

BATCH = 500


@dataclass(frozen=True, slots=True)
class Consumer:
    """Reads every activity of every business once, in order.

    `handle` gets the activities of `kinds` (all when empty) among the next `batch`, inside the business and in
    the transaction that moves the position: what it writes happens exactly once. What leaves the house (mail, calls)
    it writes down as owed and does not do itself. The name is the position's, for ever.
    """

    name: str
    handle: Callable[[Sequence[Activity]], None]
    kinds: frozenset[str] = frozenset()
    batch: int = BATCH


_consumers: dict[str, Consumer] = {}


def register(consumer: Consumer) -> Consumer:
    """Add a consumer. Raises ValueError when there is one of its name."""
    if consumer.name in _consumers:
        raise ValueError(f"There is already a consumer named {consumer.name}.")
    _consumers[consumer.name] = consumer
    return consumer


def registered() -> list[Consumer]:
    return list(_consumers.values())
