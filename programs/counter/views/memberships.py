"""A paid membership at the counter: begun or renewed with the money in the till, cancelled, or let go on."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.enums import Source
from customers.models import Member
from loyalty_saas.lib.errors import NotFound
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import ids_of, key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.memberships import ending
from programs.domain.memberships.selling import renew, subscribe
from programs.models import MembershipPlan
from tenants.templatetags.show import day, money


@counter_page()
@require_POST
def membership(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    said = _act(request, member, request.POST.get("do", ""))
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member), "membership_said": said})


def _act(request: CounterRequest, member: Member, act: str) -> str:
    reference = request.POST.get("reference", "")[:80]
    if act == "begin":
        (wanted,) = ids_of([request.POST.get("plan", "")])
        plan = MembershipPlan.objects.filter(pk=wanted).first()
        if plan is None:
            raise NotFound
        paid = subscribe(
            member, plan, by=request.actor, key=key_of(request), reference=reference, source=Source.COUNTER
        )
    elif act == "renew":
        paid = renew(member, by=request.actor, key=key_of(request), reference=reference, source=Source.COUNTER)
    elif act == "cancel":
        found = ending.cancel(member, by=request.actor, source=Source.COUNTER)
        return _("Cancelled: it runs to %(day)s.") % {"day": day(found.paid_until)}
    elif act == "resume":
        ending.take_cancellation_back(member, by=request.actor, source=Source.COUNTER)
        return _("It goes on.")
    else:
        raise NotFound
    return _("%(amount)s taken: paid up to %(day)s.") % {"amount": money(paid.amount), "day": day(paid.last)}
