"""The files of real shops, to the penny."""

from collections.abc import Callable

from django.db.models import Sum

from customers.models import Member, PurchaseLine, ReturnLine
from tenants.isolation import tenant_context
from tests.customers.imports.shared import PURCHASES, chosen, real, run, uploaded


def test_online_retail_reconciles_to_the_penny(make_business: Callable[..., object]) -> None:
    business = make_business(country="GB", currency="GBP", time_zone="Europe/London")
    path = real("shop/online_retail_2010-12.csv.gz")
    checked = chosen(business, uploaded(business, PURCHASES, path))
    said = {
        name: checked.preview["counts"][name]
        for name in (
            "lines",
            "receipts",
            "cancelled",
            "without_customer",
            "duplicates",
            "customers",
            "file_net",
            "refused",
        )
    }
    assert said == {
        "lines": 42_481,
        "receipts": 2_025,
        "cancelled": 728,
        "without_customer": 15_631,
        "duplicates": 500,
        "customers": 948,
        "file_net": 74_895_702,
        "refused": 0,
    }
    run(business, checked)
    with tenant_context(business):
        bought, back = (
            PurchaseLine.objects.aggregate(s=Sum("total"))["s"],
            ReturnLine.objects.aggregate(s=Sum("total"))["s"],
        )
        assert PurchaseLine.objects.count() + ReturnLine.objects.count() == 42_481
        assert bought - back == 74_895_702
        assert Member.objects.count() == 948
