"""Where the counter begins: the search, and those who were here last."""

from django.http import HttpResponse

from programs.counter.access import CounterRequest, counter_page
from programs.counter.pages import stage
from programs.counter.screens import served_today
from programs.queries import points_program


@counter_page()
def home(request: CounterRequest) -> HttpResponse:
    context = {"recent": served_today(request.location), "program": points_program()}
    return stage(request, "counter/welcome.html", context)
