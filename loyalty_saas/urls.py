"""The entrances. A business's portal answers at its own name, so it comes last and its names are reserved here."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    # The living page of the look stands before everything a business may be named.
    *([path("design/", include("loyalty_saas.design.urls"))] if settings.DEBUG else []),
    path("account/", include("allauth.urls")),
    path("counter/", include("programs.counter.urls")),
    path("api/v1/", include("loyalty_saas.api_urls")),
    path("", include("tenants.urls")),
    path("", include("customers.urls")),
    path("", include("programs.urls")),
    path("<slug:business>/", include("customers.portal.urls")),
]
