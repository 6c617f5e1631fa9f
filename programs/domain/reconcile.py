"""Proof that the books agree: every invariant of the ledger, asked of the rows as they are."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from programs.books import proof
from programs.domain.chain import SEALED, seal
from programs.domain.invariants import FIGURES, INVARIANTS
from programs.domain.networks import mirrors
from tenants.isolation import current_tenant_id

# So many rows of each invariant are named; the count is always whole.
MOST_NAMED = 20
_CHUNK = 2_000


class Difference(NamedTuple):
    """`rule` is the invariant that does not hold, `row` what it was found at, `found` the figures in question."""

    rule: str
    row: str
    found: dict[str, Any]

    def __str__(self) -> str:
        figures = ", ".join(f"{name} {value}" for name, value in self.found.items())
        return f"{self.rule}: {self.row} ({figures})"


@dataclass(slots=True)
class Report:
    """`figures` are points and counts of the whole business; `checked` names every invariant that was asked."""

    figures: dict[str, int]
    checked: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.differences

    def as_dict(self) -> dict[str, Any]:
        return {
            "agrees": self.agrees,
            "figures": self.figures,
            "checked": self.checked,
            "differences": [difference._asdict() for difference in self.differences],
        }


def reconcile(*, chain: bool = True) -> Report:
    """Check every invariant of the current business's ledger. Reads only and locks nothing but
    its network: each invariant is one statement, so that what is posted meanwhile cannot look like a difference.

    `chain=False` leaves out the hashes, which read every entry.
    """
    with connection.cursor() as cursor:
        tenant = {"tenant": current_tenant_id()}
        report = Report(_figures(cursor, tenant))
        for rule, statement in INVARIANTS.items():
            report.checked.append(rule)
            cursor.execute(f"SELECT * FROM ({statement}) AS broken LIMIT {MOST_NAMED}", tenant)  # noqa: S608
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                found = dict(zip(names, row, strict=True))
                report.differences.append(Difference(rule, str(found.pop("row")), _plain(found)))
    report.checked += proof.RULES
    report.differences += [Difference(*found) for found in proof.differences()]
    report.checked += mirrors.RULES
    report.differences += [Difference(*found) for found in mirrors.differences()]
    if chain:
        report.checked.append("chain of hashes")
        for number, difference in enumerate(_broken_seals()):
            if number >= MOST_NAMED:
                break
            report.differences.append(difference)
    return report


def _figures(cursor: Any, tenant: dict[str, Any]) -> dict[str, int]:
    cursor.execute(FIGURES, tenant)
    return {column.name: int(value or 0) for column, value in zip(cursor.description, cursor.fetchone(), strict=True)}


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | str) else str(value) for name, value in found.items()}


def _broken_seals() -> Iterator[Difference]:
    """Entries whose hash is not that of their content, or that do not follow the one before."""
    account, head = None, ""
    for row in _sealed_rows():
        if row["account_id"] != account:
            account, head = row["account_id"], ""
        sealed = seal(row[name] for name in SEALED)
        if sealed != row["hash"] or row["previous"] != head:
            yield Difference("chain of hashes", str(row["id"]), {"account": str(account), "seq": row["seq"]})
        head = row["hash"]


def _sealed_rows() -> Iterator[dict[str, Any]]:
    """Every entry, account by account, a page at a time: there may be millions."""
    columns = (*SEALED, "hash")
    page = (
        f"SELECT {', '.join(columns)} FROM programs_entry"  # noqa: S608 - names of columns, from this app
        " WHERE tenant_id = %s AND (account_id, seq) > (%s, %s) ORDER BY account_id, seq LIMIT %s"
    )
    place: tuple[UUID, int] = (UUID(int=0), 0)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(page, [current_tenant_id(), *place, _CHUNK])
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        for row in rows:
            row["snapshot"] = json.loads(row["snapshot"])
        yield from rows
        if len(rows) < _CHUNK:
            return
        place = rows[-1]["account_id"], rows[-1]["seq"]
