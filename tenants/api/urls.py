from django.urls import path

from tenants.api import locations, reference, schema

urlpatterns = [
    path("schema/", schema.schema, name="schema"),
    path("docs/", reference.reference, name="docs"),
    path("locations/", locations.Locations.as_view(), name="locations"),
]
