"""Waiting for a place."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.enums import Source
from customers.portal.access import MemberRequest, go, member_page
from loyalty_saas.lib.errors import NotFound
from programs.domain.places import IN_LINE, leave_line, wait_for_place
from programs.models import Reward, WaitingPlace
from programs.portal.reading import reading_of


@member_page
@require_POST
def wait(request: MemberRequest, reward: UUID) -> HttpResponse:
    wanted = Reward.objects.filter(pk=reward).first()
    if wanted is None:
        raise NotFound
    waiting = wait_for_place(request.member, reward=wanted, by=request.actor, source=Source.PORTAL)
    if waiting.offered_until is None:
        messages.success(request, _("You are on the list. When a place becomes free, it is kept for you here."))
    return go(request, "reward", reward=wanted.pk)


@member_page
@require_POST
def leave(request: MemberRequest, reward: UUID) -> HttpResponse:
    account = reading_of(request).account
    standing = WaitingPlace.objects.filter(reward=reward, account=account, status__in=IN_LINE).first()
    if standing is None:
        raise NotFound
    leave_line(standing, by=request.actor)
    messages.success(request, _("You are no longer on the list."))
    return go(request, "reward", reward=reward)
