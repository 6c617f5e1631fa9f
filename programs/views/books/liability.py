"""What was promised on a day, in points and at cost, by where it was earned."""

from datetime import date

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from loyalty_saas.lib.days import asked_day
from programs.books import books_of, cost_of_points
from programs.books.cost import shared_by
from programs.books.days import today_here
from programs.books.places import liability_on
from programs.queries import current_rewards
from programs.views.books.period import asked_program, tabs
from programs.views.books.places import name_of, shown
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def liability(request: BusinessRequest) -> HttpResponse:
    found = asked_program(request)
    if found is None:
        return redirect("programs:program")
    day = _day(request)
    kept = liability_on(day, program=found)
    cost = cost_of_points(found, current_rewards(found))
    money = books_of(day, day, program=found, cost=cost).sum.closing if cost else None
    places = shown(kept)
    shares = shared_by([place.books.closing for place in places], money) if money is not None else None
    context = {
        "program": found,
        "day": day,
        "tabs": tabs("liability", found),
        "kept": kept,
        "cost": cost,
        "money": money,
        "rows": [
            (name_of(place), place.location is not None, place.books.closing, shares[number] if shares else None)
            for number, place in enumerate(places)
            if place.books.closing
        ],
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/books/liability.html", context)


def _day(request: BusinessRequest) -> date:
    """The day that was asked for; today, when none was or it is still to come."""
    today = today_here()
    return min(asked_day(request.GET.get("on", "")) or today, today)
