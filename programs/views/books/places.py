"""The books of a period by where points were earned."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from programs.books.places import Place, Places, places_of
from programs.exports import csv_download
from programs.views.books.period import asked_period, asked_program, column_names, entries_url, periods, tabs
from programs.words.unit import exact_figure
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def places(request: BusinessRequest) -> HttpResponse:
    found = asked_program(request)
    if found is None:
        return redirect("programs:program")
    first, last = asked_period(request)
    kept = places_of(first, last, program=found)
    names = column_names(kept.sum, *(place.books for place in kept.places))
    context = {
        "program": found,
        "first": first,
        "last": last,
        "columns": names,
        "tabs": tabs("places", found),
        "rows": [_row(place, names) for place in shown(kept)],
        "opening": kept.sum.opening,
        "sums": [(name, kept.sum.moved[name], entries_url(found, first, last, name)) for name in names],
        "closing": kept.sum.closing,
        "periods": periods(found),
    }
    return render(request, "programs/books/places.html", context)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def places_export(request: BusinessRequest) -> HttpResponse:
    first, last = asked_period(request)
    found = asked_program(request)
    kept = places_of(first, last, program=found)
    names = column_names(kept.sum, *(place.books for place in kept.places))
    rows: list[list[object]] = [[_("Earned at"), _("Opening"), *names.values(), _("Closing")]]
    lines = [*((name_of(place), place.books) for place in shown(kept)), (_("All of it"), kept.sum)]
    for said, books in lines:
        figures = [books.opening, *(books.moved[name] for name in names), books.closing]
        rows.append([said, *(exact_figure(found, one) for one in figures)])
    return csv_download("points-by-location", rows)


def shown(kept: Places) -> list[Place]:
    """The lines to show: what is owed only where there is something of it."""
    return [one for one in kept.places if not one.is_owed or one.books.opening or any(one.books.moved.values())]


def name_of(place: Place) -> str:
    if place.is_owed:
        return _("Owed by members")
    return place.location.name if place.location else _("Location not known")


def _row(place: Place, names: dict[str, str]) -> dict[str, Any]:
    return {
        "label": name_of(place),
        "is_known": place.location is not None,
        "opening": place.books.opening,
        "cells": [(name, place.books.moved[name]) for name in names],
        "closing": place.books.closing,
    }
