"""A poll and a quiz in a sample, with what some of its members answered."""

import contextlib
import datetime
import random
from typing import TYPE_CHECKING

from customers.enums import Source
from loyalty_saas.lib.errors import DomainError
from programs.demo.clock import clock_at
from programs.domain.accounts import points_program
from programs.domain.polls.answering import answer_poll
from programs.domain.polls.definition import Definition, Question
from programs.domain.polls.publishing import compose_poll, publish_poll
from programs.enums import PollKind, QuestionKind
from programs.models import Account
from tenants.actors import Actor

if TYPE_CHECKING:
    from programs.demo.play import Play

BEGAN, ANSWERS = 14, 14
_POLL = (
    Question(
        "q1", QuestionKind.SINGLE.value, "How do you like your mornings?", ("Quiet", "With music", "With company")
    ),
    Question(
        "q2",
        QuestionKind.MULTIPLE.value,
        "What should we bake more often?",
        ("Apple strudel", "Banana bread", "Something vegan"),
        required=False,
    ),
    Question("q3", QuestionKind.SCALE.value, "How warmly would you recommend us?", steps=5),
    Question("q4", QuestionKind.TEXT.value, "Anything you miss?", required=False),
)
_QUIZ = (
    Question(
        "q1", QuestionKind.SINGLE.value, "Where does our espresso come from?", ("Peru", "Kenya", "Vienna"), ("Peru",)
    ),
    Question(
        "q2",
        QuestionKind.MULTIPLE.value,
        "What belongs in a melange?",
        ("Espresso", "Hot milk", "Milk foam", "Cocoa"),
        ("Espresso", "Hot milk", "Milk foam"),
    ),
)
_WORDS = ("Later hours on Sunday.", "Nothing at all!", "A bench in the sun.")


def ask_members(play: "Play") -> None:
    """Nothing for a sample in which nothing else happens than purchases."""
    program = points_program()
    if not play.sample.happenings or program is None:
        return
    by, chance = Actor.staff(play.stage.staff[0]), random.Random(play.sample.seed + 4)  # noqa: S311 - a play
    with clock_at(play.now - datetime.timedelta(days=BEGAN)):
        opinion = Definition(
            _POLL, points=10, budget=500, last_day=(play.now + datetime.timedelta(days=20)).date(), shows="after"
        )
        poll = publish_poll(
            compose_poll(program, kind=PollKind.POLL, name="Your mornings", definition=opinion, by=by), by=by
        )
        known = Definition(_QUIZ, points=5, pass_points=15, pass_at=2, budget=400)
        quiz = publish_poll(
            compose_poll(program, kind=PollKind.QUIZ, name="Do you know your coffee?", definition=known, by=by), by=by
        )
    accounts = list(Account.objects.filter(program=program).order_by("-lifetime", "pk").select_related("member")[:40])
    for number, account in enumerate(chance.sample(accounts, min(ANSWERS, len(accounts)))):
        mine = {
            "q1": chance.choice(_POLL[0].choices),
            "q2": [chance.choice(_POLL[1].choices)],
            "q3": chance.randint(3, 5),
        }
        if number < len(_WORDS):
            mine["q4"] = _WORDS[number]
        right = chance.random() < 0.6
        knows = {"q1": "Peru" if right else "Kenya", "q2": list(_QUIZ[1].right)}
        for asked, given in ((poll, mine), *(((quiz, knows),) if number % 2 else ())):
            with contextlib.suppress(DomainError):
                answer_poll(
                    account.member,
                    poll=asked,
                    answers=given,
                    by=Actor.member(account.member_id),
                    source=Source.DEMO,
                    silent=True,
                )
