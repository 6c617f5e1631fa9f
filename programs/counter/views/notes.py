"""What staff remember about a member."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from customers.domain.notes import add_note
from customers.enums import Source
from programs.counter.access import CounterRequest, counter_page
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen


@counter_page()
@require_POST
def note(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    add_note(member, text=request.POST.get("text", ""), by=request.actor, source=Source.COUNTER)
    return stage(request, "counter/member/stage.html", {"screen": member_screen(member)})
