"""Charities that rewards give to, and a statement for each of what was given in whose name."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.days import asked_day, calendar_year_start
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.money import minor_digits
from programs.books.days import today_here
from programs.domain.charities import (
    add_charity,
    archive_charity,
    change_charity,
    charities_with_sums,
    gifts_to,
    sum_of,
)
from programs.exports import csv_download
from programs.forms.charities import CharityForm
from programs.models import Charity, Voucher
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@dashboard_page(Permission.VIEW_PROGRAM)
def charities(request: BusinessRequest) -> HttpResponse:
    may_edit = request.membership.may(Permission.EDIT_PROGRAM)
    form = CharityForm(request.POST or None if may_edit else None)
    if may_edit and request.method == "POST" and form.is_valid():
        try:
            added = add_charity(by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("A reward can give to “%(name)s” now.") % {"name": added.name})
            return redirect("programs:charities")
    context = {"rows": list(charities_with_sums()), "form": form, "may_edit": may_edit}
    return render(request, "programs/charities/list.html", context, status=422 if form.errors else 200)


@dashboard_page(Permission.VIEW_PROGRAM)
def charity(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """The statement of a period: this year, unless another is asked for."""
    found = get_object_or_404(Charity, pk=pk)
    return _statement(request, found, CharityForm(initial={"name": found.name, "about": found.about}))


def _statement(request: BusinessRequest, found: Charity, form: CharityForm) -> HttpResponse:
    first, last = _period(request)
    gifts = gifts_to(found, first, last)
    context = {
        "charity": found,
        "first": first,
        "last": last,
        "sums": sum_of(gifts),
        "page": Paginator(gifts, 50).get_page(request.GET.get("page")),
        "form": form,
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
        "may_export": request.membership.may(Permission.EXPORT_MEMBERS),
    }
    return render(request, "programs/charities/one.html", context, status=422 if form.errors else 200)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def charity_export(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Charity, pk=pk)
    return csv_download("donations", _rows(gifts_to(found, *_period(request)), found, request))


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def change(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Charity, pk=pk)
    form = CharityForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                change_charity(found, by=request.actor, **form.cleaned_data)
        except DomainError as error:
            found.refresh_from_db()
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("programs:charity", found.pk)
    return _statement(request, found, form)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def state(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Charity, pk=pk)
    archive_charity(found, archived=found.archived_at is None, by=request.actor)
    messages.success(request, _("Saved."))
    return redirect("programs:charities")


def _period(request: BusinessRequest) -> tuple[date, date]:
    today = today_here()
    first = asked_day(request.GET.get("from", "")) or calendar_year_start(today)
    last = asked_day(request.GET.get("to", "")) or today
    return (first, last) if first <= last else (last, first)


def _rows(gifts: QuerySet[Voucher], charity: Charity, request: BusinessRequest) -> Iterator[list[Any]]:
    digits = minor_digits(request.tenant.currency)
    yield [_("Charity"), _("Day"), _("In the name of"), _("Card"), _("Amount"), _("Currency")]
    for gift in gifts.iterator(chunk_size=2000):
        when = timezone.localtime(gift.used_at, request.tenant.zone)
        member = gift.account.member
        amount = f"{gift.value / 10**digits:.{digits}f}"
        yield [charity.name, when.strftime("%Y-%m-%d"), str(member), member.number, amount, request.tenant.currency]
