"""Who may use the counter, on which device and where: every page of the counter is wrapped by one of these."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache

from loyalty_saas.lib.errors import Forbidden
from programs.counter.devices import device_of, remember_device
from programs.counter.station import IDLE_SECONDS, Station
from tenants.access import Access, BusinessRequest, go_to, open_page
from tenants.actors import Actor
from tenants.models import Location, Membership
from tenants.permissions import Permission

P = ParamSpec("P")
View = Callable[Concatenate[Any, P], HttpResponseBase]


class CounterRequest(BusinessRequest):
    """What a view of the counter is given. `membership` is who serves now, `own` who signed the device in."""

    station: Station
    own: Membership
    location: Location | None


def counter_page(permission: Permission = Permission.USE_COUNTER) -> Callable[[View[P]], View[P]]:
    """A page for whoever serves now: the device stands somewhere and is unlocked, and the person may do this."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        @never_cache
        def page(request: CounterRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            response = open_page(
                request,
                Permission.USE_COUNTER,
                lambda: _serve(request, permission, lambda: view(request, *args, **kwargs)),
            )
            remember_device(request, response)
            return response

        page.access = Access("counter", permission)  # type: ignore[attr-defined]
        return page

    return decorate


def station_page(view: View[P]) -> View[P]:
    """A page about the device itself (who serves, where, locked), open while it is locked."""

    @wraps(view)
    @never_cache
    def page(request: CounterRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        def inside() -> HttpResponseBase:
            _meet(request)
            return view(request, *args, **kwargs)

        return open_page(request, Permission.USE_COUNTER, inside)

    page.access = Access("counter", Permission.USE_COUNTER)  # type: ignore[attr-defined]
    return page


def _serve(request: CounterRequest, permission: Permission, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    _meet(request)
    station = request.station
    if not station.is_locked and station.idle_seconds > IDLE_SECONDS and request.membership.pin_hash:
        station.lock()
    if station.is_locked:
        return go_to(request, resolve_url("counter:people"))
    if request.location is None and Location.objects.filter(closed_at__isnull=True).exists():
        here = urlencode({"next": request.get_full_path() if request.method == "GET" else resolve_url("counter:home")})
        return go_to(request, f"{resolve_url('counter:locations')}?{here}")
    if not request.membership.may(permission):
        raise Forbidden
    if request.membership.pin_once_until is not None and request.path != resolve_url("counter:pin"):
        return go_to(request, resolve_url("counter:pin"))
    station.touch()
    return view()


def _meet(request: CounterRequest) -> None:
    """Find out who serves and where; somebody who left the team, or a shop that closed, is forgotten."""
    request.own = request.membership
    station = request.station = Station(request.session, request.own)
    if station.acting_id != request.own.pk:
        acting = Membership.objects.filter(pk=station.acting_id, removed_at__isnull=True).first()
        if acting is not None and acting.may(Permission.USE_COUNTER):
            request.membership = acting
        elif not station.is_locked:
            station.lock()
    request.location = _location(station)
    device = device_of(request)
    request.actor = Actor.staff(request.membership, request.location.pk if request.location else None, device)


def _location(station: Station) -> Location | None:
    """Where the device stands; a business with one shop is not asked."""
    open_locations = Location.objects.filter(closed_at__isnull=True)
    if station.location_id is not None and (found := open_locations.filter(pk=station.location_id).first()):
        return found
    first_two = list(open_locations[:2])
    return first_two[0] if len(first_two) == 1 else None
