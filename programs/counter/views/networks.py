"""A member and the network, at the counter: what they agree to, and a card of another business that was shown."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.views.decorators.http import require_GET, require_POST

from customers.enums import Source
from programs.counter.access import CounterRequest, counter_page
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.networks.people import join_network, leave_network
from programs.domain.networks.proofs import join_by_proof
from tenants.access import go_to


@counter_page()
@require_GET
def partner_card(request: CounterRequest) -> HttpResponse:
    """A card of another business was read: say so, and how to go on."""
    shown = request.station.partner_card()
    if shown is None:
        return go_to(request, resolve_url("counter:home"))
    return stage(request, "counter/partner_card.html", {"partner": shown[0]})


@counter_page()
@require_POST
def network(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """The member agrees, links the card that was shown, or takes it back."""
    member = member_named(member_id)
    if request.POST.get("answer") == "end":
        leave_network(member, by=request.actor, source=Source.COUNTER)
    else:
        shown = request.station.partner_card() if request.POST.get("answer") == "link" else None
        agreed = bool(request.POST.get("agreed"))
        if shown is not None:
            join_by_proof(member, shown[1], agreed=agreed, by=request.actor, source=Source.COUNTER)
            request.station.put_partner_card_away()
        else:
            join_network(member, agreed=agreed, by=request.actor, source=Source.COUNTER)
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member)})
