"""A bill that several members pay: the whole is divided once, then each is served with their part."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from customers.domain.purchases.bills import open_bill
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import parse_money
from programs.counter.access import CounterRequest, counter_page
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen


@counter_page()
@require_POST
def bill(request: CounterRequest, member_id: UUID) -> HttpResponse:
    """Divide what stands in the form among so many people, or (`people` empty) be done with dividing."""
    member = member_named(member_id)
    if people := request.POST.get("people", ""):
        typed = request.POST.get("amount", "").strip()
        if not typed:
            raise Invalid(
                _("Write what the whole bill comes to, then say among how many it is divided."), field="amount"
            )
        divided = open_bill(
            total=parse_money(typed, request.tenant.currency, request.tenant.language),
            people=int(people) if people.isascii() and people.isdigit() else 0,
            receipt_number=request.POST.get("receipt_number", ""),
            by=request.actor,
            location=request.location,
        )
        request.station.divide(divided.pk)
    else:
        request.station.divide(None)
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member)})
