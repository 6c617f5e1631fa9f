"""Recording a return, with everything it will do shown before."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.purchases import plan_return, record_return
from customers.enums import Source
from customers.forms.returns import ReturnForm
from customers.models import Purchase
from customers.slots import return_effects
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.lib.money import format_money
from loyalty_saas.lib.slots import fill
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@dashboard_page(Permission.EDIT_PURCHASES)
def returns(request: BusinessRequest, pk: UUID) -> HttpResponse:
    purchase = _purchase(pk)
    form = _form(request, purchase)
    if request.method == "POST" and form.is_valid():
        try:
            # The key was made with the page: sent twice, it is one return.
            key = f"dashboard:{form.cleaned_data['key'][:60]}"
            made = record_return(purchase, form.details(), by=request.actor, source=Source.DASHBOARD, key=key)
        except DomainError as error:
            form.refuse(error)
        else:
            amount = format_money(made.total, purchase.currency, request.tenant.locale)
            messages.success(request, _("The return of %(amount)s is recorded.") % {"amount": amount})
            return redirect("customers:purchase", pk)
    context = {
        "page_title": _("Return"),
        "form": form,
        "lines_left": form.returnable(),
        **_preview(request, purchase, form),
        "purchase": purchase,
    }
    return render(request, "customers/purchases/return.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PURCHASES)
def preview(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """What the return being filled in would do. Writes nothing."""
    purchase = _purchase(pk)
    return render(
        request, "customers/purchases/return_preview.html", _preview(request, purchase, _form(request, purchase))
    )


def _purchase(pk: UUID) -> Purchase:
    return get_object_or_404(Purchase.objects.select_related("member"), pk=pk)


def _form(request: BusinessRequest, purchase: Purchase) -> ReturnForm:
    lines = list(purchase.lines.select_related("product"))
    if request.method == "POST":
        return ReturnForm(lines, request.POST)
    return ReturnForm(lines, initial={"key": uuid7().hex, "what": "all"})


def _preview(request: BusinessRequest, purchase: Purchase, form: ReturnForm) -> dict[str, object]:
    """The plan and what the apps above say about it; or why it is not possible."""
    filled = form if form.is_bound else ReturnForm(form.lines, {"what": "all", "key": "preview"})
    if not filled.is_valid():
        return {"plan": None, "refusal": ""}
    try:
        details = filled.details()
        plan = plan_return(purchase, form.lines, details)
    except DomainError as error:
        return {"plan": None, "refusal": str(error)}
    effects = fill(return_effects, request.membership.may, purchase, details)
    return {"plan": plan, "effects": effects, "purchase": purchase}
