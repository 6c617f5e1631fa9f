"""The books: what was issued, redeemed, expired and taken back, adding up from month to month."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty_saas.lib.charts import Series, bar_chart
from loyalty_saas.lib.days import add_months, asked_day, end_of_month
from programs.books import COLUMNS, Books, Month, books_of, default_period, first_day
from programs.domain.accounts import points_program
from programs.exports import csv_download
from programs.queries import current_rewards
from programs.worth import worth_of_points
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

# Ten years are what a table of months can bear.
MOST_MONTHS = 120


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def books(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    first, last = _period(request)
    kept = books_of(first, last)
    rewards = [reward for reward in current_rewards() if reward.program_id == found.pk]
    context = {
        "program": found,
        "first": first,
        "last": last,
        "books": kept,
        "columns": _column_names(),
        "rows": [_row(month, request) for month in kept.months],
        "whole": _row(kept.sum, request),
        "chart": _chart(kept, request),
        "worth": worth_of_points(kept.outstanding.total, rewards),
        "periods": _periods(request),
    }
    return render(request, "programs/books/page.html", context)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def books_export(request: BusinessRequest) -> HttpResponse:
    first, last = _period(request)
    kept = books_of(first, last)
    names = _column_names()
    rows: list[list[object]] = [[_("From"), _("To"), _("Opening"), *names.values(), _("Closing")]]
    rows += [
        [month.first.isoformat(), month.last.isoformat(), month.opening, *month.moved.values(), month.closing]
        for month in [*kept.months, kept.sum]
    ]
    return csv_download("points-books", rows)


def _column_names() -> dict[str, str]:
    return {
        "issued": _("Issued"),
        "redeemed": _("Redeemed"),
        "restored": _("Given back"),
        "expired": _("Expired"),
        "reversed": _("Taken back"),
        "adjusted": _("By hand"),
    }


def _period(request: BusinessRequest) -> tuple[date, date]:
    """What was asked for, put right where it makes no sense."""
    first, last = default_period()
    first = asked_day(request.GET.get("from", "")) or first
    last = asked_day(request.GET.get("to", "")) or last
    first, last = min(first, last), max(first, last)
    return max(first, add_months(last, -MOST_MONTHS)), last


def _row(month: Month, request: BusinessRequest) -> dict[str, Any]:
    """A month with a link to the entries behind each of its figures."""
    period = {"from": month.first.isoformat(), "to": month.last.isoformat()}
    entries = reverse("programs:entries")
    return {
        "label": format_skeleton("yMMM", month.first, locale=request.tenant.locale),
        "opening": month.opening,
        "cells": [
            (
                name,
                moved,
                f"{entries}?{urlencode({**period, 'kind': [str(kind) for kind in COLUMNS[name]]}, doseq=True)}",
            )
            for name, moved in month.moved.items()
        ],
        "closing": month.closing,
        "url": f"{entries}?{urlencode(period)}",
    }


def _chart(kept: Books, request: BusinessRequest) -> Any:
    labels = [format_skeleton("MMM", month.first, locale=request.tenant.locale) for month in kept.months]
    return bar_chart(
        labels,
        [
            Series(_("Issued"), [max(0, month.moved["issued"]) for month in kept.months]),
            Series(_("Redeemed"), [-min(0, month.moved["redeemed"]) for month in kept.months]),
            Series(_("Expired"), [-min(0, month.moved["expired"]) for month in kept.months]),
        ],
        say=lambda points: str(format_decimal(points, locale=request.tenant.locale)),
        say_axis=lambda points: str(format_decimal(points, locale=request.tenant.locale)),
        width=760,
    )


def _periods(request: BusinessRequest) -> list[tuple[str, str]]:
    """Periods to choose at a touch."""
    _first, today = default_period()
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    before = add_months(month, -1)
    choices = [
        (_("This month"), month, today),
        (_("Last 6 months"), add_months(month, -5), today),
        (_("This year"), year, today),
        (_("Last 12 months"), add_months(month, -11), today),
    ]
    choices.insert(1, (_("Last month"), before, end_of_month(before)))
    oldest = first_day()
    if oldest is not None:
        choices.append((_("Since the beginning"), max(oldest, add_months(today, -MOST_MONTHS)), today))
    return [
        (str(name), "?" + urlencode({"from": first.isoformat(), "to": last.isoformat()}))
        for name, first, last in choices
    ]
