"""How a view of the counter answers: the whole screen, or only its stage when htmx asks for that."""

from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from programs.counter.access import CounterRequest
from programs.counter.station import IDLE_SECONDS
from tenants.permissions import Permission

DECODER = "vendor/jsQR.js"


def stage(request: CounterRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render `template` as the stage of the counter; a page loaded whole gets the frame around it."""
    if is_partial(request):
        response = render(request, template, context, status=status)
    else:
        response = page(request, "counter/page.html", {**context, "stage": template}, status=status)
    response["Vary"] = "HX-Request"
    return response


def page(request: CounterRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a whole page with what the frame of the counter shows."""
    frame = {
        "location": request.location,
        "idle_seconds": IDLE_SECONDS,
        "may_open_dashboard": request.membership.may(Permission.VIEW_HOME),
        "decoder_url": decoder_url(),
    }
    return render(request, template, {**frame, **context}, status=status)


def is_partial(request: CounterRequest) -> bool:
    """Whether a script asks for a part; coming back by "back" asks htmx for the whole page."""
    htmx = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def decoder_url() -> str:
    """Where the script that reads QR codes is served, or "" when it was not built on this machine."""
    return static(DECODER) if finders.find(DECODER) else ""
