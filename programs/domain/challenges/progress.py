"""How far somebody is with a challenge, from what they bought and kept. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from programs.domain.challenges.definition import Definition
from programs.enums import ChallengeKind

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase as far as it is kept: its local day, what is kept of it in minor units, the goods it kept."""

    day: date
    kept: int
    goods: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `goal` steps. `collected` are the ids of a set that are there; `forgiven`: a week was missed.

    `this_week`: of a streak, whether the present week counts already.
    """

    done: int
    goal: int
    collected: frozenset[str] = frozenset()
    forgiven: bool = False
    this_week: bool = False

    @property
    def is_done(self) -> bool:
        return self.done >= self.goal

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // max(self.goal, 1))


def progress_in(definition: Definition, bought: Iterable[Bought], *, since: date, today: date) -> Progress:
    """How far, counting what was bought from `since` (the day it was published) on; days that come later count not."""
    first = max(since, definition.first_day) if definition.first_day else since
    last = min(today, definition.last_day) if definition.last_day else today
    counting = [one for one in bought if first <= one.day <= last and _counts(definition, one)]
    if definition.kind == ChallengeKind.COLLECT:
        there = frozenset(pk for one in counting for pk in one.goods) & frozenset(definition.chosen)
        return Progress(len(there), definition.steps, collected=there)
    days = sorted({one.day for one in counting})
    if definition.kind == ChallengeKind.TIMES:
        return Progress(min(len(days), definition.goal), definition.goal)
    return _streak(days, definition.goal, _monday(last))


def _counts(definition: Definition, one: Bought) -> bool:
    if one.kept <= 0 or one.kept < definition.minimum:
        return False
    return not definition.chosen or bool(one.goods & set(definition.chosen))


def _streak(days: Sequence[date], goal: int, now: date) -> Progress:
    """Weeks from Monday to Sunday. One missed week between two is forgiven, a second one (or two in a row) begins anew.

    The present week is not missed yet.
    """
    weeks = {_monday(day) for day in days}
    run = since_gap = best = 0
    forgiven = False
    week = min(weeks, default=now)
    while week <= now:
        if week in weeks:
            run, since_gap = run + 1, since_gap + 1
            best = max(best, run)
            if best >= goal:
                return Progress(goal, goal, forgiven=forgiven, this_week=now in weeks)
        elif week < now and run:
            if forgiven:
                # What came after the first missed week is a streak with this one missed.
                run = since_gap
            forgiven, since_gap = run > 0 and since_gap > 0, 0
            run = run if forgiven else 0
        week += _WEEK
    return Progress(run, goal, forgiven=forgiven, this_week=now in weeks)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
