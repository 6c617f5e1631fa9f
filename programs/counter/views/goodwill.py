"""Making something right: points, money off or something on the house, with one of the owner's reasons."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from customers.enums import Source
from customers.models import Member, Product
from loyalty_saas.lib.errors import DomainError, Invalid
from loyalty_saas.lib.money import parse_money
from loyalty_saas.views import refusal
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.accounts import open_account
from programs.domain.goodwill.approvals import Approval, approvers, note_blocked
from programs.domain.goodwill.budgets import budget_today
from programs.domain.goodwill.foreseeing import foresee_gesture, sums_of
from programs.domain.goodwill.making import GestureDetails, make_right
from programs.domain.goodwill.reasons import reasons_to_choose
from programs.enums import GestureKind
from programs.goodwill import LATELY, given_lately
from programs.models import Gesture, GoodwillReason
from tenants.domain.pins import PinBlocked

MOST_PRODUCTS = 500


@counter_page()
def gestures(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """The form with what may still be given; sent, it is done."""
    member = member_named(member_id)
    account = open_account(member, by=request.actor)
    if request.method == "POST":
        approval = approval_of(request.POST)
        try:
            gesture = make_right(
                member,
                _details(request, request.POST),
                by=request.actor,
                key=key_of(request),
                approval=approval,
                source=Source.COUNTER,
            )
        except PinBlocked as error:
            # What is refused is taken back whole; that somebody guesses at a manager's PIN stays.
            if approval is not None:
                note_blocked(approval, by=request.actor)
            return refusal(request, error)
        return stage(request, "counter/member/stage.html", _after(member, gesture))
    products = list(Product.objects.filter(is_active=True, price__gt=0)[: MOST_PRODUCTS + 1])
    context = {
        "screen": member_screen(member),
        "reasons": reasons_to_choose(),
        "kinds": _KINDS,
        "products": [("", _("Choose…")), *((product.pk, product.name) for product in products[:MOST_PRODUCTS])],
        "most_products": MOST_PRODUCTS if len(products) > MOST_PRODUCTS else None,
        "budget": budget_today(account.program, membership=request.membership, location_id=request.actor.location_id),
        "approvers": [(one.pk, one.name) for one in approvers(besides=request.membership)],
        "lately": given_lately(account),
        "days": LATELY,
    }
    return stage(request, "counter/member/make_right.html", context)


@counter_page()
def preview(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """What stands in the form now would do and count as, and whether a manager has to approve it."""
    member = member_named(member_id)
    context: dict[str, Any] = {"foreseen": None, "refusal": ""}
    try:
        if _is_filled(request.GET):
            context["foreseen"] = foresee_gesture(member, _details(request, request.GET), by=request.actor)
    except DomainError as error:
        context["refusal"] = str(error)
    return render(request, "counter/parts/gesture_preview.html", context)


# Name, word and icon of what can be given.
_KINDS = (
    (GestureKind.POINTS, "", "sparkles"),
    (GestureKind.AMOUNT_OFF, _("Money off"), "badge-percent"),
    (GestureKind.FREE_PRODUCT, _("On the house"), "gift"),
)
_FIELDS = {GestureKind.POINTS: "points", GestureKind.AMOUNT_OFF: "amount", GestureKind.FREE_PRODUCT: "product"}


def _after(member: Member, gesture: Gesture) -> dict[str, Any]:
    voucher = gesture.vouchers.first()
    return {"screen": member_screen(member), "made": gesture, "voucher": voucher, "sums": sums_of(gesture)}


def _details(request: CounterRequest, data: QueryDict) -> GestureDetails:
    kind = _kind(data)
    return GestureDetails(
        kind=kind,
        reason=_one(GoodwillReason, data.get("reason", "")),
        points=_points(data) if kind == GestureKind.POINTS else 0,
        amount=_amount(request, data) if kind == GestureKind.AMOUNT_OFF else 0,
        product=_one(Product, data.get("product", "")) if kind == GestureKind.FREE_PRODUCT else None,
        at_once=kind != GestureKind.POINTS and data.get("when", "now") == "now",
        note=data.get("note", ""),
    )


def approval_of(data: QueryDict) -> Approval | None:
    """Whose PIN was typed, if one was."""
    pin, typed = data.get("pin", ""), data.get("approver", "")
    if not pin:
        return None
    try:
        return Approval(UUID(typed), pin)
    except ValueError as error:
        raise Invalid(_("Choose who approves."), field="approver") from error


def _kind(data: QueryDict) -> GestureKind:
    try:
        return GestureKind(data.get("part", ""))
    except ValueError as error:
        raise Invalid(_("Choose what you give."), field="part") from error


def _is_filled(data: QueryDict) -> bool:
    return bool(data.get(_FIELDS[_kind(data)], "").strip())


def _points(data: QueryDict) -> int:
    typed = data.get("points", "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else 0


def _amount(request: CounterRequest, data: QueryDict) -> int:
    typed = data.get("amount", "").strip()
    return parse_money(typed, request.tenant.currency, request.tenant.language) if typed else 0


def _one(model: Any, typed: str) -> Any:
    """The row of this business with the id that was chosen, or None."""
    try:
        return model.objects.filter(pk=UUID(typed)).first()
    except ValueError:
        return None
