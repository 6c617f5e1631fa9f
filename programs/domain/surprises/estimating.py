"""What a surprise would have given on the business's own last 90 days. Reads only."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import F
from django.utils import timezone

from customers.models import Purchase
from loyalty_saas.lib.days import local_day
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.drawing import counts, members_of
from programs.domain.surprises.giving import price_of
from programs.enums import SurpriseWay
from programs.models import Program
from tenants.isolation import current_tenant

DAYS = 90


@dataclass(frozen=True, slots=True)
class Expected:
    """On average, in 30 days: `visits` that count, `wins` and their `cost` in minor units, the budget considered.

    `each` is what one costs, None while nobody can say. `by_budget`: the budget holds some of it back.
    """

    visits: Fraction
    wins: Fraction
    cost: int
    each: int | None
    by_budget: bool


def estimate(terms: SurpriseTerms, program: Program) -> Expected:
    """By what members bought in the last 90 days, as if each draw went as chances say; segments are those of today."""
    zone = current_tenant().zone
    today = local_day(timezone.now(), zone)
    since = timezone.now() - timedelta(days=DAYS + terms.away_days + 1)
    rows = Purchase.objects.filter(member__isnull=False, occurred_at__gte=since, returned__lt=F("total"))
    wanted = members_of(terms)
    last: dict[object, date] = {}
    visits, by_day = 0, Counter[date]()
    seen: set[tuple[object, date]] = set()
    values = rows.order_by("occurred_at").values_list("member", "occurred_at", "total")
    for member, moment, total in values.iterator(chunk_size=5000):
        day = local_day(moment, zone)
        before = last.get(member)
        last[member] = day
        was_away = not terms.away_days or (before is not None and (day - before).days >= terms.away_days)
        if wanted is not None and member not in wanted:
            continue
        if day <= today - timedelta(days=DAYS) or not was_away or not counts(terms, total, day):
            continue
        visits += 1
        if (member, day) not in seen:
            seen.add((member, day))
            by_day[day] += 1
    if terms.way == SurpriseWay.VISIT:
        wins = Fraction(visits, max(terms.one_in, 1))
    else:
        wins = Fraction(sum(min(terms.winners, people) for people in by_day.values()))
    month = Fraction(30, DAYS)
    each = price_of(terms, program)
    return _within(terms, Fraction(visits) * month, wins * month, each)


def _within(terms: SurpriseTerms, visits: Fraction, wins: Fraction, each: int | None) -> Expected:
    most = wins
    if each and terms.budget is not None:
        most = min(most, Fraction(terms.budget // each))
    if terms.points and not terms.gift_kind and terms.budget_points is not None:
        most = min(most, Fraction(terms.budget_points // terms.points))
    return Expected(visits, most, round(most * (each or 0)), each, most < wins)
