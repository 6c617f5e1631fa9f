"""One line for each answered request: page, status, time, and the ids of business and member. No personal data.

The address is not logged, since it may hold a name that was searched for, a code or a token: the route says
which page it was. Nor are the person's network address and browser.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware
from django_structlog.signals import (
    bind_extra_request_failed_metadata,
    bind_extra_request_finished_metadata,
    bind_extra_request_metadata,
)


class RequestLogMiddleware(RequestMiddleware):
    """django-structlog's, which also carries the request's id into the tasks that it starts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        bind_extra_request_metadata.connect(only_the_id)
        bind_extra_request_finished_metadata.connect(add_ids)
        bind_extra_request_failed_metadata.connect(add_ids)

    def prepare(self, request: HttpRequest) -> None:
        request._log_begun = time.perf_counter()  # type: ignore[attr-defined]
        super().prepare(request)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        found = request.resolver_match
        return f"{request.method} {'/' + found.route if found else '(no page)'}"


def add_ids(sender: Any, request: HttpRequest, log_kwargs: dict[str, Any], **kwargs: Any) -> None:
    """The ids that the page worked with, taken from the request and from its route."""
    found = request.resolver_match
    for name, value in (found.kwargs if found else {}).items():
        if isinstance(value, UUID):
            log_kwargs[name] = str(value)
    for name in ("tenant", "host_business"):
        if business := getattr(request, name, None):
            log_kwargs["business"] = str(business.pk)
    if member := getattr(request, "member", None):
        log_kwargs["member"] = str(member.pk)
    begun = getattr(request, "_log_begun", None)
    if begun is not None:
        log_kwargs["ms"] = round((time.perf_counter() - begun) * 1000, 1)


def only_the_id(sender: Any, log_kwargs: dict[str, Any], **kwargs: Any) -> None:
    """At the beginning only the request's id is known; the rest would be the person's."""
    log_kwargs.clear()
