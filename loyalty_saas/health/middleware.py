"""Answers /healthz, /readyz and /metrics before hosts, sessions and redirects are looked at, and counts the rest.

A probe comes from a load balancer by address and without TLS, so it is answered first of all.
"""

import ipaddress
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from loyalty_saas.health import metrics
from loyalty_saas.health.checks import as_data, readiness

Handler = Callable[[HttpRequest], HttpResponse]
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")


class HealthMiddleware:
    """The first of the middlewares."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.probes: dict[str, Handler] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics_page}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if probe := self.probes.get(request.path_info):
            response = probe(request)
            response["Cache-Control"] = "no-store"
            return response
        begun = time.perf_counter()
        response = self.get_response(request)
        found = request.resolver_match
        page = (found.view_name or found.route) if found else "none"
        metrics.count_request(request.method or "", page, response.status_code, time.perf_counter() - begun)
        return response


def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers. Asks nobody else, so that a slow database restarts no web server."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Ready: 200 when every part works, otherwise 503; which does and which does not, in either case."""
    findings = as_data(readiness())
    return JsonResponse(findings, status=200 if findings["ready"] else 503)


def metrics_page(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, to the bearer of METRICS_TOKEN or, when there is none, to this machine only."""
    if not _may_read_metrics(request):
        return HttpResponse("Not found", status=404, content_type="text/plain")
    return HttpResponse(metrics.exposition(), content_type=metrics.CONTENT_TYPE)


def _may_read_metrics(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.META.get("HTTP_AUTHORIZATION", "")
        return secrets.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    # What a proxy of this machine passes on comes from loopback too, but says that it was passed on.
    if any(header in request.META for header in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
