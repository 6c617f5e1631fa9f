"""The guests of a sample: who they are, when they joined, on which days they come."""

import datetime
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from customers.domain.consents import ConsentDetails
from customers.domain.members import MemberDetails
from customers.enums import ConsentChannel, Purpose
from loyalty_saas.lib.names import fold
from programs.demo.script import Habit, Sample

PROGRAM_TEXT = "I take part in the program and accept its terms."
NEWS_TEXT = "You may send me news and offers by e-mail. I can take this back at any time."


@dataclass(frozen=True, slots=True)
class Guest:
    details: MemberDetails
    consents: tuple[ConsentDetails, ...]
    habit: Habit
    joined: datetime.date
    visits: tuple[datetime.date, ...]
    note: str


def invite_guests(sample: Sample, chance: random.Random, first: datetime.date, last: datetime.date) -> list[Guest]:
    """All guests of a year, in the order in which they join. The same seed gives the same guests."""
    guests = [_guest(sample, chance, number, habit, first, last) for number, habit in enumerate(_habits(sample))]
    guests += _who_joined_twice(guests, last)
    return sorted(guests, key=lambda guest: (guest.joined, guest.details.email, guest.details.phone))


def _who_joined_twice(guests: list[Guest], last: datetime.date) -> Iterator[Guest]:
    """Two who forgot their card and were given another one: there to be found and merged."""
    known = [guest for guest in guests if guest.details.email and guest.details.birth_month and len(guest.visits) > 12]
    for number, guest in enumerate(known[:2]):
        local, _at, domain = guest.details.email.partition("@")
        details = MemberDetails(
            guest.details.given_name,
            guest.details.family_name,
            email=f"{local}+card@{domain}" if number == 0 else "",
            birth_month=guest.details.birth_month if number else None,
            birth_day=guest.details.birth_day if number else None,
        )
        joined = last - datetime.timedelta(days=20 + number)
        visits = tuple(joined + datetime.timedelta(days=days) for days in (0, 6, 13))
        yield Guest(details, (ConsentDetails(Purpose.PROGRAM, True, PROGRAM_TEXT),), guest.habit, joined, visits, "")


def _habits(sample: Sample) -> Iterator[Habit]:
    for habit in sample.habits:
        yield from [habit] * round(sample.members * habit.share)


def _guest(
    sample: Sample, chance: random.Random, number: int, habit: Habit, first: datetime.date, last: datetime.date
) -> Guest:
    joined = _joins(chance, habit, first, last)
    given, family = chance.choice(sample.given_names), chance.choice(sample.family_names)
    by_phone = chance.random() < 0.25
    details = MemberDetails(
        given_name=given,
        family_name=family,
        email="" if by_phone else _address(given, family, number),
        phone=sample.phone.format(number * 37 + 1011) if by_phone or chance.random() < 0.35 else "",
        **_birthday(chance),
        preferences=", ".join(chance.sample(sample.preferences, chance.choice((1, 1, 2))))
        if chance.random() < 0.3
        else "",
        tags=("regular table",) if chance.random() < 0.04 else (),
    )
    return Guest(
        details,
        tuple(_consents(chance, details)),
        habit,
        joined,
        tuple(_visits(sample, chance, habit, joined, last)),
        chance.choice(sample.notes) if chance.random() < 0.12 else "",
    )


def _address(given: str, family: str, number: int) -> str:
    name = re.sub("[^a-z.]", "", f"{fold(given)}.{fold(family)}")
    return f"{name}{number}@example.com"


def _joins(chance: random.Random, habit: Habit, first: datetime.date, last: datetime.date) -> datetime.date:
    days = (last - first).days
    if habit.name == "new":
        return last - datetime.timedelta(days=chance.randrange(0, 28))
    return first + datetime.timedelta(days=int(days * chance.random() ** 1.6 * 0.9))


def _birthday(chance: random.Random) -> dict[str, Any]:
    if chance.random() < 0.35:
        return {}
    day = datetime.date(1948, 1, 1) + datetime.timedelta(days=chance.randrange(57 * 365))
    return {"birth_month": day.month, "birth_day": day.day, "birth_year": day.year if chance.random() < 0.5 else None}


def _consents(chance: random.Random, details: MemberDetails) -> Iterator[ConsentDetails]:
    yield ConsentDetails(Purpose.PROGRAM, True, PROGRAM_TEXT)
    if details.email and chance.random() < 0.6:
        yield ConsentDetails(Purpose.MARKETING, True, NEWS_TEXT, ConsentChannel.EMAIL)


def _visits(
    sample: Sample, chance: random.Random, habit: Habit, joined: datetime.date, last: datetime.date
) -> Iterator[datetime.date]:
    """The day of joining, then days by the habit and the season, until they stop."""
    yield joined
    end = joined + datetime.timedelta(days=int((last - joined).days * habit.stays))
    day = joined + datetime.timedelta(days=1)
    while day <= end:
        busy = 1.25 if day.weekday() in (4, 5) else 0.92
        likely = habit.visits_a_month / 30.4 * sample.months[day.month - 1] * busy
        if day.weekday() not in sample.closed and chance.random() < likely:
            yield day
        day += datetime.timedelta(days=1)
