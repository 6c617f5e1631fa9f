"""The schema, and the page that shows it."""

from django.test import Client

from tenants.api.reference import sections, shapes


def test_the_schema_is_open_and_names_everything():
    document = Client().get("/api/v1/schema/").json()
    assert document["openapi"] == "3.1.1"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert {"401", "403", "422", "429"} <= operation["responses"].keys()
            keyed = any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", ()))
            assert keyed == (method == "post" and not path.endswith("preview/"))


def test_operation_ids_are_different():
    document = Client().get("/api/v1/schema/").json()
    ids = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(set(ids)) == len(ids)


def test_the_page_shows_every_operation_and_shape_and_each_link_leads_somewhere():
    import re

    page = Client().get("/api/v1/docs/").content.decode()
    for section in sections():
        for operation in section.operations:
            assert f'id="{operation.id}"' in page
    for shape in shapes():
        assert f'id="shape-{shape.name}"' in page
    anchors = set(re.findall(r'href="#([^"]+)"', page)) - {"main"}
    assert anchors <= set(re.findall(r' id="([^"]+)"', page))
    assert "style=" not in page
