"""Serving a member: points for an amount, rewards and vouchers, in one act."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from customers.domain.purchases.bills import OPEN_FOR
from customers.models import Bill, Member, Product, Purchase
from loyalty_saas.lib.errors import DomainError, Invalid, NotFound
from loyalty_saas.lib.money import parse_money
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import ids_of, key_of
from programs.counter.pages import stage
from programs.counter.screens import MemberScreen, member_named, member_screen
from programs.domain.accounts import open_account, points_program
from programs.domain.credit.foreseeing import foresee_credit
from programs.domain.credit.reading import credit_of
from programs.domain.foreseeing import preview_visit
from programs.domain.serving import Served, Visit, serve_member
from programs.domain.stamps.reading import CardStanding, cards_of
from programs.enums import ProgramKind
from programs.models import Reward, Voucher
from programs.voucher_errors import ChoiceNotThere


@counter_page()
def preview(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """The line "balance + won − spent = new" for what stands in the form now."""
    member = member_named(member_id)
    context: dict[str, Any] = {"program": points_program(), "sums": None, "known_receipt": "", "refusal": ""}
    try:
        visit = _visit(request, member, request.GET)
        if visit.amount is not None or visit.rewards:
            if visit.amount is not None:
                context["stamps"] = _stamps(member, visit.amount)
                context["credit"] = foresee_credit(member, visit.amount, credit=visit.credit)
            foreseen = preview_visit(member, visit, by=request.actor, location=request.location)
            context["sums"] = foreseen.sums
            if foreseen.is_known_receipt:
                context["stamps"], context["credit"] = [], None
            context["known_receipt"] = visit.receipt_number.strip() if foreseen.is_known_receipt else ""
    except DomainError as error:
        context["refusal"] = str(error)
    return render(request, "counter/parts/preview.html", context)


def _stamps(member: Member, amount: int) -> list[tuple[CardStanding, int]]:
    """The stamp cards on which the amount alone would count, and with how many stamps."""
    return [(card, stamps) for card in cards_of(member) if (stamps := card.stamps_for(amount))]


@counter_page()
@require_POST
def visit(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    if points_program() is not None:
        open_account(member, by=request.actor)
    asked = _visit(request, member, request.POST)
    served = serve_member(
        member,
        asked,
        by=request.actor,
        key=key_of(request),
        location=request.location,
    )
    if asked.asks_presence:
        request.station.put_card_away()
    if served.vouchers:
        request.station.put_voucher_away()
    screen = member_screen(member)
    context = {"screen": screen, "served": served, "reached": _reached(screen, served)}
    return stage(request, "counter/member/stage.html", context)


def _visit(request: CounterRequest, member: Member, data: QueryDict) -> Visit:
    typed = data.get("amount", "").strip()
    amount = parse_money(typed, request.tenant.currency, request.tenant.language) if typed else None
    if amount == 0:
        raise Invalid(_("Write what was paid. For a reward alone, leave the amount empty."), field="amount")
    return Visit(
        amount=amount,
        credit=_credit(request, member, amount, data),
        receipt_number=data.get("receipt_number", ""),
        rewards=_rewards(data.getlist("reward")),
        vouchers=_vouchers(member, data.getlist("voucher")),
        choices=_choices(data),
        parts=_parts(request, data),
        shown_voucher=request.station.shown_voucher(),
        card_step=request.station.card_step(member.pk),
        pin=data.get("pin", ""),
        bill=_bill(data.get("bill", "")),
    )


def _credit(request: CounterRequest, member: Member, amount: int | None, data: QueryDict) -> int:
    """What of the amount is paid from store credit: what was typed, or else as much as can be.

    As much as was shown for this amount, so that nobody pays another sum than the one that was read; and when the same
    act is sent again, what it was the first time.
    """
    if "credit" not in data or amount is None:
        return 0
    if typed := data.get("credit_amount", "").strip():
        return parse_money(typed, request.tenant.currency, request.tenant.language)
    seen_for, _colon, seen = data.get("credit_seen", "").partition(":")
    if seen.isdecimal() and seen_for == str(amount):
        return min(int(seen), amount)
    if request.method == "POST":
        recorded = Purchase.objects.filter(key=key_of(request)).values_list("credit", flat=True).first()
        if recorded is not None:
            return recorded
    standing = credit_of(member)
    return standing.most_for(amount) if standing else 0


def _bill(chosen: str) -> Bill | None:
    """The bill of which this is a part. Raises Invalid when it is none, or was left too long ago."""
    if not chosen:
        return None
    gone = Invalid(_("This bill is no longer being divided. Reload the page."), field="amount")
    try:
        found = Bill.objects.filter(pk=UUID(chosen)).first()
    except ValueError as error:
        raise gone from error
    if found is None or found.opened_at < timezone.now() - OPEN_FOR:
        raise gone
    return found


def _choices(data: QueryDict) -> dict[UUID, Product]:
    """The products chosen for rewards and vouchers of several, by what they were chosen for."""
    names = [name for name in data if name.startswith("product-")]
    chosen = {name.removeprefix("product-"): data.get(name, "") for name in names}
    try:
        ids = {UUID(one): UUID(str(product)) for one, product in chosen.items() if product}
    except ValueError as error:
        raise ChoiceNotThere from error
    known = {product.pk: product for product in Product.objects.filter(pk__in=ids.values())} if ids else {}
    if any(product not in known for product in ids.values()):
        raise ChoiceNotThere
    return {one: known[product] for one, product in ids.items()}


def _parts(request: CounterRequest, data: QueryDict) -> dict[UUID, int]:
    """How much of the money on a voucher is taken, in minor units; without a word all of it."""
    ticked, parts = set(data.getlist("voucher")), {}
    for name in data:
        one, typed = name.removeprefix("part-"), str(data.get(name, "")).strip()
        if name.startswith("part-") and typed and one in ticked:
            parts[UUID(one)] = parse_money(typed, request.tenant.currency, request.tenant.language)
    return parts


def _reached(screen: MemberScreen, served: Served) -> Reward | None:
    """The dearest reward that came within reach by this visit."""
    sums = served.sums
    if sums is None:
        return None
    rewards = [offer.reward for offer in screen.available if sums.before < offer.reward.cost <= sums.after]
    return max(rewards, key=lambda reward: reward.cost, default=None)


def _rewards(chosen: list[str]) -> list[Reward]:
    """In the order in which they were chosen, one as often as it was."""
    offered = Reward.objects.filter(program__kind=ProgramKind.POINTS) if chosen else ()
    known = {str(reward.pk): reward for reward in offered}
    if any(one not in known for one in chosen):
        raise Invalid(_("This reward is gone. Reload the page."), field="reward")
    return [known[one] for one in chosen]


def _vouchers(member: Member, chosen: list[str]) -> list[Voucher]:
    if not chosen:
        return []
    gone = Invalid(_("This voucher is gone. Reload the page."), field="voucher")
    try:
        wanted = ids_of(chosen)
    except NotFound as error:
        raise gone from error
    mine = Voucher.objects.select_related("account").filter(account__member=member)
    known = {voucher.pk: voucher for voucher in mine.filter(pk__in=wanted)}
    if any(one not in known for one in wanted):
        raise gone
    return [known[one] for one in wanted]
