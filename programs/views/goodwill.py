"""What was given away to make things right: what it cost, and every gesture behind each figure."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_skeleton
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from customers.enums import Source
from customers.queries import search_members
from loyalty_saas.lib.charts import Series, bar_chart
from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.days import add_months, asked_day, end_of_month
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.money import format_money, to_major
from programs.domain.goodwill.undoing import undo_gesture
from programs.enums import GestureKind
from programs.exports import csv_download
from programs.goodwill import Part, cost_by_month, gestures_in, parts_of, spent_in, this_month
from programs.models import Gesture, GestureUndo, GoodwillReason
from tenants.access import BusinessRequest, dashboard_page
from tenants.models import Location, Membership
from tenants.permissions import Permission

NOWHERE = "none"
_LOADED = ("account__member", "account__program", "reason", "staff", "location", "approved_by", "entry")


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def goodwill(request: BusinessRequest) -> HttpResponse:
    """One month: what it cost, by reason, person and location."""
    first = _month(request.GET.get("month", ""))
    last = end_of_month(first)
    period = {"from": first.isoformat(), "to": last.isoformat()}
    rows_url = f"{reverse('programs:gestures')}?{urlencode(period)}"
    context = {
        "first": first,
        "month": format_skeleton("yMMMM", first, locale=request.tenant.locale),
        "before": add_months(first, -1),
        "after": add_months(first, 1) if first < this_month() else None,
        "spent": spent_in(first, last),
        "parts": [
            (_("By reason"), _linked(parts_of(first, last, "reason"), "reason", rows_url)),
            (_("By person"), _linked(parts_of(first, last, "staff"), "staff", rows_url)),
            (_("By location"), _linked(parts_of(first, last, "location"), "location", rows_url)),
        ],
        "chart": _chart(request, last),
        "rows_url": rows_url,
        "anything": Gesture.objects.exists(),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }
    return render(request, "programs/goodwill/page.html", context)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def gestures(request: BusinessRequest) -> HttpResponse:
    asked = _asked(request)
    found = _found(asked)
    people = Membership.objects.order_by("name").values_list("pk", "name")
    context = {
        "page": Paginator(found, 50).get_page(request.GET.get("page")),
        "columns": _columns(),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "cost": found.filter(undone=False).order_by().aggregate(total=Sum("cost"))["total"] or 0,
        "reasons": [("", _("Every reason")), *GoodwillReason.objects.values_list("pk", "name")],
        "staff": [("", _("Everybody")), *people],
        "locations": [("", _("Everywhere")), *Location.objects.values_list("pk", "name"), (NOWHERE, _("No location"))],
        "states": _STATES,
        "query": request.GET.urlencode(),
        "anything": Gesture.objects.exists(),
    }
    return render(request, "programs/goodwill/list.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def gestures_export(request: BusinessRequest) -> HttpResponse:
    return csv_download("gestures", _rows(_found(_asked(request)), request))


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def gesture(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return _page(request, _one(pk))


@dashboard_page(Permission.ADJUST_POINTS)
def gesture_undo(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Take it back, as long as what it gave is still there; the reason goes on the record."""
    found = _one(pk)
    if request.method != "POST":
        return redirect("programs:gesture", found.pk)
    reason = request.POST.get("reason", "").strip()
    try:
        undo_gesture(found, by=request.actor, key=f"undo:{found.pk}", reason=reason, source=Source.DASHBOARD)
    except DomainError as error:
        return _page(request, _one(pk), reason=reason, error=str(error), status=error.status)
    messages.success(request, _("Taken back. It costs nothing any more, and stays on the record."))
    return redirect("programs:gesture", found.pk)


_STATES = [
    ("", gettext_lazy("Every state")),
    ("given", gettext_lazy("Given")),
    ("approved", gettext_lazy("Approved by PIN")),
    ("undone", gettext_lazy("Undone")),
]


def _month(text: str) -> date:
    """The first day of the month asked for ("2026-11"), or of this one."""
    asked = asked_day(f"{text}-01")
    return min(asked, this_month()) if asked else this_month()


def _linked(parts: list[Part], name: str, rows_url: str) -> list[tuple[Part, str, str]]:
    """Each with its name and the rows behind it."""
    return [
        (
            part,
            part.name or _("No location"),
            f"{rows_url}&{urlencode({name: part.key or NOWHERE, 'state': 'given'})}",
        )
        for part in parts
    ]


def _chart(request: BusinessRequest, last: date) -> Any:
    months = cost_by_month(last)
    tenant = request.tenant

    return bar_chart(
        [format_skeleton("MMM", month, locale=tenant.locale) for month, _cost in months],
        [Series(_("Goodwill"), [cost for _month, cost in months])],
        say=lambda minor: format_money(int(minor), tenant.currency, tenant.locale),
        say_axis=lambda minor: format_money(int(minor), tenant.currency, tenant.locale, short=True),
        width=760,
    )


def _one(pk: UUID) -> Gesture:
    found: Gesture = get_object_or_404(Gesture.objects.select_related(*_LOADED, "product"), pk=pk)
    return found


def _page(request: BusinessRequest, found: Gesture, *, reason: str = "", error: str = "", status: int = 200) -> Any:
    undone = GestureUndo.objects.filter(gesture=found).first()
    context = {
        "gesture": found,
        "undone": undone,
        "voucher": found.vouchers.select_related("used_by", "used_location").first(),
        "may_undo": undone is None and request.membership.may(Permission.ADJUST_POINTS),
        "reason": reason,
        "error": error,
    }
    return render(request, "programs/goodwill/one.html", context, status=status)


def _columns() -> list[Column]:
    return [
        Column("member", _("Member"), always=True),
        Column("what", _("What")),
        Column("cost", _("Counts as"), align="end"),
        Column("reason", _("Why")),
        Column("when", _("When")),
        Column("by", _("By")),
        Column("location", _("Location"), hidden=True),
        Column("approved", _("Approved by")),
        Column("state", _("State")),
    ]


def _asked(request: BusinessRequest) -> dict[str, Any]:
    """The filters of the list; what makes no sense is left out."""
    query = request.GET
    location = query.get("location", "")
    return {
        "q": query.get("q", "").strip()[:80],
        "reason": _uuid(query.get("reason", "")),
        "staff": _uuid(query.get("staff", "")),
        "location": location if location == NOWHERE else _uuid(location),
        "state": query.get("state", "") if query.get("state") in dict(_STATES) else "",
        "from": asked_day(query.get("from", "")),
        "to": asked_day(query.get("to", "")),
    }


def _found(asked: dict[str, Any]) -> Any:
    found = gestures_in(asked["from"], asked["to"])
    if asked["q"]:
        members = [member.pk for member in search_members(asked["q"], limit=200)]
        found = found.filter(Q(account__member__in=members) | Q(account__merged_into__member__in=members))
    if asked["reason"]:
        found = found.filter(reason=asked["reason"])
    if asked["staff"]:
        found = found.filter(staff=asked["staff"])
    if asked["location"]:
        found = found.filter(location=None if asked["location"] == NOWHERE else asked["location"])
    if asked["state"]:
        found = found.filter(undone=asked["state"] == "undone")
    if asked["state"] == "approved":
        found = found.filter(approved_by__isnull=False)
    return found.select_related(*_LOADED).order_by("-id")


def _rows(found: Any, request: BusinessRequest) -> Iterator[list[object]]:
    tenant = request.tenant
    yield [
        *(_("When"), _("Member"), _("Card"), _("What"), _("Kind"), _("Counts as"), _("Currency"), _("Why"), _("Note")),
        *(_("By"), _("Location"), _("Approved by"), _("State")),
    ]
    for one in found.iterator(chunk_size=2000):
        yield [
            timezone.localtime(one.created_at, tenant.zone).strftime("%Y-%m-%d %H:%M"),
            str(one.account.member),
            one.account.member.number,
            one.said,
            str(GestureKind(one.kind).label),
            to_major(one.cost, tenant.currency),
            tenant.currency,
            one.reason_said,
            one.note,
            one.staff.name,
            one.location.name if one.location else "",
            one.approved_by.name if one.approved_by else "",
            _("Undone") if one.undone else _("Given"),
        ]


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
