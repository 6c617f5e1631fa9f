"""The schema, made from the operations that the views obey."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.serializers import ListSerializer

from tenants.access import public_page
from tenants.api.bodies import instance_of
from tenants.api.idempotency import PATTERN
from tenants.api.operations import Keyed, Operation
from tenants.api.problems import JSON, PROBLEM, json_text
from tenants.api.shapes import Problem, Shape

REFUSALS = {
    400: "The call cannot be read, or its `Idempotency-Key` is missing or unusable.",
    401: "The key is missing, not valid or revoked.",
    403: "The key lacks the scope, or the act is not allowed.",
    404: "There is no such thing in this business.",
    409: "A rule says no, or the `Idempotency-Key` was used for another request.",
    413: "The body is too large.",
    415: "The body is not said to be JSON.",
    422: "Fields or parameters cannot be used: `errors` names each.",
    429: "Too many calls of this key in this minute; `Retry-After` says when to go on.",
}
_ALWAYS = (401, 403, 422, 429)
_OF_BODIES = (400, 409, 413, 415)
_OF_KEYS = (400, 409)


class OperationSchema(AutoSchema):
    """Reads `operation` of each method; nothing is guessed."""

    @property
    def operation(self) -> Operation:
        declared: Operation = getattr(self.view, self.method.lower()).operation
        return declared

    def is_excluded(self) -> bool:
        return not hasattr(getattr(self.view, self.method.lower()), "operation")

    def get_operation_id(self) -> str:
        return self.operation.summary.lower().replace("'s ", "_").replace(" ", "_")

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]
        asked = self.operation
        handler = getattr(self.view, self.method.lower())
        return "\n\n".join(part for part in (_paragraph(handler.__doc__), f"Scope: `{asked.scope.value}`.") if part)

    def get_tags(self) -> list[str]:
        return [self.view.section]  # type: ignore[attr-defined]

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"key": []}]

    def get_request_serializer(self) -> Any:
        return self.operation.body

    def get_response_serializers(self) -> Any:
        asked = self.operation
        answer = asked.answer or OpenApiTypes.BINARY
        answers: dict[tuple[int, str], Any] = {(asked.status, asked.media or JSON): OpenApiResponse(answer, "Done.")}
        if asked.existing:
            answers[200, JSON] = OpenApiResponse(asked.answer, asked.existing)
        for status in self._refusals():
            answers[status, PROBLEM] = OpenApiResponse(Problem, REFUSALS[status])
        return answers

    def get_override_parameters(self) -> list[Any]:
        asked = self.operation
        parameters: list[Any] = [asked.query] if asked.query else []
        if asked.keyed is not Keyed.NO:
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "minLength": 1, "maxLength": 120, "pattern": f"^{PATTERN}$"},
                    OpenApiParameter.HEADER,
                    required=asked.keyed is Keyed.REQUIRED,
                    description="A text of your own, the same for every retry of this call and no other.",
                )
            )
        return parameters

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        mapped: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        if direction == "request" and isinstance(serializer, Shape):
            mapped["additionalProperties"] = False
            if serializer.exactly is not None:
                mapped["minProperties"] = mapped["maxProperties"] = serializer.exactly
        return mapped

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        mapped = super()._map_serializer_field(field, direction, bypass_extensions)
        most = getattr(field, "max_length", None)
        if isinstance(field, ListSerializer) and most is not None and mapped.get("type") == "array":
            mapped["maxItems"] = most
        return mapped

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.removeprefix("Shown")

    def _get_request_body(self, direction: Any = "request") -> Any:
        body = super()._get_request_body(direction)
        if body and self.operation.body:
            fields = instance_of(self.operation.body).fields.values()
            body["required"] = any(field.required for field in fields)
        return body

    def _refusals(self) -> list[int]:
        statuses = {*_ALWAYS, *self.operation.refusals}
        if self.operation.body:
            statuses |= set(_OF_BODIES)
        elif self.operation.keyed is Keyed.REQUIRED:
            statuses |= set(_OF_KEYS)
        if "{" in self.path:
            statuses.add(404)
        return sorted(statuses)


def _paragraph(text: str | None) -> str:
    return " ".join((text or "").split())


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """The whole document, made once."""
    from drf_spectacular.generators import SchemaGenerator

    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return document


@public_page
def schema(request: HttpRequest) -> HttpResponse:
    return HttpResponse(json_text(openapi()), content_type=JSON)
