"""The member's card: a page to hold out at the counter, and the part of it that changes."""

from django.http import HttpResponse
from django.shortcuts import render

from customers.domain.cards import card_payload, seconds_left
from customers.portal.access import MemberRequest, member_page
from loyalty_saas.lib.ids import show_card_number


@member_page
def card(request: MemberRequest) -> HttpResponse:
    return render(
        request,
        "portal/card.html",
        _now(request) | {"place": "card", "number": show_card_number(request.member.number).split()},
    )


@member_page
def card_code(request: MemberRequest) -> HttpResponse:
    """The QR of this moment alone; the page asks for it when the one it shows has run out."""
    return render(request, "portal/parts/card_code.html", _now(request))


def _now(request: MemberRequest) -> dict[str, object]:
    return {"payload": card_payload(request.member), "seconds": seconds_left()}
