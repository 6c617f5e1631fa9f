"""From the rows of a file to notes, consents and vouchers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.enums import ConsentChannel, Purpose
from customers.imports.cells import read_flag
from customers.imports.receipts import Refusal
from customers.imports.records import BroughtVoucher
from customers.imports.settings import Frame
from customers.imports.voucher_cells import VoucherCells
from customers.imports.who import Who, WhoReader
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.tables import Row

NOTE, CONSENT, VOUCHER = "note", "consent", "voucher"
RECORDS = (NOTE, CONSENT, VOUCHER)


@dataclass(slots=True)
class RecordRow:
    """A row that can be taken: `record` says which of the others it fills."""

    row: int
    who: Who
    record: str
    text: str = ""
    at: datetime | None = None
    purpose: str = ""
    channel: str = ""
    given: bool = False
    voucher: BroughtVoucher | None = None
    # Who got the voucher, and handed it on.
    had_by: Who | None = None


@dataclass(slots=True)
class ParsedRecords:
    """`expired` vouchers are passed over."""

    rows: list[RecordRow] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    lines: int = 0
    expired: int = 0


class RecordReader(VoucherCells):
    """Reads the rows of one file. Call inside `tenant_context`."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.who = WhoReader(frame)
        self.now = timezone.now()

    def read(self, rows: Iterable[Row]) -> ParsedRecords:
        parsed, today = ParsedRecords(), local_day(self.now, self.frame.zone)
        for row, cells in rows:
            parsed.lines += 1
            try:
                found = self._read(row, cells)
            except Invalid as error:
                parsed.refusals.append(Refusal(row, self.frame.column_name(error.field or ""), str(error)))
                continue
            # What says how it stands is history; what does not could be used no more.
            if found.voucher is not None and found.voucher.last_day < today and not found.voucher.status:
                parsed.expired += 1
            else:
                parsed.rows.append(found)
        return parsed

    def _read(self, row: int, cells: Sequence[str]) -> RecordRow:
        who = self.who.read(cells)
        if who is None:
            raise Invalid(_("The row does not say who it is about."), code="nobody", field="external_id")
        record = self._cell(cells, "record").lower()
        if record not in RECORDS:
            raise Invalid(_("A row is a note, a consent or a voucher."), code="bad_record", field="record")
        found = RecordRow(row, who, record, text=self._cell(cells, "text"), at=self._moment(cells, "at"))
        if found.at is not None and found.at > self.now + timedelta(days=1):
            raise Invalid(_("This day has not come yet."), code="in_future", field="at")
        if record == VOUCHER:
            found.voucher = self._voucher(cells)
            found.had_by = Who(number=found.voucher.had_by) if found.voucher.had_by else None
        elif not found.text:
            raise Invalid(_("There are no words in this row."), code="no_text", field="text")
        if record == CONSENT:
            self._consent(found, cells)
        return found

    def _consent(self, found: RecordRow, cells: Sequence[str]) -> None:
        """Without the words and the moment there is no proof, and without proof no consent."""
        found.purpose = self._cell(cells, "purpose").lower()
        found.channel = self._cell(cells, "channel").lower() or ConsentChannel.ANY
        if found.purpose not in Purpose or found.purpose == Purpose.NETWORK:
            raise Invalid(_("This purpose is not asked about here."), code="bad_purpose", field="purpose")
        if found.channel not in ConsentChannel:
            raise Invalid(_("There is no such channel here."), code="bad_channel", field="channel")
        given = read_flag(self._cell(cells, "given"))
        if given is None or found.at is None:
            raise Invalid(_("A consent needs its answer, and when it was given."), code="no_proof", field="given")
        found.given = given
