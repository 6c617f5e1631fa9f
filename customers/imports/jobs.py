"""The work of one import, cut into units that are written in batches: the same shape for every kind of file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from customers.imports.receipts import Refusal

U = TypeVar("U")
# Lines in one transaction: long enough to be fast, short enough that progress moves and little is done again.
BATCH_LINES = 10_000
# Of lines of which nothing but themselves is written; less than two seconds of work.
PLAIN_LINES = 50_000
# The first batch is small: after it the planner knows the tables.
FIRST_LINES = 1_000


@dataclass(slots=True)
class Outcome:
    """What a batch did: counts to add to the import's, and rows it refused."""

    counts: dict[str, int] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)


class Job(Protocol[U]):
    """`prepare` reads the file and looks things up; `write` handles some units, in the transaction of the caller."""

    units: Sequence[U]
    lines: int
    refusals: Sequence[Refusal]
    counts: dict[str, int]

    def weight(self, unit: U) -> int:
        """How many lines of the file the unit is."""
        ...

    def write(self, units: Sequence[U]) -> Outcome: ...

    def finish(self, counts: dict[str, Any]) -> Outcome:
        """What is left to do when all units are written, in the last transaction."""
        ...


def batches(job: Job[U], start: int) -> "list[tuple[int, int]]":
    """(from, to) positions of the units from `start` on, about as many lines each as the job wants in one transaction
    (`batch_lines`, else BATCH_LINES); the first has fewer."""
    most: int = getattr(job, "batch_lines", BATCH_LINES)
    cuts: list[tuple[int, int]] = []
    begin, weight = start, 0
    for position in range(start, len(job.units)):
        weight += job.weight(job.units[position])
        if weight >= (most if cuts else FIRST_LINES):
            cuts.append((begin, position + 1))
            begin, weight = position + 1, 0
    if begin < len(job.units):
        cuts.append((begin, len(job.units)))
    return cuts
