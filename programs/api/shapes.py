"""Points, rewards and vouchers as JSON. Points are whole; money is minor units of the business's currency."""

from decimal import Decimal

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.api.shapes import MOST_LINES, ShownPurchase, WantedMember
from programs.api.credit_shapes import CreditDone, CreditPreview, CreditReturned
from programs.api.stamp_shapes import Stamped, UnstampedPreview
from programs.enums import (
    BenefitKind,
    Cause,
    ChallengeKind,
    EntryKind,
    HoldStatus,
    LimitPeriod,
    RedemptionStatus,
    ReferralState,
    RewardKind,
    TierBasis,
    WaitingStatus,
)
from tenants.api.shapes import (
    Choice,
    Day,
    Id,
    Moment,
    Money,
    Quantity,
    QuantityText,
    Shape,
    Text,
    Whole,
    page_of,
)
from tenants.enums import ActorKind

MOST_POINTS = 10**9


class Words(serializers.ListField):
    """Sentences, in the language of the business."""

    child = serializers.CharField()


class By(Shape):
    """Who did it."""

    kind = Choice(ActorKind.choices)
    label = Text()  # type: ignore[assignment]


class ShownEntry(Shape):
    """A line of the ledger: `points` is the change of what can be spent, `pending` of what comes later."""

    id = Id()
    kind = Choice(EntryKind.choices)
    points = Whole()
    pending = Whole()
    balance_after = Whole()
    pending_after = Whole()
    owed_after = Whole()
    cause = Choice(Cause.choices)
    cause_id = Id(allow_null=True, help_text="The purchase, return, redemption or member it comes from.")
    reverses = Id(allow_null=True, help_text="The entry whose effect it takes back or gives back.")
    by = By()
    occurred_at = Moment()
    recorded_at = Moment()
    counts_from = Moment()
    title = Text(help_text="What happened, in a few words.")
    why = Words(help_text="The rule and the reasons as they were, in words.")


EntryPage = page_of(ShownEntry)


class Dated(Shape):
    """Points and a day, in the time zone of the business."""

    day = Day()
    points = Whole()


class Benefit(Shape):
    """What a tier brings that works by itself. `text` is the code for free delivery, or what the invitation is to."""

    kind = Choice(BenefitKind.choices)
    text = Text()
    days = Whole(help_text="How long a gift is good for, or how much earlier rewards can be had.")
    on_day = Day(allow_null=True, help_text="The day of an invitation.")
    said = Text(help_text="In the member's words.")


class ShownTier(Shape):
    """A tier; `multiplier` in percent. `works` are benefits that work by themselves, `benefits` those in words."""

    id = Id()
    name = Text()
    multiplier = Whole()
    benefits = Words(source="benefit_lines")
    works = Benefit(many=True, source="shown_works")
    by_invitation = serializers.BooleanField()


class NextTier(Shape):
    """What is missing to the next tier, counted as `basis` says: minor units, points or days."""

    name = Text()
    basis = Choice(TierBasis.choices)
    missing = Whole()
    percent = Whole(help_text="How much of the way is done.")
    by = Day(allow_null=True, help_text="The last day for it; null: no one day.")
    said = Text(help_text="In the member's words.")


class TierStanding(Shape):
    """Until when the tier is certain, and what is `missing` to keep it after that, where it may come in up to `by`."""

    until = Day(allow_null=True, help_text="Null: for ever.")
    missing = Whole(help_text="Minor units, points or days; 0: it is kept.")
    by = Day(allow_null=True)
    told = serializers.BooleanField(help_text="The member was told that the tier is in danger.")
    placed = serializers.BooleanField(help_text="It was given by hand.")
    said = Text(help_text="In the member's words; empty where nothing is missing.")


class Balance(Shape):
    """How a member stands at this moment. What is `owed` (after a return) is repaid by the next points."""

    member = Id()
    balance = Whole()
    pending = Whole()
    owed = Whole()
    lifetime = Whole()
    unit = Text(help_text="What a point is called, more than one of them.")
    currency = Text()
    tier = ShownTier(allow_null=True)
    tier_standing = TierStanding(allow_null=True)
    next_tier = NextTier(allow_null=True)
    to_next_point = Whole(allow_null=True, help_text="Minor units to the next point; null where nothing is carried.")
    expiring = Dated(many=True, help_text="What expires, by its last day.")
    coming = Dated(many=True, help_text="What becomes available, by its first day.")


class Earned(Shape):
    """What a purchase or a return did to points, and how the member stands after it. A return's `points` are minus."""

    entry = Id()
    points = Whole()
    pending = Whole()
    balance = Whole()
    owed = Whole()
    why = Words()


class RecordedPurchase(Shape):
    """The purchase; `earned` is null for a guest, for a member who rests, and while no program runs.

    `stamps` has a line for every stamp card on which it counted; `credit` is null where store credit was not moved.
    """

    purchase = ShownPurchase()
    earned = Earned(allow_null=True)
    stamps = Stamped(many=True)
    credit = CreditDone(allow_null=True)


class ReturnedLine(Shape):
    """So many of one line; `total` only where more or less than its share is paid back."""

    line = Id(help_text="A line of the purchase.")
    quantity = Quantity(default=Decimal(1))
    total = Money(required=False, allow_null=True)


class PreviewedReturn(Shape):
    """`lines`, or an `amount` without goods, or neither: all that is left."""

    lines = ReturnedLine(many=True, required=False, max_length=MOST_LINES)  # type: ignore[call-arg]
    amount = Money(required=False, allow_null=True)


class NewReturn(PreviewedReturn):
    """`lines`, or an `amount` without goods, or neither: all that is left of the purchase."""

    reason = Text(200, required=False, allow_blank=True)
    receipt_number = Text(60, required=False, allow_blank=True, help_text="Each counts once.")
    occurred_at = Moment(required=False, allow_null=True)
    location = Id(required=False, allow_null=True)


class ShownReturn(Shape):
    """A return as stored: of `total`, `credit` went back to store credit and the rest was paid back.

    `tax` is the part of it. Minor units of `currency`.
    """

    id = Id()
    purchase = Id(source="purchase_id")
    member = Id(source="member_id", allow_null=True)
    currency = Text(source="purchase.currency")
    total = Whole()
    credit = Whole()
    tax = Whole()
    reason = Text()
    receipt_number = Text()
    occurred_at = Moment()
    recorded_at = Moment()


class RecordedReturn(Shape):
    """The return; `earned` is what it took back, null when the purchase had earned nothing."""

    returned = ShownReturn()
    earned = Earned(allow_null=True)
    stamps = Stamped(many=True)
    credit = CreditReturned(allow_null=True)


class PlannedLine(Shape):
    """What one line would give back."""

    line = Id(source="line.id")
    quantity = QuantityText()
    total = Whole()
    tax = Whole()


class LostChallenge(Shape):
    """A challenge that would no longer be done: `points` are taken back as well, `voucher` stops working."""

    name = Text()
    points = Whole()
    owed = Whole(help_text="Of the points those that are spent already.")
    voucher = Text(help_text="Empty where it gave points.")
    was_used = serializers.BooleanField(help_text="The voucher was used, and stays used.")


class LostSurprise(Shape):
    """A surprise that came with the purchase: `points` are taken back as well, `voucher` stops working."""

    name = Text()
    points = Whole()
    owed = Whole(help_text="Of the points those that are spent already.")
    voucher = Text(help_text="Empty where it gave points.")
    was_used = serializers.BooleanField(help_text="The voucher was used, and stays used.")


class ReturnedVoucher(Shape):
    """A voucher that was used on the purchase and can be used again; with `points`, those go back instead."""

    name = Text()
    amount = Whole(allow_null=True, help_text="What it took off, in minor units; null where nobody said.")
    points = Whole()


class ReturnPreview(Shape):
    """What a return would do, before anybody confirms it. Nothing is written.

    `points` would be taken back: `from_pending`, `from_balance`, and `owed` beyond what is there. `expired` would have
    been taken too, but are gone already.
    """

    currency = Text()
    total = Whole(source="effect.plan.total")
    tax = Whole(source="effect.plan.tax")
    lines = PlannedLine(many=True, source="effect.plan.lines")
    points = Whole(source="effect.points")
    from_pending = Whole(source="effect.from_pending")
    from_balance = Whole(source="effect.from_balance")
    owed = Whole(source="effect.owed")
    expired = Whole(source="effect.expired")
    balance_before = Whole(source="effect.balance_before", allow_null=True, help_text="Null: no points are concerned.")
    balance_after = Whole(source="effect.balance_after")
    tier_at_risk = serializers.BooleanField(source="effect.tier_at_risk")
    vouchers = ReturnedVoucher(many=True, source="effect.vouchers")
    stamps = UnstampedPreview(many=True)
    credit = CreditPreview(allow_null=True)
    challenges = LostChallenge(many=True, source="effect.challenges", help_text="Challenges no longer done.")
    surprises = LostSurprise(many=True, source="effect.surprises", help_text="Surprises that go with it.")
    advocate_loses = Whole(help_text="Points of whoever brought this member: they are taken back too.")
    friend_loses = Whole(help_text="Points that this member was given for coming by a friend's word.")


class ChallengePart(Shape):
    """One thing of a set."""

    name = Text()
    there = serializers.BooleanField()


class ShownChallenge(Shape):
    """A challenge and how far the member is: `done` of `goal` steps, in words in `so_far`."""

    id = Id()
    name = Text()
    kind = Choice(ChallengeKind.choices)
    asks = Text(help_text="What is asked, in words.")
    gives = Text(help_text="What it gives, in words.")
    so_far = Text()
    done = Whole()
    goal = Whole()
    percent = Whole()
    parts = ChallengePart(many=True, help_text="Of a set, each thing.")
    last_day = Day(allow_null=True)
    is_done = serializers.BooleanField(help_text="Done and rewarded: a badge.")
    done_at = Moment(allow_null=True)


class ChallengeList(Shape):
    """Those that run, and those the member has done."""

    results = ShownChallenge(many=True)


class NewAdjustment(Shape):
    """Points given (plus) or taken (minus) by hand, and why."""

    points = Whole(min_value=-MOST_POINTS, max_value=MOST_POINTS, help_text="Not 0.")
    reason = Text(300, help_text="In words that the member may read.")


@extend_schema_field(
    {
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "name": {"type": "string"},
            "sku": {"type": "string"},
        },
    }
)
class ProductOf(serializers.Field):
    """The product that a reward gives."""

    def to_representation(self, value: object) -> object:
        return {"id": str(value.pk), "name": value.name, "sku": value.sku}  # type: ignore[attr-defined]


class ShownReward(Shape):
    """What `cost` points give. `value` is minor units (amount_off, donation, upgrade) or percent (percent_off).

    With `?member=` the last three say whether that member can have it now; otherwise they are null.
    """

    id = Id()
    name = Text()
    description = Text()
    kind = Choice(RewardKind.choices)
    value = Whole()
    currency = Text()
    product = ProductOf(allow_null=True)
    cost = Whole()
    stock = Whole(allow_null=True, help_text="Null: endless.")
    limit_per_member = Whole(allow_null=True)
    tier = Text(source="tier.name", allow_null=True, help_text="For members from this tier upwards.")
    starts_on = Day(allow_null=True)
    ends_on = Day(allow_null=True)
    cap = Whole(allow_null=True, help_text="The most that percent take off, in minor units.")
    minimum = Whole(help_text="The smallest purchase its voucher can be used on, in minor units.")
    limit_in_period = Whole(allow_null=True, help_text="How often a member can have it in a `limit_period`.")
    limit_period = Choice([("", ""), *LimitPeriod.choices])
    happens_at = Moment(allow_null=True, help_text="When an event begins, or early access opens.")
    public_at = Moment(allow_null=True, help_text="From when everybody can have what this gives early.")
    charity = Text(source="charity.name", allow_null=True)
    products = serializers.ListField(
        child=serializers.UUIDField(), source="products_to_choose", help_text="Of a choice: one of these."
    )
    has_waiting_list = serializers.BooleanField()
    is_partial = serializers.BooleanField(help_text="Its voucher keeps what is left.")
    available = serializers.BooleanField(allow_null=True)
    missing = Whole(allow_null=True, help_text="Points that are missing.")
    reason = Text(allow_null=True, help_text="Why not, in words.")


class RewardList(Shape):
    """The rewards that there are now, the cheapest first."""

    results = ShownReward(many=True)


class RewardQuery(Shape):
    """For whom."""

    member = Id(required=False, help_text="Say whether this member can have each of them.")


class NewRedemption(Shape):
    """A reward for a member."""

    member = WantedMember()
    reward = Id()


class ShownVoucher(Shape):
    """What a redemption, a gesture of the team or a gift gave, worth what was promised then."""

    code = Text()
    name = Text()
    kind = Choice(RewardKind.choices)
    value = Whole(help_text="Minor units of `currency` (amount_off) or percent (percent_off).")
    currency = Text()
    product = ProductOf(allow_null=True)
    status = Choice(RedemptionStatus.choices)
    own_code = Text(help_text="The code of the business's own list that was given with it, or empty.")
    cap = Whole(allow_null=True)
    minimum = Whole(help_text="The smallest purchase it can be used on, in minor units.")
    left = Whole(allow_null=True, help_text="What is left of its money; null for one that is used whole.")
    valid_from = Moment(allow_null=True)
    valid_until = Moment(help_text="It can be used before this moment.")
    used_at = Moment(allow_null=True)
    redemption = Id(source="redemption_id", allow_null=True, help_text="None for a gesture of the team or a gift.")
    member = Id(source="account.member_id")
    purchase = Id(source="purchase_id", allow_null=True)


class ShownRedemption(Shape):
    """Points given for a reward. `balance` is what the member has left."""

    id = Id()
    member = Id(source="account.member_id")
    reward = Id(source="reward_id")
    points = Whole()
    status = Choice(RedemptionStatus.choices)
    created_at = Moment()
    voided_at = Moment(allow_null=True)
    voucher = ShownVoucher()
    balance = Whole()


class NewVoiding(Shape):
    """Undo a redemption whose voucher has not been used."""

    reason = Text(300)


class NewUse(Shape):
    """Where, and for which purchase, a voucher is used."""

    location = Id(required=False, allow_null=True)
    purchase = Id(required=False, allow_null=True)
    basket = Money(required=False, allow_null=True, help_text="The sum before the voucher, in minor units.")
    amount = Money(required=False, allow_null=True, help_text="Of one with money `left`: how much is taken.")
    product = Id(required=False, allow_null=True, help_text="Of a choice: which one.")
    reference = Text(80, required=False, allow_blank=True, help_text="Your number of the order.")


class NewReservation(Shape):
    """Keep a voucher for an order. It runs out by itself after so many `minutes`."""

    basket = Money(required=False, allow_null=True, help_text="The sum before the voucher, in minor units.")
    amount = Money(required=False, allow_null=True, help_text="Of one with money `left`: how much is kept.")
    minutes = Whole(min_value=1, max_value=1440, default=15)
    reference = Text(80, required=False, allow_blank=True, help_text="Your number of the order.")
    location = Id(required=False, allow_null=True)


class ShownReservation(Shape):
    """A voucher kept for an order; `amount` is what it takes off, null where nobody can say."""

    id = Id()
    voucher = ShownVoucher()
    amount = Whole(allow_null=True)
    reference = Text()
    status = Choice(HoldStatus.choices)
    expires_at = Moment()


class ReservationUse(Shape):
    """Where, and for which purchase, what was kept is used."""

    location = Id(required=False, allow_null=True)
    purchase = Id(required=False, allow_null=True)


class NoDetails(Shape):
    """Nothing more needs to be said."""


class NewWaiting(Shape):
    """Who waits."""

    member = WantedMember()


class ShownWaiting(Shape):
    """Somebody in the line for a place. While `offered`, one is kept for them until `offered_until`."""

    id = Id()
    reward = Id(source="reward_id")
    member = Id(source="account.member_id")
    status = Choice(WaitingStatus.choices)
    offered_until = Moment(allow_null=True)
    created_at = Moment()


class BroughtFriend(Shape):
    """A friend who joined by this member's code, and what came of it."""

    id = Id(source="friend_id", help_text="The member that the friend is.")
    state = Choice(ReferralState.choices)
    advocate_points = Whole(help_text="What this member is promised for it.")
    friend_points = Whole(help_text="What the friend is promised.")
    joined_at = Moment()
    earned_at = Moment(allow_null=True)
    available_from = Moment(allow_null=True, help_text="From when both can spend it, unless somebody looks first.")
    held = serializers.BooleanField(help_text="Somebody of the team takes a look first.")


class MemberFriends(Shape):
    """A member's code, which friends give when they join, and the friends they brought."""

    code = Text()
    link = Text(help_text="The same as an address: who follows it joins by this member's word.")
    came_by = Id(allow_null=True, help_text="The member by whose word this one came.")
    friends = BroughtFriend(many=True)
