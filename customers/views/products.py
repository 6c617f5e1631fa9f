"""What the business sells."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers.domain.products import add_product, change_product, find_or_make_category
from customers.forms.products import ProductForm
from customers.models import Category, Product
from loyalty_saas.lib.columns import Column, chosen_sort
from loyalty_saas.lib.errors import DomainError
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

PAGE = 50
COLUMNS = [
    Column("name", gettext_lazy("Product"), sort="name", always=True),
    Column("category", gettext_lazy("Category"), sort="category"),
    Column("sku", gettext_lazy("Article number")),
    Column("price", gettext_lazy("Price"), sort="price", align="end"),
    Column("menu", gettext_lazy("Actions"), quiet=True, always=True),
]
_SORTS = {"name": "name", "category": "category__name", "price": "price"}
STATES = [("", gettext_lazy("Sold now")), ("gone", gettext_lazy("No longer sold")), ("all", gettext_lazy("All"))]


@dashboard_page(Permission.EDIT_PRODUCTS)
def products(request: BusinessRequest) -> HttpResponse:
    sort = chosen_sort(request.GET.get("sort"), COLUMNS, default="name")
    page = Paginator(_found(request, sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("Products"),
        "page": page,
        "columns": COLUMNS,
        "sort": sort,
        "query": request.GET,
        "states": STATES,
        "categories": [("", _("Any category")), *Category.objects.values_list("pk", "name")],
        "anything": bool(page.object_list) or Product.objects.exists(),
    }
    return render(request, "customers/products/list.html", context)


@dashboard_page(Permission.EDIT_PRODUCTS)
def new(request: BusinessRequest) -> HttpResponse:
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_product(
                name=form.cleaned_data["name"],
                sku=form.cleaned_data["sku"],
                category=_category(form),
                price=form.cleaned_data["price"],
                by=request.actor,
            )
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("“%(name)s” is added.") % {"name": made.name})
            return redirect("customers:products")
    context = {"form": form, "page_title": _("New product")}
    return render(request, "customers/products/form.html", context, status=422 if form.errors else 200)


@dashboard_page(Permission.EDIT_PRODUCTS)
def product(request: BusinessRequest, pk: UUID) -> HttpResponse:
    one = get_object_or_404(Product, pk=pk)
    form = ProductForm(request.POST or None, initial=ProductForm.initial_of(one))
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in ("name", "sku", "price")}
        try:
            change_product(one, changes={**changes, "category": _category(form)}, by=request.actor)
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:products")
    context = {"form": form, "product": one, "page_title": one.name}
    return render(request, "customers/products/form.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PRODUCTS)
def state(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Sold now, or no longer."""
    sold = request.POST.get("sold") == "1"
    one = change_product(get_object_or_404(Product, pk=pk), changes={"is_active": sold}, by=request.actor)
    said = _("“%(name)s” is sold again.") if sold else _("“%(name)s” is no longer sold. Past purchases keep it.")
    messages.success(request, said % {"name": one.name})
    return redirect("customers:products")


def _found(request: BusinessRequest, sort: str) -> QuerySet[Product]:
    rows = Product.objects.select_related("category")
    if text := request.GET.get("q", "").replace("\x00", "").strip()[:120]:
        rows = rows.filter(Q(name__icontains=text) | Q(sku__iexact=text))
    category = request.GET.get("category", "")
    if len(category) == 36:
        rows = rows.filter(category_id=category)
    wanted = request.GET.get("state", "")
    if wanted != "all":
        rows = rows.filter(is_active=wanted != "gone")
    name = F(_SORTS[sort.removeprefix("-")])
    order = name.desc(nulls_last=True) if sort.startswith("-") else name.asc(nulls_last=True)
    return rows.order_by(order, "name", "pk")


def _category(form: ProductForm) -> Category | None:
    if name := form.cleaned_data["new_category"].strip():
        return find_or_make_category(name)
    chosen: Category | None = form.cleaned_data["category"]
    return chosen
