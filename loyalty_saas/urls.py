"""The entrances. A business's portal answers at its own name, so it comes last and its names are reserved here."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
    path("", include("tenants.urls")),
    path("", include("customers.urls")),
    path("", include("programs.urls")),
]
