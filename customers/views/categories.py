"""Categories of products."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.products import find_or_make_category, remove_category, rename_category
from customers.forms.products import CategoryForm
from customers.models import Category
from loyalty_saas.lib.errors import DomainError
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission


@dashboard_page(Permission.EDIT_PRODUCTS)
def categories(request: BusinessRequest) -> HttpResponse:
    form = CategoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            find_or_make_category(form.cleaned_data["name"])
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            return redirect("customers:categories")
    rows = Category.objects.annotate(count=Count("products"))
    context = {"form": form, "categories": rows, "page_title": _("Categories")}
    return render(request, "customers/products/categories.html", context, status=422 if form.errors else 200)


@dashboard_page(Permission.EDIT_PRODUCTS)
def category(request: BusinessRequest, pk: UUID) -> HttpResponse:
    one = get_object_or_404(Category, pk=pk)
    form = CategoryForm(request.POST or None, initial={"name": one.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_category(one, name=form.cleaned_data["name"], by=request.actor)
        except DomainError as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:categories")
    context = {"form": form, "category": one, "page_title": one.name}
    return render(request, "customers/products/category.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PRODUCTS)
def removal(request: BusinessRequest, pk: UUID) -> HttpResponse:
    remove_category(get_object_or_404(Category, pk=pk), by=request.actor)
    messages.success(request, _("The category is gone; its products stay."))
    return redirect("customers:categories")
