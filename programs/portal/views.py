"""Rewards, vouchers and history, for the member themselves."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.enums import Source
from customers.portal.access import MemberRequest, go, member_page, portal_url
from loyalty_saas.lib.errors import NotFound
from programs.domain.gifts import is_giveable
from programs.domain.prizes import chances, prizes_of
from programs.domain.redemptions import is_seen, redeem_reward, void_redemption
from programs.domain.stamps.reading import cards_of
from programs.enums import GiftStatus, ProgramKind, RedemptionStatus, RewardKind
from programs.models import Gift, Reward, Voucher
from programs.portal.panels import shown_entries
from programs.portal.reading import begins_later, is_usable, own_voucher, reading_of, vouchers_of
from programs.portal.words import entry_title, entry_why
from programs.queries import RewardOffer, entries_of
from programs.words.rewards import OnlyForHolder, event_of, only_for_holder, terms_in_words, worth_in_words
from programs.words.sharing import others_of, said_of
from programs.words.stamps import why_stamps
from programs.words.unit import in_points

A_PAGE = 25


@member_page
def rewards(request: MemberRequest) -> HttpResponse:
    reading = reading_of(request)
    context = {
        "place": "rewards",
        "offers": reading.offers,
        "standing": reading.standing,
        "program": reading.program,
        "open_vouchers": reading.open_vouchers,
    }
    return render(request, "portal/points/rewards_page.html", context)


@member_page
def reward(request: MemberRequest, reward: UUID) -> HttpResponse:
    """One reward, what it costs and leaves, and the button to have it."""
    offer, reading = _offer(request, reward), reading_of(request)
    assert reading.standing is not None
    context = {
        "place": "rewards",
        "offer": offer,
        "worth": worth_in_words(offer.reward),
        "standing": reading.standing,
        "program": reading.program,
        "left": max(0, reading.standing.spendable - offer.reward.cost),
        "waiting": next((one for one in reading.waiting if one.reward_id == offer.reward.pk), None),
        "is_full": offer.reward.has_waiting_list and offer.reward.stock == 0,
        "chances": chances(prizes_of(offer.reward.pk)) if offer.reward.kind == RewardKind.MYSTERY else [],
        "key": uuid4().hex,
    }
    return render(request, "portal/points/reward_page.html", context)


@member_page
@require_POST
def redeem(request: MemberRequest, reward: UUID) -> HttpResponse:
    """Have it: once for each opened page, however often the button is pressed."""
    wanted = Reward.objects.filter(pk=reward).first()
    if wanted is None:
        raise NotFound
    key = f"portal:{request.member.pk.hex}:{request.POST.get('key', '')[:32]}"
    redemption = redeem_reward(request.member, reward=wanted, by=request.actor, key=key, source=Source.PORTAL)
    return go(request, "voucher", voucher=redemption.vouchers.get().pk)


@member_page
def vouchers(request: MemberRequest) -> HttpResponse:
    reading = reading_of(request)
    open_ones = [voucher.pk for voucher in reading.open_vouchers]
    past = list(vouchers_of(request.member).exclude(pk__in=open_ones).order_by("-pk")[:30])
    context = {"place": "rewards", "open_vouchers": reading.open_vouchers, "past_vouchers": past}
    return render(request, "portal/points/vouchers_page.html", context)


@member_page
def voucher(request: MemberRequest, voucher: UUID) -> HttpResponse:
    found = own_voucher(request, voucher)
    gift = Gift.objects.filter(voucher=found).exclude(status=GiftStatus.WITHDRAWN).order_by("-pk").first()
    wrapped = gift if gift is not None and gift.status == GiftStatus.OPEN else None
    only = only_for_holder(found)
    context = {
        "place": "rewards",
        "voucher": found,
        "event": event_of(found),
        "only": only if _shows_content(found, only) else None,
        "terms": terms_in_words(found),
        "begins_later": begins_later(found),
        "wrapped": wrapped,
        "present_url": request.build_absolute_uri(portal_url(request, "present", code=wrapped.code)) if wrapped else "",
        "received": gift is not None and gift.status == GiftStatus.TAKEN,
        "is_giveable": is_usable(found) and is_giveable(found),
        "can_give_back": _can_give_back(found),
        "usable": is_usable(found),
        "worth": worth_in_words(found),
        "program": reading_of(request).program,
        "key": uuid4().hex,
    }
    return render(request, "portal/points/voucher_page.html", context)


@member_page
@require_POST
def give_back(request: MemberRequest, voucher: UUID) -> HttpResponse:
    """Undo an unused voucher: the points come back."""
    found = own_voucher(request, voucher)
    if not _can_give_back(found):
        raise NotFound
    assert found.redemption is not None
    void_redemption(
        found.redemption,
        by=request.actor,
        reason=_("Given back in the portal"),
        key=f"portal:{request.member.pk.hex}:{request.POST.get('key', '')[:32]}",
        source=Source.PORTAL,
    )
    program, cost = reading_of(request).program, found.redemption.points
    back = in_points(program, cost) if program else cost
    messages.success(request, _("The voucher is gone. You have your %(points)s back.") % {"points": back})
    return go(request, "rewards")


@member_page
def stamp_card(request: MemberRequest, card: UUID) -> HttpResponse:
    """One stamp card: how far it is, how it fills, what happened on it and why."""
    standing = next((one for one in cards_of(request.member, only_running=False) if one.program.pk == card), None)
    if standing is None or not (standing.is_running or standing.account):
        raise NotFound
    entries: Any = entries_of(standing.account) if standing.account else []
    page: Any = Paginator(entries, A_PAGE).get_page(request.GET.get("page"))
    rows = [{"entry": entry, "title": entry_title(entry), "why": why_stamps(entry.snapshot)} for entry in page]
    context = {"place": "home", "card": standing, "page": page, "rows": rows}
    return render(request, "portal/points/stamp_card.html", context)


@member_page
def history(request: MemberRequest) -> HttpResponse:
    account = reading_of(request).account
    page = Paginator(shown_entries(account) if account else [], A_PAGE).get_page(request.GET.get("page"))
    others = others_of(page.object_list)
    rows = [
        {
            "entry": entry,
            "title": entry_title(entry),
            "why": entry_why(entry, account.program),
            "who": said_of(entry, others[entry.pk]) if entry.pk in others else "",
        }
        for entry in page.object_list
        if account is not None
    ]
    context = {"place": "history", "page": page, "rows": rows, "program": account.program if account else None}
    return render(request, "portal/points/history_page.html", context)


def _offer(request: MemberRequest, pk: UUID) -> RewardOffer:
    found = next((offer for offer in reading_of(request).offers if offer.reward.pk == pk), None)
    if found is None:
        raise NotFound
    return found


def _can_give_back(voucher: Voucher) -> bool:
    """Whether the points may come back.

    A gesture of the team cost none, a present cost somebody else's, a stamp card was filled rather than chosen, what
    has begun to be used is used, and what a surprise or a code has shown cannot be unseen.
    """
    if voucher.redemption is not None and is_seen(voucher.redemption.reward, voucher):
        return False
    is_own = voucher.redemption is not None and voucher.redemption.account_id == voucher.account_id
    is_own = is_own and voucher.left in (None, voucher.value)
    return is_own and voucher.account.program.kind == ProgramKind.POINTS


def _shows_content(voucher: Voucher, only: OnlyForHolder) -> bool:
    """What only those who have it may read: as long as it was not given back, or ran out unused."""
    has_it = voucher.status in (RedemptionStatus.OPEN, RedemptionStatus.USED)
    return has_it and bool(only.words or only.link)
