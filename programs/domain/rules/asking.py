"""What a rule may ask of what it is about: the fields of an event, the answers to questions."""

from programs.domain.events.fields import PayloadField, fields_of
from programs.domain.polls.definition import Definition
from programs.enums import FieldKind, PollKind, QuestionKind
from programs.models import AdvocacyAction, EventType, Poll


def fields_to_ask(subject: EventType | Poll | AdvocacyAction) -> list[PayloadField]:
    """In their order. Of questions those with one choice or a number, unless they are answered without names."""
    if isinstance(subject, EventType):
        return fields_of(subject.fields)
    return _of_poll(subject) if isinstance(subject, Poll) else []


def _of_poll(poll: Poll) -> list[PayloadField]:
    definition = Definition.from_json(poll.definition)
    fields = [PayloadField("passed", "Passed", FieldKind.FLAG.value)] if poll.kind == PollKind.QUIZ else []
    for one in () if definition.anonymous else definition.questions:
        if one.kind == QuestionKind.SINGLE:
            fields.append(PayloadField(one.key, one.text, FieldKind.CHOICE.value, choices=one.choices))
        elif one.kind == QuestionKind.SCALE:
            fields.append(PayloadField(one.key, one.text, FieldKind.NUMBER.value))
    return fields
