"""Polls and quizzes for tests, through the front doors."""

from typing import Any

from customers.models import Member
from programs.domain.polls.answering import answer_poll
from programs.domain.polls.definition import Definition, Question
from programs.domain.polls.publishing import compose_poll, publish_poll
from programs.enums import PollKind, QuestionKind
from programs.models import Poll, PollAnswer, Program
from tenants.actors import Actor
from tests.programs.shop import SYSTEM

QUESTIONS = (
    Question("drink", QuestionKind.SINGLE, "What do you drink?", ("Coffee", "Tea")),
    Question("cakes", QuestionKind.MULTIPLE, "Which cakes?", ("Torte", "Strudel", "Bread"), required=False),
    Question("how", QuestionKind.SCALE, "How was it?", steps=5),
    Question("words", QuestionKind.TEXT, "Anything else?", required=False),
)
QUIZ = (
    Question("bean", QuestionKind.SINGLE, "Where is the bean from?", ("Peru", "Kenya"), ("Kenya",)),
    Question("oat", QuestionKind.MULTIPLE, "What is vegan?", ("Oat", "Cow", "Soy"), ("Oat", "Soy")),
)
GOOD = {"drink": "Coffee", "cakes": ["Strudel"], "how": 5, "words": "Lovely"}


def make_poll(program: Program, name: str = "About you", *, kind: str = PollKind.POLL, **fields: Any) -> Poll:
    """Published, for 10 points, unless told otherwise."""
    questions = QUIZ if kind == PollKind.QUIZ else QUESTIONS
    definition = Definition(**{"questions": questions, "points": 10, **fields})
    return publish_poll(compose_poll(program, kind=kind, name=name, definition=definition, by=SYSTEM), by=SYSTEM)


def answer(member: Member, poll: Poll, **given: Any) -> PollAnswer:
    kept = given or (GOOD if poll.kind == PollKind.POLL else {"bean": "Kenya", "oat": ["Oat", "Soy"]})
    return answer_poll(member, poll=poll, answers=kept, by=Actor.member(member.pk))
