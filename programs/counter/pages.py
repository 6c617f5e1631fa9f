"""How a view of the counter answers: the whole screen, or only its stage when htmx asks for that."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from customers.models import Member
from programs.counter.access import CounterRequest
from programs.counter.bills import bill_at
from programs.counter.screens import MemberScreen
from programs.counter.station import IDLE_SECONDS
from programs.counter.tiles import Tiles, tiles_of
from programs.domain.networks.wording import agreement_for
from programs.domain.serving import needs_presence
from tenants.permissions import Permission

DECODER = "vendor/jsQR.js"


@dataclass(frozen=True, slots=True)
class Presence:
    """What this device knows of whether the member is there, for the form that redeems.

    `is_needed`: whoever serves has to show it; `is_proved`: their phone's code was read here. `shown_voucher` was
    opened by its code and needs nothing more.
    """

    is_needed: bool
    is_proved: bool
    shown_voucher: UUID | None


def presence_of(request: CounterRequest, member: Member) -> Presence:
    station = request.station
    return Presence(
        needs_presence(request.membership), station.card_step(member.pk) is not None, station.shown_voucher()
    )


def stage(request: CounterRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render `template` as the stage of the counter; a page loaded whole gets the frame around it."""
    if (screen := context.get("screen")) is not None:
        context = {**context, "presence": presence_of(request, screen.member), "tiles": _tiles(request, screen)}
        if screen.network is not None:
            context |= {
                "partner_card": request.station.partner_card(),
                "is_not_theirs": request.station.is_not_theirs(screen.member.pk),
                "asked": agreement_for(screen.network),
            }
        context["dividing"] = bill_at(request)
    if is_partial(request):
        response = render(request, template, context, status=status)
    else:
        response = page(request, "counter/page.html", {**context, "stage": template}, status=status)
    response["Vary"] = "HX-Request"
    return response


def _tiles(request: CounterRequest, screen: MemberScreen) -> Tiles:
    rewards = [offer.reward for offer in screen.offers if offer.available]
    return tiles_of(rewards, screen.vouchers, location_id=request.location.pk if request.location else None)


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
