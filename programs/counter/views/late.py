"""What was keyed without a connection: the list is kept on the device, and each of it is sent here once."""

from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.money import format_money, parse_money
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import key_of
from programs.counter.pages import stage
from programs.domain.accounts import points_program
from programs.domain.late import NobodyHasThis, serve_late
from programs.domain.serving import Served
from programs.words.unit import in_points


@counter_page()
def late(request: CounterRequest) -> HttpResponse:
    """The page with the list, or one purchase of it: answered with what to say of it."""
    if request.method != "POST":
        return stage(request, "counter/late/list.html", {})
    amount = parse_money(request.POST.get("amount", ""), request.tenant.currency, request.tenant.language)
    if amount == 0:
        raise Invalid(gettext_lazy("Write what was paid."), field="amount")
    served = serve_late(
        _who(request),
        amount=amount,
        receipt_number=request.POST.get("receipt_number", ""),
        keyed_at=_keyed_at(request),
        by=request.actor,
        key=key_of(request),
        location=request.location,
    )
    return JsonResponse({"says": _said(request, served, amount)})


def _who(request: HttpRequest) -> UUID | str:
    """The member whose page it was keyed on, or what was typed."""
    if chosen := request.POST.get("member", ""):
        try:
            return UUID(chosen)
        except ValueError as error:
            raise NobodyHasThis(field="who") from error
    return request.POST.get("who", "")[:120]


def _keyed_at(request: HttpRequest) -> datetime:
    """The device's own time, in milliseconds since 1970 as scripts have it."""
    try:
        return datetime.fromtimestamp(int(request.POST.get("at", "")) / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Invalid(
            gettext_lazy("This page is out of date. Reload it and enter it again."), field="amount"
        ) from error


def _said(request: CounterRequest, served: Served, amount: int) -> str:
    purchase = served.purchase
    member: Member | None = purchase.member if purchase is not None else None
    name = str(member) if member is not None else _("Guest")
    parts = [name, format_money(amount, request.tenant.currency, request.tenant.locale)]
    program = points_program()
    if program is not None and served.sums is not None:
        parts.append(in_points(program, served.sums.won))
    return " · ".join(parts)
