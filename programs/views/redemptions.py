"""Redemptions: who had what, when, by whom, and whether it was used; undone from here."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.enums import Source
from customers.queries import search_members
from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.days import asked_day, end_of_day, start_of_day
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.ids import tidy_code
from loyalty_saas.lib.money import minor_digits
from programs.domain.redemptions import void_redemption
from programs.enums import RedemptionStatus
from programs.exports import csv_download
from programs.models import Draw, Redemption, Reward, Voucher, VoucherUse
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

KINDS = {"open": "warn", "used": "good", "voided": "", "expired": ""}


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def redemptions(request: BusinessRequest) -> HttpResponse:
    asked = _asked(request)
    page = Paginator(_found(request, asked), 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "columns": _columns(),
        "asked": asked,
        "is_filtered": any(asked.values()),
        "statuses": [("", _("Every state")), *RedemptionStatus.choices],
        "rewards": [("", _("Every reward")), *Reward.objects.order_by("name").values_list("pk", "name")],
        "kinds": KINDS,
        "query": request.GET.urlencode(),
    }
    return render(request, "programs/redemptions/list.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def redemptions_export(request: BusinessRequest) -> HttpResponse:
    return csv_download("redemptions", _rows(_found(request, _asked(request)), request))


@dashboard_page(Permission.VIEW_PROGRAM)
def redemption(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return _page(request, _one(pk))


@dashboard_page(Permission.ADJUST_POINTS)
def voiding(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Undo a redemption whose voucher was not used; the reason goes on the record."""
    found = _one(pk)
    if request.method != "POST":
        return redirect("programs:redemption", found.pk)
    reason = request.POST.get("reason", "")
    try:
        void_redemption(found, by=request.actor, reason=reason, key=f"void:{found.pk}", source=Source.DASHBOARD)
    except DomainError as error:
        return _page(request, _one(pk), reason=reason, error=str(error), status=error.status)
    messages.success(request, _("Undone. What it cost is back on the card."))
    return redirect("programs:redemption", found.pk)


def _one(pk: UUID) -> Redemption:
    everything = Redemption.objects.select_related(
        "account__member", "account__program", "reward", "entry"
    ).prefetch_related(_vouchers())
    found: Redemption = get_object_or_404(everything, pk=pk)
    return found


def _page(request: BusinessRequest, found: Redemption, *, reason: str = "", error: str = "", status: int = 200) -> Any:
    voucher = next(iter(found.vouchers.all()), None)
    context = {
        "redemption": found,
        "voucher": voucher,
        # It holds until the first moment of the day after.
        "last_day": voucher.valid_until - timedelta(microseconds=1) if voucher else None,
        "draw": Draw.objects.select_related("prize").filter(redemption=found).first(),
        "uses": _uses(voucher),
        "kind": KINDS[found.status],
        "can_void": found.status == RedemptionStatus.OPEN and request.membership.may(Permission.ADJUST_POINTS),
        "reason": reason,
        "error": error,
    }
    return render(request, "programs/redemptions/one.html", context, status=status)


def _uses(voucher: Voucher | None) -> list[VoucherUse]:
    """Those of a voucher that was used in parts, or of which a use was taken back; one plain use says nothing new."""
    if voucher is None:
        return []
    uses = list(voucher.uses.select_related("staff", "location"))
    return uses if len(uses) > 1 or voucher.left is not None or any(use.amount is not None for use in uses) else []


def _columns() -> list[Column]:
    return [
        Column("member", _("Member"), always=True),
        Column("reward", _("Reward")),
        Column("points", _("Cost"), align="end"),
        Column("when", _("When")),
        Column("by", _("By")),
        Column("code", _("Voucher")),
        Column("state", _("State")),
    ]


def _asked(request: BusinessRequest) -> dict[str, Any]:
    """The filters of the list; what makes no sense is left out."""
    query = request.GET
    status, reward = query.get("status", ""), query.get("reward", "")
    return {
        "q": query.get("q", "").strip()[:80],
        "status": status if status in RedemptionStatus.values else "",
        "reward": reward if _is_uuid(reward) else "",
        "from": asked_day(query.get("from", "")),
        "to": asked_day(query.get("to", "")),
    }


def _found(request: BusinessRequest, asked: dict[str, Any]) -> QuerySet[Redemption]:
    known = Redemption.objects.select_related("account__member", "account__program", "reward", "entry")
    found = known.prefetch_related(_vouchers())
    zone = request.tenant.zone
    if asked["q"]:
        members = [member.pk for member in search_members(asked["q"], limit=200)]
        code = tidy_code(asked["q"]).replace("\x00", "")
        found = found.filter(Q(account__member__in=members) | Q(vouchers__code=code))
    if asked["status"]:
        found = found.filter(status=asked["status"])
    if asked["reward"]:
        found = found.filter(reward=asked["reward"])
    if asked["from"]:
        found = found.filter(created_at__gte=start_of_day(asked["from"], zone))
    if asked["to"]:
        found = found.filter(created_at__lt=end_of_day(asked["to"], zone))
    return found.order_by("-id")


def _vouchers() -> Prefetch:
    return Prefetch("vouchers", Voucher.objects.select_related("used_by", "used_location", "account__member"))


def _rows(found: QuerySet[Redemption], request: BusinessRequest) -> Iterator[list[object]]:
    digits = minor_digits(request.tenant.currency)
    yield [
        *(_("Member"), _("Card"), _("Reward"), _("Points"), _("When"), _("By"), _("Voucher"), _("State"), _("Used")),
        _("Cost"),
    ]
    for one in found.iterator(chunk_size=2000):
        voucher = next(iter(one.vouchers.all()), None)
        used = voucher.used_at if voucher else None
        yield [
            str(one.account.member),
            one.account.member.number,
            one.reward.name,
            one.points,
            timezone.localtime(one.created_at, request.tenant.zone).strftime("%Y-%m-%d %H:%M"),
            one.entry.actor_label or one.entry.get_actor_kind_display(),
            voucher.code if voucher else "",
            one.get_status_display(),
            timezone.localtime(used, request.tenant.zone).strftime("%Y-%m-%d %H:%M") if used else "",
            "" if one.cost is None else f"{one.cost / 10**digits:.{digits}f}",
        ]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
