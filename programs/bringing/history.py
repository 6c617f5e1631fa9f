"""What happened between members elsewhere, brought along to be read (customers.imports.keeping): nothing moves for it.

Each row is kept as the file says it, so that it can be taken along once more, and told on the member's record.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from customers.imports.keeping import CREATED, UNCHANGED, Columns, KeptRow, Planned
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.enums import BroughtWhat, TransferKind
from programs.models import BroughtFact, NetworkCrossing, PointTransfer, SurpriseDraw
from tenants.actors import Actor
from tenants.rows import insert_row
from tenants.templatetags.show import day as shown_day

# The column whose cell says what a row is, and is its id there.
_IDS = {BroughtWhat.TRANSFER: "transfer", BroughtWhat.DRAW: "draw", BroughtWhat.CROSSING: "crossing"}
_WORDS: Mapping[BroughtWhat, str | Promise] = {
    BroughtWhat.TRANSFER: gettext_lazy("Points between members on %(day)s: %(points)s"),
    BroughtWhat.DRAW: gettext_lazy("“%(name)s” on %(day)s: %(said)s"),
    BroughtWhat.CROSSING: gettext_lazy("Network, “%(name)s” on %(day)s: %(points)s"),
}


Told = tuple[ActivityKind, Member, datetime, dict[str, Any]]


class History:
    """Fills `customers.imports.keeping`."""

    columns: ClassVar[Columns] = Columns(
        frozenset(_IDS.values()),
        gettext_lazy("Choose the column with the id: of the transfer, the draw, or the crossing."),
    )

    def hindrance(self) -> str:
        return ""

    def bundle(self, row: KeptRow) -> str:
        return str(row.row)

    def plan(self, rows: Sequence[KeptRow]) -> list[Planned]:
        planned = []
        for row in rows:
            fact = _fact(row)
            known = BroughtFact.objects.filter(what=fact.what, key=fact.key).exists() or _is_own(fact)
            planned.append(Planned(row, UNCHANGED if known else CREATED, _in_words(fact, row)))
        return planned

    def bring(self, rows: Sequence[KeptRow], *, by: Actor, silent: bool) -> list[Planned]:
        planned = self.plan(rows)
        for one in planned:
            fact = _fact(one.row)
            if one.becomes == CREATED and insert_row(fact, unless_there=True):
                for kind, member, moment, payload in _told(fact, one.row):
                    record_activity(
                        kind,
                        by=by,
                        source=Source.IMPORT,
                        member=member,
                        occurred_at=moment,
                        payload=payload | {"brought": True},
                        silent=silent,
                    )
        return planned


def _fact(row: KeptRow) -> BroughtFact:
    """What the row says, not written. Raises Invalid at the field."""
    what = next((what for what, column in _IDS.items() if row.text(column)), None)
    at = row.values.get("at")
    if what is None:
        raise Invalid(_("The row does not say what it is: its id is missing."), code="no_id", field="transfer")
    if at is None or at > timezone.now():
        raise Invalid(_("Say when it was."), code="no_moment", field="at")
    # Who it is about is known by their records, which may be merged since.
    cells = {key: cell for key, cell in row.cells.items() if cell and key != "other"}
    return BroughtFact(
        what=what, key=row.text(_IDS[what])[:120], member=row.member, other=row.other, occurred_at=at, cells=cells
    )


def _is_own(fact: BroughtFact) -> bool:
    """Whether it is no history but this business's own: taken along from here, and brought back."""
    try:
        pk = UUID(fact.key)
    except ValueError:
        return False
    if fact.what == BroughtWhat.CROSSING:
        return bool(NetworkCrossing.objects.filter(crossing_id=pk).exists())
    model = PointTransfer if fact.what == BroughtWhat.TRANSFER else SurpriseDraw
    return bool(model.objects.filter(pk=pk).exists())


def _told(fact: BroughtFact, row: KeptRow) -> list[Told]:
    """What it is on the records of those it is about; a draw that won nothing is on nobody's."""
    points, member, at = row.values.get("points") or 0, fact.member, fact.occurred_at
    undone = row.values.get("undone")
    if fact.what == BroughtWhat.CROSSING:
        return [(ActivityKind.POINTS_CROSSED, member, at, {"points": points, "partner": row.text("name")})]
    if fact.what == BroughtWhat.DRAW:
        won = row.text("won") == "yes" and not row.text("refused")
        name = row.text("said") or row.text("name")
        return [(ActivityKind.SURPRISE_WON, member, at, {"name": name})] if won else []
    known = {"points": points, "other": str(fact.other_id or "")}
    if row.text("kind") == TransferKind.FAMILY:
        return [(ActivityKind.POINTS_POOLED, member, at, known | {"name": row.text("reward")})]
    told: list[Told] = [(ActivityKind.POINTS_GIVEN, member, at, known)]
    if fact.other is not None:
        told.append((ActivityKind.POINTS_RECEIVED, fact.other, at, {"points": points, "other": str(member.pk)}))
    if undone is not None:
        told.append((ActivityKind.TRANSFER_UNDONE, member, undone, known))
    return told


def _in_words(fact: BroughtFact, row: KeptRow) -> str:
    return str(_WORDS[BroughtWhat(fact.what)]) % {
        "day": shown_day(fact.occurred_at),
        "points": row.text("points"),
        "name": row.text("name"),
        "said": row.text("said") or _("nothing won"),
    }
