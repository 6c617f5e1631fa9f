"""An event: who has a place, who waits for one, and the list to take along."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.models import Letter
from programs.domain.places import IN_LINE, OFFER_LETTER
from programs.enums import RedemptionStatus, WaitingStatus
from programs.exports import csv_download
from programs.models import Reward, Voucher, WaitingPlace
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

_COME = (RedemptionStatus.OPEN, RedemptionStatus.USED)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def places(request: BusinessRequest, pk: UUID) -> HttpResponse:
    reward = get_object_or_404(Reward, pk=pk)
    taken, waiting = _taken(reward), _waiting(reward)
    context = {
        "reward": reward,
        "taken": taken,
        "waiting": waiting,
        "kept": sum(1 for one in waiting if one.status == WaitingStatus.OFFERED),
        "may_export": request.membership.may(Permission.EXPORT_MEMBERS),
    }
    return render(request, "programs/rewards/places.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def places_export(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return csv_download("places", _rows(get_object_or_404(Reward, pk=pk), request))


def _taken(reward: Reward) -> list[Voucher]:
    """Who has a place: whoever holds the voucher by now, in the order in which the places were taken."""
    of_this = Q(redemption__reward=reward) | Q(present__reward=reward)
    since = Coalesce("redemption__created_at", "present__created_at")
    held = Voucher.objects.filter(of_this, status__in=_COME).annotate(since=since)
    return list(held.select_related("account__member").order_by("since", "pk"))


def _waiting(reward: Reward) -> list[WaitingPlace]:
    """In their order; whoever is offered a place has `letter`, by which they were told of it, if there is one."""
    line = WaitingPlace.objects.filter(reward=reward, status__in=IN_LINE)
    waiting = list(line.select_related("account__member").order_by("pk"))
    keys = [f"{OFFER_LETTER}:{one.pk}:{one.offered_until.isoformat()}" for one in waiting if one.offered_until]
    letters = {letter.payload["waiting"]: letter for letter in Letter.objects.filter(key__in=keys)} if keys else {}
    for one in waiting:
        one.letter = letters.get(str(one.pk))  # type: ignore[attr-defined]
    return waiting


def _rows(reward: Reward, request: BusinessRequest) -> Iterator[list[Any]]:
    zone = request.tenant.zone
    yield [_("Member"), _("Card"), _("Phone"), _("E-mail"), _("Voucher"), _("Since"), _("State")]
    for one in _taken(reward):
        member = one.account.member
        since = timezone.localtime(one.since, zone)  # type: ignore[attr-defined]  # annotated
        state = _("Was here") if one.status == RedemptionStatus.USED else _("Has a place")
        contact = [str(member), member.number, member.phone, member.email]
        yield [*contact, one.code, since.strftime("%Y-%m-%d %H:%M"), state]
    for waits in _waiting(reward):
        member = waits.account.member
        since = timezone.localtime(waits.created_at, zone)
        contact = [str(member), member.number, member.phone, member.email]
        yield [*contact, "", since.strftime("%Y-%m-%d %H:%M"), waits.get_status_display()]
