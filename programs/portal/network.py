"""The network, for the member: what it is, what they have where, linking their cards, and stopping it."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.enums import Source
from customers.portal.access import MemberRequest, go, member_page
from loyalty_saas.lib.errors import DomainError, NotFound
from programs.domain.networks.people import join_network, leave_network, person_of
from programs.domain.networks.proofs import is_linked_by, join_by_proof, open_proof, proof_for
from programs.domain.networks.wording import agreement_for
from programs.models import NetworkCrossing, NetworkPerson
from programs.portal.reading import Reading, reading_of
from tenants.domain.networks.reading import Partner, open_partners, own_seat, partners_of, today_of
from tenants.models import NetworkSeat


@member_page
@require_GET
def network(request: MemberRequest) -> HttpResponse:
    seat, reading = _seat(), reading_of(request)
    partners = open_partners(seat)
    context = {
        "place": "home",
        "seat": seat,
        "program": reading.program,
        "standing": reading.standing,
        "elsewhere": reading.elsewhere,
        "joined": person_of(request.member) is not None,
        "partners": [(one, f"{settings.SITE_URL}{reverse('portal:home', args=[one.slug])}") for one in partners],
        "asked": agreement_for(seat),
    }
    return render(request, "portal/network/page.html", context)


@member_page
@require_POST
def answer(request: MemberRequest) -> HttpResponse:
    """Take part, or take it back."""
    if request.POST.get("answer") == "no":
        leave_network(request.member, by=request.actor, source=Source.PORTAL)
        messages.success(request, _("Noted. Your points count only where you earned them."))
    else:
        agreed = bool(request.POST.get("agreed"))
        join_network(request.member, agreed=agreed, by=request.actor, source=Source.PORTAL)
        messages.success(request, _("Thank you. Now link your cards of the other businesses."))
    return go(request, "network")


@member_page
@require_GET
def carry(request: MemberRequest, partner: UUID) -> HttpResponse:
    """To the other business's portal, with a proof of who is signed in here."""
    seat = _seat()
    found = next((one for one in open_partners(seat) if one.pk == partner), None)
    if found is None or person_of(request.member) is None:
        raise NotFound
    sealed = quote(proof_for(request.member, found.pk))
    return HttpResponseRedirect(f"{settings.SITE_URL}{reverse('portal:network_link', args=[found.slug, sealed])}")


@member_page
def link(request: MemberRequest, sealed: str) -> HttpResponse:
    """Somebody who was signed in at another business, and is here now: link the two cards, if they agree."""
    seat = _seat()
    proof = open_proof(sealed)
    partner = next((one for one in partners_of(seat) if one.pk == proof.issuer), None)
    if partner is None:
        raise NotFound
    error = ""
    if request.method == "GET" and is_linked_by(request.member, proof):
        return _linked_page(request, partner)
    if request.method == "POST":
        agreed = bool(request.POST.get("agreed"))
        try:
            join_by_proof(request.member, sealed, agreed=agreed, by=request.actor, source=Source.PORTAL)
        except DomainError as refused:
            error = str(refused)
        else:
            messages.success(
                request, _("Linked: your points of %(partner)s count here too.") % {"partner": partner.name}
            )
            return go(request, "network")
    context = {"place": "home", "seat": seat, "partner": partner, "asked": agreement_for(seat), "error": error}
    return render(request, "portal/network/link.html", context, status=422 if error else 200)


def _linked_page(request: MemberRequest, partner: Partner) -> HttpResponse:
    """Opened again, or from a page that was left open: nothing to agree to any more, but what it brings."""
    reading = reading_of(request)
    there = reading.elsewhere.there if reading.elsewhere is not None else []
    context = {
        "place": "home",
        "partner": partner,
        "partner_url": f"{settings.SITE_URL}{reverse('portal:home', args=[partner.slug])}",
        "points": next((one.points for one in there if one.partner.pk == partner.pk), None),
        "program": reading.program,
    }
    return render(request, "portal/network/linked.html", context)


def _seat() -> NetworkSeat:
    seat = own_seat()
    if seat is None or not seat.is_open_on(today_of(seat)):
        raise NotFound
    return seat


def on_home(reading: Reading) -> dict[str, Any] | None:
    """One line that leads there."""
    if not reading.is_running or (seat := reading.seat) is None:
        return None
    return {"seat": seat, "elsewhere": reading.elsewhere, "program": reading.program}


def own_network(member: Any) -> dict[str, Any]:
    """For the file with a member's own data."""
    people = NetworkPerson.objects.filter(member=member).order_by("id")
    crossings = NetworkCrossing.objects.filter(account__member=member)
    return {
        "agreed": [
            {"at": one.joined_at.isoformat(), "until": one.ended_at.isoformat() if one.ended_at else None}
            for one in people
        ],
        "spent_elsewhere": [
            {"at": one.occurred_at.isoformat(), "points": one.points, "what": one.kind} for one in crossings
        ],
    }
