"""The list of purchases, and one purchase."""

from collections.abc import Iterator
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.enums import Source
from customers.exports import PURCHASE_HEADINGS, purchase_rows
from customers.models import Purchase
from customers.purchase_lists import WantedPurchases, purchases_wanted, totals_of
from customers.slots import purchase_panels
from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.slots import fill
from loyalty_saas.lib.tables import csv_lines
from tenants.access import BusinessRequest, dashboard_page
from tenants.domain.audit import record_audit
from tenants.models import Location
from tenants.permissions import Permission

PAGE = 50
COLUMNS = [
    Column("when", gettext_lazy("When"), sort="when", always=True),
    Column("member", gettext_lazy("Member")),
    Column("receipt", gettext_lazy("Receipt")),
    Column("location", gettext_lazy("Location")),
    Column("staff", gettext_lazy("Staff"), hidden=True),
    Column("source", gettext_lazy("Came in by")),
    Column("total", gettext_lazy("Total"), sort="total", align="end"),
    Column("returned", gettext_lazy("Returned"), sort="returned", align="end"),
]
WHOSE = [
    ("", gettext_lazy("Everyone’s")),
    ("members", gettext_lazy("Members only")),
    ("guests", gettext_lazy("Guests only")),
    ("returned", gettext_lazy("With returns")),
]


class CountedPaginator(Paginator):
    """Pages of a list whose length is known already."""

    def __init__(self, rows: QuerySet[Purchase], per_page: int, known: int) -> None:
        super().__init__(rows, per_page)
        self._known = known

    @cached_property
    def count(self) -> int:
        return self._known


@dashboard_page(Permission.VIEW_PURCHASES)
def purchases(request: BusinessRequest) -> HttpResponse:
    wanted = WantedPurchases.read(request.GET, COLUMNS)
    found = purchases_wanted(wanted, request.tenant.zone)
    totals = totals_of(found)
    rows = found.select_related("member", "location", "staff")
    context = {
        "page_title": _("Purchases"),
        "page": CountedPaginator(rows, PAGE, totals.count).get_page(request.GET.get("page")),
        "columns": COLUMNS,
        "wanted": wanted,
        "totals": totals,
        "locations": [("", _("Any location")), *Location.objects.values_list("pk", "name")],
        "sources": [("", _("Came in any way")), *Source.choices],
        "whose": WHOSE,
        "anything": bool(totals.count) or Purchase.objects.exists(),
        "query": request.GET.urlencode(),
        "may_import": request.membership.may(Permission.RUN_IMPORTS),
    }
    return render(request, "customers/purchases/list.html", context)


@dashboard_page(Permission.VIEW_PURCHASES)
def export(request: BusinessRequest) -> StreamingHttpResponse:
    """The list as it is narrowed, as CSV. It is read piece by piece while it is sent."""
    found = purchases_wanted(WantedPurchases.read(request.GET, COLUMNS), request.tenant.zone)
    ids = list(found.values_list("pk", flat=True))
    record_audit("purchases.exported", by=request.actor, purchases=len(ids))
    tenant = request.tenant

    def rows() -> Iterator[list[object]]:
        yield [str(heading) for heading in PURCHASE_HEADINGS]
        yield from purchase_rows(tenant, ids)

    response = StreamingHttpResponse(csv_lines(rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="purchases-{tenant.slug}.csv"'
    return response


@dashboard_page(Permission.VIEW_PURCHASES)
def purchase(request: BusinessRequest, pk: UUID) -> HttpResponse:
    one = get_object_or_404(Purchase.objects.select_related("member", "location", "staff"), pk=pk)
    may = request.membership.may
    context = {
        "page_title": _("Purchase"),
        "purchase": one,
        "lines": one.lines.select_related("product"),
        "returns": one.returns.select_related("staff", "location").prefetch_related("lines").order_by("occurred_at"),
        "panels": fill(purchase_panels, may, one),
        "may_return": may(Permission.EDIT_PURCHASES) and (one.kept > 0),
    }
    return render(request, "customers/purchases/purchase.html", context)
