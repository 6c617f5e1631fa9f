"""The closed lists of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProgramKind(models.TextChoices):
    POINTS = "points", _("Points")
    STAMPS = "stamps", _("Stamps")
    CREDIT = "credit", _("Store credit")


class ProgramStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("Live")
    PAUSED = "paused", _("Paused")


class Rounding(models.TextChoices):
    """One rounding, at the end. CARRY keeps what is left over for the next purchase."""

    CARRY = "carry", _("Down, and keep the rest for the next purchase")
    DOWN = "down", _("Down")
    NEAREST = "nearest", _("To the nearest")
    UP = "up", _("Up")


class Stacking(models.TextChoices):
    """Several multipliers on one purchase, the tier's among them."""

    BEST = "best", _("the highest one counts")
    ALL = "all", _("all of them count, one on top of the other")


class RuleEffect(models.TextChoices):
    """What an earning rule gives on top of the program's own rate."""

    MULTIPLY = "multiply", _("Several times the points")
    FIXED = "fixed", _("Extra points once")
    ITEMS = "items", _("Extra points for items")
    SPEND = "spend", _("Extra points for money spent")


class RuleOccasion(models.TextChoices):
    ANY = "any", _("every purchase")
    FIRST = "first", _("the first purchase ever")
    VISIT = "visit", _("every so many visits")
    BIRTHDAY = "birthday", _("around the birthday")
    ANNIVERSARY = "anniversary", _("around the day they joined")
    EVENT = "event", _("something else that happens")
    FRIEND = "friend", _("a friend they brought has bought")
    BROUGHT = "brought", _("they bought, brought by a friend")
    ADVOCACY = "advocacy", _("a recommendation of theirs was approved")
    POLL = "poll", _("they answered questions")


# What rules may count for beside purchases, each with points of its own.
HAPPENINGS = frozenset(
    {
        *(RuleOccasion.EVENT, RuleOccasion.FRIEND, RuleOccasion.BROUGHT),
        *(RuleOccasion.ADVOCACY, RuleOccasion.POLL),
    }
)


class FieldKind(models.TextChoices):
    """What a field of an event holds. An amount is money, in minor units."""

    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    AMOUNT = "amount", _("Amount of money")
    DATE = "date", _("Date")
    FLAG = "flag", _("Yes or no")
    CHOICE = "choice", _("One of a list")


class Comparison(models.TextChoices):
    """How a rule looks at a field of an event."""

    IS = "is", _("is")
    ONE_OF = "one_of", _("is one of")
    LEAST = "least", _("is at least")
    MOST = "most", _("is at most")
    CONTAINS = "contains", _("contains")


class PollKind(models.TextChoices):
    POLL = "poll", _("Poll: what do you think?")
    QUIZ = "quiz", _("Quiz: what do you know?")


class QuestionKind(models.TextChoices):
    SINGLE = "single", _("Choose one")
    MULTIPLE = "multiple", _("Choose several")
    SCALE = "scale", _("A scale")
    TEXT = "text", _("A few words")


class ShowResults(models.TextChoices):
    """Whether members see what others answered."""

    NEVER = "never", _("Nobody but the team")
    AFTER = "after", _("Members who have answered")
    ALWAYS = "always", _("Every member who is asked")


class Around(models.TextChoices):
    """How near to a birthday a purchase counts as on it."""

    DAY = "day", _("on the day itself")
    WEEK = "week", _("three days before and after")
    MONTH = "month", _("in the whole month")


class EntryKind(models.TextChoices):
    ACCRUE = "accrue", _("Earned")
    CONFIRM = "confirm", _("Became available")
    REDEEM = "redeem", _("Redeemed")
    EXPIRE = "expire", _("Expired")
    REVERSE = "reverse", _("Taken back")
    ADJUST = "adjust", _("Adjusted")
    TRANSFER = "transfer", _("Transferred")
    RESTORE = "restore", _("Given back")
    HOLD = "hold", _("Held for a look")


class Cause(models.TextChoices):
    """The fact an entry came from; `cause_id` is its id."""

    PURCHASE = "purchase", _("Purchase")
    RETURN = "return", _("Return")
    REDEMPTION = "redemption", _("Redemption")
    JOINING = "joining", _("Joining")
    ADJUSTMENT = "adjustment", _("Adjustment")
    OPENING = "opening", _("Opening balance")
    CLOCK = "clock", _("Date")
    GOODWILL = "goodwill", _("Goodwill")
    CHALLENGE = "challenge", _("Challenge")
    MERGE = "merge", _("Merged records")
    REVIEW = "review", _("Review")
    REFERRAL = "referral", _("Bringing a friend")
    ADVOCACY = "advocacy", _("Recommending us")
    EVENT = "event", _("Event")
    POLL = "poll", _("Answers to questions")
    # Of other programs than the one for points, so that a purchase or a return has one entry of each cause.
    STAMPED = "stamped", _("Stamps for a purchase")
    UNSTAMPED = "unstamped", _("Stamps of a return")
    STAMP = "stamp", _("Stamp by hand")
    CREDITED = "credited", _("Cash-back for a purchase")
    UNCREDITED = "uncredited", _("Cash-back of a return")
    TENDER = "tender", _("Paid from credit")
    REFUND = "refund", _("Refund to credit")
    BY_HAND = "by_hand", _("Credit by hand")
    TRANSFER = "transfer", _("Points given to a member")
    FAMILY = "family", _("Family")
    SURPRISE = "surprise", _("Surprise")
    NETWORK = "network", _("Network")


class BroughtWhat(models.TextChoices):
    """Of which kind a row of history is that was brought along from another business."""

    TRANSFER = "transfer", _("Points between members")
    DRAW = "draw", _("Draw of a surprise")
    CROSSING = "crossing", _("Crossing of a network")


class StampsFor(models.TextChoices):
    """What fills a stamp card."""

    VISIT = "visit", _("Each purchase")
    ITEMS = "items", _("Each item")
    SPEND = "spend", _("Money spent")


class TierBasis(models.TextChoices):
    SPEND = "spend", _("What they spend")
    POINTS = "points", _("Points they earn")
    VISITS = "visits", _("Days they visit")


class TierWindow(models.TextChoices):
    CALENDAR_YEAR = "calendar_year", _("Calendar year")
    ROLLING_YEAR = "rolling_year", _("Last 12 months")
    JOINING_YEAR = "joining_year", _("Each member’s own year, from the day they joined")
    EVER = "ever", _("For ever")


class BenefitKind(models.TextChoices):
    """What a tier brings that works by itself."""

    BIRTHDAY = "birthday", _("A gift for the birthday")
    ANNIVERSARY = "anniversary", _("A gift for the day they joined")
    DELIVERY = "delivery", _("A code for free delivery")
    EARLY = "early", _("Rewards before others")
    INVITATION = "invitation", _("An invitation")
    PRIORITY = "priority", _("Served first")


class PlacementEnd(models.TextChoices):
    """Why a tier given by hand counts no longer."""

    OVER = "over", _("Its last day was over")
    UNDONE = "undone", _("Taken back")
    OUTGROWN = "outgrown", _("The member earned more")
    REPLACED = "replaced", _("Another one was given")


class ChallengeKind(models.TextChoices):
    TIMES = "times", _("Come on so many days by a date")
    STREAK = "streak", _("A visit every week, so many weeks in a row")
    COLLECT = "collect", _("Each of a set once")


class PresentOccasion(models.TextChoices):
    """Why a voucher was given by itself."""

    BIRTHDAY = "birthday", _("Birthday")
    ANNIVERSARY = "anniversary", _("Day of joining")
    CHALLENGE = "challenge", _("Challenge")
    POLL = "poll", _("Questions")
    MEMBERSHIP = "membership", _("Paid membership")
    SURPRISE = "surprise", _("Surprise")
    BROUGHT = "brought", _("Brought from before")


class RewardKind(models.TextChoices):
    AMOUNT_OFF = "amount_off", _("Money off")
    PERCENT_OFF = "percent_off", _("Percent off")
    FREE_PRODUCT = "free_product", _("Free product")
    CHOICE = "choice", _("One of several products")
    UPGRADE = "upgrade", _("Upgrade")
    EXPERIENCE = "experience", _("Place at an event")
    EARLY_ACCESS = "early_access", _("Early access")
    CONTENT = "content", _("Something to read, see or hear")
    DONATION = "donation", _("Donation")
    MYSTERY = "mystery", _("Surprise")


# Done with the redemption itself: there is nothing left to show at the counter.
DONE_AT_ONCE = frozenset({RewardKind.CONTENT, RewardKind.DONATION})
# What can come out of a surprise, and what may be handed on to somebody else.
PRIZE_KINDS = (RewardKind.AMOUNT_OFF, RewardKind.PERCENT_OFF, RewardKind.FREE_PRODUCT, RewardKind.UPGRADE)
GIVEABLE = frozenset({*PRIZE_KINDS, RewardKind.CHOICE, RewardKind.EXPERIENCE})
DISCOUNTS = frozenset({RewardKind.AMOUNT_OFF, RewardKind.PERCENT_OFF})


class LimitPeriod(models.TextChoices):
    """How often a member can have a reward is counted in whole days, weeks (from Monday), months or years."""

    DAY = "day", _("a day")
    WEEK = "week", _("a week")
    MONTH = "month", _("a month")
    YEAR = "year", _("a year")


class WaitingStatus(models.TextChoices):
    """`OFFERED`: a place is kept for them until a moment."""

    WAITING = "waiting", _("Waits")
    OFFERED = "offered", _("Is asked")
    TAKEN = "taken", _("Has a place")
    LAPSED = "lapsed", _("Did not answer")
    LEFT = "left", _("No longer waits")


class HoldStatus(models.TextChoices):
    HELD = "held", _("Held")
    USED = "used", _("Used")
    RELEASED = "released", _("Released")
    EXPIRED = "expired", _("Ran out")


class GiftStatus(models.TextChoices):
    OPEN = "open", _("Waits to be opened")
    TAKEN = "taken", _("Opened")
    WITHDRAWN = "withdrawn", _("Taken back")


class VoucherRule(models.TextChoices):
    """Which vouchers go together on one purchase."""

    ALL = "all", _("as many as they have")
    ONE_DISCOUNT = "one_discount", _("one that takes something off, and as many things as they have")
    ONE = "one", _("only one")


class RedemptionStatus(models.TextChoices):
    OPEN = "open", _("To be used")
    USED = "used", _("Used")
    VOIDED = "voided", _("Undone")
    EXPIRED = "expired", _("Expired")


class GestureKind(models.TextChoices):
    """What a gesture gives. Money off and what is on the house are vouchers, under the names of `RewardKind`."""

    POINTS = "points", _("Points")
    AMOUNT_OFF = "amount_off", _("Money off")
    FREE_PRODUCT = "free_product", _("On the house")


class ReviewKind(models.TextChoices):
    """Where a suspicion comes from."""

    STAFF = "staff", _("At the counter")
    REFERRAL = "referral", _("Bringing friends")
    SHARING = "sharing", _("Points between members")


class ReviewSubject(models.TextChoices):
    """What is looked at; `Review.subject_id` is its id, none for what was refused at once."""

    REFUSAL = "refusal", _("Refused at once")
    ENTRY = "entry", _("Points given")
    REDEMPTION = "redemption", _("Reward redeemed")
    REFERRAL = "referral", _("Friend brought along")
    TRANSFER = "transfer", _("Points given to a member")


class ReviewState(models.TextChoices):
    OPEN = "open", _("To look at")
    RELEASED = "released", _("Found in order")
    REVERSED = "reversed", _("Taken back")


class Suspicion(models.TextChoices):
    """Why something is to be looked at. The first six are refused at the counter before anything is given."""

    OWN_CARD = "own_card", _("Served their own card")
    RECEIPT_AGAIN = "receipt_again", _("A receipt that counted before")
    MEMBER_LIMIT = "member_limit", _("Too much for one member in a day")
    STAFF_LIMIT = "staff_limit", _("Too much by one person in a day")
    DEVICE_LIMIT = "device_limit", _("Too much on one device in a day")
    BY_HAND = "by_hand", _("More by hand than one person may give")
    TOO_OFTEN = "too_often", _("One person with one member too often")
    AFTER_HOURS = "after_hours", _("Given outside of opening hours")
    AWAY = "away", _("Redeemed for a member who had long been away")
    SAME_DEVICE = "same_device", _("Friend and advocate use one device")
    SAME_NETWORK = "same_network", _("Friend and advocate come from one internet address")
    SAME_PHONE = "same_phone", _("Friend and advocate have one phone number")
    SAME_CARD = "same_card", _("Friend and advocate paid with one card")
    SIMILAR_EMAIL = "similar_email", _("Their e-mail addresses are nearly the same")
    SAME_PERSON = "same_person", _("Friend and advocate look like one person")
    TEAM = "team", _("Somebody of the team is one of the two")
    TOO_MANY = "too_many", _("More friends than one member may bring")
    FEEDING = "feeding", _("Many members give points to one")
    BROUGHT = "brought", _("Held where it was brought from")


class ArrivalWay(models.TextChoices):
    """How a friend came in."""

    PORTAL = "portal", _("Portal")
    COUNTER = "counter", _("Counter")
    API = "api", _("API")


class ReferralState(models.TextChoices):
    JOINED = "joined", _("Joined, not bought yet")
    EARNED = "earned", _("Bought, about to be rewarded")
    REWARDED = "rewarded", _("Both rewarded")
    RETURNING = "returning", _("About to be taken back")
    REFUSED = "refused", _("Not rewarded")


class PlanPeriod(models.TextChoices):
    MONTH = "month", _("a month")
    YEAR = "year", _("a year")


class MembershipState(models.TextChoices):
    WISHED = "wished", _("Wished for")
    ACTIVE = "active", _("Running")
    ENDED = "ended", _("Ended")


class MembershipEnd(models.TextChoices):
    """Why a paid membership runs no longer."""

    CANCELLED = "cancelled", _("Cancelled")
    LAPSED = "lapsed", _("Not renewed")
    REFUNDED = "refunded", _("Paid back")
    WITHDRAWN = "withdrawn", _("No longer wished for")
    MERGED = "merged", _("Merged with another one")


class PaymentWay(models.TextChoices):
    COUNTER = "counter", _("At the counter")


class PaymentState(models.TextChoices):
    PAID = "paid", _("Paid")
    REFUNDED = "refunded", _("Paid back")


class ClaimState(models.TextChoices):
    OPEN = "open", _("To look at")
    APPROVED = "approved", _("Thanked")
    REFUSED = "refused", _("Not accepted")


class TransferKind(models.TextChoices):
    """Why points went from one member to another."""

    GIFT = "gift", _("Given")
    FAMILY = "family", _("From the family’s pool")


class FamilyWay(models.TextChoices):
    """Where somebody said yes to a family."""

    FOUNDED = "founded", _("Began it")
    PORTAL = "portal", _("Portal")
    COUNTER = "counter", _("Counter")
    API = "api", _("API")
    MERGED = "merged", _("Merged records")


class FamilyEnd(models.TextChoices):
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed by the head")
    DISSOLVED = "dissolved", _("The family was dissolved")
    GONE = "gone", _("Left the program")
    MERGED = "merged", _("Merged records")


class CrossingKind(models.TextChoices):
    """Why points went from one business of a network to another."""

    SPENT = "spent", _("Spent on a reward")
    HOME = "home", _("Reward undone, points went home")


class PersonEnd(models.TextChoices):
    """Why points of a member count in the network no longer."""

    MEMBER = "member", _("The member took it back")
    LEFT = "left", _("The member left the program")
    MERGED = "merged", _("Merged with another record")
    NETWORK = "network", _("The business left the network")


class SurpriseWay(models.TextChoices):
    """When chance decides."""

    VISIT = "visit", _("At once: one of so many visits")
    DAY = "day", _("After the day: some of its visitors")


class SurpriseRefusal(models.TextChoices):
    """Why something that was won was not given."""

    BUDGET = "budget", _("The budget of the month was spent")
    LATELY = "lately", _("Surprised a short while ago")
    OVER = "over", _("It had ended")
