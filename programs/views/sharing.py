"""Points between members: what is allowed, who gave whom, and the families."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.columns import Column
from programs.domain.accounts import points_program
from programs.domain.sharing.pool import pool_of
from programs.domain.sharing.terms import change_sharing, terms_of
from programs.domain.sharing.transfers import undo_transfer
from programs.enums import TransferKind
from programs.exports import csv_download
from programs.forms.sharing import SharingForm
from programs.models import Family, PointTransfer, Program, SharingTerms
from programs.words.sharing import rules_in_words
from programs.words.unit import in_points
from tenants.access import BusinessRequest, dashboard_page
from tenants.permissions import Permission

DAYS = 90


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def sharing(request: BusinessRequest) -> HttpResponse:
    """The figures of the last days, and every transfer, the newest first."""
    program = points_program()
    context = {
        "program": program,
        "terms": terms_of(program) if program else None,
        "figures": _figures(),
        "days": DAYS,
        "page": Paginator(_transfers(), 50).get_page(request.GET.get("page")),
        "columns": _columns(),
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
        "may_undo": request.membership.may(Permission.ADJUST_POINTS),
    }
    return render(request, "programs/sharing/page.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def sharing_export(request: BusinessRequest) -> HttpResponse:
    return csv_download("transfers", _rows())


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def families(request: BusinessRequest) -> HttpResponse:
    """The families there are, the largest first."""
    there = Family.objects.filter(dissolved_at=None).annotate(people=Count("members", Q(members__left_at=None)))
    context = {
        "program": points_program(),
        "page": Paginator(there.select_related("head__member").order_by("-people", "pk"), 50).get_page(
            request.GET.get("page")
        ),
        "columns": [
            Column("name", _("Family"), always=True),
            Column("head", _("Head")),
            Column("people", _("People"), align="end"),
            Column("since", _("Since"), align="end"),
        ],
    }
    return render(request, "programs/sharing/families.html", context)


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def family(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Family.objects.select_related("head__program", "head__member"), pk=pk)
    pool = pool_of(found.head) if found.dissolved_at is None else None
    drawn = PointTransfer.objects.filter(kind=TransferKind.FAMILY, receiver__memberships__family=found)
    context = {
        "family": found,
        "pool": pool,
        "program": found.head.program,
        "history": found.members.select_related("account__member").order_by("-joined_at"),
        "drawn": drawn.distinct().select_related("giver__member", "receiver__member", "redemption__reward")[:30],
    }
    return render(request, "programs/sharing/family.html", context)


@dashboard_page(Permission.EDIT_PROGRAM)
def settings(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    form = SharingForm(request.POST or None, terms=terms_of(found))
    if request.method == "POST" and form.is_valid():
        change_sharing(changes=form.changes(), by=request.actor)
        messages.success(request, _("Saved. Families that are there stay as they are."))
        return redirect("programs:sharing_settings")
    context = {"program": found, "form": form, "said": _said(form.draft(), found)}
    return render(request, "programs/sharing/settings.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def preview(request: BusinessRequest) -> HttpResponse:
    """What members would read, for what stands in the form at this moment."""
    found = points_program()
    if found is None:
        return HttpResponse(status=204)
    form = SharingForm(request.POST, terms=terms_of(found))
    form.is_valid()
    return render(request, "programs/sharing/said.html", {"said": _said(form.draft(), found)})


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def undo(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(PointTransfer, pk=pk, kind=TransferKind.GIFT)
    reason = request.POST.get("reason", "")
    done = undo_transfer(found, by=request.actor, reason=reason, key=request.POST.get("key") or uuid4().hex)
    program = points_program()
    if program is not None:
        messages.success(request, _("%(points)s went back.") % {"points": in_points(program, done.back_points)})
    return redirect("programs:sharing")


def _said(terms: SharingTerms, program: Program) -> dict[str, Any]:
    return {
        "terms": terms,
        "rules": rules_in_words(terms, program) if terms.may_give else [],
        "example": in_points(program, max(terms.minimum, 50)),
    }


def _transfers() -> Any:
    around = ("giver__member", "receiver__member", "redemption__reward")
    return PointTransfer.objects.select_related(*around).order_by("-created_at", "-pk")


def _figures() -> dict[str, Any]:
    since = timezone.now() - timedelta(days=DAYS)
    lately = PointTransfer.objects.filter(created_at__gte=since, undone_at=None)
    gifts, pooled = Q(kind=TransferKind.GIFT), Q(kind=TransferKind.FAMILY)
    figures = lately.aggregate(
        given=Sum("points", filter=gifts),
        gifts=Count("pk", filter=gifts),
        givers=Count("giver", filter=gifts, distinct=True),
        pooled=Sum("points", filter=pooled),
        rewards=Count("redemption", filter=pooled, distinct=True),
    )
    there = Family.objects.filter(dissolved_at=None)
    people = there.aggregate(people=Count("accounts"))["people"]
    return {**figures, "families": there.count(), "people": people, "any": figures["gifts"] or there.exists()}


def _columns() -> list[Column]:
    return [
        Column("giver", _("From"), always=True),
        Column("receiver", _("To")),
        Column("what", _("For")),
        Column("points", _("Points"), align="end"),
        Column("at", _("When"), align="end"),
        Column("act", "", align="end"),
    ]


def _rows() -> Iterator[list[object]]:
    yield [_("From"), _("Card"), _("To"), _("Card"), _("Kind"), _("For"), _("Points"), _("When"), _("Went back")]
    for one in _transfers().iterator(chunk_size=500):
        giver, receiver = one.giver.member, one.receiver.member
        what = one.redemption.reward.name if one.redemption else one.message
        cells = [str(giver), giver.number, str(receiver), receiver.number, one.get_kind_display(), what]
        yield [*cells, one.points, one.created_at.isoformat(), one.back_points]
