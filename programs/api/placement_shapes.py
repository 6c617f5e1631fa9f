"""Tiers, and placing members in them by hand, as JSON."""

from rest_framework import serializers

from programs.api.shapes import By
from programs.enums import PlacementEnd, TierBasis, TierWindow
from tenants.api.shapes import Choice, Day, Id, Moment, Shape, Text, Whole


class ListedTier(Shape):
    """A tier; `threshold` is counted as the list's `basis` says."""

    id = Id()
    name = Text()
    threshold = Whole()
    multiplier = Whole(help_text="In percent.")
    by_invitation = serializers.BooleanField(help_text="Members get there by a placement only.")


class TierList(Shape):
    """The lowest first."""

    basis = Choice(TierBasis.choices, help_text="What the thresholds count: minor units, points or days.")
    window = Choice(TierWindow.choices)
    results = ListedTier(many=True)


class NewPlacement(Shape):
    """A tier given by hand."""

    tier = Id()
    reason = Text(300)
    until = Day(
        required=False,
        allow_null=True,
        help_text="The last day. Without one, only where tiers are for ever or the tier is by invitation.",
    )


class ShownPlacement(Shape):
    """A tier that a member holds, or held, by hand. `ended_at` is null while they hold it."""

    id = Id()
    member = Id()
    tier = Id(allow_null=True)
    name = Text(help_text="What the tier was called then.")
    reason = Text()
    until = Day(allow_null=True)
    by = By()
    created_at = Moment()
    ended_at = Moment(allow_null=True)
    end = Choice([("", ""), *PlacementEnd.choices], help_text="Empty while they hold it.")


class MemberPlacements(Shape):
    """The placement by which a member holds their tier, or null; and those before it, the newest first."""

    current = ShownPlacement(allow_null=True)
    results = ShownPlacement(many=True)
