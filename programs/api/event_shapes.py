"""Events and rules as JSON."""

from rest_framework import serializers

from customers.api.shapes import WantedMember
from programs.domain.events.fields import LONGEST_TEXT, MOST_FIELDS
from programs.enums import FieldKind, LimitPeriod, RuleEffect, RuleOccasion
from tenants.api.shapes import Choice, Day, Flag, Id, Moment, PageQuery, Scalar, Shape, Text, Whole, page_of


class Payload(serializers.DictField):
    """The values of the fields, by their keys."""

    child = Scalar()


class ShownField(Shape):
    """A field of a kind of event. An amount is minor units, a number may be sent as text, a day is 2026-03-01."""

    key = Text()
    name = Text()
    kind = Choice(FieldKind.choices)
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = serializers.ListField(child=serializers.CharField())


class ShownEventType(Shape):
    """A kind of event. For each member `most` of them count in a `period` of the calendar; null: any number."""

    key = Text()
    name = Text()
    fields_ = ShownField(many=True, source="shown_fields")
    most = Whole(allow_null=True)
    period = Choice([("", ""), *LimitPeriod.choices], help_text="Empty: ever.")
    by_staff = serializers.BooleanField(help_text="The team records it by hand as well.")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """`fields` is a name that a serializer keeps for itself."""
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class EventTypes(Shape):
    """The kinds that can happen now."""

    results = ShownEventType(many=True)


class NewEvent(Shape):
    """Something that happened to a member."""

    type = Text(40, help_text="The key of its kind.")
    member = WantedMember()
    payload = Payload(
        required=False, help_text=f"At most {MOST_FIELDS} fields, texts of {LONGEST_TEXT} characters. Null: left out."
    )
    occurred_at = Moment(required=False, allow_null=True, help_text="Now, when it is left out; a year back at most.")
    location = Id(required=False, allow_null=True)


class Judged(Shape):
    """What one rule made of it."""

    rule = Id()
    name = Text()
    counts = serializers.BooleanField()
    points = Whole()
    why = Text(help_text="In words: what it gave, or what was missing.")


class ShownEvent(Shape):
    """An event. `counts` is false beyond what counts for the member; `entry` is the line of the ledger, if any."""

    id = Id()
    type = Text()
    member = Id()
    payload = Payload()
    occurred_at = Moment()
    recorded_at = Moment()
    counts = serializers.BooleanField()
    points = Whole(help_text="What it gave; minus nothing once it is undone, see `undone_at`.")
    entry = Id(allow_null=True)
    rules = Judged(many=True)
    undone_at = Moment(allow_null=True)
    undone_because = Text()


EventPage = page_of(ShownEvent)


class EventQuery(PageQuery):
    """Which events: the latest recorded first."""

    type = Text(40, required=False, help_text="The key of their kind.")


class Undoing(Shape):
    """Why it is undone."""

    reason = Text(300, required=False, allow_blank=True)


class LeftOfRule(Shape):
    """Points that may still be given; null: no limit. Without a member only `for_all` is counted."""

    today = Whole(allow_null=True)
    this_month = Whole(allow_null=True)
    for_member = Whole(allow_null=True)
    for_all = Whole(allow_null=True)


class Budget(Shape):
    """What it may give to everybody: points, and minor units at `cost_of_hundred` points when it was published."""

    points = Whole()
    money = Whole(allow_null=True)
    cost_of_hundred = Whole(allow_null=True)
    typed_in_money = serializers.BooleanField()


class ShownRule(Shape):
    """A published rule. `amount` is percent for `multiply`, else points for each `every` items or minor units."""

    id = Id()
    version = Whole()
    name = Text()
    said = Text(help_text="The whole rule in words.")
    occasion = Choice(RuleOccasion.choices)
    event_type = Text(allow_null=True, help_text="The key of the kind of event it is about.")
    effect = Choice(RuleEffect.choices)
    amount = Whole()
    every = Whole()
    weekdays = serializers.ListField(child=Whole(), help_text="0 is Monday; none: every day.")
    from_minute = Whole(allow_null=True, help_text="Of the local day.")
    to_minute = Whole(allow_null=True)
    first_day = Day(allow_null=True)
    last_day = Day(allow_null=True)
    budget = Budget(allow_null=True)
    left = LeftOfRule()
    is_open = Flag(help_text="It can give at least one point more.")


class Rules(Shape):
    """The rules that are in force at this moment."""

    results = ShownRule(many=True)
