"""A phone number that the member typed in the portal: asked for at the counter, and confirmed or taken away."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from customers.domain.claimed_phones import confirm_phone, drop_claimed_phone
from customers.enums import Source
from programs.counter.access import CounterRequest, counter_page
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen


@counter_page()
@require_POST
def phone(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    settle = confirm_phone if request.POST.get("theirs") == "yes" else drop_claimed_phone
    settle(member, by=request.actor, source=Source.COUNTER)
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member_named(member_id))})
