"""Progress towards a tier that moves from one account to another with a merge, and back.

Rows of progress are written once, so what leaves an account is a row with minus signs, dated like what it takes away:
every window reads as if it had always been on the other card. It is summed by day, on which a visit counts once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from customers.models import Merge, Return
from loyalty_saas.lib.days import local_day
from programs.models import Account, Event, Qualification
from tenants.isolation import current_tenant


@dataclass(slots=True)
class _Day:
    at: datetime
    spend: int = 0
    points: int = 0
    visits: int = 0


def move_progress(merge: Merge, *, source: Account, target: Account) -> None:
    """All that one account gathered, for good, onto the other."""
    theirs = _by_day(Qualification.objects.filter(account=source))
    ours = _by_day(Qualification.objects.filter(account=target))
    rows = []
    for day, one in theirs.items():
        there = ours[day].visits if day in ours else 0
        added = 1 if one.visits > 0 and there <= 0 else 0
        rows.append(_row(merge, "merge", source, day, one, visits=-one.visits, sign=-1))
        rows.append(_row(merge, "merge", target, day, one, visits=added))
    _write(rows)


def move_progress_back(merge: Merge, *, source: Account, target: Account) -> None:
    """What came with the merge (from `target`), less what returns and undone events of theirs took off it since."""
    events = Event.objects.filter(Q(entry__account=target) | Q(entry__account__merged_into=target)).values("pk")
    returns = Return.objects.filter(purchase__in=merge.moved["purchases"]).values("pk")
    came = Q(cause_id=merge.pk, key__startswith=f"merge:{merge.pk}:{source.pk}:")
    undone = Q(cause_id__in=events, key__startswith="event-back:")
    since = (Q(cause_id__in=returns) | undone) & Q(recorded_at__gte=merge.merged_at)
    moved = _by_day(Qualification.objects.filter(Q(account=source) & (came | since)))
    was = _by_day(Qualification.objects.filter(account=target, cause_id=merge.pk))
    added = _by_day(Qualification.objects.filter(Q(account=source) & came))
    now = _by_day(Qualification.objects.filter(account=source))
    rows = []
    for day, one in moved.items():
        # Of a visit that both had on that day the other card keeps its own.
        leaves = max(0, min(one.visits, now[day].visits))
        taken_since = one.visits - (added[day].visits if day in added else 0)
        had = -was[day].visits if day in was else 0
        back = max(0, min(1, had + taken_since))
        rows.append(_row(merge, "parted", source, day, one, visits=-leaves, sign=-1))
        rows.append(_row(merge, "parted", target, day, one, visits=back))
    _write(rows)


def _by_day(rows: Iterable[Qualification]) -> dict[date, _Day]:
    zone = current_tenant().zone
    days: dict[date, _Day] = {}
    for row in rows:
        one = days.setdefault(local_day(row.occurred_at, zone), _Day(row.occurred_at))
        one.spend += row.spend
        one.points += row.points
        one.visits += row.visits
    return days


def _row(
    merge: Merge, what: str, account: Account, day: date, moved: _Day, *, visits: int, sign: int = 1
) -> Qualification:
    return Qualification(
        account_id=account.pk,
        spend=sign * moved.spend,
        points=sign * moved.points,
        visits=visits,
        occurred_at=moved.at,
        cause_id=merge.pk,
        key=f"{what}:{merge.pk}:{account.pk}:{day}",
    )


def _write(rows: list[Qualification]) -> None:
    Qualification.objects.bulk_create([row for row in rows if row.spend or row.points or row.visits], batch_size=1000)
