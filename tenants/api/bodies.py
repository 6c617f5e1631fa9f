"""Reading what was sent: JSON, of the shape that the schema says, or a refusal that names every field."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from tenants.api.errors import FieldError, NotJson, TooLarge, Unreadable, WrongShape
from tenants.api.problems import JSON
from tenants.api.shapes import Shape

WHOLE = "non_field_errors"


def read_body(request: HttpRequest) -> Any:
    """The JSON that was sent; an empty body is an empty object. Raises NotJson, TooLarge or Unreadable."""
    try:
        sent = request.body
    except RequestDataTooBig as error:
        raise TooLarge from error
    except UnreadablePostError as error:
        raise Unreadable from error
    if not sent:
        return {}
    if request.content_type != JSON:
        raise NotJson
    try:
        return json.loads(sent, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error


def read_query(request: HttpRequest, shape: type[Shape] | None) -> dict[str, Any]:
    """The checked values of the query string. Raises WrongShape for what is unknown, twice there or unusable."""
    given = request.GET
    if shape is None and not given:
        return {}
    twice = [name for name, values in given.lists() if len(values) > 1]
    if twice:
        raise WrongShape([FieldError(name, "repeated", _("This stands there more than once.")) for name in twice])
    if shape is None:
        raise WrongShape([FieldError(name, "unknown_field", _("There is no such parameter.")) for name in given])
    return checked(shape, given.dict())


def checked(shape: type[Shape], data: Any) -> dict[str, Any]:
    """The values of `data` in the shape's own types. Raises WrongShape."""
    try:
        values: dict[str, Any] = instance_of(shape).run_validation(data)
    except ValidationError as error:
        raise WrongShape(list(_flat(error.detail))) from error
    return values


def shown(shape: type[Shape], subject: Any) -> Any:
    """The subject as the shape describes it, ready for JSON."""
    return instance_of(shape).to_representation(subject)


@cache
def instance_of(shape: type[Shape]) -> Shape:
    """One instance for all calls: reading and showing leave nothing behind in it, and copying its fields is dear."""
    return shape()


def _flat(detail: Any, path: str = "") -> Iterator[FieldError]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == WHOLE else str(name)
            yield from _flat(inner, f"{path}.{step}".strip(".") if step else path)
    elif isinstance(detail, ErrorDetail):
        yield FieldError(path, detail.code or "invalid", str(detail))
    else:
        for inner in detail:
            yield from _flat(inner, path)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
