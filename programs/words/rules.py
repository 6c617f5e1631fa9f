"""Earning rules in words: what they give and when, and why one did or did not count for a purchase."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from babel.dates import format_time, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty_saas.lib.locales import babel_locale
from programs.domain.rules.conditions import Condition
from programs.domain.rules.definition import MINUTES, Definition
from programs.enums import Around, Comparison, FieldKind, LimitPeriod, RuleEffect, RuleOccasion
from programs.models import Program
from programs.words.unit import in_points, part_of_point
from tenants.isolation import current_tenant
from tenants.templatetags.show import day, money, number


def gives(definition: Definition, program: Program) -> str:
    """What it adds: "2 times the points", "5 points for every 2 items"."""
    if definition.effect == RuleEffect.MULTIPLY:
        times = number(definition.amount / 100)
        return _("%(times)s times the %(unit)s") % {"times": times, "unit": program.unit_many}
    points = in_points(program, definition.amount)
    if not definition.is_for_purchases:
        return _gives_for_happening(definition, points)
    if definition.effect == RuleEffect.ITEMS:
        return ngettext(
            "%(points)s more for each item", "%(points)s more for every %(every)s items", definition.every
        ) % {"points": points, "every": number(definition.every)}
    if definition.effect == RuleEffect.SPEND:
        return _("%(points)s more for every %(amount)s") % {"points": points, "amount": money(definition.every)}
    return _("%(points)s more") % {"points": points}


def _gives_for_happening(definition: Definition, points: str) -> str:
    counted = definition.name_of(definition.per)
    if definition.effect == RuleEffect.ITEMS:
        said = _("%(points)s for every %(every)s of “%(field)s”")
        return said % {"points": points, "every": number(definition.every), "field": counted}
    if definition.effect == RuleEffect.SPEND:
        said = _("%(points)s for every %(amount)s of “%(field)s”")
        return said % {"points": points, "amount": money(definition.every), "field": counted}
    return points


def conditions(definition: Definition) -> list[str]:
    """When it counts, one condition each; none for a rule that always does."""
    said = [_occasion(definition), *map(asked, definition.conditions), _days(definition.weekdays)]
    said += [_hours(definition), _dates(definition)]
    if definition.minimum:
        said.append(_("purchases from %(amount)s") % {"amount": money(definition.minimum)})
    if goods := named(definition, (*definition.products, *definition.categories)):
        said.append(_("on %(goods)s") % {"goods": goods})
    if places := named(definition, definition.locations):
        said.append(_("at %(places)s") % {"places": places})
    if tiers := named(definition, definition.tiers):
        said.append(_("for %(tiers)s") % {"tiers": tiers})
    if tags := named(definition, definition.tags):
        said.append(_("for members tagged %(tags)s") % {"tags": tags})
    if segments := named(definition, definition.segments):
        said.append(_("for members in “%(segments)s”") % {"segments": segments})
    return [one for one in said if one]


def limits(definition: Definition, program: Program) -> list[str]:
    said = _in_time(definition, program)
    if definition.most_for_member is not None:
        said.append(_("at most %(points)s for a member") % {"points": in_points(program, definition.most_for_member)})
    if definition.budget is not None:
        said.append(_budget(definition.budget, definition, program))
    return said


def _budget(points: int, definition: Definition, program: Program) -> str:
    if definition.budget_in_money and definition.budget_money is not None:
        told = {"amount": money(definition.budget_money), "points": in_points(program, points)}
        return _("at most %(amount)s altogether, which is %(points)s") % told
    return _("at most %(points)s altogether") % {"points": in_points(program, points)}


def asked(condition: Condition) -> str:
    """A condition on an event's field: "Stars at least 4"."""
    shown = [value_in_words(condition.kind, value) for value in condition.values]
    told = {"field": condition.name, "value": either(shown)}
    said = {
        Comparison.IS: _("%(field)s: %(value)s"),
        Comparison.ONE_OF: _("%(field)s: %(value)s"),
        Comparison.LEAST: _("%(field)s at least %(value)s"),
        Comparison.MOST: _("%(field)s at most %(value)s"),
        Comparison.CONTAINS: _("%(field)s with “%(value)s”"),
    }
    if condition.kind == FieldKind.DATE:
        said |= {Comparison.LEAST: _("%(field)s from %(value)s"), Comparison.MOST: _("%(field)s until %(value)s")}
    return said[Comparison(condition.how)] % told


def value_in_words(kind: str, value: Any) -> str:
    """What a field of an event holds, as people read it."""
    if kind == FieldKind.FLAG:
        return _("yes") if value in (True, "yes") else _("no")
    if kind == FieldKind.AMOUNT:
        return money(int(value))
    if kind == FieldKind.NUMBER:
        return str(format_decimal(Decimal(str(value)), locale=babel_locale(current_tenant().locale)))
    return day(date.fromisoformat(value)) if kind == FieldKind.DATE else str(value)


def in_words(definition: Definition, program: Program) -> str:
    """The whole rule as one line, for the owner: "2 times the points · on Tuesday · at most 50 points a day"."""
    return " · ".join([gives(definition, program), *conditions(definition), *limits(definition, program)])


def in_words_for_member(definition: Definition, program: Program) -> str:
    """The same as a promise to a member it is for; by which tag or tier they have it is the business's own affair."""
    said = [gives(definition, program), *conditions(replace(definition, tags=(), tiers=(), segments=()))]
    said += _in_time(definition, program)
    if definition.most_for_member is not None:
        said.append(_("at most %(points)s for you") % {"points": in_points(program, definition.most_for_member)})
    if definition.budget is not None:
        said.append(_("until %(points)s are given out to all") % {"points": in_points(program, definition.budget)})
    return " · ".join(said)


def _in_time(definition: Definition, program: Program) -> list[str]:
    said = []
    if definition.most_in_day is not None:
        said.append(_("at most %(points)s a day") % {"points": in_points(program, definition.most_in_day)})
    if definition.most_in_month is not None:
        said.append(_("at most %(points)s a month") % {"points": in_points(program, definition.most_in_month)})
    return said


def named(definition: Definition, chosen: Sequence[str]) -> str:
    names = [name for pk in chosen if (name := definition.name_of(pk))]
    return either(names)


def either(names: Sequence[str]) -> str:
    """ "A, B or C" in the business's language."""
    return str(format_list(list(names), style="or", locale=babel_locale(current_tenant().language))) if names else ""


def told(reason: Mapping[str, Any], program: Program) -> str:
    """What a rule did for a purchase, from the entry's reasons, for staff: a sentence."""
    tenant = current_tenant()
    around = (get_language() or "", tenant.language, tenant.locale, tenant.currency)
    if reason["counts"]:
        return _gave(program, program.unit_one, program.unit_many, around, reason["name"], reason["points"])
    lacking = json.dumps(reason["missing"])
    return _did_not_count(program, program.unit_one, program.unit_many, around, reason["name"], lacking)


# Every sale tells what each rule did, mostly in the words of the sale before. All that the words are made of is in the
# key; the program itself is one by its id alone, so what it calls its points stands beside it.
@lru_cache(maxsize=4096)
def _gave(program: Program, one: str, many: str, around: tuple[str, ...], name: str, given: str) -> str:
    points = Fraction(given)
    said = in_points(program, int(points)) if points.denominator == 1 else _part(points, program)
    return _("“%(rule)s” gave %(points)s more.") % {"rule": name, "points": said}


@lru_cache(maxsize=4096)
def _did_not_count(program: Program, one: str, many: str, around: tuple[str, ...], name: str, lacking: str) -> str:
    causes = list(dict.fromkeys(said for reason in json.loads(lacking) if (said := missing(reason, program))))
    because = "; ".join(causes) or _("nothing counted for it")
    return _("“%(rule)s” did not count: %(because)s.") % {"rule": name, "because": because}


def told_to_member(reason: Mapping[str, Any], program: Program) -> str:
    """The same for the member; empty for rules that were meant for others (their own tag, tier or segment)."""
    if any(one["what"] in ("tag", "tier", "segment") for one in reason["missing"]):
        return ""
    return told(reason, program)


def missing(one: Mapping[str, Any], program: Program) -> str:
    """What was missing, as the part of a sentence after a colon."""
    told_by = _MISSING.get(one["what"])
    return told_by(one, program) if told_by else ""


def _part(points: Fraction, program: Program) -> str:
    return f"{part_of_point(points)} {program.unit_many}"


def _occasion(definition: Definition) -> str:
    around = {
        Around.DAY: _("on their birthday"),
        Around.WEEK: _("three days around their birthday"),
        Around.MONTH: _("in the month of their birthday"),
    }
    joined = {
        Around.DAY: _("on the day they joined, each year"),
        Around.WEEK: _("three days around the day they joined, each year"),
        Around.MONTH: _("in the month they joined, each year"),
    }
    name = definition.name_of(definition.subject)
    said = {
        RuleOccasion.EVENT: _("for “%(name)s”") % {"name": name},
        RuleOccasion.FRIEND: _("when a friend they brought has bought"),
        RuleOccasion.POLL: _("for answering “%(name)s”") % {"name": name} if name else _("for answering questions"),
        RuleOccasion.BROUGHT: _("when they have bought, brought by a friend"),
        RuleOccasion.ADVOCACY: (
            _("when “%(name)s” was approved") % {"name": name} if name else _("when a recommendation was approved")
        ),
        RuleOccasion.ANY: "",
        RuleOccasion.FIRST: _("on the first purchase"),
        RuleOccasion.VISIT: _("once every %(nth)s visits") % {"nth": number(definition.nth)},
        RuleOccasion.BIRTHDAY: around[Around(definition.around)],
        RuleOccasion.ANNIVERSARY: joined[Around(definition.around)],
    }
    return said[RuleOccasion(definition.occasion)]


def _days(weekdays: Sequence[int]) -> str:
    return _("on %(days)s") % {"days": either([_weekday(one) for one in sorted(weekdays)])} if weekdays else ""


def _weekday(number_of_day: int) -> str:
    names = get_day_names("wide", context="format", locale=babel_locale(current_tenant().language))
    return str(names[number_of_day])


def _hours(definition: Definition) -> str:
    start, end = definition.from_minute, definition.to_minute
    if start is None or end is None:
        return ""
    return _("from %(start)s to %(end)s") % {"start": clock(start), "end": clock(end)}


def _dates(definition: Definition) -> str:
    first, last = definition.first_day, definition.last_day
    if first and last:
        return _("from %(first)s to %(last)s") % {"first": day(first), "last": day(last)}
    if first:
        return _("from %(first)s") % {"first": day(first)}
    return _("until %(last)s") % {"last": day(last)} if last else ""


def clock(minute: int) -> str:
    """A minute of the day as people write it: "14:30"."""
    minute %= MINUTES
    return str(format_time(time(minute // 60, minute % 60), format="short", locale=current_tenant().locale))


def _was(one: Mapping[str, Any], _program: Program) -> str:
    """The moment it was, with the day, for whoever bought at twenty past midnight."""
    there = date.fromisoformat(one["day"])
    return _("it was %(time)s on %(weekday)s") % {"time": clock(one["minute"]), "weekday": _weekday(there.weekday())}


def _for_others(one: Mapping[str, Any], _program: Program) -> str:
    return _("it is for %(names)s") % {"names": either(one["names"])}


def _visit(one: Mapping[str, Any], _program: Program) -> str:
    if one["again"]:
        return _("this day’s visit was counted before")
    return _("it was visit number %(visit)s, and it is for every %(nth)s") % {
        "visit": number(one["visit"]),
        "nth": number(one["nth"]),
    }


def _items(one: Mapping[str, Any], _program: Program) -> str:
    if not one["known"]:
        return _("what was bought was not entered")
    return _("%(items)s of %(every)s items") % {"items": number(one["items"]), "every": number(one["every"])}


def _products(one: Mapping[str, Any], _program: Program) -> str:
    if not one["known"]:
        return _("what was bought was not entered")
    return _("nothing from %(names)s") % {"names": either(one["names"])}


def _cap(one: Mapping[str, Any], program: Program) -> str:
    said = {
        "day_cap": _("%(points)s a day are the most, and were given"),
        "month_cap": _("%(points)s a month are the most, and were given"),
        "member_cap": _("%(points)s for a member are the most, and were given"),
        "budget": _("the %(points)s set aside for it are given out"),
    }
    return said[one["what"]] % {"points": in_points(program, one["cap"])}


def _payload(one: Mapping[str, Any], _program: Program) -> str:
    if one["there"] is None:
        return _("“%(field)s” was left out") % {"field": one["name"]}
    told = {"field": one["name"], "there": value_in_words(one["kind"], one["there"]), "asked": ""}
    told["asked"] = asked(Condition.from_json(one))
    return _("“%(field)s” was %(there)s, and it asks for “%(asked)s”") % told


def _event_limit(one: Mapping[str, Any], _program: Program) -> str:
    period = str(LimitPeriod(one["period"]).label) if one["period"] else _("in all")
    said = ngettext("it counts once %(period)s", "it counts %(most)s times %(period)s", one["most"])
    return said % {"most": number(one["most"]), "period": period}


_MISSING = {
    "payload": _payload,
    "event_limit": _event_limit,
    "counted_field": lambda one, _program: _("there was too little in “%(field)s”") % {"field": one["name"]},
    "weekday": _was,
    "hours": _was,
    "not_yet": lambda one, _program: _("it begins on %(day)s") % {"day": day(date.fromisoformat(one["first"]))},
    "over": lambda one, _program: _("it ended on %(day)s") % {"day": day(date.fromisoformat(one["last"]))},
    "tier": _for_others,
    "tag": _for_others,
    "segment": _for_others,
    "location": lambda one, _program: _("it counts at %(names)s") % {"names": either(one["names"])},
    "first": lambda _one, _program: _("it is for the first purchase"),
    "visit": _visit,
    "birthday": lambda one, _program: (
        _("it was not around the birthday") if one["known"] else _("the birthday is not known")
    ),
    "anniversary": lambda _one, _program: _("it was not around the day of joining"),
    "spend": lambda one, _program: (
        _("it counts from %(minimum)s, and this was %(paid)s")
        % {"minimum": money(one["minimum"]), "paid": money(one["paid"])}
    ),
    "products": _products,
    "items": _items,
    "day_cap": _cap,
    "month_cap": _cap,
    "member_cap": _cap,
    "budget": _cap,
    "better": lambda _one, _program: _("something better counted"),
}
