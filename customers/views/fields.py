"""The business's own fields of members."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.custom_fields import add_custom_field, remove_custom_field
from customers.forms.members import CustomFieldForm
from customers.models import CustomField
from loyalty_saas.lib.errors import DomainError
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@dashboard_page(Permission.EDIT_MEMBERS)
def fields(request: BusinessRequest) -> HttpResponse:
    form = CustomFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            field = add_custom_field(
                label=data["label"], kind=data["kind"], choices=data["choices"].split(","), by=request.actor
            )
        except DomainError as error:
            form.add_error(error.field, str(error))
        else:
            messages.success(request, _("Members have a field “%(label)s” now.") % {"label": field.label})
            return redirect("customers:member_fields")
    context = {"form": form, "fields": CustomField.objects.all(), "page_title": _("Own fields")}
    return render(request, "customers/members/fields.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    remove_custom_field(get_object_or_404(CustomField, pk=pk), by=request.actor)
    messages.success(request, _("The field is gone from the forms. What members have in it is kept."))
    return redirect("customers:member_fields")
