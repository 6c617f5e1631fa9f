"""What a member has, and how it came about."""

from typing import Any
from uuid import UUID

from customers.api.lookup import member_or_404
from customers.enums import Source
from programs.api.points import account_or_404, balance_of, shown_entry
from programs.api.shapes import Balance, EntryPage, NewAdjustment, ShownEntry
from programs.domain.adjustments import adjust_points
from programs.models import Entry
from tenants.api.operations import Call, Keyed, operation
from tenants.api.paging import BY_SEQ, Page, page
from tenants.api.shapes import PageQuery
from tenants.api.views import BusinessView
from tenants.enums import Scope


class MemberBalance(BusinessView):
    section = "Points"

    @operation(Scope.POINTS_READ, "Read a member's balance", Balance)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        return balance_of(member_or_404(member_id))


class MemberEntries(BusinessView):
    section = "Points"

    @operation(Scope.POINTS_READ, "List a member's entries", EntryPage, query=PageQuery)
    def get(self, call: Call, member_id: UUID) -> Page:
        """The ledger of a member, the newest first, each line with the reasons that were true then."""
        account = account_or_404(member_or_404(member_id))
        entries, following = page(Entry.objects.filter(account_id=account.pk), call.query, order=BY_SEQ)
        return Page([shown_entry(entry, account.program) for entry in entries], following)


class MemberAdjustments(BusinessView):
    section = "Points"

    @operation(
        Scope.POINTS_WRITE,
        "Give or take points by hand",
        ShownEntry,
        status=201,
        body=NewAdjustment,
        keyed=Keyed.REQUIRED,
    )
    def post(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """409 `not_enough_points` when more would be taken than there is: `facts.missing` says how many."""
        member = member_or_404(member_id)
        entry = adjust_points(
            member,
            points=call.values["points"],
            reason=call.values["reason"],
            by=call.by,
            key=call.domain_key,
            source=Source.API,
        )
        return shown_entry(entry, account_or_404(member).program)
