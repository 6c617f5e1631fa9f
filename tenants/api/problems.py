"""Refusals as RFC 9457 problem details: the API's one translation of a DomainError."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

from loyalty_saas.lib.errors import DomainError
from tenants.api.errors import TooManyCalls, Unauthenticated, WrongMethod, WrongShape

JSON = "application/json"
PROBLEM = "application/problem+json"


def json_text(data: Any) -> str:
    """Compact JSON with letters as they are; half characters, which cannot be sent, are escaped."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(data, separators=(",", ":"))
    return text


def problem_data(error: DomainError) -> dict[str, Any]:
    """The document: `code` is for machines and stable, `detail` is for people, `facts` are what a machine can use."""
    detail = str(error)
    if isinstance(error, WrongShape):
        errors = [{"field": one.field, "code": one.code, "detail": str(one.detail)} for one in error.errors]
    elif error.field:
        errors = [{"field": error.field, "code": error.code, "detail": detail}]
    else:
        errors = []
    return {
        "type": f"urn:regulars:problem:{error.code}",
        "code": error.code,
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": detail,
        "errors": errors,
        "facts": dict(error.facts),
    }


def problem(error: DomainError) -> HttpResponse:
    response = HttpResponse(json_text(problem_data(error)), content_type=PROBLEM, status=error.status)
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = 'Bearer realm="Regulars API"'
    elif isinstance(error, TooManyCalls):
        response["Retry-After"] = str(error.seconds)
    elif isinstance(error, WrongMethod):
        response["Allow"] = ", ".join(error.allowed)
    return response
