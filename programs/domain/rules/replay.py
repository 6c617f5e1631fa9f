"""What rules would have given on the business's own purchases of the last months. Reads only, and writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import connection

from customers.models import Member, MemberTag, Purchase, PurchaseLine, Segment
from customers.segments import members_in
from loyalty_saas.lib.days import local_day, start_of_day
from programs.domain.awards import baskets_of
from programs.domain.earning import Basket, quote_purchase
from programs.domain.rules.judging import Circumstances, Standing, judge
from programs.models import Account, Program, Tier
from tenants.isolation import current_tenant, current_tenant_id

DAYS = 90
# More would keep the page waiting; the newest are taken, and the page says from which day.
MOST_PURCHASES = 6_000
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Given:
    """What one rule gave: points rounded up for each purchase, on how many purchases and to how many members."""

    name: str
    points: int
    times: int
    members: int


@dataclass(frozen=True, slots=True)
class Changed:
    """A member whose points would have been others: with the rules as they are, and as drafted."""

    member: Member
    before: int
    after: int

    @property
    def by(self) -> int:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Replay:
    """Points for the purchases of `purchases` from `first_day` on, with the rules as they are and as drafted.

    `rules` are those as drafted. `more` and `less` members would have had more or fewer; the furthest are named.
    """

    first_day: date
    purchases: int
    members: int
    before: int
    after: int
    rules: list[Given]
    more: int
    less: int
    furthest: list[Changed]

    @property
    def change(self) -> int:
        return self.after - self.before


@dataclass(slots=True)
class _Side:
    """One way of earning, run over all purchases: what it gave, and what its caps have counted."""

    program: Program
    rules: Sequence[Standing]
    carry: dict[UUID, Fraction] = field(default_factory=dict)
    points: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    given: dict[object, int] = field(default_factory=lambda: defaultdict(int))
    times: dict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    to: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))

    def serve(self, member: UUID, basket: Basket, now: Circumstances, tier: Tier | None) -> None:
        day = now.when.date()
        rules = [
            replace(
                one,
                given_in_day=self.given[one.rule, member, day],
                given_in_month=self.given[one.rule, member, day.replace(day=1), "month"],
                given_to_member=self.given[one.rule, member],
                given_to_all=self.given[one.rule],
            )
            for one in self.rules
        ]
        verdicts = judge(rules, basket, now, stacking=self.program.stacking)
        quote = quote_purchase(
            self.program,
            basket,
            multiplier=tier.multiplier if tier else 100,
            carry=self.carry.get(member, Fraction(0)),
            verdicts=verdicts,
        )
        self.carry[member] = quote.carry
        self.points[member] += quote.points
        for bonus, extra in zip(quote.rule.bonuses, quote.rule.extras(basket), strict=True):
            if extra:
                self._count(UUID(bonus.rule), member, day, -(-extra.numerator // extra.denominator))

    def _count(self, rule: UUID, member: UUID, day: date, points: int) -> None:
        for place in (rule, (rule, member), (rule, member, day), (rule, member, day.replace(day=1), "month")):
            self.given[place] += points
        self.times[rule] += 1
        self.to[rule].add(member)


def replay(program: Program, now: datetime, *, before: Sequence[Standing], after: Sequence[Standing]) -> Replay:
    """Run both sets of rules over what members bought and kept in the last DAYS days.

    Every rule is taken as if it had counted all the time, unless its own days say otherwise; tiers, tags and segments
    are those of today, and nobody has a part of a point to begin with.
    """
    purchases = _purchases(now)
    sides = _Side(program, before), _Side(program, after)
    by_line = any(rule.definition.looks_at_lines for rule in (*before, *after))
    baskets = baskets_of(purchases, program, by_line=by_line)
    segments, returned = _segments([*before, *after]), _returned_lines(purchases)
    for purchase, circumstances, tier in _history(program, purchases, segments):
        basket = _kept(purchase, baskets[purchase.pk], returned)
        for side in sides:
            side.serve(purchase.member_id, basket, circumstances, tier)  # type: ignore[arg-type]
    return _compared(purchases, *sides)


def _purchases(now: datetime) -> list[Purchase]:
    """Those of members, kept at least in part, in the order of time."""
    zone = current_tenant().zone
    since = start_of_day(local_day(now, zone) - timedelta(days=DAYS), zone)
    rows = Purchase.objects.filter(member__isnull=False, occurred_at__gte=since, occurred_at__lte=now)
    newest = rows.select_related("member").order_by("-occurred_at", "-pk")[:MOST_PURCHASES]
    return [one for one in reversed(newest) if one.kept > 0]


def _kept(purchase: Purchase, basket: Basket, returned: Mapping[str, tuple[int, Decimal]]) -> Basket:
    """What the member kept of it, line by line."""
    if not purchase.returned:
        return basket
    lines = []
    for line in basket.lines:
        total, items = returned.get(line.id, (0, Decimal(0)))
        lines.append(replace(line, returned=total, items=line.items - Fraction(items)))
    return replace(basket, returned=purchase.returned, lines=tuple(lines))


def _returned_lines(purchases: Sequence[Purchase]) -> dict[str, tuple[int, Decimal]]:
    """Minor units and items that came back, by the line's id in hex."""
    ids = [one.pk for one in purchases if one.returned]
    rows = PurchaseLine.objects.filter(purchase__in=ids).values_list("pk", "returned_total", "returned_quantity")
    return {pk.hex: (total, quantity) for pk, total, quantity in rows}


def _history(
    program: Program, purchases: Sequence[Purchase], segments: Mapping[UUID, frozenset[UUID]]
) -> Iterator[tuple[Purchase, Circumstances, Tier | None]]:
    """Each purchase with what was true of its member at the time."""
    zone = current_tenant().zone
    ids = {one.member_id for one in purchases if one.member_id}
    tags, tiers = _tags(ids), _tiers(program, ids)
    days = _days_before(ids, purchases[0].occurred_at) if purchases else {}
    last: dict[UUID, date] = {}
    for purchase in purchases:
        member: Member = purchase.member  # type: ignore[assignment]  # purchases of nobody were left out
        when = purchase.occurred_at.astimezone(zone)
        again = last.get(member.pk) == when.date()
        known = member.birth_month is not None and member.birth_day is not None
        tier = tiers.get(member.pk)
        yield (
            purchase,
            Circumstances(
                when=when,
                location=purchase.location_id,
                tier=tier.pk if tier else None,
                tags=frozenset(tags.get(member.pk, ())),
                segments=frozenset(pk for pk, inside in segments.items() if member.pk in inside),
                birthday=(member.birth_month, member.birth_day) if known else None,  # type: ignore[arg-type]
                joined_on=local_day(member.joined_at, zone),
                days_before=days.get(member.pk, 0),
                again_today=again,
            ),
            tier,
        )
        if not again:
            last[member.pk] = when.date()
            days[member.pk] = days.get(member.pk, 0) + 1


def _segments(rules: Iterable[Standing]) -> dict[UUID, frozenset[UUID]]:
    """Who is in each of the segments that rules name, today."""
    named = {pk for one in rules for pk in one.definition.segments}
    found = Segment.objects.filter(pk__in=named)
    return {one.pk: frozenset(members_in(one).values_list("pk", flat=True)) for one in found}


def _tags(members: Iterable[UUID]) -> Mapping[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for member, tag in MemberTag.objects.filter(member__in=members).values_list("member_id", "tag_id"):
        found[member].add(tag)
    return found


def _tiers(program: Program, members: Iterable[UUID]) -> dict[UUID, Tier]:
    accounts = Account.objects.filter(program=program, member__in=members, tier__isnull=False).select_related("tier")
    return {account.member_id: account.tier for account in accounts}  # type: ignore[misc]


def _days_before(members: Iterable[UUID], moment: datetime) -> dict[UUID, int]:
    """On how many days each bought and kept something before a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, count(DISTINCT (occurred_at AT TIME ZONE %s)::date) FROM customers_purchase"
            " WHERE tenant_id = %s AND member_id = ANY(%s) AND occurred_at < %s AND (returned < total OR total = 0)"
            " GROUP BY member_id",
            [str(current_tenant().zone), current_tenant_id(), list(members), moment],
        )
        return dict(cursor.fetchall())


def _compared(purchases: Sequence[Purchase], before: _Side, after: _Side) -> Replay:
    members = {one.member.pk: one.member for one in purchases if one.member}
    changed = [
        Changed(member, before.points[pk], after.points[pk])
        for pk, member in members.items()
        if before.points[pk] != after.points[pk]
    ]
    changed.sort(key=lambda one: (-abs(one.by), str(one.member)))
    first = purchases[0].occurred_at if purchases else None
    return Replay(
        first_day=local_day(first, current_tenant().zone) if first else date.min,
        purchases=len(purchases),
        members=len(members),
        before=sum(before.points.values()),
        after=sum(after.points.values()),
        rules=[
            Given(rule.name, after.given[rule.rule], after.times[rule.rule], len(after.to[rule.rule]))
            for rule in after.rules
        ],
        more=sum(1 for one in changed if one.by > 0),
        less=sum(1 for one in changed if one.by < 0),
        furthest=changed[:MOST_NAMED],
    )
