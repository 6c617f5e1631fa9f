"""Points given or taken by hand, with a reason."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.accounts import open_account
from programs.domain.adjustments import adjust_points, adjustment_limit_for
from programs.errors import FarBeyondUsual
from programs.models import Entry


@counter_page()
def adjust(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    account = open_account(member, by=request.actor)
    context: dict[str, Any] = {}
    if request.method == "POST":
        points = _points(request)
        try:
            entry = adjust_points(
                member,
                points=points,
                reason=request.POST.get("reason", ""),
                by=request.actor,
                key=key_of(request),
                source=Source.COUNTER,
                sure=request.POST.get("sure") == str(points),
            )
        except FarBeyondUsual as error:
            context = {"unusual": error, "sure": points, "typed": request.POST}
        else:
            return stage(request, "counter/member/stage.html", _after(member, entry))
    context |= {"screen": member_screen(member), "limit": adjustment_limit_for(request.membership, account)}
    return stage(request, "counter/member/adjust.html", context, status=422 if "unusual" in context else 200)


def _after(member: Member, entry: Entry) -> dict[str, Any]:
    return {"screen": member_screen(member), "adjusted": entry, "taken": -entry.amount, "adjusted_entries": [entry]}


def _points(request: CounterRequest) -> int:
    typed = request.POST.get("points", "").strip()
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9 or int(typed) == 0:
        raise Invalid(_("Write how many, as a whole number."), field="points")
    return -int(typed) if request.POST.get("direction") == "take" else int(typed)
