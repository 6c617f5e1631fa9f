"""What customers would see if a form were saved: it is saved, shown, and undone again in one transaction.

So whatever a form changes is seen before it counts, without a second way of computing it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from tenants.access import BusinessRequest

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]
# Sent by static/js/preview.js: as whom the portal is looked at, "member" or "guest".
HEADER = "X-Portal-Preview"
_show: list[Callable[[BusinessRequest, str], HttpResponse]] = []


def shown_by(show: Callable[[BusinessRequest, str], HttpResponse]) -> None:
    """Say who draws the portal (in AppConfig.ready); there is one."""
    _show[:] = [show]


def previewed(view: View[P]) -> View[P]:
    """A form whose effect on the portal can be looked at first. Below `dashboard_page`: the same people may."""

    @wraps(view)
    def page(request: BusinessRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST" or HEADER not in request.headers or not _show:
            return view(request, *args, **kwargs)
        if request.FILES:  # a file would stay on the disk
            return HttpResponse(status=422)
        with transaction.atomic():
            is_saved = 300 <= view(request, *args, **kwargs).status_code < 400
            list(messages.get_messages(request))  # nothing will have been saved: nobody is told so
            shown = _show[0](request, request.headers[HEADER]) if is_saved else HttpResponse(status=422)
            transaction.set_rollback(True)
        return shown

    return page
