"""Who serves at this device, and where it stands."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from loyalty_saas.lib.errors import DomainError, NotFound
from programs.counter.access import CounterRequest, station_page
from programs.counter.pages import page
from programs.counter.station import IDLE_SECONDS, TOUCH_SECONDS
from tenants.access import go_to
from tenants.domain.pins import check_pin
from tenants.models import Location, Membership
from tenants.permissions import Permission


@station_page
def people(request: CounterRequest) -> HttpResponse:
    """The names of those who may serve here."""
    team = [one for one in Membership.objects.filter(removed_at__isnull=True) if one.may(Permission.USE_COUNTER)]
    context = {"team": team, "station": request.station, "own": request.own, "now": request.membership}
    return page(request, "counter/people.html", context)


@station_page
def pin_pad(request: CounterRequest, membership_id: UUID) -> HttpResponse:
    """Take over with one's PIN."""
    person = Membership.objects.filter(pk=membership_id, removed_at__isnull=True).first()
    if person is None or not person.may(Permission.USE_COUNTER):
        raise NotFound
    if person == request.own and not person.pin_hash and not request.station.is_shared:
        return go_to(request, resolve_url("counter:home"))
    error: DomainError | None = None
    if request.method == "POST":
        try:
            check_pin(person, pin=request.POST.get("pin", ""))
        except DomainError as refused:
            error = refused
        else:
            request.station.hand_over_to(person)
            return go_to(request, resolve_url("counter:home"))
    context = {"person": person, "error": error}
    return page(request, "counter/pin_pad.html", context, status=error.status if error else 200)


@station_page
@require_POST
def lock(request: CounterRequest) -> HttpResponse:
    """Close the counter until somebody enters a PIN; where nobody has one, it only offers to sign out.

    A page that locks by itself asks whether the person is at work elsewhere, in the dashboard: then it does not.
    """
    if "idle" in request.POST and request.station.idle_seconds < IDLE_SECONDS - TOUCH_SECONDS:
        return HttpResponse(status=204)
    if any(one.pin_hash for one in Membership.objects.filter(removed_at__isnull=True)):
        request.station.lock()
    return go_to(request, resolve_url("counter:people"))


@station_page
def locations(request: CounterRequest) -> HttpResponse:
    """Where this device stands; asked once and remembered."""
    shops = list(Location.objects.filter(closed_at__isnull=True))
    following = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST":
        chosen = next((shop for shop in shops if str(shop.pk) == request.POST.get("location")), None)
        if chosen is None:
            raise NotFound
        request.station.stand_at(chosen.pk)
        safe = url_has_allowed_host_and_scheme(following, allowed_hosts=None)
        return go_to(request, following if safe else resolve_url("counter:home"))
    return page(request, "counter/locations.html", {"shops": shops, "next": following})
