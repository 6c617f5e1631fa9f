"""A stamp by hand, in one tap."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from customers.enums import Source
from loyalty_saas.lib.errors import Invalid
from programs.counter.access import CounterRequest, counter_page
from programs.counter.keys import ids_of, key_of
from programs.counter.pages import stage
from programs.counter.screens import member_named, member_screen
from programs.domain.stamps.giving import give_stamps
from programs.domain.stamps.reading import filled_by
from programs.enums import ProgramKind
from programs.models import Program


@counter_page()
@require_POST
def stamp(request: CounterRequest, member_id: UUID) -> HttpResponse:
    member = member_named(member_id)
    program = Program.objects.filter(kind=ProgramKind.STAMPS, pk__in=ids_of([request.POST.get("card", "")])).first()
    if program is None:
        raise Invalid(_("This card is gone. Reload the page."), field="card")
    entry = give_stamps(member, program, by=request.actor, key=key_of(request), source=Source.COUNTER)
    screen = member_screen(member)
    context = {
        "screen": screen,
        "stamped": entry,
        "stamped_entries": [entry],
        "stamped_card": next((one for one in screen.cards if one.program.pk == program.pk), None),
        "filled": filled_by(entry),
    }
    return stage(request, "counter/member/stage.html", context)
