"""What we would watch at a counter: by the trade, and by when its own purchases are made. A start, not advice."""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.db.models.functions import ExtractHour
from django.utils import timezone

from customers.enums import Source
from customers.models import Purchase
from programs.domain.defaults import small_unit
from programs.domain.programs import change_program
from programs.models import Program
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.enums import Trade
from tenants.isolation import current_tenant
from tenants.models import AuditEvent

# How often in seven days one of the staff serves the same member, at most, and after how many days without a visit a
# reward redeemed without the member's phone is worth a look.
_USUAL = {
    Trade.CAFE: (10, 90),
    Trade.BAKERY: (10, 90),
    Trade.RESTAURANT: (5, 180),
    Trade.BOUTIQUE: (4, 270),
    Trade.SALON: (3, 180),
    Trade.FITNESS: (10, 60),
    Trade.SERVICE: (4, 365),
}
_USUAL_ANYWHERE = (6, 180)
# A device serves for several people.
_AT_DEVICE = 2
# So many purchases of the last days say when a business is open; an hour in which fewer are made than that part of
# them says nothing.
_DAYS, _ENOUGH, _RARE = 90, 100, 200
DECLINED = "reviews.not_watched"
WATCHED = ("device_day_limit", "watch_often", "watch_away_days", "watch_from", "watch_until")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Fields of the program, None where nothing can be suggested; hours are by the business's clock."""

    device_day_limit: int | None
    watch_often: int
    watch_away_days: int
    watch_from: time | None = None
    watch_until: time | None = None

    def as_changes(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in WATCHED}


def suggest_watches(program: Program) -> Suggestion:
    """For a business of this trade, whose purchases were made when they were made."""
    tenant = current_tenant()
    often, away = _USUAL.get(Trade(tenant.trade), _USUAL_ANYWHERE)
    most = program.staff_day_limit
    device = _AT_DEVICE * most if most is not None else None
    opens, closes = _hours()
    return Suggestion(device or _AT_DEVICE * 5_000 * small_unit(tenant.currency), often, away, opens, closes)


@transaction.atomic
def watch_as_suggested(program: Program, *, by: Actor) -> Program:
    """Watch what is suggested where the owner has set nothing; what she has set stays. Safe to repeat."""
    wanted = suggest_watches(program).as_changes()
    changes = {name: value for name, value in wanted.items() if getattr(program, name) is None and value is not None}
    return change_program(program, changes=changes, by=by) if changes else program


def decline_watching(*, by: Actor) -> None:
    """The owner does not want it: it is not suggested again."""
    record_audit(DECLINED, by=by, subject=current_tenant())


def is_settled(program: Program | None) -> bool:
    """Whether the owner has said what is watched, or that nothing is."""
    if program is not None and any(getattr(program, name) is not None for name in WATCHED):
        return True
    return AuditEvent.objects.filter(action=DECLINED).exists()


def _hours() -> tuple[time | None, time | None]:
    """An hour around those in which members are served; nothing where too few were, or at all hours."""
    zone, since = current_tenant().zone, timezone.now() - timedelta(days=_DAYS)
    served = Purchase.objects.filter(occurred_at__gte=since, source=Source.COUNTER)
    by_hour = dict(
        served.annotate(hour=ExtractHour("occurred_at", tzinfo=zone))
        .order_by()
        .values_list("hour")
        .annotate(Count("pk"))
    )
    total = sum(by_hour.values())
    if total < _ENOUGH:
        return None, None
    busy = sorted(hour for hour, count in by_hour.items() if count * _RARE >= total)
    first, last = busy[0] - 1, busy[-1] + 2
    return (time(first), time(last)) if first >= 0 and last <= 23 else (None, None)
