"""What rules would have given on the business's own purchases of the last months. Reads only, and writes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from customers.models import Member, Purchase
from loyalty_saas.lib.days import local_day
from programs.domain.earning import Basket, quote_purchase
from programs.domain.rules.happenings import decide_happening, gave, is_about
from programs.domain.rules.judging import Circumstances, Standing, judge
from programs.domain.rules.past import history, past_purchases
from programs.domain.rules.past_happenings import PastHappening, past_happenings
from programs.models import Program, Tier
from tenants.isolation import current_tenant

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

    `events` happened besides, and gave by the rules that are about them. `rules` are those as drafted. `more` and
    `less` members would have had more or fewer; the furthest are named.
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
    events: int = 0

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
        rules = self._counted([one for one in self.rules if one.definition.is_for_purchases], member, day)
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

    def happen(self, past: PastHappening) -> None:
        """What else happened: only what rules give for it, as what was promised besides stays the same."""
        member, day, happening = past.member.pk, past.circumstances.when.date(), past.happening
        about = [one for one in self.rules if is_about(one.definition, happening)]
        verdicts = decide_happening(self._counted(about, member, day), happening, past.circumstances)
        given = gave(verdicts, about, happening)
        self.points[member] += given.points
        for reason in given.reasons:
            if reason["counts"]:
                self._count(UUID(reason["rule"]), member, day, int(reason["points"]))

    def _counted(self, rules: Sequence[Standing], member: UUID, day: date) -> list[Standing]:
        """With what they have given so far."""
        return [
            replace(
                one,
                given_in_day=self.given[one.rule, member, day],
                given_in_month=self.given[one.rule, member, day.replace(day=1), "month"],
                given_to_member=self.given[one.rule, member],
                given_to_all=self.given[one.rule],
            )
            for one in rules
        ]

    def _count(self, rule: UUID, member: UUID, day: date, points: int) -> None:
        for place in (rule, (rule, member), (rule, member, day), (rule, member, day.replace(day=1), "month")):
            self.given[place] += points
        self.times[rule] += 1
        self.to[rule].add(member)


def replay(program: Program, now: datetime, *, before: Sequence[Standing], after: Sequence[Standing]) -> Replay:
    """Run both sets of rules over what members bought and kept, and what else happened, in the last DAYS days.

    Every rule is taken as if it had counted all the time, unless its own days say otherwise; tiers, tags and segments
    are those of today, and nobody has a part of a point to begin with.
    """
    purchases = past_purchases(now, days=DAYS, most=MOST_PURCHASES)
    sides = _Side(program, before), _Side(program, after)
    both = (*before, *after)
    for purchase, basket, circumstances, tier in history(
        program, purchases, rules=[one for one in both if one.definition.is_for_purchases]
    ):
        for side in sides:
            side.serve(purchase.member_id, basket, circumstances, tier)  # type: ignore[arg-type]
    # No rule is about purchases and about something else, so the two need not be mixed in time.
    happened = past_happenings(program, now, days=DAYS, most=MOST_PURCHASES, rules=both)
    for past in happened:
        for side in sides:
            side.happen(past)
    return _compared(purchases, happened, *sides)


def _compared(purchases: Sequence[Purchase], happened: Sequence[PastHappening], before: _Side, after: _Side) -> Replay:
    members = {one.member.pk: one.member for one in purchases if one.member}
    members |= {one.member.pk: one.member for one in happened}
    changed = [
        Changed(member, before.points[pk], after.points[pk])
        for pk, member in members.items()
        if before.points[pk] != after.points[pk]
    ]
    changed.sort(key=lambda one: (-abs(one.by), str(one.member)))
    moments = [purchases[0].occurred_at] if purchases else []
    first = min([*moments, *(one.happening.when for one in happened[:1])], default=None)
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
        events=len(happened),
    )
