"""An answer as earning rules look at it."""

from typing import Any

from programs.domain.polls.definition import Definition
from programs.domain.rules.happenings import Happening
from programs.enums import RuleOccasion
from programs.models import PollAnswer


def happening_of(answer: PollAnswer) -> Happening:
    """What rules may ask of it: whether a quiz was passed, and what was answered, unless no names stand with that."""
    payload: dict[str, Any] = {}
    if not Definition.from_json(answer.poll.definition).anonymous:
        payload = {key: value for key, value in answer.answers.items() if not isinstance(value, list)}
    if answer.passed is not None:
        payload["passed"] = answer.passed
    return Happening(RuleOccasion.POLL, answer.answered_at, subject=answer.poll_id, payload=payload)
