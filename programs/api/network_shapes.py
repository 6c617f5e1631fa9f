"""The network as JSON. Amounts are minor units of the network's currency."""

from rest_framework import serializers

from tenants.api.shapes import Day, Id, Moment, Shape, Text, Whole, page_of


class ShownNetworkBalance(Shape):
    """What a member can spend here: `here` on their own account, `elsewhere` in the other businesses of the network.

    `takes_part` is their own word. Whose the points elsewhere are is theirs to know, and no business's.
    """

    network = Text()
    takes_part = serializers.BooleanField()
    here = Whole()
    elsewhere = Whole()
    total = Whole()


class NetworkPair(Shape):
    """The part of a statement between this business and one other."""

    business_id = Id()
    business = Text()
    points_in = Whole()
    points_out = Whole()
    owed_to_us = Whole()
    owed_by_us = Whole()
    net = Whole()
    entries = Whole()
    received_on = Day(allow_null=True, help_text="When the money arrived, as its receiver says; null: still open.")


class ShownStatement(Shape):
    """A month that is closed. `net` above 0 is to be received, below 0 to be paid."""

    id = Id()
    network = Text()
    currency = Text()
    month = Day(help_text="Its first day.")
    owed_to_us = Whole()
    owed_by_us = Whole()
    net = Whole()
    entries = Whole()
    closed_at = Moment()
    businesses = NetworkPair(many=True)


class ShownCrossing(Shape):
    """One entry of a statement: points that came (plus) or went (minus), and what is owed for them.

    `id` is the same in the books of both businesses. `redemption_id` is of this business's own rewards.
    """

    id = Id()
    kind = Text()
    business_id = Id()
    member_id = Id()
    points = Whole()
    amount = Whole()
    redemption_id = Id(allow_null=True)
    reverses = Id(allow_null=True)
    occurred_at = Moment()


StatementPage = page_of(ShownStatement)
CrossingPage = page_of(ShownCrossing)
