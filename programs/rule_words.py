"""Earning rules in words: what they give and when, and why one did or did not count for a purchase."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from fractions import Fraction
from typing import Any

from babel.dates import format_time, get_day_names
from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loyalty_saas.lib.locales import babel_locale
from programs.domain.rules.definition import MINUTES, Definition
from programs.enums import Around, RuleEffect, RuleOccasion
from programs.models import Program
from programs.unit import in_points, part_of_point
from tenants.isolation import current_tenant
from tenants.templatetags.show import day, money, number


def gives(definition: Definition, program: Program) -> str:
    """What it adds: "2 times the points", "5 points for every 2 items"."""
    if definition.effect == RuleEffect.MULTIPLY:
        times = number(definition.amount / 100)
        return _("%(times)s times the %(unit)s") % {"times": times, "unit": program.unit_many}
    points = in_points(program, definition.amount)
    if definition.effect == RuleEffect.ITEMS:
        return ngettext(
            "%(points)s more for each item", "%(points)s more for every %(every)s items", definition.every
        ) % {"points": points, "every": number(definition.every)}
    if definition.effect == RuleEffect.SPEND:
        return _("%(points)s more for every %(amount)s") % {"points": points, "amount": money(definition.every)}
    return _("%(points)s more") % {"points": points}


def conditions(definition: Definition) -> list[str]:
    """When it counts, one condition each; none for a rule that always does."""
    said = [_occasion(definition), _days(definition.weekdays), _hours(definition), _dates(definition)]
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
        said.append(_("at most %(points)s altogether") % {"points": in_points(program, definition.budget)})
    return said


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
    name = reason["name"]
    if reason["counts"]:
        points = Fraction(reason["points"])
        said = in_points(program, int(points)) if points.denominator == 1 else _part(points, program)
        return _("“%(rule)s” gave %(points)s more.") % {"rule": name, "points": said}
    causes = list(dict.fromkeys(sentence for one in reason["missing"] if (sentence := missing(one, program))))
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
    said = {
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


_MISSING = {
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
