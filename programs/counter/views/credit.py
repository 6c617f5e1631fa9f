"""Store credit given or taken by hand, with a reason."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from customers.enums import Source
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import parse_money
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.credit.by_hand import adjust_credit, credit_limit_for
from programs.domain.credit.reading import credit_of
from programs.errors import FarBeyondUsual


@counter_page()
def credit(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    standing = credit_of(member)
    if standing is None:
        return redirect("counter:member", member.pk)
    context: dict[str, Any] = {}
    if request.method == "POST":
        amount = _amount(request)
        try:
            entry = adjust_credit(
                member,
                amount=amount,
                reason=request.POST.get("reason", ""),
                by=request.actor,
                key=key_of(request),
                source=Source.COUNTER,
                sure=request.POST.get("sure") == str(amount),
            )
        except FarBeyondUsual as error:
            context = {"unusual": error, "sure": amount, "typed": request.POST}
        else:
            done = {"screen": member_screen(member), "credited": entry, "taken": -entry.amount, "entries": [entry]}
            return stage(request, "counter/member/stage.html", done)
    limit = credit_limit_for(request.membership, standing.program)
    context |= {"screen": member_screen(member), "standing_credit": standing, "limit": limit}
    return stage(request, "counter/member/credit_by_hand.html", context, status=422 if "unusual" in context else 200)


def _amount(request: CounterRequest) -> int:
    typed = request.POST.get("amount", "").strip()
    amount = parse_money(typed, request.tenant.currency, request.tenant.language) if typed else 0
    if amount <= 0:
        raise Invalid(_("Write how much."), field="amount")
    return -amount if request.POST.get("direction") == "take" else amount
