"""The regulars who stay away, all of them."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty_saas.lib.columns import Column, chosen_sort
from loyalty_saas.lib.money import to_major
from programs.exports import csv_download
from programs.figures.slipping import LEAST_DAYS, LEAST_VISITS, said, slipping_members, why_nobody
from programs.queries import balances_of
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_MEMBERS)
def slipping(request: BusinessRequest) -> HttpResponse:
    columns = [
        Column("member", _("Member"), always=True),
        Column("away", _("Away for"), sort="away", align="end"),
        Column("usual", _("Usually comes every"), sort="gap", align="end"),
        Column("visits", _("Visits"), sort="visits", align="end"),
        Column("spent", _("Spent"), sort="spent", align="end"),
        Column("balance", _("Balance"), align="end"),
    ]
    sort = chosen_sort(request.GET.get("sort"), columns, default="-spent")
    page = Paginator(slipping_members(sort), 50).get_page(request.GET.get("page"))
    rows = [said(summary) for summary in page.object_list]
    balances = balances_of([row.member.pk for row in rows])
    context = {
        "page": page,
        "columns": columns,
        "sort": sort,
        "rows": [(row, balances.get(row.member.pk)) for row in rows],
        "least_visits": LEAST_VISITS,
        "least_days": LEAST_DAYS,
    }
    if not rows:
        why, last = why_nobody()
        context |= {"why": why.value, "last": last}
    return render(request, "programs/slipping.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def slipping_export(request: BusinessRequest) -> HttpResponse:
    currency = request.tenant.currency
    head: list[object] = [_("Member"), _("Card"), _("E-mail"), _("Phone"), _("Days away"), _("Usual days"), _("Visits")]
    rows = (
        [
            *(str(row.member), row.member.number, row.member.email, row.member.phone, row.away_days, row.usual_days),
            *(row.visits, to_major(row.spent, currency)),
        ]
        for row in map(said, slipping_members().iterator(chunk_size=2000))
    )
    return csv_download("slipping", [[*head, _("Spent")], *rows])
