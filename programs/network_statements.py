"""Statements of the network, as they are shown and downloaded."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext as _

from loyalty_saas.lib.money import to_major
from programs.domain.networks.closing import Side, entries_of_month
from programs.models import NetworkCrossing, NetworkPayment, NetworkStatement, NetworkStatementLine
from tenants.domain.networks.reading import today_of
from tenants.models import NetworkSeat

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class OpenMonth:
    """What stands so far in the month that runs."""

    first: date
    owed_to_us: int
    owed_by_us: int
    entries: int


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One crossing. What a member had for the points is known only where the reward was given."""

    crossing: NetworkCrossing
    partner: str
    at: datetime
    reward: str


def open_month(seat: NetworkSeat, sides: Mapping[UUID, Side]) -> OpenMonth:
    return OpenMonth(
        today_of(seat).replace(day=1),
        sum(side.owed_to_us for side in sides.values()),
        sum(side.owed_by_us for side in sides.values()),
        sum(side.entries for side in sides.values()),
    )


def entries_shown(entries: QuerySet[NetworkCrossing], names: Mapping[UUID, str]) -> list[ShownEntry]:
    """The first of them, ready to be shown, with member and reward."""
    return list(_shown(entries.select_related("account__member", "redemption__reward")[:MOST_SHOWN], names))


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with the mark that stands of it, if any."""

    line: NetworkStatementLine
    payment: NetworkPayment | None


def lines_shown(statement: NetworkStatement) -> list[ShownLine]:
    marks = NetworkPayment.objects.filter(line__statement=statement, undone_at=None)
    by_line = {mark.line_id: mark for mark in marks}
    return [ShownLine(line, by_line.get(line.pk)) for line in statement.lines.all()]


def with_open_lines(statements: Iterable[NetworkStatement]) -> list[NetworkStatement]:
    """Each with `is_open`: whether something of it is to be paid or received that nobody has marked yet."""
    found = list(statements)
    lines = NetworkStatementLine.objects.filter(statement__in=found).exclude(owed_to_us=F("owed_by_us"))
    unpaid = lines.exclude(Exists(NetworkPayment.objects.filter(line=OuterRef("pk"), undone_at=None)))
    waiting = set(unpaid.values_list("statement", flat=True))
    for one in found:
        one.is_open = one.pk in waiting  # type: ignore[attr-defined]
    return found


def statement_rows(statement: NetworkStatement) -> Iterator[list[Any]]:
    """The statement as a table: every entry, a sum for each business, and the sum of it all."""
    zone, currency = ZoneInfo(statement.time_zone), statement.currency
    names = {line.partner_id: line.partner_name for line in statement.lines.all()}
    yield [
        *(_("Month"), _("Line"), _("Business"), _("Time"), _("What"), _("Card"), _("Points"), _("Owed to us")),
        *(_("Owed by us"), _("Net"), _("Currency"), _("Number")),
    ]
    month = f"{statement.month:%Y-%m}"
    entries = entries_of_month(statement.network_id, statement.month, statement.time_zone)
    for one in _shown(entries.select_related("account__member", "redemption__reward").iterator(2000), names):
        crossing = one.crossing
        yield [
            *(month, _("Entry"), one.partner, one.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")),
            *(crossing.get_kind_display(), crossing.account.member.number, crossing.points),
            *_money(max(crossing.amount, 0), max(-crossing.amount, 0), currency),
            str(crossing.crossing_id),
        ]
    for line in statement.lines.all():
        points = line.points_in - line.points_out
        money = _money(line.owed_to_us, line.owed_by_us, currency)
        yield [month, _("Business"), line.partner_name, "", "", "", points, *money, ""]
    money = _money(statement.owed_to_us, statement.owed_by_us, currency)
    yield [month, _("Sum"), "", "", "", "", "", *money, ""]


def _shown(entries: Iterable[NetworkCrossing], names: Mapping[UUID, str]) -> Iterator[ShownEntry]:
    for one in entries:
        reward = one.redemption.reward.name if one.redemption else ""
        yield ShownEntry(one, names.get(one.partner_id, ""), one.occurred_at, reward)


def _money(plus: int, minus: int, currency: str) -> list[Any]:
    return [to_major(plus, currency), to_major(minus, currency), to_major(plus - minus, currency), currency]
