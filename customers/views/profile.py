"""One member, all round."""

from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date, format_skeleton
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from customers import timeline as told
from customers.domain.consents import current_consents
from customers.enums import OWN_STATUSES, ConsentChannel, Purpose
from customers.models import CustomField, Member, MemberSummary, Note
from customers.slots import member_marks, member_panels, member_side
from customers.views.who import member_or_404
from loyalty_saas.lib.ids import is_card_number, show_card_number
from loyalty_saas.lib.locales import babel_locale
from loyalty_saas.lib.phones import format_phone
from loyalty_saas.lib.places import languages
from loyalty_saas.lib.slots import fill
from tenants.access import BusinessRequest, dashboard_page
from tenants.isolation import current_tenant
from tenants.permissions import Permission


@dashboard_page(Permission.VIEW_MEMBERS)
def member(request: BusinessRequest, pk: UUID) -> HttpResponse:
    one = get_object_or_404(Member.objects.select_related("location"), pk=pk)
    if one.merged_into_id is not None:
        return redirect("customers:member", one.merged_into_id)
    may = request.membership.may
    context = {
        "page_title": str(one),
        "member": one,
        "summary": _figures(one),
        "tags": list(one.member_tags.select_related("tag").order_by("tag__name")),
        "custom": _custom(one),
        "birthday": _birthday(one),
        "language": dict(languages("en")).get(one.language, one.language),
        "number": show_card_number(one.number) if is_card_number(one.number) else one.number,
        "also_found_by": _also_found_by(one),
        "notes": Note.objects.filter(member=one, removed_at__isnull=True).select_related("author"),
        "consents": _consents(one),
        "marks": fill(member_marks, may, one),
        "panels": fill(member_panels, may, one),
        "side": fill(member_side, may, one),
        "statuses": [status for status in OWN_STATUSES if status != one.status],
        "may_edit": may(Permission.EDIT_MEMBERS),
        "may_merge": may(Permission.MERGE_MEMBERS),
        "may_see_purchases": may(Permission.VIEW_PURCHASES),
        **_timeline(request, one),
    }
    return render(request, "customers/members/profile.html", context)


@dashboard_page(Permission.VIEW_MEMBERS)
def timeline(request: BusinessRequest, pk: UUID) -> HttpResponse:
    """The timeline alone: another group of kinds, or what came before."""
    one = member_or_404(pk)
    template = "timeline_items" if request.GET.get("before") else "timeline"
    return render(request, f"customers/members/{template}.html", {"member": one, **_timeline(request, one)})


def _timeline(request: BusinessRequest, one: Member) -> dict[str, Any]:
    group = request.GET.get("group", "")
    activities, more = told.timeline_of(one, group=group, before=_uuid(request.GET.get("before", "")))
    items = [(activity, told.tell(activity), told.who(activity)) for activity in activities]
    groups = [("", None), *((key, label) for key, (label, _kinds) in told.GROUPS.items())]
    return {"items": items, "more": activities[-1].pk if more else None, "group": group, "groups": groups}


def _figures(one: Member) -> MemberSummary:
    return MemberSummary.objects.filter(member=one).first() or MemberSummary(member=one)


def _also_found_by(one: Member) -> list[str]:
    """Cards and addresses of records that were merged into this one: they go on working."""
    tenant = current_tenant()
    found = []
    for number, phone, email in Member.objects.filter(merged_into=one.pk).values_list("number", "phone", "email"):
        found += [told.shown_card(number), format_phone(phone, tenant.country) if phone else "", email]
    return [text for text in found if text]


def _custom(one: Member) -> list[tuple[str, Any]]:
    """The business's own fields that are filled, by their labels; those of a removed field by their key."""
    labels = dict(CustomField.objects.values_list("key", "label")) if one.custom else {}
    known = [(labels[key], one.custom[key]) for key in labels if key in one.custom]
    return known + [(key, value) for key, value in one.custom.items() if key not in labels]


def _birthday(one: Member) -> str:
    """The day and month, and the year where it is known, in the business's manner."""
    if not one.birth_month or not one.birth_day:
        return ""
    locale = current_tenant().locale
    if one.birth_year:
        return format_date(date(one.birth_year, one.birth_month, one.birth_day), "long", locale=babel_locale(locale))
    return format_skeleton("MMMMd", date(2000, one.birth_month, one.birth_day), locale=babel_locale(locale))


def _consents(one: Member) -> list[tuple[str, Any]]:
    answers = current_consents(one)
    return [
        (
            str(Purpose(purpose).label)
            + (f" · {ConsentChannel(channel).label}" if channel != ConsentChannel.ANY else ""),
            answer,
        )
        for (purpose, channel), answer in answers.items()
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
