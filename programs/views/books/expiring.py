"""The calendar of expiry: what lapses if nobody redeems anything, and whose it is."""

from urllib.parse import urlencode

from babel.dates import format_skeleton
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty_saas.lib.charts import Series, bar_chart
from programs.books import cost_of_points
from programs.books.cost import shared_by
from programs.books.expiring import NEVER, Expiring, expiry_calendar
from programs.queries import current_rewards
from programs.views.books.period import asked_program, tabs
from programs.words.unit import figure_for
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def expiring(request: BusinessRequest) -> HttpResponse:
    found = asked_program(request)
    if found is None:
        return redirect("programs:program")
    lines = expiry_calendar(found)
    cost = cost_of_points(found, current_rewards(found))
    whole = sum(line.points for line in lines)
    money = cost.of(whole) if cost else None
    shares = shared_by([line.points for line in lines], money) if money is not None else None
    members = reverse("customers:members")
    months = [line for line in lines if line.month is not None]
    locale = request.tenant.locale
    context = {
        "program": found,
        "tabs": tabs("expiring", found),
        "rows": [
            (_label(line, locale), line, shares[place] if shares else None, f"{members}?{_query(line)}")
            for place, line in enumerate(lines)
        ],
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
        "soon": sum(line.points for line in months),
        "points": whole,
        "money": money,
        "chart": bar_chart(
            [format_skeleton("MMM", line.month, locale=locale) for line in months],
            [Series(_("Expires"), [line.points for line in months])],
            say=lambda points: figure_for(found, int(points)),
            say_axis=lambda points: figure_for(found, int(points)),
            width=760,
        ),
    }
    return render(request, "programs/books/expiring.html", context)


def _label(line: Expiring, locale: str) -> str:
    if line.month is not None:
        return str(format_skeleton("yMMMM", line.month, locale=locale))
    return _("Never") if line.word == NEVER else _("Later")


def _query(line: Expiring) -> str:
    return urlencode({"expiring": line.word})
