"""What is asked about a product and a category."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import Category, Product
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.money import format_money, parse_money, to_major
from tenants.isolation import current_tenant


class ProductForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=160)
    price = forms.CharField(label=_("Price"), required=False, help_text=_("For one, tax included. It may stay empty."))
    category: "forms.ModelChoiceField[Category]" = forms.ModelChoiceField(
        label=_("Category"), queryset=None, required=False, empty_label=_("None")
    )
    new_category = forms.CharField(label=_("or a new one"), required=False, max_length=80)
    sku = forms.CharField(
        label=_("Article number"),
        required=False,
        max_length=60,
        help_text=_("What your till calls it: sales that come in by import or connection find the product by it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = self.fields["category"]
        assert isinstance(categories, forms.ModelChoiceField)
        categories.queryset = Category.objects.all()
        self.fields["price"].widget.attrs["inputmode"] = "decimal"

    @classmethod
    def initial_of(cls, product: Product) -> dict[str, Any]:
        price = "" if product.price is None else str(to_major(product.price, current_tenant().currency))
        return {"name": product.name, "sku": product.sku, "category": product.category_id, "price": price}

    def clean_price(self) -> int | None:
        typed: str = self.cleaned_data["price"].strip()
        if not typed:
            return None
        tenant = current_tenant()
        try:
            return parse_money(typed, tenant.currency, tenant.language)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error

    def example(self) -> str:
        tenant = current_tenant()
        return format_money(0, tenant.currency, tenant.locale)

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, str(error))


class CategoryForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
