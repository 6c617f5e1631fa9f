"""The same pages at the root, for a business's own domain (tenants.middleware)."""

from django.urls import include, path

urlpatterns = [path("", include("customers.portal.urls"))]
