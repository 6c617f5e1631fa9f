"""The queue of what looks wrong: a list, one thing with what can be done about it, and what is watched."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.errors import DomainError
from programs.domain.accounts import points_program
from programs.domain.programs import change_program
from programs.domain.reviews.deciding import hold_review, may_decide, release_review, reverse_review
from programs.domain.reviews.suggesting import decline_watching, is_settled, suggest_watches, watch_as_suggested
from programs.enums import ReviewKind, ReviewState, ReviewSubject, Suspicion
from programs.forms.reviews import WatchForm
from programs.models import Advocate, Entry, Redemption, Review
from programs.words.reviews import decided, explained, row, seen, tone
from tenants.access import BusinessRequest, dashboard_page
from tenants.models import Membership
from tenants.permissions import Permission

_STATES = [
    ("open", gettext_lazy("To look at")),
    ("held", gettext_lazy("Held")),
    ("decided", gettext_lazy("Decided")),
    ("all", gettext_lazy("Everything")),
]
_AROUND = ("member", "staff", "location", "decided_by")


@require_GET
@dashboard_page(Permission.ADJUST_POINTS)
def reviews(request: BusinessRequest) -> HttpResponse:
    asked = _asked(request)
    found = _found(asked).select_related(*_AROUND)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [row(one) for one in page.object_list],
        "columns": _columns(),
        "asked": asked,
        "states": _STATES,
        "reasons": [("", _("Every reason")), *Suspicion.choices],
        "staff": [("", _("Everybody")), *Membership.objects.order_by("name").values_list("pk", "name")],
        "kinds": [("", _("Everywhere")), *ReviewKind.choices],
        "is_filtered": asked["state"] != "open" or any(asked[name] for name in ("reason", "staff", "kind")),
        "anything": Review.objects.exists(),
    }
    return render(request, "programs/reviews/list.html", context)


@require_GET
@dashboard_page(Permission.ADJUST_POINTS)
def review(request: BusinessRequest, pk: UUID) -> HttpResponse:
    return _page(request, _one(pk))


@require_POST
@dashboard_page(Permission.ADJUST_POINTS)
def decision(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Hold it, find it in order, or take it back."""
    found, note = _one(pk), request.POST.get("note", "").strip()
    deed = request.POST.get("decision", "")
    try:
        if deed == "hold":
            hold_review(found, by=request.actor)
            messages.success(request, _("Held. Nobody can spend it until you decide."))
            return redirect("programs:review", found.pk)
        if deed == "reverse":
            reverse_review(found, by=request.actor, note=note)
            messages.success(request, _("Taken back. It stays on the record."))
        else:
            release_review(found, by=request.actor, note=note)
            messages.success(request, _("Noted as seen.") if found.was_refused else _("Found in order."))
    except DomainError as error:
        return _page(request, _one(pk), note=note, error=str(error), status=error.status)
    return redirect("programs:reviews")


@dashboard_page(Permission.EDIT_PROGRAM)
def watching(request: BusinessRequest) -> HttpResponse:
    found = points_program()
    if found is None:
        return redirect("programs:program")
    form = WatchForm(request.POST or None, program=found)
    if request.method == "POST" and form.is_valid():
        change_program(found, changes=form.changes(), by=request.actor)
        messages.success(request, _("Saved. It is watched from now on."))
        return redirect("programs:review_settings")
    context = {
        "form": form,
        "program": found,
        "suggested": None if is_settled(found) else suggest_watches(found),
        "trade": request.tenant.get_trade_display(),
    }
    return render(request, "programs/reviews/settings.html", context, status=422 if form.errors else 200)


@require_POST
@dashboard_page(Permission.EDIT_PROGRAM)
def suggestion(request: BusinessRequest) -> HttpResponse:
    """Watch what is suggested, in one click; or say that it is not wished for."""
    found = points_program()
    if found is None:
        return redirect("programs:program")
    if request.POST.get("decline"):
        decline_watching(by=request.actor)
        messages.success(request, _("Nothing more is watched. You can set it here at any time."))
    else:
        watch_as_suggested(found, by=request.actor)
        messages.success(request, _("It is watched from now on. Change here what does not fit."))
    return redirect("programs:review_settings")


def _one(pk: UUID) -> Review:
    found: Review = get_object_or_404(Review.objects.select_related(*_AROUND), pk=pk)
    return found


def _page(
    request: BusinessRequest, found: Review, *, note: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    around = Review.objects.filter(staff=found.staff).exclude(pk=found.pk) if found.staff_id else Review.objects.none()
    context = {
        "review": found,
        "explained": explained(found),
        "seen": seen(found),
        "state": decided(found),
        "tone": tone(found),
        "program": points_program(),
        "may_decide": found.is_open and may_decide(found, request.membership),
        "about_oneself": found.is_open and not may_decide(found, request.membership),
        "may_hold": found.subject_kind in (ReviewSubject.ENTRY, ReviewSubject.REFERRAL) and not found.is_held,
        "others": [row(one) for one in around.select_related("member")[:5]],
        "note": note,
        "error": error,
        **_subject(found),
    }
    return render(request, "programs/reviews/one.html", context, status=status)


def _subject(found: Review) -> dict[str, Any]:
    if found.subject_id is None:
        return {}
    if found.subject_kind == ReviewSubject.ENTRY:
        return {"entry": Entry.objects.filter(pk=found.subject_id).first()}
    if found.subject_kind == ReviewSubject.REFERRAL:
        return {"advocate": Advocate.objects.filter(referrals=found.subject_id).first()}
    if found.subject_kind == ReviewSubject.REDEMPTION:
        return {"redemption": Redemption.objects.filter(pk=found.subject_id).select_related("reward").first()}
    return {}


def _asked(request: BusinessRequest) -> dict[str, str]:
    query = request.GET
    state, reason, kind = query.get("state", ""), query.get("reason", ""), query.get("kind", "")
    return {
        "state": state if state in dict(_STATES) else "open",
        "reason": reason if reason in Suspicion.values else "",
        "kind": kind if kind in ReviewKind.values else "",
        "staff": _uuid(query.get("staff", "")),
    }


def _found(asked: dict[str, str]) -> Any:
    found = Review.objects.order_by("-is_held", "-seen_at")
    if asked["state"] == "open":
        found = found.filter(state=ReviewState.OPEN)
    elif asked["state"] == "held":
        found = found.filter(is_held=True)
    elif asked["state"] == "decided":
        found = found.exclude(state=ReviewState.OPEN)
    if asked["reason"]:
        found = found.filter(reasons__contains=[asked["reason"]])
    if asked["kind"]:
        found = found.filter(kind=asked["kind"])
    if asked["staff"]:
        found = found.filter(staff_id=UUID(asked["staff"]))
    return found


def _columns() -> list[Column]:
    return [
        Column("why", _("Why"), always=True),
        Column("member", _("Member")),
        Column("by", _("By")),
        Column("location", _("Location"), hidden=True),
        Column("points", _("Points"), align="end"),
        Column("when", _("When")),
        Column("state", _("State")),
    ]


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
