"""The portal's first page for whoever sets it up, as one of their members or a stranger would see it."""

import copy
import re

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import cache_control

from customers.enums import MemberStatus
from customers.models import Member, Purchase
from customers.portal.access import PortalRequest
from customers.portal.brand import stylesheet
from customers.portal.places import CARD, HOME, WELCOME, panels
from loyalty_saas.lib.colours import parse_colour
from loyalty_saas.lib.errors import Invalid
from tenants.access import BusinessRequest, public_page
from tenants.actors import Actor
from tenants.models import Tenant

_SCRIPTS = re.compile(r"<script\b.*?</script>|<link rel=\"manifest\"[^>]*>", re.DOTALL)


def show_portal(request: BusinessRequest, whom: str) -> HttpResponse:
    """The page as it stands in this transaction: it can be read, and nothing on it does anything."""
    preview: PortalRequest = copy.copy(request)  # type: ignore[assignment]
    preview.method = "GET"
    preview.tenant = Tenant.objects.get(pk=request.tenant.pk)
    preview.host_business, preview.portal_session = None, None
    preview.member = _typical() if whom == "member" else None
    preview.actor = Actor.system()
    preview._messages = []  # type: ignore[attr-defined]  # what the form says is for the page around this one
    colour = urlencode({"colour": preview.tenant.brand_color})
    preview.brand_css = f"{reverse('customers:preview_css')}?{colour}"  # type: ignore[attr-defined]
    if preview.member is None:
        html = render_to_string("portal/welcome.html", {"panels": panels(WELCOME, preview)}, preview)
    else:
        context = {"place": "home", "card": panels(CARD, preview), "panels": panels(HOME, preview)}
        html = render_to_string("portal/home.html", context, preview)
    return HttpResponse(_SCRIPTS.sub("", html).replace("<body ", "<body inert ", 1))


def _typical() -> Member | None:
    """Somebody with something to see: who was here last."""
    last = Purchase.objects.filter(member__status=MemberStatus.ACTIVE).select_related("member")
    purchase = last.order_by("-occurred_at", "-pk").first()
    newest = Member.objects.filter(status=MemberStatus.ACTIVE).order_by("-joined_at")
    return purchase.member if purchase is not None else newest.first()


@public_page
@cache_control(max_age=3600)
def preview_css(request: BusinessRequest) -> HttpResponse:
    """A brand's stylesheet for a colour that is not saved yet."""
    try:
        css = stylesheet(parse_colour(request.GET.get("colour", "")))
    except Invalid:
        css = ""
    return HttpResponse(css, content_type="text/css; charset=utf-8")
