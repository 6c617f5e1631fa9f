"""The first page: what the program gives for a stranger, how things stand for a member."""

from django.http import HttpResponse
from django.shortcuts import render

from customers.portal.access import PortalRequest, portal_page
from customers.portal.places import CARD, HOME, WELCOME, panels


@portal_page
def home(request: PortalRequest) -> HttpResponse:
    if request.member is None:
        return render(request, "portal/welcome.html", {"panels": panels(WELCOME, request)})
    return render(
        request, "portal/home.html", {"place": "home", "card": panels(CARD, request), "panels": panels(HOME, request)}
    )


@portal_page
def about(request: PortalRequest) -> HttpResponse:
    """The business's story and values."""
    return render(request, "portal/about.html", {"place": "about"})
