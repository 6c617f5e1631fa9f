"""Which host was asked, and what may be kept of the answer."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.request import split_domain_port, validate_host

from tenants import platform

Handler = Callable[[HttpRequest], HttpResponse]
PORTAL_URLS = "customers.portal.host_urls"


class BusinessHostMiddleware:
    """Our own hosts serve everything; a business's own domain serves its portal and nothing else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.host_business = None  # type: ignore[attr-defined]
        host, _port = split_domain_port(request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", ""))
        if not validate_host(host, settings.OUR_HOSTS):
            business = platform.find_business_by_host(host) if host else None
            if business is None:
                return HttpResponseBadRequest("Nothing is served at this address.", content_type="text/plain")
            request.host_business = business  # type: ignore[attr-defined]
            request.urlconf = PORTAL_URLS  # type: ignore[attr-defined]
        return self.get_response(request)


class PersonalPagesMiddleware:
    """Pages show people's data: unless a view says otherwise, nobody keeps a copy."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") or "max-age=0" in response["Cache-Control"]:
            response["Cache-Control"] = "no-store, private"
        return response
