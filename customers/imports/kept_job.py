"""An import of what other apps keep at work: each bundle of rows once, whatever is imported again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.enums import MemberStatus
from customers.imports.jobs import Outcome
from customers.imports.keeping import CREATED, REFUSED, UNCHANGED, Planned, keeper_of
from customers.imports.kept_rows import KeptReader, ReadRow
from customers.imports.opening import frame_of, table_of
from customers.imports.people import People
from customers.imports.receipts import Refusal
from customers.models import Import, Member
from loyalty_saas.lib.errors import DomainError
from tenants.actors import Actor

Bundle = list[ReadRow]


@dataclass(slots=True)
class SortedRows:
    """Rows by what becomes of them; `looks` stand otherwise here than in the file."""

    new: list[Planned] = field(default_factory=list)
    there: list[Planned] = field(default_factory=list)
    looks: list[Planned] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class KeptJob:
    """Made inside `tenant_context`: reads the whole file. Raises Invalid where nothing keeps what it brings."""

    def __init__(self, record: Import, *, by: Actor) -> None:
        self.keeper = keeper_of(record.kind)
        self.record, self.by = record, by
        self.frame = frame_of(record)
        parsed = KeptReader(self.frame, record.kind).read(table_of(record).rows())
        bundles: dict[str, Bundle] = {}
        for one in parsed.rows:
            bundles.setdefault(self.keeper.bundle(one.kept), []).append(one)
        self.units: Sequence[Bundle] = list(bundles.values())
        self.people = People()
        self.people.load(who for one in parsed.rows for who in (one.who, one.other) if who is not None)
        self.lines = parsed.lines
        self.refusals: Sequence[Refusal] = parsed.refusals
        self.counts = {"lines": parsed.lines}

    def weight(self, unit: Bundle) -> int:
        return len(unit)

    def sort(self, bundles: Sequence[Bundle]) -> SortedRows:
        """What would become of them; nothing is written."""
        result = SortedRows()
        for bundle in self._known(bundles, result):
            self._plan(bundle, result, write=False)
        return result

    def write(self, units: Sequence[Bundle]) -> Outcome:
        result = SortedRows()
        for bundle in self._known(units, result):
            self._plan(bundle, result, write=True)
        counts = {"created": len(result.new), "unchanged": len(result.there)}
        return Outcome(counts, result.refusals)

    def finish(self, counts: dict[str, Any]) -> Outcome:
        return Outcome()

    def _known(self, bundles: Sequence[Bundle], result: SortedRows) -> list[Bundle]:
        """The bundles without the rows of people who are not here, each row with its member."""
        people = self.people
        people.follow_merges()
        named = {pk for bundle in bundles for one in bundle for pk in self._ids(one) if pk}
        members = Member.objects.in_bulk(list(named))
        found: list[Bundle] = []
        for bundle in bundles:
            staying: Bundle = []
            for one in bundle:
                first, second = self._ids(one)
                one.kept.member = members.get(first) if first else None
                one.kept.other = members.get(second) if second else None
                if one.kept.member is None or one.kept.member.status == MemberStatus.LEFT:
                    refused = _("Nobody here is this customer. Bring the members first.")
                    result.refusals.append(Refusal(one.kept.row, "", refused))
                else:
                    staying.append(one)
            if staying:
                found.append(staying)
        return found

    def _ids(self, one: ReadRow) -> tuple[Any, Any]:
        return self.people.find(one.who), self.people.find(one.other) if one.other else None

    def _plan(self, bundle: Bundle, result: SortedRows, *, write: bool) -> None:
        rows = [one.kept for one in bundle]
        try:
            if write:
                with transaction.atomic():
                    planned = self.keeper.bring(rows, by=self.by, silent=self.record.silent)
            else:
                planned = self.keeper.plan(rows)
        except DomainError as error:
            column = self.frame.column_name(error.field or "")
            result.refusals += [Refusal(row.row, column, str(error)) for row in rows]
            return
        for one in planned:
            if one.becomes == REFUSED:
                result.refusals.append(Refusal(one.row.row, self.frame.column_name(one.field), one.why))
            elif one.becomes in (CREATED, UNCHANGED):
                (result.new if one.becomes == CREATED else result.there).append(one)
            if one.look:
                result.looks.append(one)
