"""The list of members: search, filters, sort, tags for many, export."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from customers.domain.merging import count_duplicates
from customers.domain.tags import tag_members, untag_members
from customers.enums import OWN_STATUS_CHOICES
from customers.exports import MEMBER_HEADINGS, member_rows
from customers.member_lists import Wanted, members_wanted
from customers.models import Member, MemberTag, Segment, Tag
from customers.segments import read_filters
from customers.slots import member_filters
from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.errors import NotFound
from loyalty_saas.lib.tables import csv_lines
from tenants.access import BusinessRequest, dashboard_page
from tenants.domain.audit import record_audit
from tenants.models import Location
from tenants.permissions import Permission

PAGE = 50
MOST_AT_ONCE = 500
COLUMNS = [
    Column("name", gettext_lazy("Member"), sort="name", always=True),
    Column("contact", gettext_lazy("Contact")),
    Column("tags", gettext_lazy("Tags")),
    Column("seen", gettext_lazy("Last visit"), sort="seen"),
    Column("visits", gettext_lazy("Visits"), sort="visits", align="end"),
    Column("spent", gettext_lazy("Spent"), sort="spent", align="end"),
    # Off to begin with: with it, a table does not fit beside the sidebar of a small laptop.
    Column("joined", gettext_lazy("Joined"), sort="joined", hidden=True),
    Column("location", gettext_lazy("Location"), hidden=True),
    Column("number", gettext_lazy("Card number"), hidden=True),
]
JOINED = [
    ("", gettext_lazy("Any joining")),
    ("7", gettext_lazy("Joined in the last 7 days")),
    ("30", gettext_lazy("Joined in the last 30 days")),
    ("90", gettext_lazy("Joined in the last 90 days")),
    ("365", gettext_lazy("Joined in the last year")),
]
SEEN = [
    ("", gettext_lazy("Any last visit")),
    ("30", gettext_lazy("Here in the last 30 days")),
    ("90", gettext_lazy("Here in the last 90 days")),
    ("back30", gettext_lazy("Came back in the last 30 days")),
    ("not30", gettext_lazy("Not here for 30 days")),
    ("not60", gettext_lazy("Not here for 60 days")),
    ("not180", gettext_lazy("Not here for 6 months")),
    ("never", gettext_lazy("Never bought")),
]


@dashboard_page(Permission.VIEW_MEMBERS)
def members(request: BusinessRequest) -> HttpResponse:
    wanted, found = _found(request)
    page = Paginator(_with_tags(found), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_title": _("Members"),
        "page": page,
        "columns": COLUMNS,
        "wanted": wanted,
        "filters": _filters(request, wanted),
        "tags": list(Tag.objects.all()),
        "segments": (kept := _segments(request)),
        "segment": next((one for one in kept if one[2]), None),
        "segment_id": request.GET.get("segment", ""),
        "may_keep": bool(read_filters(request.GET)),
        "anybody": bool(page.object_list) or Member.objects.exists(),
        "query": request.GET.urlencode(),
        "may_edit": request.membership.may(Permission.EDIT_MEMBERS),
        "may_merge": (may_merge := request.membership.may(Permission.MERGE_MEMBERS)),
        "duplicates": count_duplicates() if may_merge else 0,
        "may_import": request.membership.may(Permission.RUN_IMPORTS),
        "may_export": request.membership.may(Permission.EXPORT_MEMBERS),
    }
    return render(request, "customers/members/list.html", context)


@require_POST
@dashboard_page(Permission.EDIT_MEMBERS)
def tagging(request: BusinessRequest) -> HttpResponse:
    """Give a tag to the members that are ticked, or take it from them."""
    chosen = list(Member.objects.filter(pk__in=_ids(request), merged_into__isnull=True))
    if request.POST.get("take"):
        tag = Tag.objects.filter(pk__in=_known([request.POST["take"]])).first()
        if tag is None:
            raise NotFound
        count = untag_members(chosen, tag=tag, by=request.actor)
        said = ngettext(
            "%(count)s member no longer has “%(tag)s”.", "%(count)s members no longer have “%(tag)s”.", count
        )
    else:
        tag = tag_members(chosen, name=request.POST.get("tag", ""), by=request.actor)
        count = len(chosen)
        said = ngettext("%(count)s member has the tag “%(tag)s”.", "%(count)s members have the tag “%(tag)s”.", count)
    messages.success(request, said % {"count": count, "tag": tag.name})
    return redirect(_back(request))


@dashboard_page(Permission.EXPORT_MEMBERS)
def export(request: BusinessRequest) -> StreamingHttpResponse:
    """The list as it is narrowed, as CSV. It is read piece by piece while it is sent."""
    _wanted, found = _found(request)
    record_audit("members.exported", by=request.actor, members=found.count())
    ids = list(found.values_list("pk", flat=True))
    tenant = request.tenant

    def rows() -> Iterator[list[object]]:
        yield [str(heading) for heading in MEMBER_HEADINGS]
        yield from member_rows(tenant, ids)

    response = StreamingHttpResponse(csv_lines(rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="members-{tenant.slug}.csv"'
    return response


def _found(request: BusinessRequest) -> tuple[Wanted, QuerySet[Member]]:
    wanted = Wanted.read(request.GET, COLUMNS)
    return wanted, members_wanted(wanted, request.GET, member_filters.allowed(request.membership.may))


def _with_tags(members: QuerySet[Member]) -> QuerySet[Member]:
    tags = Prefetch("member_tags", MemberTag.objects.select_related("tag").order_by("tag__name"))
    return members.select_related("location").prefetch_related(tags)


def _filters(request: BusinessRequest, wanted: Wanted) -> list[dict[str, Any]]:
    """The choices above the table: name, label, options and what is chosen."""
    tags = [("", _("Any tag")), *Tag.objects.values_list("pk", "name")]
    locations = [("", _("Any location")), *Location.objects.values_list("pk", "name")]
    statuses = [("", _("Any status")), *OWN_STATUS_CHOICES]
    filters: list[dict[str, Any]] = [
        {"name": "seen", "label": _("Last visit"), "options": SEEN, "value": wanted.seen},
        {"name": "joined", "label": _("Joined"), "options": JOINED, "value": wanted.joined},
        {"name": "status", "label": _("Status"), "options": statuses, "value": wanted.status},
    ]
    if len(tags) > 1:
        filters.insert(0, {"name": "tag", "label": _("Tag"), "options": tags, "value": wanted.tag or ""})
    if len(locations) > 2:
        filters.append(
            {"name": "location", "label": _("Location"), "options": locations, "value": wanted.location or ""}
        )
    for one in member_filters.allowed(request.membership.may):
        value = request.GET.get(one.name, "")
        filters.append({"name": one.name, "label": one.label, "options": one.options(), "value": value})
    return filters


def said_filters(filters: Mapping[str, str]) -> list[tuple[str, str]]:
    """What narrows the list, in words: the filter and what was chosen."""
    tags = {str(pk): name for pk, name in Tag.objects.values_list("pk", "name")}
    places = {str(pk): name for pk, name in Location.objects.values_list("pk", "name")}
    known: list[tuple[str, Any, Mapping[str, Any]]] = [
        ("tag", _("Tag"), tags),
        ("location", _("Location"), places),
        ("status", _("Status"), dict(OWN_STATUS_CHOICES)),
        ("joined", _("Joined"), dict(JOINED)),
        ("seen", _("Last visit"), dict(SEEN)),
        *((one.name, one.label, {str(pair[0]): pair[1] for pair in one.options()}) for one in member_filters),
    ]
    return [
        (str(label), str(values.get(filters[name], filters[name]))) for name, label, values in known if name in filters
    ]


def _segments(request: BusinessRequest) -> list[tuple[str, str, bool]]:
    """The kept segments: name, address, whether it is the one that is open."""
    opened = request.GET.get("segment", "")
    return [
        (one.name, f"?{urlencode({**one.filters, 'segment': one.pk})}", str(one.pk) == opened)
        for one in Segment.objects.all()
    ]


def _ids(request: BusinessRequest) -> list[UUID]:
    return _known(request.POST.getlist("ids")[:MOST_AT_ONCE])


def _known(texts: list[str]) -> list[UUID]:
    """Those that are ids at all."""
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def _back(request: BusinessRequest) -> str:
    """The list as it was narrowed."""
    query = request.POST.get("query", "")
    return reverse("customers:members") + (f"?{query}" if query else "")
