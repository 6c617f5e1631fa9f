"""What else happens in a sample than purchases: a cup brought along, an evening attended, and the rules for it."""

import datetime
import random
from typing import TYPE_CHECKING

from customers.enums import Source
from programs.demo.clock import clock_at
from programs.domain.accounts import points_program
from programs.domain.events.fields import PayloadField
from programs.domain.events.recording import record_event
from programs.domain.events.types import TypeDetails, define_event_type
from programs.domain.rules.conditions import Condition
from programs.domain.rules.definition import Definition
from programs.domain.rules.publishing import compose_rule, publish_rule
from programs.enums import Comparison, FieldKind, LimitPeriod, RuleEffect, RuleOccasion
from programs.models import Account, EventType
from tenants.actors import Actor

if TYPE_CHECKING:
    from programs.demo.play import Play

# So many days before the end it begins, and so many events there are.
BEGAN, EVENTS = 60, 24
_STARS = PayloadField("stars", "Stars", FieldKind.NUMBER, required=True)
_COURSE = PayloadField("course", "Evening", FieldKind.CHOICE, choices=("Cupping", "Latte art"), required=True)
_WORDS = PayloadField("words", "In their words", FieldKind.TEXT)


def play_happenings(play: "Play") -> None:
    """Two kinds of event, a rule for each, and some of both. Nothing for a sample that has none."""
    program = points_program()
    if not play.sample.happenings or program is None:
        return
    by, chance = Actor.staff(play.stage.staff[0], play.stage.locations[0].pk), random.Random(play.sample.seed + 3)  # noqa: S311
    with clock_at(play.now - datetime.timedelta(days=BEGAN)):
        cup = define_event_type(
            TypeDetails("Own cup brought", by_staff=True, most=1, period=LimitPeriod.DAY.value), by=by
        )
        evening = define_event_type(
            TypeDetails("Coffee evening", fields=(_COURSE, _STARS, _WORDS), by_staff=True), by=by
        )
        good = Condition("stars", "Stars", FieldKind.NUMBER.value, Comparison.LEAST.value, ("4",))
        for name, amount, kind, more in (
            ("Your own cup", 2, cup, {"most_in_month": 20}),
            ("You liked the evening", 15, evening, {"conditions": (good,)}),
        ):
            definition = Definition(
                RuleEffect.FIXED, amount, occasion=RuleOccasion.EVENT.value, subject=str(kind.pk), **more
            )
            publish_rule(compose_rule(program, name=name, definition=definition, by=by), by=by)
        friends = Definition(RuleEffect.FIXED, 10, occasion=RuleOccasion.FRIEND.value, most_in_month=30)
        publish_rule(compose_rule(program, name="For a friend", definition=friends, by=by), by=by)
    accounts = list(Account.objects.filter(program=program).order_by("-lifetime", "pk").select_related("member")[:12])
    for number in range(EVENTS):
        kind = evening if number % 3 == 2 else cup
        _happen(play, kind, chance.choice(accounts), chance, number)


def _happen(play: "Play", kind: EventType, account: Account, chance: random.Random, number: int) -> None:
    payload = {"course": chance.choice(_COURSE.choices), "stars": chance.choice((3, 4, 5, 5))} if kind.fields else {}
    record_event(
        account.member,
        kind=kind,
        payload=payload,
        by=Actor.staff(play.stage.staff[0], play.stage.locations[0].pk),
        key=f"sample-event-{number}",
        source=Source.DEMO,
        occurred_at=play.now - datetime.timedelta(days=chance.randrange(1, BEGAN - 2), minutes=chance.randrange(300)),
        silent=True,
    )
