"""A voucher for somebody else: wrapped here, opened by its link, and printed to hand over."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.enums import Source
from customers.portal.access import MemberRequest, PortalRequest, go, member_page, portal_page, portal_url
from programs.domain.gifts import find_gift, open_gift, unwrap_voucher, wrap_voucher
from programs.enums import GiftStatus
from programs.portal.reading import is_usable, own_voucher
from programs.words.rewards import terms_in_words, worth_in_words


@member_page
@require_POST
def wrap(request: MemberRequest, voucher: UUID) -> HttpResponse:
    found = own_voucher(request, voucher)
    wrap_voucher(found, message=request.POST.get("message", "")[:200], by=request.actor)
    return go(request, "voucher", voucher=found.pk)


@member_page
@require_POST
def unwrap(request: MemberRequest, voucher: UUID) -> HttpResponse:
    found = own_voucher(request, voucher)
    unwrap_voucher(found, by=request.actor)
    messages.success(request, _("It is yours again. The link works no more."))
    return go(request, "voucher", voucher=found.pk)


@portal_page
def present(request: PortalRequest, code: str) -> HttpResponse:
    """What waits behind a link, for whoever has it."""
    gift = find_gift(code)
    context = {
        "gift": gift,
        "voucher": gift.voucher,
        "is_there": gift.status == GiftStatus.OPEN and is_usable(gift.voucher),
        "is_own": request.member is not None and gift.giver.member_id == request.member.pk,
        "worth": worth_in_words(gift.voucher),
        "here": request.get_full_path(),
    }
    return render(request, "portal/points/present_page.html", context)


@member_page
@require_POST
def open_present(request: MemberRequest, code: str) -> HttpResponse:
    voucher = open_gift(find_gift(code), member=request.member, by=request.actor, source=Source.PORTAL)
    messages.success(request, _("It is yours. Have a good time with it."))
    return go(request, "voucher", voucher=voucher.pk)


@member_page
def print_voucher(request: MemberRequest, voucher: UUID) -> HttpResponse:
    """A page to print: the code, its QR, and how it is used."""
    found = own_voucher(request, voucher)
    context = {
        "voucher": found,
        "usable": is_usable(found),
        "worth": worth_in_words(found),
        "terms": terms_in_words(found),
        "back": portal_url(request, "voucher", voucher=found.pk),
    }
    return render(request, "portal/points/voucher_print.html", context)
