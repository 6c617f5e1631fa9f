"""Which host was asked, and what may be kept of the answer."""

from collections.abc import Callable
from hashlib import sha256
from importlib import import_module

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY as USER_KEY
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.request import split_domain_port, validate_host
from redis.exceptions import RedisError

from loyalty_saas.lib.limits import client_address
from tenants import platform

Handler = Callable[[HttpRequest], HttpResponse]
SEEN_SECONDS = 300
PORTAL_URLS = "customers.portal.host_urls"
# Asked by the proxy that speaks TLS, by any host name, before it gets a certificate for `?domain=`.
DOMAIN_QUESTION = "/.well-known/regulars/domain"
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


class BusinessHostMiddleware:
    """Our own hosts serve everything; a business's own domain serves its portal and nothing else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.host_business = None  # type: ignore[attr-defined]
        if request.path_info == DOMAIN_QUESTION:
            return _may_have_certificate(request.GET.get("domain", ""))
        host, _port = split_domain_port(request.META.get("HTTP_HOST") or request.META.get("SERVER_NAME", ""))
        if not validate_host(host, settings.OUR_HOSTS):
            business = platform.find_business_by_host(host) if host else None
            if business is None:
                return HttpResponseBadRequest("Nothing is served at this address.", content_type="text/plain")
            request.host_business = business  # type: ignore[attr-defined]
            request.urlconf = PORTAL_URLS  # type: ignore[attr-defined]
            return self._at_their_host(request)
        return self.get_response(request)

    def _at_their_host(self, request: HttpRequest) -> HttpResponse:
        """What we promise of our own names and all below them is not ours to promise of somebody else's."""
        response = self.get_response(request)
        if settings.SECURE_HSTS_SECONDS and request.is_secure():
            response["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
        return response


class OwnSessionsMiddleware:
    """Somebody's session of the dashboard means nothing at a business's own domain, whoever sends its cookie there."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.host_business is not None and USER_KEY in request.session:  # type: ignore[attr-defined]
            request.session = SessionStore()
        return self.get_response(request)


class SeenSessionsMiddleware:
    """Keeps the list of a person's sessions: when each was seen last, from where and with what.

    Written every few minutes and whenever the client changes, not at every page: it would be the only thing that most
    pages write.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated and self._is_news(request):
            UserSession.objects.create_from_request(request)
        return self.get_response(request)

    @staticmethod
    def _is_news(request: HttpRequest) -> bool:
        client = f"{request.session.session_key} {client_address(request)} {request.headers.get('User-Agent', '')}"
        try:
            return bool(cache.add(f"session-seen:{sha256(client.encode()).hexdigest()}", 1, timeout=SEEN_SECONDS))
        except (RedisError, OSError):
            return True


class PersonalPagesMiddleware:
    """Pages show people's data: unless a view says otherwise, nobody keeps a copy."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control") or "max-age=0" in response["Cache-Control"]:
            response["Cache-Control"] = "no-store, private"
        return response


def _may_have_certificate(host: str) -> HttpResponse:
    """200 for a proven domain, 404 for anything else; what is known of it is not told."""
    known = bool(host) and len(host) <= 253 and "\x00" not in host and platform.host_is_proved(host.lower().rstrip("."))
    return HttpResponse("yes\n" if known else "no\n", status=200 if known else 404, content_type="text/plain")
