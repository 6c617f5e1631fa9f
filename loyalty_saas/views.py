"""Answers that belong to no app: a refusal said in words, a form that came back too late."""

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

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
    sentence = _("This page was open for a long time. Go back, reload it and send it again: nothing was changed.")
    return render(request, "refusal.html", {"sentence": sentence}, status=403)
