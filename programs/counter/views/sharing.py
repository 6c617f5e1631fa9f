"""At the counter: a member's points given to another at their wish, and a family joined with both there."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from customers.domain.cards import verify_card
from customers.enums import Source
from customers.errors import CardNotReadable
from customers.models import Member
from customers.queries import search_members
from loyalty_saas.lib.errors import DomainError, Invalid, NotFound
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.counter.sharing import SharingPanel, sharing_panel
from programs.counter.views.goodwill import approval_of
from programs.domain.goodwill.approvals import approvers
from programs.domain.sharing import families
from programs.domain.sharing.transfers import staff_may_give, transfer_points
from programs.enums import FamilyWay
from programs.models import Account

MOST_FOUND = 5


@counter_page()
def give(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """Whom, how many; a manager's PIN above what staff give by themselves."""
    member = member_named(member_id)
    context = _context(member)
    if request.method == "POST":
        transfer = transfer_points(
            member,
            to=_chosen(request.POST, "to"),
            points=_points(request.POST),
            message=request.POST.get("message", ""),
            by=request.actor,
            key=key_of(request),
            approval=approval_of(request.POST),
            source=Source.COUNTER,
        )
        return stage(request, "counter/member/stage.html", {"screen": member_screen(member), "transfer": transfer})
    standing = context["screen"].standing
    context |= {
        "q": request.GET.get("q", ""),
        "found": _found(request.GET.get("q", ""), member),
        "most": staff_may_give(request.membership, standing.program),
        "approvers": [(one.pk, one.name) for one in approvers(besides=request.membership)],
    }
    return stage(request, "counter/member/give.html", context)


@counter_page()
def family(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """The family of a member: begun, joined with both there, or left."""
    member = member_named(member_id)
    refusal = ""
    if request.method == "POST":
        try:
            _change(request, member)
        except DomainError as error:
            refusal = str(error)
    context = _context(member)
    query = request.GET.get("q", "")
    context |= {"q": query, "found": _found(query, member), "refusal": refusal}
    return stage(request, "counter/member/family.html", context, status=422 if refusal else 200)


def _change(request: CounterRequest, member: Member) -> None:
    data, by = request.POST, request.actor
    act = data.get("act", "")
    account = Account.objects.filter(member=member, family__isnull=False).first()
    if act == "found":
        families.found_family(member, name=data.get("name", ""), by=by, source=Source.COUNTER)
    elif act == "leave":
        families.leave_family(member, by=by, source=Source.COUNTER)
    elif act == "join" and account is not None and account.family is not None:
        if data.get("both") != "yes":
            raise Invalid(_("Both have to be here: the head of the family, and whoever joins."), field="both")
        families.join_family(_chosen(data, "to"), account.family, way=FamilyWay.COUNTER, by=by, source=Source.COUNTER)
    else:
        raise NotFound


def _context(member: Member) -> dict[str, Any]:
    screen = member_screen(member)
    panel: SharingPanel | None = sharing_panel(screen.standing)
    if panel is None or screen.standing is None:
        raise NotFound
    pool = panel.pool
    own = screen.standing.account.pk
    return {
        "screen": screen,
        "sharing": panel,
        "pool": pool,
        "is_head": pool is not None and pool.family.head_id == own,
        "relatives": [share for share in pool.shares if share.account.pk != own] if pool else [],
    }


def _found(query: str, besides: Member) -> list[Member]:
    """By card, name, phone or e-mail, as in the search."""
    query = query.strip()
    if not query:
        return []
    try:
        return [one for one in [verify_card(query).member] if one.pk != besides.pk]
    except CardNotReadable:
        return [one for one in search_members(query, limit=MOST_FOUND + 1) if one.pk != besides.pk][:MOST_FOUND]


def _chosen(data: QueryDict, name: str) -> Member:
    try:
        return member_named(UUID(data.get(name, "")))
    except ValueError as error:
        raise Invalid(_("Choose who it is."), field=name) from error


def _points(data: QueryDict) -> int:
    typed = data.get("points", "").strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9 or not int(typed):
        raise Invalid(_("Write how many, as a whole number."), field="points")
    return int(typed)
