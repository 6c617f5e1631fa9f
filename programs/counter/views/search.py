"""Finding a member: by typing, or by the code on their phone."""

from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_POST

from customers.domain.cards import verify_card
from customers.errors import CardNotReadable
from customers.models import Member
from customers.queries import search_members
from loyalty_saas.lib.errors import DomainError, NotFound
from programs.counter.access import CounterRequest, counter_page
from programs.counter.screens import served_today
from programs.domain.networks.proofs import read_partner_card
from programs.domain.vouchers import find_voucher
from programs.enums import ProgramKind
from programs.models import Account, Voucher
from programs.network_errors import NoPartnerCard
from tenants.access import go_to
from tenants.errors import NotInNetwork

MOST = 12
FEWEST_LETTERS = 2
# Codes of the business's own list are as long as they please.
SHORTEST_CODE, LONGEST_CODE = 4, 60


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
            return _of_partner(request, read)
        return go_to(request, resolve_url("counter:voucher", voucher.code))
    if card.step is not None:
        request.station.show_card(card.member.pk, card.step)
    return go_to(request, resolve_url("counter:member", card.member.pk))


def _of_partner(request: CounterRequest, read: str) -> HttpResponse:
    """A card of another business of the network leads to the member who is linked to it, or waits to be linked.

    Raises CardNotReadable for anything else.
    """
    try:
        card = read_partner_card(read)
    except (NotInNetwork, NoPartnerCard) as error:
        raise CardNotReadable from error
    if card.own is not None:
        return go_to(request, resolve_url("counter:member", card.own.pk))
    request.station.show_partner_card(card.partner, card.sealed)
    return go_to(request, resolve_url("counter:partner_card"))


def _voucher(text: str) -> Voucher | None:
    if not SHORTEST_CODE <= len(text) <= LONGEST_CODE:
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
