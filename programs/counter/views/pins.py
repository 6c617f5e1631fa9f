"""One's own PIN."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from loyalty_saas.lib.errors import DomainError
from programs.counter.access import CounterRequest, counter_page
from programs.counter.forms import PinForm
from programs.counter.pages import page
from tenants.access import go_to
from tenants.domain.pins import check_pin, set_pin


@counter_page()
def own_pin(request: CounterRequest) -> HttpResponse:
    """Set or change it. Whoever has one proves it first; who has none is the person that signed in.

    A one-time PIN was typed to get here: it is not asked for again.
    """
    person = request.membership
    proves = bool(person.pin_hash) and person.pin_once_until is None
    form = PinForm(request.POST or None, has_pin=proves)
    if request.method == "POST" and form.is_valid():
        try:
            if proves:
                check_pin(person, pin=form.cleaned_data["current"])
            set_pin(person, pin=form.cleaned_data["new"], by=request.actor)
        except DomainError as error:
            form.add_error("new" if error.code == "weak_pin" else "current", str(error))
        else:
            messages.success(request, _("Your PIN is set. Use it to take over at a shared device."))
            return go_to(request, resolve_url("counter:home"))
    return page(request, "counter/pin.html", {"form": form, "person": person}, status=422 if form.errors else 200)
