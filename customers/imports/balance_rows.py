"""From the rows of a file to what members have elsewhere: points with their days and a tier, or store credit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.imports.cells import is_never
from customers.imports.named_cells import NamedCells
from customers.imports.receipts import Refusal
from customers.imports.settings import Frame
from customers.imports.who import Who, WhoReader
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import minor_digits
from loyalty_saas.lib.tables import Row, parse_decimal
from loyalty_saas.lib.texts import tidy_text

_MOST_POINTS = 10**9
_NOT_HELD = frozenset({"", "-", "no", "0", "false"})


@dataclass(slots=True)
class BalanceRow:
    """A row that can be taken. `record` is whom it names, and `nth` tells equal rows apart: two lots of one day may
    well be equal."""

    row: int
    who: Who
    points: int
    earned_at: datetime | None
    last_day: date | None
    is_endless: bool
    waits_until: datetime | None
    held: tuple[str, ...]
    tier: str
    tier_until: date | None
    # What they owe, in the same unit; a row has points or owes.
    owed: int = 0
    record: UUID | None = None
    nth: int = 1
    # Of store credit: `points` are minor units, and its keys are no row of points.
    is_money: bool = False

    @property
    def waits(self) -> bool:
        return self.waits_until is not None and self.waits_until > timezone.now() and not self.held

    @property
    def said(self) -> str:
        """What it says, in the same words whenever it says the same.

        Until when it waits, and whether it is held, is left out: once that is over, a later file says the same without.
        """
        earned = int(self.earned_at.timestamp()) if self.earned_at else ""
        last = "never" if self.is_endless else self.last_day or ""
        if self.owed:
            # However much is left of it by then: nobody owes the same debt twice.
            return "owed"
        return f"{earned}:{last}:{self.points}" if self.points else f"{self.tier[:30]}:{self.tier_until or ''}"

    @property
    def key(self) -> str:
        """The same for the same row of the same file or of a later one."""
        what = "credit" if self.is_money else "brought"
        return f"{what}:{self.record.hex if self.record else ''}:{self.said}:{self.nth}"


@dataclass(slots=True)
class ParsedBalances:
    """`expired` rows and `empty` ones, without points and tier, are passed over; so are debts that are not to come."""

    rows: list[BalanceRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lines: int = 0
    expired: int = 0
    empty: int = 0
    debts_left: int = 0


class BalanceReader(NamedCells):
    """Reads the rows of one file. Call inside `tenant_context`."""

    def __init__(self, frame: Frame, *, tiers: Sequence[str], is_money: bool = False) -> None:
        super().__init__(frame)
        self.who = WhoReader(frame)
        self.tiers = {name.casefold(): name for name in tiers}
        self.now = timezone.now()
        self.is_money = is_money
        self.scale = Decimal(10) ** minor_digits(frame.currency)

    def read(self, rows: Iterable[Row]) -> ParsedBalances:
        parsed = ParsedBalances()
        for row, cells in rows:
            parsed.lines += 1
            try:
                found = self._read(row, cells)
            except Invalid as error:
                parsed.refusals.append(Refusal(row, self.frame.column_name(error.field or ""), str(error)))
                continue
            if found.owed and not self.frame.options.bring_debts:
                parsed.debts_left += found.owed
                found.owed = 0
                if not found.tier:
                    continue
            if found.last_day is not None and found.last_day < local_day(self.now, self.frame.zone):
                parsed.expired += 1
            elif not (found.points or found.owed or found.tier):
                parsed.empty += 1
            else:
                parsed.rows.append(found)
        return parsed

    def _read(self, row: int, cells: Sequence[str]) -> BalanceRow:
        who = self.who.read(cells)
        if who is None:
            raise Invalid(_("The row does not say who it is about."), code="nobody", field="external_id")
        earned_at = self._moment(cells, "earned_on")
        if earned_at is not None and earned_at > self.now + timedelta(days=1):
            raise Invalid(_("This day has not come yet."), code="in_future", field="earned_on")
        is_endless = is_never(self._cell(cells, "expires_on"))
        last_day = None if is_endless else self._day(cells, "expires_on")
        if last_day and earned_at and last_day < local_day(earned_at, self.frame.zone):
            raise Invalid(_("The last day is before the day they were earned."), code="bad_days", field="expires_on")
        waits_until = self._moment(cells, "waits_until")
        if waits_until and last_day and last_day < local_day(waits_until, self.frame.zone):
            raise Invalid(_("The last day is before the day they can be used."), code="bad_days", field="expires_on")
        read = self._amount if self.is_money else self._points
        points, owed = read(cells, "amount" if self.is_money else "points"), read(cells, "owed")
        if points and owed:
            raise Invalid(
                _("Nobody has something and owes at once: write what is left of the one or the other."),
                code="has_and_owes",
                field="owed",
            )
        return BalanceRow(
            row=row,
            who=who,
            points=points,
            owed=owed,
            is_money=self.is_money,
            earned_at=earned_at,
            last_day=last_day,
            is_endless=is_endless,
            waits_until=waits_until,
            held=self._held(cells),
            tier=self._tier(cells),
            tier_until=self._day(cells, "tier_until"),
        )

    def _held(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The reasons for which somebody is to look at it first; "yes" is one too."""
        reasons = (part.strip().lower() for part in self._cell(cells, "held")[:200].split(","))
        return tuple(reason for reason in reasons if reason not in _NOT_HELD)

    def _points(self, cells: Sequence[str], key: str) -> int:
        text = self._cell(cells, key)
        if not text:
            return 0
        points = parse_decimal(text, self.frame.options.decimal_mark, field=key)
        if points < 0 or points > _MOST_POINTS:
            raise Invalid(_("Points are zero or more."), code="bad_points", field=key)
        # Nobody is given a point that they did not have.
        return int(points)

    def _amount(self, cells: Sequence[str], key: str) -> int:
        """In minor units, rounded: systems write 3.7800000000000002."""
        code = self._cell(cells, "currency").upper()
        if code and code != self.frame.currency:
            raise Invalid(
                _("This amount is in %(code)s, and you count in %(currency)s."),
                code="other_currency",
                field="currency",
                params={"code": code[:12], "currency": self.frame.currency},
            )
        text = self._cell(cells, key)
        if not text:
            return 0
        amount = parse_decimal(text, self.frame.options.decimal_mark, field=key) * self.scale
        if amount < 0 or amount > _MOST_POINTS:
            raise Invalid(_("Amounts are zero or more, and not that large."), code="bad_amount", field=key)
        return int(amount.to_integral_value(ROUND_HALF_UP))

    def _tier(self, cells: Sequence[str]) -> str:
        text = tidy_text(self._cell(cells, "tier")[:80], field="tier", longest=80)
        if not text:
            return ""
        found = self.tiers.get(text.casefold())
        if found is None:
            raise Invalid(
                _("There is no tier “%(tier)s”. Make it first, or correct its name here."),
                code="no_tier",
                field="tier",
                params={"tier": text},
            )
        return found
