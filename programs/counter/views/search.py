"""Finding a member: by typing, or by the code on their phone."""

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_POST

from customers.domain.cards import verify_card
from customers.models import Member
from customers.queries import search_members
from loyalty_saas.lib.errors import DomainError, NotFound
from programs.counter.access import CounterRequest, counter_page
from programs.counter.screens import served_today
from programs.domain.vouchers import find_voucher
from programs.enums import ProgramKind
from programs.models import Account, Voucher
from tenants.access import go_to

MOST = 12
FEWEST_LETTERS = 2


@counter_page()
def results(request: CounterRequest) -> HttpResponse:
    """The list under the search; with nothing typed, those who were here last."""
    typed = request.GET.get("q", "").strip()
    is_searching = len(typed) >= FEWEST_LETTERS
    found = search_members(typed, limit=MOST) if is_searching else served_today(request.location)
    context = {
        "typed": typed,
        "is_searching": is_searching,
        "found": _with_balances(found),
        "voucher": _voucher(typed) if is_searching and not found else None,
        "more": len(found) == MOST,
    }
    return render(request, "counter/parts/results.html", context)


@counter_page()
@require_POST
def scan(request: CounterRequest) -> HttpResponse:
    """What a camera or a hand scanner read: a member's card or a voucher."""
    read = request.POST.get("payload", "").strip()[:200]
    try:
        card = verify_card(read)
    except NotFound:
        voucher = _voucher(read)
        if voucher is None:
            raise
        return go_to(request, resolve_url("counter:voucher", voucher.code))
    if card.step is not None:
        request.station.show_card(card.member.pk, card.step)
    return go_to(request, resolve_url("counter:member", card.member.pk))


def _voucher(text: str) -> Voucher | None:
    if not 6 <= len(text) <= 16:
        return None
    try:
        return find_voucher(text)
    except DomainError:
        return None


def _with_balances(members: list[Member]) -> list[tuple[Member, Account | None]]:
    accounts = {
        account.member_id: account
        for account in Account.objects.select_related("tier").filter(
            member__in=members, program__kind=ProgramKind.POINTS
        )
    }
    return [(member, accounts.get(member.pk)) for member in members]
