"""The schema itself."""

from django.test import Client


def test_schema_is_served_and_complete():
    document = Client().get("/api/v1/schema/").json()
    assert document["openapi"] == "3.1.1"
    assert len(document["paths"]) > 12
