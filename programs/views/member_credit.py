"""What managers do with a member's store credit from the member's page."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.identity import present_member
from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import DomainError
from programs.domain.credit.by_hand import adjust_credit
from programs.domain.credit.reading import credit_of
from programs.domain.undo import undo_entry
from programs.enums import Cause, ProgramKind
from programs.errors import FarBeyondUsual
from programs.forms.credit import CreditByHandForm
from programs.links import member_url
from programs.models import Entry
from tenants.access import BusinessRequest, dashboard_page, go_to
from tenants.permissions import Permission
from tenants.templatetags.show import money


@dashboard_page(Permission.ADJUST_POINTS)
def member_credit(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Give or take credit by hand: a form in a dialog of the member's page, or on a page of its own."""
    member = present_member(get_object_or_404(Member, pk=pk))
    standing = credit_of(member)
    if standing is None:
        return redirect(member_url(member.pk))
    form = CreditByHandForm(request.POST or None, initial={"direction": "give", "key": uuid4().hex})
    asking = 0
    if request.method == "POST" and form.is_valid():
        amount = form.signed()
        try:
            adjust_credit(
                member,
                amount=amount,
                reason=form.cleaned_data["reason"],
                by=request.actor,
                key=form.cleaned_data["key"],
                source=Source.DASHBOARD,
                sure=request.POST.get("sure") == str(amount),
            )
        except DomainError as error:
            asking = amount if isinstance(error, FarBeyondUsual) else 0
            field = "amount" if error.field == "credit" else error.field
            form.add_error(field if field in form.fields else None, str(error))
        else:
            sentence = _("%(amount)s for %(member)s.") if amount > 0 else _("%(amount)s taken from %(member)s.")
            messages.success(request, sentence % {"amount": money(abs(amount)), "member": member})
            return go_to(request, member_url(member.pk))
    part = request.htmx  # type: ignore[attr-defined]
    template = "programs/member/credit_form.html" if part else "programs/member/credit_page.html"
    context = {"form": form, "member": member, "credit": standing, "back": member_url(member.pk), "asking": asking}
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def credit_undo(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Undo what was given or taken by hand, or brought along by an import."""
    found = get_object_or_404(
        Entry.objects.select_related("account__member", "account__program"),
        pk=pk,
        cause__in=(Cause.BY_HAND, Cause.OPENING),
        account__program__kind=ProgramKind.CREDIT,
    )
    undo_entry(found, by=request.actor, key=request.POST.get("key", "")[:100], source=Source.DASHBOARD)
    messages.success(request, _("Undone."))
    return redirect(member_url(found.account.member_id))
