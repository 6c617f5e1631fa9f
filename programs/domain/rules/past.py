"""What members bought, with what was true of them at the time: for trying on it how a program would have earned."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from django.db import connection

from customers.models import Member, MemberTag, Purchase, PurchaseLine, Segment
from customers.segments import members_in
from loyalty_saas.lib.days import local_day, start_of_day
from programs.domain.awards import baskets_of
from programs.domain.earning import Basket
from programs.domain.rules.judging import Circumstances, Standing
from programs.models import Account, Program, Tier
from tenants.isolation import current_tenant, current_tenant_id


def past_purchases(now: datetime, *, days: int, most: int) -> list[Purchase]:
    """The newest of members, kept at least in part, in the order of time; at most so many, from so many days."""
    zone = current_tenant().zone
    since = start_of_day(local_day(now, zone) - timedelta(days=days), zone)
    rows = Purchase.objects.filter(member__isnull=False, occurred_at__gte=since, occurred_at__lte=now)
    newest = rows.select_related("member").order_by("-occurred_at", "-pk")[:most]
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


def history(
    program: Program, purchases: Sequence[Purchase], *, rules: Iterable[Standing]
) -> Iterator[tuple[Purchase, Basket, Circumstances, Tier | None]]:
    """Each purchase with what was kept of it and what was true of its member at the time, as far as `rules` ask.

    Tiers, tags and segments are those of today.
    """
    rules = list(rules)
    zone, segments, returned = current_tenant().zone, members_of_segments(rules), _returned_lines(purchases)
    baskets = baskets_of(purchases, program, by_line=any(rule.definition.looks_at_lines for rule in rules))
    ids = {one.member_id for one in purchases if one.member_id}
    tags, tiers = tags_of(ids), tiers_of(program, ids)
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
            _kept(purchase, baskets[purchase.pk], returned),
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


def members_of_segments(rules: Iterable[Standing]) -> dict[UUID, frozenset[UUID]]:
    """Who is in each of the segments that rules name, today."""
    named = {pk for one in rules for pk in one.definition.segments}
    found = Segment.objects.filter(pk__in=named)
    return {one.pk: frozenset(members_in(one).values_list("pk", flat=True)) for one in found}


def tags_of(members: Iterable[UUID]) -> Mapping[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for member, tag in MemberTag.objects.filter(member__in=members).values_list("member_id", "tag_id"):
        found[member].add(tag)
    return found


def tiers_of(program: Program, members: Iterable[UUID]) -> dict[UUID, Tier]:
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
