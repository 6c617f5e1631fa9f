"""The journal for the accountant, and how points are booked."""

from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty_saas.lib.days import add_months, end_of_month
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.money import to_major
from programs.books import PointCost, books_of, cost_of_points
from programs.books.days import today_here
from programs.books.journal import LedgerAccount, account_names, bookings, sums_of, written_later
from programs.domain.bookkeeping import bookkeeping_of, set_bookkeeping
from programs.exports import csv_download
from programs.forms.bookkeeping import BookkeepingForm
from programs.models import Program
from programs.queries import current_rewards
from programs.views.books.period import (
    asked_period,
    asked_program,
    column_names,
    entries_url,
    periods,
    program_query,
    tabs,
)
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def journal(request: BusinessRequest) -> HttpResponse:
    found = asked_program(request)
    if found is None:
        return redirect("programs:program")
    first, last = asked_period(request, _last_month())
    cost = cost_of_points(found, current_rewards(found))
    context = {
        "program": found,
        "first": first,
        "last": last,
        "tabs": tabs("journal", found),
        "periods": periods(found),
        "cost": cost,
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
        **(_figures(found, first, last, cost) if cost else {}),
    }
    return render(request, "programs/books/journal.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def journal_export(request: BusinessRequest) -> HttpResponse:
    found = asked_program(request)
    cost = cost_of_points(found, current_rewards(found)) if found else None
    if found is None or cost is None:
        return redirect("programs:journal")
    first, last = asked_period(request, _last_month())
    name = f"points-journal-{first:%Y-%m-%d}-{last:%Y-%m-%d}"
    return csv_download(name, _rows(request, found, first, last, cost))


@dashboard_page(Permission.EDIT_PROGRAM)
def bookkeeping(request: BusinessRequest) -> HttpResponse:
    """What points cost, and the names of the accounts."""
    found = asked_program(request)
    if found is None:
        return redirect("programs:program")
    form = BookkeepingForm(request.POST or None, kept=bookkeeping_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            set_bookkeeping(found, form.details(), by=request.actor)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Saved. The journal and all figures at cost follow."))
            query = urlencode(program_query(found))
            return redirect(reverse("programs:journal") + (f"?{query}" if query else ""))
    context = {"program": found, "form": form, "cost": cost_of_points(found, current_rewards(found))}
    return render(request, "programs/books/bookkeeping.html", context, status=422 if form.errors else 200)


def _last_month() -> tuple[date, date]:
    month = add_months(today_here().replace(day=1), -1)
    return month, end_of_month(month)


def _figures(found: Program, first: date, last: date, cost: PointCost) -> dict[str, object]:
    """What the journal of a period books, and the roll-forward in money that it adds up with."""
    whole = books_of(first, last, program=found, cost=cost).sum
    names = column_names(whole)
    sums = sums_of(first, last, cost, program=found)
    called = account_names(bookkeeping_of(found))
    return {
        "opening": whole.opening,
        "moved": [(names[name], whole.moved[name], entries_url(found, first, last, name)) for name in names],
        "closing": whole.closing,
        "sums": [(called[one.account], one.debit, one.credit) for one in sums],
        "debit": sum(one.debit for one in sums),
        "credit": sum(one.credit for one in sums),
        "later": written_later(first, last, program=found),
    }


def _rows(request: BusinessRequest, found: Program, first: date, last: date, cost: PointCost) -> Iterator[list[object]]:
    """Two lines for each entry: what is debited, then what is credited. The points stand with the liability."""
    yield [
        *(_("Date"), _("Entry"), _("Account"), _("Debit"), _("Credit"), _("Currency"), _("Points"), _("What")),
        *(_("From"), _("Card"), _("Recorded")),
    ]
    tenant, called = request.tenant, account_names(bookkeeping_of(found))
    for one in bookings(first, last, cost, program=found):
        entry, money = one.entry, to_major(abs(one.money), tenant.currency)
        about = [
            entry.get_kind_display(),
            entry.get_cause_display(),
            entry.account.member.number,
            timezone.localtime(entry.recorded_at, tenant.zone).strftime("%Y-%m-%d %H:%M"),
        ]
        for account, is_debit in ((one.debit, True), (one.credit, False)):
            yield [
                one.day.isoformat(),
                str(entry.pk),
                called[account],
                money if is_debit else None,
                None if is_debit else money,
                tenant.currency,
                one.points if account == LedgerAccount.LIABILITY else None,
                *about,
            ]
