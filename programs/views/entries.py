"""Entries of the ledger: found, taken away, and one of them explained."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.domain.identity import ids_of, member_by_id
from customers.models import Member, Purchase, Return
from customers.queries import search_members
from loyalty_saas.lib.columns import Column
from loyalty_saas.lib.days import asked_day
from programs.books import entries_in
from programs.enums import Cause, EntryKind
from programs.exports import csv_download
from programs.models import Entry, Gesture, LotUse, Program, Redemption
from programs.views.books.period import asked_program
from programs.words.unit import as_title
from programs.words.why import explain_entry
from tenants.access import BusinessRequest, dashboard_page
from tenants.enums import ActorKind
from tenants.models import Location, Membership
from tenants.permissions import Permission

TONES = {
    EntryKind.ACCRUE: "good",
    EntryKind.REDEEM: "honey",
    EntryKind.REVERSE: "bad",
    EntryKind.EXPIRE: "",
    EntryKind.ADJUST: "info",
}


class _Counted(Paginator):
    """A paginator whose count was asked together with the sum."""

    def __init__(self, entries: QuerySet[Entry], per_page: int, count: int) -> None:
        super().__init__(entries, per_page)
        self._known = count

    @cached_property
    def count(self) -> int:
        return self._known


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def entries(request: BusinessRequest) -> HttpResponse:
    asked = _asked(request)
    found = _found(asked)
    whole = found.order_by().aggregate(count=Count("pk"), moved=Sum(F("amount") + F("pending_amount")))
    page = _Counted(found.select_related("account__member"), 50, whole["count"]).get_page(request.GET.get("page"))
    people = Membership.objects.order_by("name")
    context = {
        "page": page,
        "rows": [(entry, TONES.get(EntryKind(entry.kind), "")) for entry in page.object_list],
        "program": asked["program"],
        "columns": _columns(asked["program"]),
        "asked": asked,
        "member": Member.objects.filter(pk=asked["member"]).first() if asked["member"] else None,
        "moved": whole["moved"] or 0,
        "is_filtered": any(value for name, value in asked.items() if name != "program"),
        "kinds": [("", _("Every kind")), *EntryKind.choices],
        "kind": asked["kinds"][0] if len(asked["kinds"]) == 1 else "",
        "staff": [("", _("Everybody")), *((one.pk, one.name) for one in people)],
        "query": request.GET.urlencode(),
    }
    return render(request, "programs/books/entries.html", context)


@require_GET
@dashboard_page(Permission.EXPORT_MEMBERS)
def entries_export(request: BusinessRequest) -> HttpResponse:
    found = _found(_asked(request)).select_related("account__member")
    return csv_download("points-entries", _rows(found, request))


@require_GET
@dashboard_page(Permission.VIEW_PROGRAM)
def entry(request: BusinessRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Entry.objects.select_related("account__member", "account__program", "reverses"), pk=pk)
    context = {
        "entry": found,
        "tone": TONES.get(EntryKind(found.kind), ""),
        "member": found.account.member,
        "program": found.account.program,
        "moved": found.amount + found.pending_amount,
        "why": explain_entry(found, found.account.program),
        "uses": LotUse.objects.filter(entry=found).select_related("lot").order_by("lot__expires_at"),
        "lots": found.lots.prefetch_related("extensions__closure"),
        "taken_back_by": found.reversed_by.order_by("seq"),
        "location": Location.objects.filter(pk=found.location_id).first() if found.location_id else None,
        **_cause(found),
    }
    return render(request, "programs/books/entry.html", context)


def _cause(found: Entry) -> dict[str, Any]:
    """The fact behind an entry, where it still has a row of its own."""
    if found.cause_id is None:
        return {}
    if found.cause in (Cause.PURCHASE, Cause.STAMPED, Cause.CREDITED, Cause.TENDER):
        return {"purchase": Purchase.objects.filter(pk=found.cause_id).first()}
    if found.cause in (Cause.RETURN, Cause.UNSTAMPED, Cause.UNCREDITED, Cause.REFUND):
        return {"return": Return.objects.filter(pk=found.cause_id).select_related("purchase").first()}
    if found.cause == Cause.REDEMPTION:
        return {"redemption": Redemption.objects.filter(pk=found.cause_id).select_related("reward").first()}
    if found.cause == Cause.GOODWILL:
        return {"gesture": Gesture.objects.filter(pk=found.cause_id).first()}
    return {}


def _columns(program: Program | None) -> list[Column]:
    return [
        Column("when", _("When"), always=True),
        Column("member", _("Member")),
        Column("kind", _("What")),
        Column("points", as_title(program, _("Points")), align="end"),
        Column("after", _("Balance after"), align="end"),
        Column("by", _("By")),
        Column("reason", _("Reason"), hidden=True),
    ]


def _asked(request: BusinessRequest) -> dict[str, Any]:
    """The filters of the list; what makes no sense is left out."""
    query = request.GET
    return {
        "program": asked_program(request),
        "q": query.get("q", "").strip()[:80],
        "kinds": [kind for kind in query.getlist("kind") if kind in EntryKind.values],
        "member": _uuid(query.get("member", "")),
        "staff": _uuid(query.get("staff", "")),
        "from": asked_day(query.get("from", "")),
        "to": asked_day(query.get("to", "")),
    }


def _found(asked: dict[str, Any]) -> QuerySet[Entry]:
    found = entries_in(asked["from"], asked["to"], asked["program"])
    if asked["kinds"]:
        found = found.filter(kind__in=asked["kinds"])
    if asked["member"]:
        found = found.filter(account__member__in=_records_of(asked["member"]))
    if asked["q"]:
        found = found.filter(account__member__in=[member.pk for member in search_members(asked["q"], limit=200)])
    if asked["staff"]:
        found = found.filter(actor_kind=ActorKind.STAFF, actor_id=asked["staff"])
    return found


def _records_of(member_id: UUID) -> list[UUID]:
    """A member's own account and those of records merged into theirs."""
    member = member_by_id(member_id)
    return ids_of(member) if member is not None else [member_id]


def _rows(found: QuerySet[Entry], request: BusinessRequest) -> Iterator[list[object]]:
    yield [
        *(_("When"), _("Recorded"), _("Member"), _("Card"), _("What"), _("From"), _("Points"), _("Waiting points")),
        *(_("Balance after"), _("Owed after"), _("By"), _("Reason"), _("Number on the account")),
    ]
    zone = request.tenant.zone
    for one in found.iterator(chunk_size=2000):
        yield [
            timezone.localtime(one.occurred_at, zone).strftime("%Y-%m-%d %H:%M"),
            timezone.localtime(one.recorded_at, zone).strftime("%Y-%m-%d %H:%M"),
            str(one.account.member),
            one.account.member.number,
            one.get_kind_display(),
            one.get_cause_display(),
            one.amount,
            one.pending_amount,
            one.balance_after,
            one.owed_after,
            one.actor_label or one.get_actor_kind_display(),
            one.reason,
            one.seq,
        ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
