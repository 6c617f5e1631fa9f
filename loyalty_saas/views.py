"""Answers that belong to no app: a refusal said in words, a form that came back too late."""

import json
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import DomainError


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The one translation of a DomainError into HTML: a toast for an htmx call, a page otherwise.

    The toast names the field that the refusal is about, where there is one, for a script to put the focus there.
    """
    if getattr(request, "htmx", False):
        response = HttpResponse(status=error.status)
        toast = {"text": str(error), "kind": "bad"} | ({"field": error.field} if error.field else {})
        response["HX-Trigger"] = json.dumps({"toast": toast})
        return response
    return render(request, "refusal.html", {"error": error}, status=error.status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent from a page that was open too long, or from somewhere else."""
    if getattr(request, "htmx", False):
        return refusal(request, TooOld())
    context = {"error": TooOld(), "back": page_of(request)}
    return render(request, "refusal.html", context, status=403)


class TooOld(DomainError):
    code = "page_too_old"
    status = 403
    sentence = _("This page was open for a long time. Go back, reload it and send it again: nothing was changed.")


def page_of(request: HttpRequest) -> str:
    """The page of ours that sent the request, to lead back to; empty where it does not say."""
    sender = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(sender, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(sender)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
