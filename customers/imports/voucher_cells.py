"""The cells of a row that is a voucher."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.imports.named_cells import NamedCells
from customers.imports.records import BroughtVoucher
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import to_minor
from loyalty_saas.lib.tables import parse_decimal
from tenants.isolation import current_tenant

STATES = ("open", "used", "voided", "expired")
_MOST_WORDS = 4_000


class VoucherCells(NamedCells):
    """Reads what a voucher is."""

    def _voucher(self, cells: Sequence[str]) -> BroughtVoucher:
        last_day, code = self._day(cells, "expires_on"), self._cell(cells, "code")
        if not code or last_day is None:
            raise Invalid(_("A voucher needs its code and its last day."), code="no_voucher", field="code")
        worth = self._cell(cells, "worth").lower()
        value = self._number(cells, "value") or Decimal(0)
        status = self._cell(cells, "status").lower()
        if status and status not in STATES:
            raise Invalid(_("A voucher is open, used, voided or expired."), code="bad_status", field="status")
        return BroughtVoucher(
            code=code,
            own_code=self._cell(cells, "own_code"),
            worth=worth,
            name=self._cell(cells, "name")[:80],
            value=int(value) if worth == "percent_off" else to_minor(value, current_tenant().currency),
            left=self._amount(cells, "left"),
            cap=self._amount(cells, "cap"),
            minimum=self._amount(cells, "minimum") or 0,
            product=self._cell(cells, "product"),
            valid_from=self._day(cells, "valid_from"),
            last_day=last_day,
            until=self._moment(cells, "until"),
            products=self._several(cells, "products"),
            places=self._several(cells, "places"),
            blackout=tuple(self._days(text) for text in self._several(cells, "blackout")),
            status=status,
            used_at=self._moment(cells, "used_on"),
            reward=self._cell(cells, "reward")[:80],
            event=self._moment(cells, "event"),
            words=self._cell(cells, "words")[:_MOST_WORDS],
            link=self._cell(cells, "link")[:500],
            charity=self._cell(cells, "charity")[:80],
            had_at=self._past(cells, "had_on"),
            had_by=self._cell(cells, "had_by").replace(" ", "")[:24],
            welcome_of=self._cell(cells, "welcome_of")[:80],
            gift_code=self._cell(cells, "gift_code"),
            gift_message=self._cell(cells, "gift_message"),
            gift_at=self._past(cells, "gift_on"),
        )

    def _past(self, cells: Sequence[str], key: str) -> datetime | None:
        moment = self._moment(cells, key)
        if moment is not None and moment > timezone.now() + timedelta(days=1):
            raise Invalid(_("This day has not come yet."), code="in_future", field=key)
        return moment

    def _several(self, cells: Sequence[str], key: str) -> tuple[str, ...]:
        """Names as a JSON list, or parted by semicolons."""
        text = self._cell(cells, key)
        if text.startswith("["):
            try:
                found = json.loads(text)
            except ValueError:
                found = None
            if isinstance(found, list) and all(isinstance(one, str) for one in found):
                return tuple(found)
        return tuple(part.strip() for part in text.split(";") if part.strip())

    def _days(self, text: str) -> tuple[date, date]:
        """2026-12-24/2026-12-26, or one day."""
        first, _slash, last = text.partition("/")
        try:
            days = date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip())
        except ValueError:
            days = (date.max, date.min)
        if days[0] > days[1]:
            raise Invalid(_("Write days like 2026-12-24/2026-12-26."), code="bad_days", field="blackout") from None
        return days

    def _number(self, cells: Sequence[str], key: str) -> Decimal | None:
        text = self._cell(cells, key)
        if not text:
            return None
        number = parse_decimal(text, self.frame.options.decimal_mark, field=key)
        if not 0 <= number <= 10**9:
            raise Invalid(_("Amounts are zero or more."), code="bad_amount", field=key)
        return number

    def _amount(self, cells: Sequence[str], key: str) -> int | None:
        number = self._number(cells, key)
        return None if number is None else to_minor(number, current_tenant().currency)
