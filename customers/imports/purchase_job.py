"""An import of purchases at work: receipts in the order of time, written with who and what they name."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from customers import effects
from customers.domain.locks import one_writer_of_members
from customers.enums import ImportPoints, MemberStatus, Source
from customers.imports import jobs
from customers.imports.jobs import Outcome
from customers.imports.newcomers import write_members
from customers.imports.opening import frame_of, table_of
from customers.imports.originals import Originals
from customers.imports.people import Newcomer
from customers.imports.plan_purchases import load_originals, plan_purchases
from customers.imports.points import follow_purchases, open_balances, spent_by_member
from customers.imports.receipts import Receipt, Refusal
from customers.imports.settling import parse_purchases
from customers.imports.writing import LineEndings, ReceiptWriter
from customers.models import Import, Member
from tenants.actors import Actor


class PurchaseJob:
    """Made inside `tenant_context`: reads the whole file and what the business has."""

    def __init__(self, record: Import, *, by: Actor) -> None:
        self.record = record
        self.by = by
        self.frame = frame_of(record)
        parsed = parse_purchases(table_of(record).rows(), self.frame)
        self.plan = plan_purchases(parsed, self.frame)
        self.endings = LineEndings(self.plan.catalogue)
        self.units: Sequence[Receipt] = parsed.receipts
        self.plan.catalogue.meet(dict.fromkeys(chain.from_iterable((*one.items, *one.back) for one in self.units)))
        # Awarding holds the members' balances until the batch is written, and tills wait for them.
        awards = record.points == ImportPoints.AWARD
        self.batch_lines = jobs.BATCH_LINES if awards else jobs.PLAIN_LINES
        self.lines = parsed.lines
        self.refusals: Sequence[Refusal] = parsed.refusals
        self.counts = {
            "lines": parsed.lines,
            "receipts": len(parsed.receipts),
            "duplicates": parsed.duplicates,
            "dropped": parsed.dropped,
            "left_out": parsed.left_out,
            "empty": parsed.empty,
            "without_customer": parsed.without_customer,
            "cancelled": parsed.cancelled,
            "unread_contacts": len(parsed.unread_contacts),
            "file_net": parsed.net,
        }

    def weight(self, unit: Receipt) -> int:
        return len(unit.rows)

    def write(self, units: Sequence[Receipt]) -> Outcome:
        one_writer_of_members()
        self.plan.people.follow_merges()
        found = self.plan.sort(units)
        new = found.new
        members = self._write_newcomers(new)
        items = (item for receipt in new for item in (*receipt.items, *receipt.back) if item not in self.endings)
        products = self.plan.catalogue.add(dict.fromkeys(items))
        self.plan.originals = Originals()
        load_originals(self.plan, new)
        writer = ReceiptWriter(
            self.frame.currency,
            self.plan.people,
            self.endings,
            self.plan.originals,
            self.plan.places,
            self.by,
            self.record.silent,
        )
        written = writer.write(new)
        follow_purchases(self.record, written, by=self.by)
        counts = {
            "created": len(new),
            "unchanged": len(found.unchanged),
            "purchases": len(written.purchases),
            "returns": written.receipts_back,
            "return_parts": len(written.returns),
            "linked": written.linked,
            "written_lines": written.lines,
            "members": members,
            "products": products,
            "guests": sum(1 for purchase in written.purchases if purchase.member_id is None),
            "net": sum(one.total for one in written.purchases) - sum(one.total for one in written.returns),
        }
        if self.record.points == ImportPoints.OPENING:
            counts |= {f"spent:{member}": amount for member, amount in spent_by_member(written).items()}
        return Outcome(counts, found.refusals)

    def finish(self, counts: dict[str, Any]) -> Outcome:
        """One opening balance for each member, from all batches."""
        spent = {key.removeprefix("spent:"): counts.pop(key) for key in list(counts) if key.startswith("spent:")}
        if not spent:
            return Outcome()
        given, without = open_balances(self.record, spent, by=self.by)
        return Outcome({"opening_balances": given, "without_opening": without})

    def _write_newcomers(self, receipts: Sequence[Receipt]) -> int:
        for receipt in receipts:
            if receipt.who is not None:
                self.plan.people.find_or_add(receipt.who, receipt.moment)
        members = [self._member(newcomer) for newcomer in self.plan.people.take_newcomers()]
        write_members(members, by=self.by, silent=self.record.silent)
        for member in members:
            effects.member_joined(member, by=self.by, source=Source.IMPORT, silent=self.record.silent)
        return len(members)

    def _member(self, newcomer: Newcomer) -> Member:
        who = newcomer.who
        return Member(
            id=newcomer.id,
            given_name=who.given_name,
            family_name=who.family_name,
            email=who.email,
            phone=who.phone,
            external_id=who.external_id,
            number=who.number,
            location_id=self.by.location_id,
            status=MemberStatus.ACTIVE.value,
            source=Source.IMPORT.value,
            joined_at=newcomer.since,
        )
