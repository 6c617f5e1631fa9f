"""A member and the network, at the counter: what they agree to, and a card of another business that was shown."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.views.decorators.http import require_http_methods, require_POST

from customers.enums import Source
from customers.models import Member
from programs.counter.access import CounterRequest, counter_page
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.networks.people import join_network, leave_network
from programs.domain.networks.proofs import join_by_proof
from programs.network_errors import PartnerCardOver
from tenants.access import go_to


@counter_page()
@require_http_methods(["GET", "POST"])
def partner_card(request: CounterRequest) -> HttpResponse:
    """A card of another business was read: say so, and how to go on; or put it away."""
    if request.method == "POST":
        request.station.put_partner_card_away()
    shown = request.station.partner_card()
    if shown is None:
        return go_to(request, resolve_url("counter:home"))
    return stage(request, "counter/partner_card.html", {"partner": shown[0]})


@counter_page()
@require_POST
def network(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """The member agrees, links the card that was shown, or takes it back; or the card is not theirs."""
    member = member_named(member_id)
    answer = request.POST.get("answer")
    if answer == "end":
        leave_network(member, by=request.actor, source=Source.COUNTER)
    elif answer == "not_theirs":
        request.station.note_not_theirs(member.pk)
    elif answer == "away":
        request.station.put_partner_card_away()
    elif answer == "link":
        _link_card(request, member)
    else:
        agreed = bool(request.POST.get("agreed"))
        join_network(member, agreed=agreed, by=request.actor, source=Source.COUNTER)
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member)})


def _link_card(request: CounterRequest, member: Member) -> None:
    """Raises PartnerCardOver when it was shown too long ago: a yes to linking it is no yes to anything else."""
    shown = request.station.partner_card()
    if shown is None:
        raise PartnerCardOver
    agreed = bool(request.POST.get("agreed"))
    join_by_proof(member, shown[1], agreed=agreed, by=request.actor, source=Source.COUNTER)
    request.station.put_partner_card_away()
