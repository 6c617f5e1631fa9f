"""The books: what was issued, redeemed, expired and taken back, adding up from month to month."""

from collections.abc import Iterable
from typing import Any

from babel.dates import format_skeleton
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty_saas.lib.charts import Series, bar_chart
from programs.books import Books, Month, books_of
from programs.exports import csv_download
from programs.models import Program
from programs.queries import current_rewards
from programs.views.books.period import asked_period, asked_program, column_names, entries_url, periods, tabs
from programs.words.unit import exact_figure, figure_for
from programs.worth import worth_of_points
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def books(request: BusinessRequest) -> HttpResponse:
    found = asked_program(request)
    if found is None:
        return redirect("programs:program")
    first, last = asked_period(request)
    kept = books_of(first, last, program=found)
    names = column_names(kept.sum)
    rewards = current_rewards(found)
    context = {
        "program": found,
        "first": first,
        "last": last,
        "books": kept,
        "columns": names,
        "tabs": tabs("books", found),
        "rows": [_row(found, month, names, request) for month in kept.months],
        "whole": _row(found, kept.sum, names, request),
        "chart": _chart(found, kept, request),
        "worth": worth_of_points(kept.outstanding.total, rewards),
        "periods": periods(found),
    }
    return render(request, "programs/books/page.html", context)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def books_export(request: BusinessRequest) -> HttpResponse:
    first, last = asked_period(request)
    found = asked_program(request)
    kept = books_of(first, last, program=found)
    names = column_names(kept.sum)
    rows: list[list[object]] = [[_("From"), _("To"), _("Opening"), *names.values(), _("Closing")]]
    rows += [
        [
            month.first.isoformat(),
            month.last.isoformat(),
            exact_figure(found, month.opening),
            *(exact_figure(found, month.moved[name]) for name in names),
            exact_figure(found, month.closing),
        ]
        for month in [*kept.months, kept.sum]
    ]
    return csv_download("points-books", rows)


def _row(program: Program, month: Month, names: Iterable[str], request: BusinessRequest) -> dict[str, Any]:
    """A month with a link to the entries behind each of its figures."""
    return {
        "label": format_skeleton("yMMM", month.first, locale=request.tenant.locale),
        "opening": month.opening,
        "cells": [(name, month.moved[name], entries_url(program, month.first, month.last, name)) for name in names],
        "closing": month.closing,
        "url": entries_url(program, month.first, month.last),
    }


def _chart(program: Program, kept: Books, request: BusinessRequest) -> Any:
    labels = [format_skeleton("MMM", month.first, locale=request.tenant.locale) for month in kept.months]
    return bar_chart(
        labels,
        [
            Series(_("Issued"), [max(0, month.moved["issued"]) for month in kept.months]),
            Series(_("Redeemed"), [-min(0, month.moved["redeemed"]) for month in kept.months]),
            Series(_("Expired"), [-min(0, month.moved["expired"]) for month in kept.months]),
        ],
        say=lambda points: figure_for(program, int(points)),
        say_axis=lambda points: figure_for(program, int(points)),
        width=760,
    )
