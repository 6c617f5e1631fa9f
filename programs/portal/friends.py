"""Bringing friends and recommending the business, for the member; and whoever follows a friend's link."""

from base64 import b64encode
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.portal.access import (
    MemberRequest,
    PortalRequest,
    go,
    member_page,
    portal_page,
    portal_url,
)
from customers.portal.friends import FIELD, device_name_of, friend_code, keep_friend_code, name_device
from loyalty_saas.lib.errors import DomainError, NotFound
from loyalty_saas.lib.images import MOST_PHOTO_BYTES, remake_photo
from loyalty_saas.lib.limits import client_address
from programs.claim_photos import photo_answer
from programs.domain.referrals.advocacy import claim_action, claims_of, left_for, open_actions, photo_of
from programs.domain.referrals.advocates import advocate_for, find_advocate, remember_browser
from programs.domain.referrals.offering import running_offer
from programs.enums import ReferralState
from programs.models import AdvocacyAction, Advocate, Referral, Review
from programs.portal.reading import Reading, reading_of

SHOWN = 30


@member_page
def friends(request: MemberRequest) -> HttpResponse:
    """The member's link and code, the friends who came by it, and other ways to recommend."""
    return _page(request)


@member_page
@require_POST
def recommend(request: MemberRequest, action: UUID) -> HttpResponse:
    """The member says that they did it."""
    wanted = AdvocacyAction.objects.filter(pk=action).first()
    if wanted is None:
        raise NotFound
    key = f"portal:{request.member.pk.hex}:{request.POST.get('key', '')[:32]}"
    file = request.FILES.get("photo")
    try:
        photo = remake_photo(BytesIO(file.read(MOST_PHOTO_BYTES + 1))) if file else None
        claim_action(
            request.member,
            action=wanted,
            proof=request.POST.get("proof", ""),
            photo=photo,
            by=request.actor,
            key=key,
        )
    except DomainError as error:
        about = "photo" if error.field == "photo" else "proof"
        return _page(request, wrong=wanted, error=str(error), about=about, status=error.status)
    messages.success(request, _("Thank you! Somebody of the team takes a look, and then they are yours."))
    return go(request, "friends")


@member_page
@require_safe
def claim_photo(request: MemberRequest, claim: UUID) -> HttpResponse:
    """One's own photo, and nobody else's."""
    found = claims_of(request.member).filter(pk=claim).first()
    if found is None:
        raise NotFound
    return photo_answer(photo_of(found))


@portal_page
def invited(request: PortalRequest, code: str) -> HttpResponse:
    """A friend's link: remember whose word it was, and show what the program gives."""
    if request.member is not None:
        return go(request, "home")
    if running_offer() is None or find_advocate(code) is None:
        return go(request, "home")
    return keep_friend_code(request, go(request, "home"), code)


def _page(
    request: MemberRequest, *, wrong: Any = None, error: str = "", about: str = "", status: int = 200
) -> HttpResponse:
    reading, offer = reading_of(request), running_offer()
    actions = [(one, left_for(request.member, one)) for one in open_actions()] if reading.is_running else []
    advocate = advocate_for(request.member)
    remember_browser(advocate, device=device_name_of(request), network=client_address(request))
    link = request.build_absolute_uri(portal_url(request, "invited", code=advocate.code))
    context = {
        "place": "friends",
        "offer": offer,
        "program": reading.program,
        "advocate": advocate,
        "link": link,
        "mail": _mail(request, link),
        "friends": _friends(advocate),
        "actions": actions,
        "claims": claims_of(request.member)[:SHOWN],
        "key": uuid4().hex,
        "wrong": wrong,
        "typed": request.POST.get("proof", ""),
        "error": error,
        "about": about,
    }
    return name_device(request, render(request, "portal/friends/page.html", context, status=status))


def _mail(request: MemberRequest, link: str) -> str:
    """An e-mail that the member writes in their own program, begun."""
    name = request.tenant.name
    words = {"subject": _("%(name)s for you") % {"name": name}, "body": _("I like %(name)s. Join here: %(link)s")}
    words["body"] %= {"name": name, "link": link}
    return f"mailto:?{urlencode(words).replace('+', '%20')}"


def _friends(advocate: Advocate) -> list[dict[str, Any]]:
    """Each friend by their first name alone, and where it stands."""
    found = list(Referral.objects.filter(advocate=advocate).select_related("friend", "advocate_entry")[:SHOWN])
    held = set(
        Review.objects.filter(subject_id__in=[one.pk for one in found], is_held=True).values_list(
            "subject_id", flat=True
        )
    )
    return [
        {
            "name": one.friend.given_name or _("A friend"),
            "referral": one,
            "is_held": one.pk in held,
            "is_rewarded": one.state == ReferralState.REWARDED,
            "is_over": one.state == ReferralState.REFUSED,
            "waits_until": one.available_from,
        }
        for one in found
    ]


# --- panels --------------------------------------------------------------------------------------


def on_home(reading: Reading) -> dict[str, Any] | None:
    """One line that leads there."""
    if not reading.is_running:
        return None
    offer = running_offer()
    if offer is not None:
        return {"offer": offer, "program": reading.program}
    return {"offer": None, "program": reading.program} if open_actions() else None


def welcome(request: Any) -> dict[str, Any] | None:
    """Who recommended us, for somebody who followed their link."""
    return _by_word(request)


def joining(request: Any) -> dict[str, Any] | None:
    """The code of a friend, asked while joining; filled in for whoever followed a link."""
    offer = running_offer()
    if offer is None:
        return None
    found = _by_word(request) or {"offer": offer, "program": offer.program, "name": ""}
    typed = friend_code(request)
    is_wrong = request.method == "POST" and bool(typed) and find_advocate(typed) is None
    return {**found, "field": FIELD, "code": typed, "is_wrong": is_wrong}


def _by_word(request: Any) -> dict[str, Any] | None:
    code = friend_code(request)
    offer = running_offer() if code else None
    advocate = find_advocate(code) if offer is not None else None
    if offer is None or advocate is None:
        return None
    return {"name": advocate.member.given_name or _("A friend"), "offer": offer, "program": offer.program}


def own_referrals(member: Any) -> dict[str, Any]:
    """For the file with a member's own data. Of friends only that there are any: their data is theirs."""
    advocate = Advocate.objects.filter(member=member).first()
    came = Referral.objects.filter(friend=member).first()
    brought = Referral.objects.filter(advocate__member=member)
    claims = claims_of(member)
    return {
        "code": advocate.code if advocate else None,
        "friends": [{"joined_at": one.joined_at.isoformat(), "state": one.state} for one in brought],
        "came_by_a_friend": came.joined_at.isoformat() if came else None,
        "recommendations": [
            {
                "what": one.action.name,
                "proof": one.proof,
                "photo": b64encode(photo_of(one)).decode() if one.has_photo else None,
                "state": one.state,
                "at": one.created_at.isoformat(),
            }
            for one in claims
        ],
    }
