"""What is written to the owners of a network's businesses, and to whom a seat is offered. They answer on the page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.dates import format_date
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from loyalty_saas.lib.secrets import decrypt
from programs.words.networks import changes_in_words
from tenants import letters
from tenants.domain.networks.changing import AGREED, KEPT, PROPOSED
from tenants.domain.networks.excluding import NOTICE, STAYS
from tenants.domain.networks.inviting import OFFERED
from tenants.domain.networks.reading import coming_of, proposed_of, terms_of
from tenants.enums import SeatState
from tenants.isolation import current_tenant
from tenants.models import NetworkInvitation, NetworkSeat, OwnerLetter
from tenants.templatetags.show import day


def register() -> None:
    letters.register(OFFERED, offer)
    letters.register(PROPOSED, proposal)
    letters.register(AGREED, agreed)
    letters.register(KEPT, kept)
    letters.register(NOTICE, notice)
    letters.register(STAYS, stays)


def offer_link(token: str) -> str:
    """Where an invitation is looked at and accepted."""
    return settings.SITE_URL + reverse("programs:network_offer", args=[token])


def offer(letter: OwnerLetter, to: str) -> EmailMultiAlternatives | None:
    """None once it was accepted or withdrawn. The token stands in the letter, and encrypted here until it has left."""
    rows = NetworkInvitation.objects.select_related("invited_by__user")
    invitation = rows.get(pk=letter.payload["invitation"])
    seat = NetworkSeat.objects.filter(network_id=invitation.network_id).exclude(state=SeatState.LEFT).first()
    if seat is None or invitation.accepted_at is not None or invitation.withdrawn_at is not None:
        return None
    tenant = current_tenant()
    context = {
        "inviter": invitation.invited_by.name,
        "expires_at": format_date(invitation.expires_at.astimezone(tenant.zone), "long", locale=tenant.locale),
        "link": offer_link(decrypt(letter.payload["token"])),
    }
    return _message("network", seat, context, to=invitation.email)


def proposal(letter: OwnerLetter, to: str) -> EmailMultiAlternatives | None:
    """None once it was answered here, taken back, or its day has come."""
    seat = _seat(letter)
    asked = proposed_of(seat) if seat is not None else None
    if seat is None or asked is None or seat.agreed_at is not None or not _is_same(seat.proposed_at, letter):
        return None
    context = {
        "lead": letter.payload["by"],
        "first_day": day(asked.first_day, "long"),
        "changes": changes_in_words(terms_of(seat), asked.terms, seat.currency),
        "link": settings.SITE_URL + reverse("programs:network_proposal"),
    }
    return _message("network_proposal", seat, context, to=to)


def agreed(letter: OwnerLetter, to: str) -> EmailMultiAlternatives | None:
    """None where the day has come before it left: the page shows the rules that count."""
    seat = _seat(letter)
    coming = coming_of(seat) if seat is not None else None
    if seat is None or coming is None or coming.first_day.isoformat() != letter.payload["first_day"]:
        return None
    changes = changes_in_words(terms_of(seat), coming.terms, seat.currency)
    return _message("network_agreed", seat, {"first_day": day(coming.first_day, "long"), "changes": changes}, to=to)


def kept(letter: OwnerLetter, to: str) -> EmailMultiAlternatives | None:
    seat = _seat(letter)
    context = {"who": letter.payload["by"], "is_withdrawn": letter.payload["is_withdrawn"]}
    return _message("network_kept", seat, context, to=to) if seat is not None else None


def notice(letter: OwnerLetter, to: str) -> EmailMultiAlternatives | None:
    """None once the notice was taken back."""
    seat = _seat(letter)
    if seat is None or seat.leaves_on is None or not _is_same(seat.excluded_at, letter):
        return None
    context = {
        "lead": letter.payload["by"],
        "reason": seat.excluded_because,
        "last_day": day(seat.leaves_on, "long"),
    }
    return _message("network_exclusion", seat, context, to=to)


def stays(letter: OwnerLetter, to: str) -> EmailMultiAlternatives | None:
    """None where notice was given anew meanwhile."""
    seat = _seat(letter)
    if seat is None or seat.excluded_at is not None:
        return None
    return _message("network_stays", seat, {"lead": letter.payload["by"]}, to=to)


def _seat(letter: OwnerLetter) -> NetworkSeat | None:
    """The seat it is about, while it is taken."""
    found: NetworkSeat | None = (
        NetworkSeat.objects.exclude(state=SeatState.LEFT).filter(pk=letter.payload["seat"]).first()
    )
    return found


def _is_same(moment: datetime | None, letter: OwnerLetter) -> bool:
    return moment is not None and moment == datetime.fromisoformat(letter.payload["at"])


def _message(template: str, seat: NetworkSeat, context: Mapping[str, Any], *, to: str) -> EmailMultiAlternatives:
    page = settings.SITE_URL + reverse("programs:network")
    whole = {"business": current_tenant().name, "network": seat.name, "link": page, **context}
    return EmailMultiAlternatives(
        subject=render_to_string(f"programs/mail/{template}_subject.txt", whole).strip(),
        body=render_to_string(f"programs/mail/{template}.txt", whole),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
