"""Stamp cards as JSON."""

from rest_framework import serializers

from programs.domain.stamps.giving import MOST_AT_ONCE
from tenants.api.shapes import Day, Id, Shape, Text, Whole


class ShownStampCard(Shape):
    """How a member stands on a card. A card that was begun keeps the `slots` and the `reward` it was begun with."""

    id = Id()
    name = Text()
    stamps = Whole(help_text="On the running card.")
    slots = Whole(help_text="Stamps on a full card.")
    missing = Whole()
    owed = Whole(help_text="After a return: the next stamps repay it.")
    finished = Whole(help_text="Cards that were filled.")
    left_today = Whole(allow_null=True, help_text="How many more the day allows; null: any number.")
    reward = Text(help_text="What a full card gives.")
    earning = Text(help_text="What gives a stamp, in words.")
    expires = Day(allow_null=True, help_text="The last day of the first stamps; null: they keep.")


class StampCards(Shape):
    """The cards that are running."""

    results = ShownStampCard(many=True)


class NewStamps(Shape):
    """Stamps for a member on one card."""

    card = Id()
    stamps = Whole(min_value=1, max_value=MOST_AT_ONCE, default=1)


class Stamped(Shape):
    """What a purchase or a return did to one card: stamps of a return are minus."""

    card = Id()
    entry = Id()
    name = Text()
    stamps = Whole()
    vouchers = serializers.ListField(child=serializers.CharField(), help_text="The codes of the cards it filled.")
    why = serializers.ListField(child=serializers.CharField(), help_text="In words.")


class GivenStamps(Shape):
    """The stamps, and the card after them. `vouchers` are the codes of the cards they filled."""

    entry = Id()
    name = Text()
    stamps = Whole()
    vouchers = serializers.ListField(child=serializers.CharField())
    why = serializers.ListField(child=serializers.CharField())
    card = ShownStampCard()


class UnstampedPreview(Shape):
    """What a return would take off one card. `lost` are the rewards of cards that would no longer be full."""

    card = Id()
    name = Text()
    stamps = Whole()
    after = Whole()
    owed = Whole()
    lost = serializers.ListField(child=serializers.CharField())
