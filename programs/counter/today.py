"""What happened at this counter today: one line for each act, whatever it led to."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from customers.enums import ActivityKind
from customers.models import Activity, Member, Purchase
from customers.timeline import Told, tell
from loyalty_saas.lib.days import local_day, start_of_day
from tenants.enums import ActorKind
from tenants.isolation import current_tenant
from tenants.models import Location, Membership

PAGE = 60
# Said with the member who joined; changes of details are nobody's business at the till.
_QUIET = (
    ActivityKind.CONSENT_GIVEN,
    ActivityKind.CONSENT_WITHDRAWN,
    ActivityKind.MEMBER_CHANGED,
    ActivityKind.MEMBER_NOTED,
)


@dataclass(slots=True)
class Act:
    """Everything that became true together for one member: the purchase, its points, the reward."""

    at: datetime
    member: Member
    who: str
    told: list[Told] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Today:
    """The acts, the latest first; `before` is where the next page begins. Sums are of the whole day.

    `sales` in minor units, returns deducted; `sums` by kind of activity.
    """

    acts: list[Act]
    before: UUID | None
    purchases: int
    sales: int
    rewards: int
    joined: int


def today_at(
    location: Location | None, *, of: Membership | None = None, before: UUID | None = None, most: int = PAGE
) -> Today:
    """What staff did here since midnight there, or what one of them did; of `most` activities or so at a time."""
    since = _midnight()
    done = _done(since, location, of)
    page = done.select_related("member").order_by("-recorded_at", "-pk")
    if before is not None and (last := done.filter(pk=before).first()) is not None:
        page = page.filter(recorded_at__lte=last.recorded_at).exclude(recorded_at=last.recorded_at, pk__gte=last.pk)
    found = list(page[: most + 1])
    shown = _whole_acts(found, most)
    counts = dict(done.order_by().values_list("kind").annotate(count=Count("pk")))
    bought = _bought(since, location, of).aggregate(count=Count("pk"), total=Sum("total"), returned=Sum("returned"))
    return Today(
        acts=_acts(shown),
        before=shown[-1].pk if len(found) > len(shown) else None,
        purchases=bought["count"],
        sales=(bought["total"] or 0) - (bought["returned"] or 0),
        rewards=counts.get(ActivityKind.REWARD_REDEEMED, 0) - counts.get(ActivityKind.REDEMPTION_VOIDED, 0),
        joined=counts.get(ActivityKind.MEMBER_JOINED, 0),
    )


def _midnight() -> datetime:
    zone = current_tenant().zone
    return start_of_day(local_day(timezone.now(), zone), zone)


def _done(since: datetime, location: Location | None, of: Membership | None) -> QuerySet[Activity]:
    kinds = [kind for kind in ActivityKind.values if kind not in _QUIET]
    found = Activity.objects.filter(
        # By kind and day there is an index; what is typed late is of the day it was typed on.
        kind__in=kinds,
        occurred_at__gte=since,
        recorded_at__gte=since,
        actor_kind=ActorKind.STAFF,
        member__isnull=False,
    )
    if location is not None:
        found = found.filter(location_id=location.pk)
    return found.filter(actor_id=of.pk) if of is not None else found


def _bought(since: datetime, location: Location | None, of: Membership | None) -> QuerySet[Purchase]:
    found = Purchase.objects.filter(occurred_at__gte=since, member__isnull=False)
    if location is not None:
        found = found.filter(location=location)
    return found.filter(staff=of) if of is not None else found


def _whole_acts(found: list[Activity], most: int) -> list[Activity]:
    """Without the last act of a full page, whose other half may be on the next."""
    if len(found) <= most:
        return found
    cut = found[-1].transaction
    whole = [one for one in found if one.transaction != cut]
    return whole or found[:most]


def _acts(found: list[Activity]) -> list[Act]:
    acts: dict[tuple[int, UUID | None], Act] = {}
    for one in found:
        key = (one.transaction, one.member_id)
        if one.member is None:
            continue
        act = acts.setdefault(key, Act(one.recorded_at, one.member, one.actor_label))
        # Found backwards: within an act the first cause comes first.
        act.told.insert(0, tell(one))
    return list(acts.values())
