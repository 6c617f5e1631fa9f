"""Breakage by cohort: what became of the points of each month."""

from typing import Any

from babel.dates import format_skeleton
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from loyalty_saas.lib.charts import heat_grid
from loyalty_saas.lib.days import add_months
from programs.books.cohorts import FATES, Cohort, cohorts, sum_of
from programs.books.days import today_here
from programs.views.books.period import asked_program, tabs
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

COUNTS = (12, 24, 36)
WINDOWS = (0, 3, 6, 12, 24)
# So many months after the one they were earned in are drawn.
AGES = 12


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def breakage(request: BusinessRequest) -> HttpResponse:
    found = asked_program(request)
    if found is None:
        return redirect("programs:program")
    count = _chosen(request, "months", COUNTS, 12)
    window = _chosen(request, "older", WINDOWS, 0)
    newest = add_months(today_here().replace(day=1), -window)
    kept = [one for one in cohorts(count, program=found) if one.month <= newest and one.earned]
    whole = sum_of(kept)
    locale = request.tenant.locale
    labels = [str(format_skeleton("yMMM", one.month, locale=locale)) for one in kept]
    context = {
        "program": found,
        "tabs": tabs("breakage", found),
        "columns": _names(),
        "rows": [(label, _row(one)) for label, one in zip(labels, kept, strict=True)],
        "whole": whole,
        "sum": _row(whole),
        "chart": _grid(labels, kept),
        "months": str(count),
        "months_choices": [(str(number), _("%(count)d months") % {"count": number}) for number in COUNTS],
        "older": str(window),
        "older_choices": [("0", _("Of any age")), *((str(number), _older(number)) for number in WINDOWS[1:])],
    }
    return render(request, "programs/books/breakage.html", context)


def _chosen(request: BusinessRequest, name: str, choices: tuple[int, ...], usual: int) -> int:
    asked = request.GET.get(name, "")
    return int(asked) if asked in map(str, choices) else usual


def _older(months: int) -> str:
    return ngettext("At least %(count)d month old", "At least %(count)d months old", months) % {"count": months}


def _names() -> dict[str, str]:
    return {
        "redeemed": _("Redeemed"),
        "expired": _("Expired"),
        "reversed": _("Taken back"),
        "moved": _("By hand"),
        "left": _("Still there"),
    }


def _row(one: Cohort) -> dict[str, Any]:
    figures = {**{fate: one.fates[fate] for fate in FATES}, "left": one.left}
    return {
        "earned": one.earned,
        "cells": [(name, points, one.percent(points)) for name, points in figures.items()],
    }


def _grid(labels: list[str], kept: list[Cohort]) -> Any:
    """How many percent of a cohort were redeemed by the end of each month after it."""
    ages = min(AGES + 1, max((len(one.redeemed_by_age) for one in kept), default=0))
    values: list[list[float | None]] = []
    for one in kept:
        passed, line = 0, []
        for points in one.redeemed_by_age[:ages]:
            passed += points
            line.append(one.percent(passed))
        values.append([*line, *[None] * (ages - len(line))])
    heads = [f"+{age}" for age in range(ages)]
    return heat_grid(labels, heads, values, say=lambda percent: f"{percent:.0f}%") if kept else None
