"""Store credit: what there is, composing it with its words and an example, publishing, pausing and going on."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.days import local_day, start_of_day
from loyalty_saas.lib.errors import DomainError
from programs.domain.credit import publishing
from programs.domain.credit.publishing import cash_back_of_business
from programs.domain.credit.terms import Terms
from programs.enums import Cause, EntryKind
from programs.forms.credit import CreditForm, CreditLimitsForm, PurchaseForm
from programs.models import Account, CashBack, Entry
from programs.words.credit import in_words, work_out
from tenants.access import BusinessRequest, dashboard_page
from tenants.isolation import current_tenant
from tenants.permissions import Permission


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def credit(request: BusinessRequest) -> HttpResponse:
    found = cash_back_of_business()
    context: dict[str, Any] = {"found": found, "may_edit": request.membership.may(Permission.EDIT_PROGRAM)}
    if found is not None:
        version = found.versions.order_by("number").last()
        shown = version.terms if version else found.draft or {}
        context |= {
            "words": in_words(Terms.from_json(shown)),
            "has_draft": found.draft is not None and version is not None,
            "figures": _figures(found),
        }
    return render(request, "programs/credit/page.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def terms(request: BusinessRequest) -> HttpResponse:
    found = cash_back_of_business()
    form = CreditForm(request.POST or None, terms=_terms(found) if found else None)
    if request.method == "POST" and form.is_valid():
        try:
            found = publishing.compose_cash_back(form.terms(), by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            if "publish" in request.POST:
                return _publish(request, found)
            messages.success(request, _("Saved as a draft. Nothing counts until you publish it."))
            return redirect("programs:credit_terms")
    example = PurchaseForm(request.POST if request.method == "POST" else None)
    context = {
        "form": form,
        "found": found,
        "example_form": example,
        "is_published": found is not None and found.versions.exists(),
        "holding": Account.objects.filter(program=found.program, balance__gt=0).count() if found else 0,
        **_said(form if form.is_bound else CreditForm(_as_typed(form)), example),
    }
    return render(request, "programs/credit/terms.html", context, status=422 if form.errors else 200)


@dashboard_page(Permission.EDIT_PROGRAM)
def limits(request: BusinessRequest) -> HttpResponse:
    """What staff may give by hand."""
    found = cash_back_of_business()
    if found is None:
        return redirect("programs:credit")
    form = CreditLimitsForm(request.POST or None, program=found.program)
    if request.method == "POST" and form.is_valid():
        publishing.limit_credit_by_hand(found, form.limits(), by=request.actor)
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("programs:credit")
    context = {"form": form, "found": found}
    return render(request, "programs/credit/limits.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def preview(request: BusinessRequest) -> HttpResponse:
    """It in words and its example, for what stands in the form at this moment."""
    said = _said(CreditForm(request.POST), PurchaseForm(request.POST))
    return render(request, "programs/credit/said.html", said)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def goods(request: BusinessRequest) -> HttpResponse:
    """The goods that give nothing as they stand in the form: one more, or one less."""
    return render(request, "programs/credit/goods.html", {"form": CreditForm(request.POST)})


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def publication(request: BusinessRequest) -> HttpResponse:
    return _publish(request, _found())


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def draft_removal(request: BusinessRequest) -> HttpResponse:
    publishing.drop_draft(_found(), by=request.actor)
    messages.success(request, _("The draft is gone."))
    return redirect("programs:credit")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def pause(request: BusinessRequest) -> HttpResponse:
    publishing.pause_cash_back(_found(), by=request.actor)
    messages.success(request, _("Paused. Nobody earns or spends credit until you go on; what members have stays."))
    return redirect("programs:credit")


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def resumption(request: BusinessRequest) -> HttpResponse:
    publishing.resume_cash_back(_found(), by=request.actor)
    messages.success(request, _("It goes on. Purchases give credit again from now on."))
    return redirect("programs:credit")


def _found() -> CashBack:
    found = cash_back_of_business()
    if found is None:
        raise Http404
    return found


def _terms(found: CashBack) -> Terms:
    """What is being composed, or else what was published last."""
    if found.draft is not None:
        return Terms.from_json(found.draft)
    last = found.versions.order_by("number").last()
    return Terms.from_json(last.terms if last else {"name": found.program.name})


def _publish(request: BusinessRequest, found: CashBack) -> HttpResponse:
    version = publishing.publish_cash_back(found, by=request.actor)
    said = _("Published. Purchases give credit by it from now on; what members have keeps its dates.")
    messages.success(request, said if version.number > 1 else _("It runs. Purchases give credit from now on."))
    return redirect("programs:credit")


def _as_typed(form: CreditForm) -> dict[str, Any]:
    """What a form that is shown for the first time would send."""
    values = {name: form[name].value() for name in form.fields}
    return {
        name: value if isinstance(value, list) else "" if value is None else str(value)
        for name, value in values.items()
    }


def _said(form: CreditForm, example: PurchaseForm) -> dict[str, Any]:
    if not form.is_valid():
        return {"words": "", "example": None}
    terms = form.terms()
    return {"words": in_words(terms), "terms": terms, "example": work_out(terms, example.amount())}


def _figures(found: CashBack) -> dict[str, int]:
    """What members hold now, and what was given and paid with since the first of the month. Minor units."""
    held = Account.objects.filter(program=found.program).aggregate(
        available=Sum("balance"), waiting=Sum("pending"), holders=Count("pk", filter=Q(balance__gt=0))
    )
    zone, cash_back = current_tenant().zone, Q(cause__in=(Cause.CREDITED, Cause.UNCREDITED))
    month = start_of_day(local_day(timezone.now(), zone).replace(day=1), zone)
    moved = Entry.objects.filter(account__program=found.program, occurred_at__gte=month).aggregate(
        given=Sum("amount", filter=cash_back),
        given_later=Sum("pending_amount", filter=cash_back),
        paid=Sum("amount", filter=Q(cause=Cause.TENDER, kind=EntryKind.REDEEM)),
        back=Sum("amount", filter=Q(cause=Cause.REFUND)),
        by_hand=Sum("amount", filter=Q(cause=Cause.BY_HAND)),
    )
    return {
        "available": held["available"] or 0,
        "waiting": held["waiting"] or 0,
        "holders": held["holders"],
        "given": (moved["given"] or 0) + (moved["given_later"] or 0),
        "by_hand": moved["by_hand"] or 0,
        "paid": -(moved["paid"] or 0) - (moved["back"] or 0),
    }
