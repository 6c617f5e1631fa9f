"""An import of points and tiers, or of store credit, at work: each row once, whatever is imported again."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.enums import ImportKind, MemberStatus
from customers.imports.balance_rows import BalanceReader, BalanceRow
from customers.imports.balances import Brought, keeper_of
from customers.imports.jobs import Outcome
from customers.imports.opening import frame_of, table_of
from customers.imports.people import People
from customers.imports.receipts import Refusal
from customers.models import Import, Member
from loyalty_saas.lib.errors import DomainError
from tenants.actors import Actor


@dataclass(slots=True)
class SortedBalances:
    """Rows by what becomes of them, each with its member; `there` was brought before."""

    new: list[tuple[BalanceRow, Member]] = field(default_factory=list)
    there: list[tuple[BalanceRow, Member]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class BalanceJob:
    """Made inside `tenant_context`: reads the whole file. Raises Invalid where nothing keeps what it brings."""

    def __init__(self, record: Import, *, by: Actor) -> None:
        self.balances = found = keeper_of(record.kind)
        self.record = record
        self.by = by
        self.frame = frame_of(record)
        reader = BalanceReader(self.frame, tiers=found.tiers(), is_money=record.kind == ImportKind.CREDIT)
        parsed = reader.read(table_of(record).rows())
        self.units: Sequence[BalanceRow] = parsed.rows
        self.people = People()
        self.people.load(row.who for row in parsed.rows)
        _tell_apart(parsed.rows, self.people)
        self.lines = parsed.lines
        self.refusals: Sequence[Refusal] = parsed.refusals
        self.counts = {
            "lines": parsed.lines,
            "expired": parsed.expired,
            "empty": parsed.empty,
            "debts_left": parsed.debts_left,
            "file_points": sum(row.points - row.owed for row in parsed.rows),
        }

    def weight(self, unit: BalanceRow) -> int:
        return 1

    def sort(self, rows: Sequence[BalanceRow]) -> SortedBalances:
        """Find whose they are, and which were brought before."""
        people, result = self.people, SortedBalances()
        people.follow_merges()
        members = Member.objects.in_bulk([pk for row in rows if (pk := people.find(row.who))])
        found: list[tuple[BalanceRow, Member]] = []
        for row in rows:
            member = members.get(pk) if (pk := people.find(row.who)) else None
            if member is None:
                result.refusals.append(
                    Refusal(row.row, "", _("Nobody here is this customer. Bring the members first."))
                )
            elif member.status != MemberStatus.ACTIVE:
                result.refusals.append(Refusal(row.row, "", _("This membership is paused or has ended.")))
            else:
                found.append((row, member))
        known = self.balances.known(row.key for row, _member in found)
        for row, member in found:
            (result.there if row.key in known else result.new).append((row, member))
        return result

    def differences(self, found: SortedBalances) -> list[tuple[Member, int, int]]:
        """Members who would not have what the file says: (member, in the file, here afterwards), the furthest first."""
        in_file: Counter[UUID] = Counter()
        coming: Counter[UUID] = Counter()
        members = {member.pk: member for _row, member in (*found.new, *found.there)}
        for row, member in found.new:
            coming[member.pk] += row.points - row.owed
        for row, member in (*found.new, *found.there):
            in_file[member.pk] += row.points - row.owed
        here = self.balances.points_of(members)
        differing = [
            (member, in_file[pk], here.get(pk, 0) + coming[pk])
            for pk, member in members.items()
            if in_file[pk] != here.get(pk, 0) + coming[pk]
        ]
        return sorted(differing, key=lambda one: (-abs(one[1] - one[2]), str(one[0])))

    def write(self, units: Sequence[BalanceRow]) -> Outcome:
        found = self.sort(units)
        outcome = Outcome({"unchanged": len(found.there)}, found.refusals)
        for row, member in found.new:
            try:
                with transaction.atomic():
                    self._bring(row, member)
            except DomainError as error:
                outcome.refusals.append(Refusal(row.row, self.frame.column_name(error.field or ""), str(error)))
                continue
            counted = {"created": 1, "points": row.points, "tiers": bool(row.tier)}
            counted |= {"waiting": row.points if row.waits else 0, "held": row.points if row.held else 0}
            counted |= {"owed": row.owed, "debts": bool(row.owed)}
            for name, amount in counted.items():
                outcome.counts[name] = outcome.counts.get(name, 0) + amount
        return outcome

    def finish(self, counts: dict[str, Any]) -> Outcome:
        return Outcome()

    def _bring(self, row: BalanceRow, member: Member) -> None:
        if row.points:
            earned_at = row.earned_at or timezone.now()
            brought = Brought(row.points, earned_at, row.key, row.last_day, row.is_endless, row.waits_until, row.held)
            self.balances.bring(member, brought, by=self.by, silent=self.record.silent)
        if row.owed:
            self.balances.owe(member, row.owed, key=row.key, by=self.by, silent=self.record.silent)
        if row.tier:
            self.balances.place(member, row.tier, until=row.tier_until, key=row.key, by=self.by)


def _tell_apart(rows: Sequence[BalanceRow], people: People) -> None:
    """Number the rows that say the same about one record."""
    seen: Counter[tuple[UUID | None, str]] = Counter()
    for row in rows:
        row.record = people.record_of(row.who)
        seen[row.record, row.said] += 1
        row.nth = seen[row.record, row.said]
