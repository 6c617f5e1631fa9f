"""Today's list: what was done at this counter since midnight."""

from uuid import UUID

from django.http import HttpResponse

from programs.counter.access import CounterRequest, counter_page
from programs.counter.pages import stage
from programs.counter.today import today_at


@counter_page()
def today(request: CounterRequest) -> HttpResponse:
    mine = request.GET.get("who") == "mine"
    day = today_at(request.location, of=request.membership if mine else None, before=_before(request))
    template = "counter/today/rows.html" if "before" in request.GET else "counter/today/list.html"
    return stage(request, template, {"day": day, "mine": mine})


def _before(request: CounterRequest) -> UUID | None:
    try:
        return UUID(request.GET.get("before", ""))
    except ValueError:
        return None
