"""Records of one person, as JSON."""

from rest_framework import serializers

from customers.domain.merging.choices import GROUPS
from tenants.api.shapes import Flag, Id, Moment, Shape, Text, Whole


class Duplicate(Shape):
    """Two members who look like one person, the one we would keep first."""

    kept = Id()
    other = Id()
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Why, in words, the surest first.")


class DuplicateList(Shape):
    """The surest first; pairs of whom somebody said that they are two people are left out."""

    results = Duplicate(many=True)


class NewMerge(Shape):
    """Which record is kept, and which becomes a part of it."""

    kept = Id()
    absorbed = Id()
    fields_taken = serializers.ListField(
        child=Text(80),
        required=False,
        help_text=f"Taken from the absorbed record: {', '.join(GROUPS)}, custom:<key>. Without it, as proposed.",
    )


class Figures(Shape):
    """How an account stands."""

    balance = Whole()
    pending = Whole()
    owed = Whole()
    tier = Text()


class MergedAccount(Shape):
    """What a merge does in one program: what the kept record has before and after, and what is moved to it."""

    program = Text()
    before = Figures()
    moved = Figures()
    after = Figures()


class ShownMerge(Shape):
    """Two records made one. `id` is null in a preview."""

    id = Id(allow_null=True)
    kept = Id()
    absorbed = Id()
    purchases = Whole(help_text="How many move to the kept record.")
    accounts = MergedAccount(many=True)
    merged_at = Moment()
    can_be_undone_until = Moment()
    undone_at = Moment(allow_null=True)
    is_open = Flag(help_text="Whether it is in force and can still be undone.")
