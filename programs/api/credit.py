"""Store credit through the API: what a member has, and what a purchase or a return did to it."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from customers.api.lookup import member_or_404
from customers.enums import Source
from customers.models import Return
from loyalty_saas.lib.errors import NotFound
from programs.api.credit_shapes import CreditEntry, CreditEntryPage, NewCreditAdjustment, ShownCredit
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.credit.reading import CreditStanding, credit_of
from programs.domain.serving import CreditMoved
from programs.enums import Cause
from programs.models import Entry
from programs.words.credit import earning, title_of, why_with_dates
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import BY_SEQ, Page, page
from tenants.api.shapes import PageQuery
from tenants.api.views import BusinessView
from tenants.enums import Scope


class MemberCredit(BusinessView):
    section = "Store credit"

    @operation(Scope.POINTS_READ, "Read a member's store credit", ShownCredit)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """404 for a business that has no store credit."""
        standing = _standing(member_id)
        return {
            "name": standing.program.name,
            "is_running": standing.is_running,
            "balance": standing.balance,
            "pending": standing.pending,
            "owed": standing.owed,
            "earning": earning(standing.terms),
            "coming": _days(standing.coming),
            "expiring": _days(standing.expiring),
        }


class CreditAdjustments(BusinessView):
    section = "Store credit"

    @operation(
        Scope.POINTS_WRITE,
        "Give or take store credit by hand",
        CreditEntry,
        status=201,
        body=NewCreditAdjustment,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """422 `no_credit` for a business that has no store credit; 409 `not_enough_credit` when more would be taken
        than there is: `facts.available` says how much."""
        entry = adjust_credit(
            member_or_404(member_id),
            amount=call.values["amount"],
            reason=call.values["reason"],
            by=call.by,
            key=call.domain_key,
            source=Source.API,
        )
        return _shown(entry)


class CreditEntries(BusinessView):
    section = "Store credit"

    @operation(Scope.POINTS_READ, "List a member's entries of store credit", CreditEntryPage, query=PageQuery)
    def get(self, call: Call, member_id: UUID) -> Page:
        """The newest first, each with the reasons that were true then."""
        account = _standing(member_id).account
        entries, following = page(
            Entry.objects.filter(account=account) if account else Entry.objects.none(), call.query, order=BY_SEQ
        )
        return Page([_shown(entry) for entry in entries], following)


def credit_done(moved: CreditMoved) -> dict[str, Any] | None:
    """What a purchase did to store credit; None where it moved none."""
    if not moved.entries:
        return None
    given = moved.given
    return {
        "paid": -moved.paid.amount if moved.paid else 0,
        "given": given.amount + given.pending_amount if given else 0,
        "pending": given.pending_amount if given else 0,
        "balance": moved.entries[-1].balance_after,
        "why": [said for entry in moved.entries for said in why_with_dates(entry)],
    }


def credit_returned(record: Return) -> dict[str, Any] | None:
    """What a return did to store credit; None where it moved none."""
    found = Entry.objects.filter(cause__in=(Cause.REFUND, Cause.UNCREDITED), cause_id=record.pk)
    entries = {entry.cause: entry for entry in found.order_by("seq")}
    if not entries:
        return None
    last, taken = list(entries.values())[-1], entries.get(Cause.UNCREDITED)
    return {
        "refunded": entries[Cause.REFUND].amount if Cause.REFUND in entries else 0,
        "taken": -(taken.amount + taken.pending_amount) if taken else 0,
        "balance": last.balance_after,
        "owed": last.owed_after,
    }


def _standing(member_id: UUID) -> CreditStanding:
    standing = credit_of(member_or_404(member_id))
    if standing is None:
        raise NotFound
    return standing


def _days(days: Iterable[tuple[date, int]]) -> list[dict[str, Any]]:
    return [{"day": day, "amount": amount} for day, amount in days]


def _shown(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "kind": entry.kind,
        "cause": entry.cause,
        "cause_id": entry.cause_id,
        "amount": entry.amount,
        "pending": entry.pending_amount,
        "balance_after": entry.balance_after,
        "owed_after": entry.owed_after,
        "occurred_at": entry.occurred_at,
        "title": title_of(entry),
        "why": why_with_dates(entry),
    }
