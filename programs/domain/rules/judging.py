"""Whether an earning rule matches a purchase, and what was missing where it does not. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from loyalty_saas.lib.days import birthday_on
from programs.domain.bonuses import Bonus
from programs.domain.rules.definition import MINUTES, Definition
from programs.domain.rules.verdicts import Verdict
from programs.enums import Around, RuleEffect, RuleOccasion, Stacking

if TYPE_CHECKING:
    from programs.domain.earning import Basket

Missing = dict[str, Any]
_AROUND = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule as it stands at a moment, with the points it gave the member on that day and so on, and everybody.

    What it gave to everybody is known where that sum is kept (`is_kept`), which it is for every rule with a budget.
    """

    rule: UUID
    version: int
    name: str
    definition: Definition
    given_in_day: int = 0
    given_in_month: int = 0
    given_to_member: int = 0
    given_to_all: int = 0
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """A purchase apart from its basket: `when` in the business's time zone, who the member is, how often they came.

    `days_before` are other days on which they bought and kept something; `again_today` whether this is not the first
    purchase of its day; `birthday` month and day.
    """

    when: datetime
    location: UUID | None = None
    tier: UUID | None = None
    tags: frozenset[UUID] = field(default_factory=frozenset)
    segments: frozenset[UUID] = field(default_factory=frozenset)
    birthday: tuple[int, int] | None = None
    joined_on: date | None = None
    days_before: int = 0
    again_today: bool = False


def judge(rules: Iterable[Standing], basket: "Basket", circumstances: Circumstances, *, stacking: str) -> list[Verdict]:
    """The verdicts in the order in which bonuses are added: with Stacking.BEST the highest multiplier first."""
    goods = [(line.id, str(line.product), str(line.category)) for line in basket.lines if not line.excluded]
    return [_judge(one, basket, goods, circumstances) for one in in_order(rules, stacking)]


def in_order(rules: Iterable[Standing], stacking: str) -> list[Standing]:
    """The order in which bonuses are added."""
    return sorted(rules, key=lambda one: _place(one, stacking))


def _place(standing: Standing, stacking: str) -> tuple[int, UUID]:
    definition = standing.definition
    first = stacking == Stacking.BEST and definition.effect == RuleEffect.MULTIPLY
    return (-definition.amount if first else 0, standing.rule)


def _judge(
    standing: Standing, basket: "Basket", goods: Sequence[tuple[str, str, str]], circumstances: Circumstances
) -> Verdict:
    """`goods` are the lines that count: the id of each, of its product and of its category."""
    definition, now = standing.definition, circumstances
    lines = _lines(definition, goods)
    left = _left(standing)
    missing = [
        *_when(definition, now.when),
        *_who(definition, now),
        *_what(definition, basket, lines),
        *([] if left is None or left[0] > 0 else [left[1]]),
    ]
    rule = str(standing.rule)
    if missing:
        return Verdict(rule, standing.version, standing.name, missing=tuple(missing))
    bonus = Bonus(
        rule=rule,
        version=standing.version,
        name=standing.name,
        effect=definition.effect,
        amount=definition.amount,
        every=definition.every,
        lines=lines,
        minimum=definition.minimum,
        most=left[0] if left else None,
    )
    return Verdict(rule, standing.version, standing.name, bonus)


def _when(definition: Definition, when: datetime) -> Iterator[Missing]:
    minute = when.hour * 60 + when.minute
    start, end = definition.from_minute, definition.to_minute
    day, in_hours = when.date(), True
    if start is not None and end is not None:
        if start < end:
            in_hours = start <= minute < end
        else:
            # A window over midnight belongs to the day it begins on.
            in_hours = minute >= start or minute < end
            if minute < end:
                day -= timedelta(days=1)
    clock = {"day": when.date().isoformat(), "minute": minute}
    if definition.first_day and day < definition.first_day:
        yield {"what": "not_yet", "first": definition.first_day.isoformat(), **clock}
    if definition.last_day and day > definition.last_day:
        yield {"what": "over", "last": definition.last_day.isoformat(), **clock}
    if definition.weekdays and day.weekday() not in definition.weekdays:
        yield {"what": "weekday", "weekdays": sorted(definition.weekdays), **clock}
    if not in_hours:
        yield {"what": "hours", "from": start, "to": (end or 0) % MINUTES, **clock}


def _who(definition: Definition, now: Circumstances) -> Iterator[Missing]:
    if definition.tiers and str(now.tier) not in definition.tiers:
        yield {"what": "tier", "names": _names(definition, definition.tiers)}
    if definition.tags and not {str(tag) for tag in now.tags} & set(definition.tags):
        yield {"what": "tag", "names": _names(definition, definition.tags)}
    if definition.segments and not {str(segment) for segment in now.segments} & set(definition.segments):
        yield {"what": "segment", "names": _names(definition, definition.segments)}
    if definition.locations and str(now.location) not in definition.locations:
        yield {"what": "location", "names": _names(definition, definition.locations)}
    occasion = definition.occasion
    if occasion == RuleOccasion.FIRST and (now.days_before or now.again_today):
        yield {"what": "first"}
    if occasion == RuleOccasion.VISIT and (now.again_today or (now.days_before + 1) % definition.nth):
        yield {"what": "visit", "nth": definition.nth, "visit": now.days_before + 1, "again": now.again_today}
    if occasion == RuleOccasion.BIRTHDAY and not _is_near(now.birthday, now.when.date(), definition.around):
        yield {"what": "birthday", "known": now.birthday is not None, "around": definition.around}
    if occasion == RuleOccasion.ANNIVERSARY and not _is_anniversary(now, definition.around):
        yield {"what": "anniversary", "around": definition.around}


def _what(definition: Definition, basket: "Basket", lines: Sequence[str] | None) -> Iterator[Missing]:
    if basket.kept < definition.minimum:
        yield {"what": "spend", "minimum": definition.minimum, "paid": basket.kept}
    if lines is not None and not lines:
        chosen = _names(definition, (*definition.products, *definition.categories))
        yield {"what": "products", "names": chosen, "known": bool(basket.lines)}
    elif definition.effect == RuleEffect.ITEMS:
        items = sum(line.items for line in basket.lines if not line.excluded and (lines is None or line.id in lines))
        if items < definition.every:
            yield {"what": "items", "every": definition.every, "items": int(items), "known": bool(basket.lines)}


def _lines(definition: Definition, goods: Sequence[tuple[str, str, str]]) -> tuple[str, ...] | None:
    """The ids of the lines it looks at; None for all."""
    products, categories = definition.products, definition.categories
    if not products and not categories:
        return None
    return tuple(line for line, product, category in goods if product in products or category in categories)


def _left(standing: Standing) -> tuple[int, Missing] | None:
    """Points that may still be given by the tightest of its caps, and what is missing when there are none."""
    definition = standing.definition
    caps = [
        (cap - given, {"what": what, "cap": cap})
        for what, cap, given in (
            ("day_cap", definition.most_in_day, standing.given_in_day),
            ("month_cap", definition.most_in_month, standing.given_in_month),
            ("member_cap", definition.most_for_member, standing.given_to_member),
            ("budget", definition.budget, standing.given_to_all),
        )
        if cap is not None
    ]
    return min(caps, key=lambda pair: pair[0], default=None)


def _names(definition: Definition, chosen: Iterable[str]) -> list[str]:
    return [name for pk in chosen if (name := definition.name_of(pk))]


def _is_near(birthday: tuple[int, int] | None, day: date, around: str) -> bool:
    """Whether a day lies around a birthday, which on 29 February is kept on the 28th in other years."""
    if birthday is None:
        return False
    month, of_month = birthday
    if around == Around.MONTH:
        return day.month == month
    reach = _AROUND if around == Around.WEEK else timedelta(0)
    # Around New Year it may be the birthday of the year before or after.
    return any(
        abs(birthday_on(month, of_month, year) - day) <= reach for year in (day.year - 1, day.year, day.year + 1)
    )


def _is_anniversary(now: Circumstances, around: str) -> bool:
    joined = now.joined_on
    if joined is None or now.when.date() <= joined + timedelta(days=180):
        return False
    return _is_near((joined.month, joined.day), now.when.date(), around)
