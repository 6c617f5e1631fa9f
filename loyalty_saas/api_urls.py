"""Every address of the API below /api/v1/. Where two apps answer at one address, they meet here."""

from django.urls import include, path, re_path

from customers.api.purchases import ReadPurchases
from programs.api.purchases import RecordPurchases
from tenants.api.views import nothing_here


class Purchases(ReadPurchases, RecordPurchases):
    """Read by the customers' app; recorded by the programs', since a purchase earns."""


app_name = "api"
urlpatterns = [
    path("", include("tenants.api.urls")),
    path("", include("customers.api.urls")),
    path("", include("programs.api.urls")),
    path("purchases/", Purchases.as_view(), name="purchases"),
    re_path(r"^(?P<rest>[\s\S]*)\Z", nothing_here, name="nothing_here"),
]
