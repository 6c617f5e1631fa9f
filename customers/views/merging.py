"""Two records of one person: found, compared side by side, merged, and parted again."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_date, format_skeleton
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.domain.merging import (
    Choice,
    choices_of,
    find_duplicates,
    keep_first,
    known_apart,
    merge_members,
    not_known_apart,
    preview_merge,
    preview_undo,
    undo_merge,
)
from customers.enums import ConsentChannel, Purpose, Source
from customers.models import Member, MemberSummary, Merge, PortalSession
from customers.queries import search_members
from customers.slots import merge_effects
from customers.timeline import shown_card
from customers.views.who import member_or_404
from loyalty_saas.lib import names
from loyalty_saas.lib.errors import DomainError
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.phones import format_phone
from loyalty_saas.lib.places import languages
from loyalty_saas.lib.slots import fill
from tenants.access import BusinessRequest, dashboard_page, go_to
from tenants.isolation import current_tenant
from tenants.models import Location
from tenants.permissions import Permission

MOST_FOUND = 8
_TAKES = "take-"


@dashboard_page(Permission.MERGE_MEMBERS)
def merging(request: BusinessRequest) -> HttpResponse:
    """Every pair that looks like one person, and the merges that can still be undone."""
    context = {
        "page_title": _("Duplicates"),
        "pairs": find_duplicates(),
        "merges": [merge for merge in _merges() if merge.is_open],
    }
    return render(request, "customers/merging/list.html", context)


@dashboard_page(Permission.MERGE_MEMBERS)
def member_merge(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """Compare this member, who is kept, with another (`with`); without one, look for whom."""
    kept = member_or_404(pk)
    other = _asked(request)
    if other is None:
        return _search(request, kept)
    if other.pk == kept.pk:
        return redirect("customers:member", kept.pk)
    choices = choices_of(kept, other)
    if request.method == "POST":
        taken = [one.name for one in choices if _takes(request, one)]
        try:
            merge = merge_members(kept, other, by=request.actor, source=Source.DASHBOARD, fields=taken)
        except DomainError as error:
            return _compare(request, kept, other, choices, refusal=str(error))
        said = _("%(name)s is one record now. You can undo it until %(day)s.")
        day = format_date(merge.can_be_undone_until.date(), "medium", locale=babel_locale(current_tenant().locale))
        undo = reverse("customers:merge_undoing", args=[merge.pk])
        messages.success(request, said % {"name": merge.kept, "day": day}, extra_tags=f"undo={undo}")
        return redirect("customers:member", kept.pk)
    return _compare(request, kept, other, choices)


@require_POST
@dashboard_page(Permission.MERGE_MEMBERS)
def apart(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """These are two people; with `again`, they may be one after all."""
    member, other = member_or_404(pk), _asked(request)
    if other is None:
        raise Http404
    if request.GET.get("again"):
        not_known_apart(member, other)
    else:
        known_apart(member, other, by=request.actor)
        undo = f"{reverse('customers:member_apart', args=[member.pk])}?{urlencode({'with': other.pk, 'again': 1})}"
        said = _("%(one)s and %(other)s stay two people.") % {"one": member, "other": other}
        messages.success(request, said, extra_tags=f"undo={undo}")
    return go_to(request, reverse("customers:merging"))


@dashboard_page(Permission.VIEW_MEMBERS)
def merge(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """What was merged and, for those who may, what undoing it would do now."""
    one = _merge(pk)
    context: dict[str, Any] = {"page_title": _("Merged records"), "merge": one, "card": shown_card(one.absorbed.number)}
    if one.is_open and request.membership.may(Permission.MERGE_MEMBERS):
        context["may_undo"] = True
        try:
            undone = preview_undo(one, by=request.actor, source=Source.DASHBOARD)
        except DomainError as error:
            context["refusal"] = str(error)
        else:
            context["effects"] = fill(merge_effects, request.membership.may, undone)
    return render(request, "customers/merging/merge.html", context)


@require_POST
@dashboard_page(Permission.MERGE_MEMBERS)
def undoing(request: BusinessRequest, pk: UUID) -> HttpResponse:
    one = _merge(pk)
    undo_merge(one, by=request.actor, source=Source.DASHBOARD)
    said = _("Undone. %(kept)s and %(absorbed)s are two records again.")
    back = Member.objects.in_bulk([one.kept_id, one.absorbed_id])
    messages.success(request, said % {"kept": back[one.kept_id], "absorbed": back[one.absorbed_id]})
    return go_to(request, reverse("customers:member", args=[one.kept_id]))


def _merge(pk: UUID) -> Merge:
    return get_object_or_404(Merge.objects.select_related("kept", "absorbed"), pk=pk)


def _merges() -> list[Merge]:
    merges = Merge.objects.filter(undone_at=None).select_related("kept", "absorbed")
    return list(merges.order_by("-merged_at")[:20])


def _asked(request: BusinessRequest) -> Member | None:
    try:
        return member_or_404(UUID(request.GET.get("with") or request.POST.get("with", "")))
    except ValueError:
        return None


def _takes(request: BusinessRequest, choice: Choice) -> bool:
    if not choice.is_open:
        return any(choice.absorbed)
    said = request.POST.get(f"{_TAKES}{choice.name}")
    return choice.takes_absorbed if said is None else said == "absorbed"


def _search(request: BusinessRequest, kept: Member) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:120]
    found = [one for one in search_members(typed or kept.name, limit=MOST_FOUND + 1) if one.pk != kept.pk]
    context = {"page_title": str(kept), "member": kept, "typed": typed, "found": found[:MOST_FOUND]}
    return render(request, "customers/merging/search.html", context)


def _compare(
    request: BusinessRequest, kept: Member, other: Member, choices: list[Choice], refusal: str = ""
) -> HttpResponse:
    preview, effects = None, []
    if not refusal:
        try:
            preview = preview_merge(kept, other, by=request.actor, source=Source.DASHBOARD)
        except DomainError as error:
            refusal = str(error)
        else:
            effects = fill(merge_effects, request.membership.may, preview)
    context = {
        "page_title": str(kept),
        "kept": kept,
        "other": other,
        "sides": [_side(kept), _side(other)],
        "open_choices": [_shown(one, kept, other, request) for one in choices if one.is_open],
        "taken_along": [
            (one.label, shown_value(one.name, one.absorbed))
            for one in choices
            if any(one.absorbed) and not any(one.kept)
        ],
        "warnings": _warnings(kept, other),
        "moved": preview.moved if preview else None,
        "agreements": _agreements(preview) if preview else [],
        "effects": effects,
        "refusal": refusal,
        "is_proposal": keep_first(kept, other)[0].pk == kept.pk,
    }
    return render(request, "customers/merging/compare.html", context, status=409 if refusal else 200)


def _side(member: Member) -> dict[str, Any]:
    summary = MemberSummary.objects.filter(member=member).first() or MemberSummary(member=member)
    signed_in = PortalSession.objects.filter(member=member).order_by("-seen_at").first()
    return {"member": member, "summary": summary, "signed_in": signed_in, "card": shown_card(member.number)}


def _shown(choice: Choice, kept: Member, other: Member, request: BusinessRequest) -> dict[str, Any]:
    takes = _takes(request, choice)
    return {
        "name": f"{_TAKES}{choice.name}",
        "label": choice.label,
        "value": "absorbed" if takes else "kept",
        "options": [
            ("kept", shown_value(choice.name, choice.kept)),
            ("absorbed", shown_value(choice.name, choice.absorbed)),
        ],
        "hints": {"kept": _hint(choice.name, kept), "absorbed": _hint(choice.name, other)},
    }


def _hint(name: str, member: Member) -> str:
    """What speaks for a value."""
    if name == "email" and PortalSession.objects.filter(member=member).exists():
        return _("They have signed in with it")
    if name == "phone" and member.claimed_phone:
        return _("Typed in the portal, not confirmed")
    return ""


def shown_value(name: str, values: tuple[Any, ...]) -> str:
    """A value as people read it."""
    if name == "birthday":
        return _birthday(*values)
    if name == "phone":
        country = current_tenant().country
        return next((format_phone(one, country) for one in values if one), "–")
    if name == "language":
        return str(dict(languages("en")).get(values[0], values[0]))
    if name == "location":
        return str(Location.objects.filter(pk=values[0]).first() or "–") if values[0] else "–"
    said = [_("Yes") if one is True else str(one) for one in values if one]
    return " ".join(said) or "–"


def _birthday(month: int | None, day: int | None, year: int | None) -> str:
    if not month or not day:
        return "–"
    locale = babel_locale(current_tenant().locale)
    if year:
        return format_date(date(year, month, day), "long", locale=locale)
    return str(format_skeleton("MMMMd", date(2000, month, day), locale=locale))


def _warnings(kept: Member, other: Member) -> list[str]:
    """What speaks against their being one person."""
    said = []
    if kept.name and other.name and not names.looks_like(kept.name, other.name):
        said.append(_("Their names are quite different."))
    birthdays = [(one.birth_month, one.birth_day) for one in (kept, other)]
    if all(all(one) for one in birthdays) and birthdays[0] != birthdays[1]:
        said.append(_("They have different birthdays."))
    signed_in = PortalSession.objects.filter(member__in=(kept, other)).values("member").distinct().count()
    if signed_in == 2 and kept.email and other.email and kept.email != other.email:
        said.append(
            _("Both sign in to your portal, each with an e-mail of their own. Merged, either opens this record.")
        )
    return said


def _agreements(preview: Merge) -> list[tuple[str, bool]]:
    """What the kept record will say that it did not say before."""
    said = []
    for line in preview.moved["consents"]:
        label = str(Purpose(line["purpose"]).label)
        if line["channel"] != ConsentChannel.ANY:
            label += f" · {ConsentChannel(line['channel']).label}"
        said.append((label, bool(line["given"])))
    return said
