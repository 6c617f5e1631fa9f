"""Closed days: entered, announced, withdrawn."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loyalty_saas.lib.errors import DomainError
from programs.books.days import today_here
from programs.domain.accounts import points_program
from programs.domain.extending import announce_closure, closures, withdraw_closure
from programs.forms.closures import ClosureForm
from programs.models import Closure, LotExtension
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

# What is long over is not shown.
MOST = 20


@dashboard_page(Permission.EDIT_PROGRAM)
def closed_days(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    form = ClosureForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            announce_closure(by=request.actor, **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        else:
            messages.success(request, _("Written down. Your members read it in their portal."))
            return redirect("programs:closures")
    announced = list(closures().order_by("-first")[:MOST])
    held = LotExtension.objects.filter(closure__in=announced, lot__remaining__gt=0).order_by()
    members = dict(held.values_list("closure").annotate(Count("lot__account", distinct=True)))
    today = today_here()
    context = {
        "program": found,
        "form": form,
        "rows": [(one, members.get(one.pk, 0), one.last < today) for one in announced],
    }
    return render(request, "programs/closures/page.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def withdrawal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    withdraw_closure(get_object_or_404(Closure, pk=pk), by=request.actor)
    messages.success(request, _("Withdrawn. What was extended already stays so."))
    return redirect("programs:closures")
