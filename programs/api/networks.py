"""The network through the API: what a member could spend, and the statements of the months."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from customers.api.lookup import member_or_404
from loyalty_saas.lib.errors import NotFound
from programs.api.network_shapes import CrossingPage, ShownNetworkBalance, ShownStatement, StatementPage
from programs.domain.networks.balance import elsewhere_of
from programs.domain.networks.closing import entries_of_month
from programs.models import NetworkCrossing, NetworkPayment, NetworkStatement
from programs.queries import account_of, standing_of_balance
from tenants.api.operations import Call, operation
from tenants.api.paging import Page, page
from tenants.api.shapes import PageQuery
from tenants.api.views import BusinessView
from tenants.domain.networks.reading import own_seat
from tenants.enums import Scope


class MemberNetwork(BusinessView):
    section = "Network"

    @operation(Scope.POINTS_READ, "Read a member's points in the network", ShownNetworkBalance)
    def get(self, call: Call, member_id: UUID) -> dict[str, Any]:
        """404 for a business that is in no network. Redeeming takes what is missing from elsewhere by itself."""
        member, seat = member_or_404(member_id), own_seat()
        if seat is None:
            raise NotFound
        account = account_of(member)
        elsewhere = elsewhere_of(account) if account else None
        here = standing_of_balance(account) if account else 0
        total = elsewhere.total if elsewhere else 0
        return {
            "network": seat.name,
            "takes_part": elsewhere is not None,
            "here": here,
            "elsewhere": total,
            "total": here + total,
        }


class NetworkStatements(BusinessView):
    section = "Network"

    @operation(Scope.POINTS_READ, "List statements of the network", StatementPage, query=PageQuery)
    def get(self, call: Call) -> Page:
        """The months that are closed, the newest first."""
        found, following = page(NetworkStatement.objects.prefetch_related("lines"), call.query)
        marks = _marks(found)
        return Page([_statement(one, marks) for one in found], following)


class OneNetworkStatement(BusinessView):
    section = "Network"

    @operation(Scope.POINTS_READ, "Read a statement of the network", ShownStatement)
    def get(self, call: Call, statement_id: UUID) -> dict[str, Any]:
        found = _found(statement_id)
        return _statement(found, _marks([found]))


class NetworkStatementEntries(BusinessView):
    section = "Network"

    @operation(Scope.POINTS_READ, "List the entries of a statement", CrossingPage, query=PageQuery)
    def get(self, call: Call, statement_id: UUID) -> Page:
        """Every entry behind it, the newest first."""
        statement = _found(statement_id)
        entries = entries_of_month(statement.network_id, statement.month, statement.time_zone)
        found, following = page(entries.select_related("account"), call.query)
        return Page([_crossing(one) for one in found], following)


def _marks(statements: list[NetworkStatement]) -> dict[UUID, date]:
    """The lines of which somebody has said that the money arrived, and when."""
    found = NetworkPayment.objects.filter(line__statement__in=statements, undone_at=None)
    return dict(found.values_list("line", "received_on"))


def _found(pk: UUID) -> NetworkStatement:
    statement: NetworkStatement | None = NetworkStatement.objects.prefetch_related("lines").filter(pk=pk).first()
    if statement is None:
        raise NotFound
    return statement


def _statement(one: NetworkStatement, marks: Mapping[UUID, date]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "network": one.network_name,
        "currency": one.currency,
        "month": one.month,
        "owed_to_us": one.owed_to_us,
        "owed_by_us": one.owed_by_us,
        "net": one.net,
        "entries": one.entries,
        "closed_at": one.closed_at,
        "businesses": [
            {
                "business_id": line.partner_id,
                "business": line.partner_name,
                "points_in": line.points_in,
                "points_out": line.points_out,
                "owed_to_us": line.owed_to_us,
                "owed_by_us": line.owed_by_us,
                "net": line.net,
                "entries": line.entries,
                "received_on": marks.get(line.pk),
            }
            for line in one.lines.all()
        ],
    }


def _crossing(one: NetworkCrossing) -> dict[str, Any]:
    return {
        "id": one.crossing_id,
        "kind": one.kind,
        "business_id": one.partner_id,
        "member_id": one.account.member_id,
        "points": one.points,
        "amount": one.amount,
        "redemption_id": one.redemption_id,
        "reverses": one.reverses,
        "occurred_at": one.occurred_at,
    }
