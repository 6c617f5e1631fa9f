"""Polls and quizzes as JSON."""

from rest_framework import serializers

from programs.enums import LimitPeriod, PollKind, QuestionKind
from tenants.api.shapes import Choice, Day, Id, Moment, PageQuery, Shape, Text, Whole, page_of


class ShownQuestion(Shape):
    """A question. What is right in a quiz is not told."""

    key = Text()
    kind = Choice(QuestionKind.choices)
    text = Text()
    choices = serializers.ListField(child=serializers.CharField())
    steps = Whole(help_text="Of a scale, from 1.")
    must = serializers.BooleanField(source="required", help_text="It must be answered.")


class ShownPoll(Shape):
    """A published poll or quiz; `period` says how often a member answers, empty for once."""

    id = Id()
    kind = Choice(PollKind.choices)
    name = Text()
    is_open = serializers.BooleanField()
    first_day = Day(allow_null=True)
    last_day = Day(allow_null=True)
    period = Choice([("", ""), *LimitPeriod.choices])
    anonymous = serializers.BooleanField()
    gives = Text(help_text="In words.")
    questions = ShownQuestion(many=True)
    link = Text(help_text="Where members answer.")


class Polls(Shape):
    """Those that are published, the newest first."""

    results = ShownPoll(many=True)


class ShownShare(Shape):
    """How many chose it."""

    choice = Text()
    count = Whole()
    percent = Whole()


class QuestionResult(Shape):
    """What was answered to one question, by so many people; texts in no order that says whose they are."""

    key = Text()
    text = Text()
    answered = Whole()
    shares = ShownShare(many=True)
    texts = serializers.ListField(child=serializers.CharField())
    average = serializers.FloatField(allow_null=True, help_text="Of a scale.")


class PollResults(Shape):
    """`is_hidden`: without names, nothing is shown of fewer than five answers."""

    people = Whole()
    is_hidden = serializers.BooleanField()
    questions = QuestionResult(many=True)


class OwnAnswer(Shape):
    """What a member answered. Of polls without names `answers` is null: nobody is told."""

    id = Id()
    poll = Id()
    name = Text()
    answers = serializers.DictField(allow_null=True)
    passed = serializers.BooleanField(allow_null=True)
    right = Whole(allow_null=True)
    points = Whole()
    answered_at = Moment()
    withdrawn_at = Moment(allow_null=True)


OwnAnswerPage = page_of(OwnAnswer)
AnswerQuery = PageQuery
