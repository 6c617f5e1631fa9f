"""Goods brought back: the purchase is found, the whole effect is shown, then it is confirmed."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from customers.domain.purchases import ReturnDetails, ReturnLineDetails, record_return
from customers.enums import Source
from customers.models import Bill, Purchase, PurchaseLine
from loyalty_saas.lib.errors import DomainError, Invalid, NotFound
from loyalty_saas.lib.money import parse_money
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import key_of
from programs.counter.pages import stage
from programs.counter.screens import currency_sign, member_named, member_screen
from programs.domain.accounts import points_program
from programs.domain.credit.foreseeing import preview_uncrediting
from programs.domain.referrals.returning import foresee_loss
from programs.domain.reversals import preview_return
from programs.domain.stamps.taking import preview_unstamping
from programs.models import Entry

RECENT = 8


@counter_page()
def choose(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """The member's last purchases, and a search by receipt number."""
    member = member_named(member_id)
    purchases = _purchases().filter(member=member)[:RECENT]
    context = {"member": member, "purchases": purchases, "typed": "", "is_searching": False}
    return stage(request, "counter/returns/choose.html", context)


@counter_page()
def find(request: CounterRequest) -> HttpResponse:
    """Purchases with exactly this receipt number, whoever made them."""
    typed = request.GET.get("receipt", "").replace("\x00", "").strip()[:60]
    found = list(_purchases().filter(receipt_number=typed)[:RECENT]) if typed else []
    if typed and not found:  # a bill that was divided: the parts of it
        found = list(_purchases().filter(bill__in=Bill.objects.filter(receipt_number=typed))[:RECENT])
    return render(
        request, "counter/returns/purchases.html", {"purchases": found, "typed": typed, "is_searching": bool(typed)}
    )


@counter_page()
def give_back(request: CounterRequest, purchase_id: UUID) -> HttpResponse:
    """The form with what it would do; sent, it is done."""
    purchase = _purchases().filter(pk=purchase_id).first()
    if purchase is None:
        raise NotFound
    lines = list(purchase.lines.select_related("product"))
    if request.method == "POST":
        return _do(request, purchase, lines)
    context: dict[str, Any] = {"purchase": purchase, "lines": lines, "effect": None, "refusal": ""}
    context |= {
        "program": points_program(),
        "currency_sign": currency_sign(),
        "left": {line.pk: _left(line) for line in lines},
    }
    try:
        details = _details(request, lines, request.GET)
        effect = context["effect"] = preview_return(purchase, details)
        context["stamps"] = preview_unstamping(purchase, details)
        context["credit"] = preview_uncrediting(purchase, details)
        context["referral"] = foresee_loss(purchase, returned=effect.plan.total)
    except DomainError as error:
        # Before anything is typed or chosen there is nothing to refuse.
        context["refusal"] = str(error) if _is_filled(request.GET) else ""
    if "preview" in request.GET:
        return render(request, "counter/returns/effect.html", context)
    return stage(request, "counter/returns/form.html", context)


def _do(request: CounterRequest, purchase: Purchase, lines: list[PurchaseLine]) -> HttpResponse:
    details = _details(request, lines, request.POST)
    returned = record_return(purchase, details, by=request.actor, source=Source.COUNTER, key=key_of(request))
    entry = Entry.objects.filter(cause="return", cause_id=returned.pk).first()
    if purchase.member is None:
        return stage(request, "counter/returns/done.html", {"returned": returned})
    context = {"screen": member_screen(purchase.member), "returned": returned, "returned_entry": entry}
    return stage(request, "counter/member/stage.html", context)


def _purchases() -> Any:
    return Purchase.objects.select_related("member", "location").order_by("-occurred_at")


def _details(request: CounterRequest, lines: list[PurchaseLine], data: QueryDict) -> ReturnDetails:
    """What is brought back: all that is left, an amount, or some of the lines."""
    part, reason = data.get("part", "all"), data.get("reason", "")
    if part == "lines":
        return ReturnDetails(lines=_lines(lines, data), reason=reason)
    if part == "amount":
        amount = parse_money(data.get("amount", ""), request.tenant.currency, request.tenant.language)
        return ReturnDetails(amount=amount, reason=reason)
    return ReturnDetails(reason=reason)


def _is_filled(data: QueryDict) -> bool:
    needed = {"amount": "amount", "lines": "line"}.get(data.get("part", "all"))
    return needed is None or bool(data.get(needed, "").strip())


def _left(line: PurchaseLine) -> str:
    """How many can still come back, as a person writes it."""
    return f"{(line.quantity - line.returned_quantity).normalize():f}"


def _lines(lines: list[PurchaseLine], data: QueryDict) -> tuple[ReturnLineDetails, ...]:
    chosen = set(data.getlist("line"))
    details = tuple(
        ReturnLineDetails(line=line, quantity=_quantity(data.get(f"quantity_{line.pk}", "")))
        for line in lines
        if str(line.pk) in chosen
    )
    if not details:
        raise Invalid(_("Choose what is brought back."), field="line")
    return details


def _quantity(typed: str) -> Decimal:
    try:
        return Decimal(typed.replace(",", "."))
    except InvalidOperation as error:
        raise Invalid(_("Write how many, as a number."), field="quantity") from error
