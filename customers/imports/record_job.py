"""An import of notes, consents and vouchers at work: each once, whatever is imported again.

A later answer that somebody gave here stands: what was brought is older, and is passed over and shown.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.domain.consents import current_consents, record_consent
from customers.domain.notes import add_note
from customers.enums import MemberStatus, Source
from customers.imports.jobs import Outcome
from customers.imports.opening import frame_of, table_of
from customers.imports.people import People
from customers.imports.receipts import Refusal
from customers.imports.record_rows import CONSENT, NOTE, VOUCHER, RecordReader, RecordRow
from customers.imports.records import vouchers
from customers.models import Consent, Import, Member, Note
from loyalty_saas.lib.errors import DomainError, Invalid
from tenants.actors import Actor


@dataclass(slots=True)
class SortedRecords:
    """Rows by what becomes of them, each with its member. `there`: brought before, or said here in the same words.

    `older`: consents to which the member has given another answer here since.
    """

    new: list[tuple[RecordRow, Member]] = field(default_factory=list)
    there: list[tuple[RecordRow, Member]] = field(default_factory=list)
    older: list[tuple[RecordRow, Member]] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)


class RecordJob:
    """Made inside `tenant_context`: reads the whole file."""

    def __init__(self, record: Import, *, by: Actor) -> None:
        self.record, self.by = record, by
        self.frame = frame_of(record)
        parsed = RecordReader(self.frame).read(table_of(record).rows())
        self.units: Sequence[RecordRow] = parsed.rows
        self.people = People()
        self.people.load(who for row in parsed.rows for who in (row.who, row.had_by) if who is not None)
        self.lines = parsed.lines
        self.refusals: Sequence[Refusal] = parsed.refusals
        self.counts = {"lines": parsed.lines, "expired": parsed.expired}

    def weight(self, unit: RecordRow) -> int:
        return 1

    def sort(self, rows: Sequence[RecordRow]) -> SortedRecords:
        """Find whose they are, and which are here already."""
        people, result = self.people, SortedRecords()
        people.follow_merges()
        members = Member.objects.in_bulk([pk for row in rows if (pk := people.find(row.who))])
        keeper = vouchers()
        codes = [row.voucher.code for row in rows if row.voucher is not None]
        known = keeper.known(codes) if keeper and codes else set()
        notes, consents = _notes_of(members), _consents_of(members)
        for row in rows:
            member = members.get(pk) if (pk := people.find(row.who)) else None
            if member is None or member.status == MemberStatus.LEFT:
                refused = _("Nobody here is this customer. Bring the members first.")
                result.refusals.append(Refusal(row.row, "", refused))
            elif row.record == VOUCHER and row.voucher is not None:
                self._sort_voucher(row, member, row.voucher.code in known, result)
            elif row.record == NOTE:
                said = (member.pk, row.text)
                (result.there if said in notes else result.new).append((row, member))
                notes.add(said)
            else:
                self._sort_consent(row, member, consents, result)
        return result

    def _sort_voucher(self, row: RecordRow, member: Member, is_known: bool, result: SortedRecords) -> None:
        """What would be refused is said before anything is done."""
        keeper = vouchers()
        if is_known:
            result.there.append((row, member))
            return
        try:
            if keeper is not None and row.voucher is not None:
                keeper.check(row.voucher)
        except DomainError as error:
            result.refusals.append(Refusal(row.row, self.frame.column_name(error.field or ""), str(error)))
        else:
            result.new.append((row, member))

    def _sort_consent(
        self, row: RecordRow, member: Member, known: dict[Any, list[Consent]], result: SortedRecords
    ) -> None:
        answers = known.get((member.pk, row.purpose, row.channel), [])
        words = hashlib.sha256(row.text.encode()).hexdigest()
        if any((one.given, one.text_hash, one.at) == (row.given, words, row.at) for one in answers):
            result.there.append((row, member))
        elif row.at is not None and any(one.at >= row.at for one in answers):
            same = answers[-1].given == row.given
            (result.there if same else result.older).append((row, member))
        else:
            result.new.append((row, member))

    def write(self, units: Sequence[RecordRow]) -> Outcome:
        found = self.sort(units)
        outcome = Outcome({"unchanged": len(found.there), "older": len(found.older)}, found.refusals)
        for row, member in found.new:
            try:
                with transaction.atomic():
                    self._bring(row, member)
            except DomainError as error:
                outcome.refusals.append(Refusal(row.row, self.frame.column_name(error.field or ""), str(error)))
                continue
            wrapped = ["wrapped"] if row.voucher is not None and row.voucher.is_wrapped else []
            for name in ("created", f"{row.record}s", *wrapped):
                outcome.counts[name] = outcome.counts.get(name, 0) + 1
        return outcome

    def finish(self, counts: dict[str, Any]) -> Outcome:
        return Outcome()

    def _bring(self, row: RecordRow, member: Member) -> None:
        if row.record == NOTE:
            add_note(member, text=row.text, by=self.by, source=Source.IMPORT, at=row.at)
        elif row.record == CONSENT:
            record_consent(
                member,
                purpose=row.purpose,
                channel=row.channel,
                given=row.given,
                text=row.text,
                by=self.by,
                source=Source.IMPORT,
                silent=self.record.silent,
                at=row.at,
            )
        elif (keeper := vouchers()) is not None and row.voucher is not None:
            pk = self.people.find(row.had_by) if row.had_by else None
            had_by = Member.objects.filter(pk=pk).first() if pk else None
            keeper.bring(member, row.voucher, by=self.by, silent=self.record.silent, had_by=had_by)
        else:
            raise Invalid(_("There is no program that takes vouchers."), code="no_program", field="record")


def answer_here(row: RecordRow, member: Member) -> Consent | None:
    """What the member says here to the same question."""
    return current_consents(member).get((row.purpose, row.channel))


def _notes_of(members: dict[Any, Member]) -> set[tuple[Any, str]]:
    return set(Note.objects.filter(member__in=members).values_list("member", "text"))


def _consents_of(members: dict[Any, Member]) -> dict[Any, list[Consent]]:
    found: dict[Any, list[Consent]] = {}
    for one in Consent.objects.filter(member__in=members).order_by("pk"):
        found.setdefault((one.member_id, one.purpose, one.channel), []).append(one)
    return found
