"""The API's documentation as a page of our own: the schema, readable, under the same CSP as every page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tenants.access import public_page
from tenants.api.schema import openapi
from tenants.enums import Scope

BASE = "/api/v1/"
_PREFIX = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Kind:
    """The kind of a value in words, and the shape it links to, if any."""

    text: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    kind: Kind
    required: bool
    about: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    shape: str
    about: str


@dataclass(frozen=True, slots=True)
class Described:
    """One operation as the page shows it."""

    id: str
    method: str
    path: str
    summary: str
    about: list[str]
    parameters: list[Property]
    body: str
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    operations: list[Described] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ShapeOf:
    name: str
    about: str
    properties: list[Property]
    values: list[str]


@public_page
def reference(request: HttpRequest) -> HttpResponse:
    context = {
        "sections": sections(),
        "shapes": shapes(),
        "scopes": [(scope.value, scope.label) for scope in Scope],
        "address": f"{settings.SITE_URL}{BASE}",
        "limit": settings.API_CALLS_PER_MINUTE,
    }
    return render(request, "tenants/api/reference.html", context)


@lru_cache(maxsize=1)
def sections() -> list[Section]:
    """The operations by section, both in the order in which their addresses stand."""
    found: dict[str, Section] = {}
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            name = operation["tags"][0]
            found.setdefault(name, Section(name)).operations.append(_described(path, method, operation))
    return list(found.values())


@lru_cache(maxsize=1)
def shapes() -> list[ShapeOf]:
    return [
        ShapeOf(name, _plain(schema), list(_properties(schema)), [str(one) for one in schema.get("enum", ())])
        for name, schema in openapi()["components"]["schemas"].items()
    ]


def _described(path: str, method: str, operation: Mapping[str, Any]) -> Described:
    return Described(
        id=operation["operationId"],
        method=method.upper(),
        path=path.removeprefix(BASE.rstrip("/")),
        summary=operation["summary"],
        about=operation["description"].split("\n\n"),
        parameters=[
            Property(one["name"], _kind(one["schema"]), one.get("required", False), _plain(one), one["in"])
            for one in operation.get("parameters", ())
        ],
        body=_shape_in(operation.get("requestBody", {}).get("content", {})),
        answers=[
            Answer(status, _shape_in(answer["content"]) if status < "400" else "", answer["description"])
            for status, answer in sorted(operation["responses"].items())
        ],
    )


def _shape_in(content: Mapping[str, Any]) -> str:
    for media in content.values():
        # A file has no shape; its description says what it is.
        return str(media["schema"].get("$ref", "")).removeprefix(_PREFIX)
    return ""


def _properties(schema: Mapping[str, Any]) -> Iterable[Property]:
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        yield Property(name, _kind(one), name in required, _plain(one))


def _kind(schema: Mapping[str, Any]) -> Kind:
    """Such as "whole number or null", "list of NewLine", "text, 160 at most"."""
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(_PREFIX)
        return Kind(name, name)
    if parts := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
        kinds = [_kind(part) for part in parts]
        return Kind(" or ".join(kind.text for kind in kinds), next((kind.shape for kind in kinds if kind.shape), ""))
    if schema.get("type") == "array":
        inner = _kind(schema["items"])
        return Kind(f"list of {inner.text}", inner.shape)
    types = schema.get("type", "any")
    text = " or ".join(_word(one, schema) for one in ([types] if isinstance(types, str) else types))
    return Kind(text + _bounds(schema))


def _word(kind: str, schema: Mapping[str, Any]) -> str:
    if kind == "string":
        return {"uuid": "id", "date-time": "time", "date": "day"}.get(schema.get("format", ""), "text")
    return {"integer": "whole number", "boolean": "true or false"}.get(kind, kind)


def _bounds(schema: Mapping[str, Any]) -> str:
    if "maxLength" in schema:
        return f", up to {schema['maxLength']} long"
    if "minimum" in schema and schema.get("maximum", 10**6) < 10**6:
        return f", {schema['minimum']} to {schema['maximum']}"
    return ""


def _plain(schema: Mapping[str, Any]) -> str:
    return " ".join(schema.get("description", "").split())
