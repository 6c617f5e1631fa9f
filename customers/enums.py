"""The closed lists of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MemberStatus(models.TextChoices):
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    LEFT = "left", _("Left")
    # The record of somebody who has another one, which is kept: never set by hand (customers.domain.merging).
    MERGED = "merged", _("Merged")


# What people and connected systems may set.
OWN_STATUSES = (MemberStatus.ACTIVE, MemberStatus.PAUSED, MemberStatus.LEFT)
OWN_STATUS_CHOICES = [(status.value, status.label) for status in OWN_STATUSES]


class Source(models.TextChoices):
    """Where a fact came in."""

    COUNTER = "counter", _("Counter")
    PORTAL = "portal", _("Portal")
    DASHBOARD = "dashboard", _("Dashboard")
    API = "api", _("Connected system")
    IMPORT = "import", _("Import")
    DEMO = "demo", _("Sample data")
    SYSTEM = "system", _("Regulars")


class SearchKind(models.TextChoices):
    """What a search key is made from."""

    NAME = "name", _("Name")
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone, from its end")
    CARD = "card", _("Card number")


class Purpose(models.TextChoices):
    """What a person agrees to."""

    PROGRAM = "program", _("Taking part in the program")
    MARKETING = "marketing", _("News and offers")
    PROFILING = "profiling", _("Offers chosen from purchases")
    NETWORK = "network", _("Points that count in the network")


class ConsentChannel(models.TextChoices):
    ANY = "any", _("Any")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")


class CodePurpose(models.TextChoices):
    """What a code that is sent to a member's address opens."""

    SIGN_IN = "sign_in", _("Sign in")
    JOIN = "join", _("Join")
    EMAIL = "email", _("Change of e-mail")


class CustomFieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of a list")
    FLAG = "flag", _("Yes or no")


class ImportKind(models.TextChoices):
    MEMBERS = "members", _("Members")
    PURCHASES = "purchases", _("Purchases")
    BALANCES = "balances", _("Points and tiers")
    CREDIT = "credit", _("Store credit")
    RECORDS = "records", _("Notes, consents and vouchers")
    MEMBERSHIPS = "memberships", _("Paid memberships")
    FAMILIES = "families", _("Families")
    HISTORY = "history", _("What happened between members")


class ImportStatus(models.TextChoices):
    MAPPING = "mapping", _("Match the columns")
    PREVIEWING = "previewing", _("Being checked")
    PREVIEW = "preview", _("Ready to import")
    RUNNING = "running", _("Importing")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped")


class ImportPoints(models.TextChoices):
    """What imported purchases do to points."""

    AWARD = "award", _("Award points as if they had been bought here")
    OPENING = "opening", _("Award the sum as one opening balance")
    NONE = "none", _("Award nothing")


class ActivityKind(models.TextChoices):
    """Topics. The topic is one name everywhere: here, in the domain, in views, in webhooks."""

    MEMBER_JOINED = "member.joined", _("Joined")
    MEMBER_CHANGED = "member.changed", _("Details changed")
    MEMBER_NOTED = "member.noted", _("Note added")
    MEMBER_MERGED = "member.merged", _("Merged with another record")
    MEMBER_PARTED = "member.parted", _("Merging undone")
    CONSENT_GIVEN = "consent.given", _("Agreed")
    CONSENT_WITHDRAWN = "consent.withdrawn", _("Took back an agreement")
    PURCHASE_COMPLETED = "purchase.completed", _("Purchase")
    PURCHASE_RETURNED = "purchase.returned", _("Return")
    POINTS_AWARDED = "points.awarded", _("Points earned")
    POINTS_CONFIRMED = "points.confirmed", _("Points became available")
    POINTS_ADJUSTED = "points.adjusted", _("Points adjusted")
    POINTS_HELD = "points.held", _("Points held for a look")
    POINTS_REVERSED = "points.reversed", _("Points taken back")
    POINTS_EXPIRED = "points.expired", _("Points expired")
    POINTS_GIVEN = "points.given", _("Points given to a member")
    POINTS_RECEIVED = "points.received", _("Points received from a member")
    POINTS_POOLED = "points.pooled", _("Points spent by the family")
    TRANSFER_UNDONE = "points.transfer_undone", _("Giving points was undone")
    FAMILY_JOINED = "family.joined", _("Joined a family")
    FAMILY_LEFT = "family.left", _("Left a family")
    REWARD_REDEEMED = "reward.redeemed", _("Reward redeemed")
    REDEMPTION_VOIDED = "redemption.voided", _("Redemption undone")
    VOUCHER_USED = "voucher.used", _("Voucher used")
    VOUCHER_EXPIRED = "voucher.expired", _("Voucher expired")
    VOUCHER_RETURNED = "voucher.returned", _("Voucher can be used again")
    VOUCHER_HANDED_ON = "voucher.handed_on", _("Voucher given to somebody")
    VOUCHER_RECEIVED = "voucher.received", _("Voucher received as a present")
    PLACE_AWAITED = "place.awaited", _("Waits for a place")
    PLACE_OFFERED = "place.offered", _("A place became free")
    PLACE_LAPSED = "place.lapsed", _("A place was not taken in time")
    GOODWILL_GIVEN = "goodwill.given", _("Made right")
    GOODWILL_UNDONE = "goodwill.undone", _("A gesture was undone")
    FRIEND_JOINED = "referral.joined", _("A friend joined")
    REFERRAL_REWARDED = "referral.rewarded", _("Points for bringing a friend")
    REFERRAL_TAKEN_BACK = "referral.taken_back", _("Points for bringing a friend taken back")
    ADVOCACY_CLAIMED = "advocacy.claimed", _("Said that they recommended the business")
    ADVOCACY_APPROVED = "advocacy.approved", _("Thanked for recommending the business")
    ADVOCACY_REFUSED = "advocacy.refused", _("A recommendation was not accepted")
    EVENT_RECORDED = "event.recorded", _("Something happened")
    EVENT_UNDONE = "event.undone", _("An event was undone")
    POLL_ANSWERED = "poll.answered", _("Answered questions")
    POLL_WITHDRAWN = "poll.withdrawn", _("Answers taken back")
    STAMPS_GIVEN = "stamps.given", _("Stamps given")
    STAMPS_REVERSED = "stamps.reversed", _("Stamps taken back")
    STAMPS_EXPIRED = "stamps.expired", _("Stamps expired")
    CREDIT_EARNED = "credit.earned", _("Cash-back earned")
    CREDIT_HELD = "credit.held", _("Credit held for a look")
    CREDIT_CONFIRMED = "credit.confirmed", _("Credit became available")
    CREDIT_SPENT = "credit.spent", _("Paid from credit")
    CREDIT_REFUNDED = "credit.refunded", _("Credit given back")
    CREDIT_REVERSED = "credit.reversed", _("Cash-back taken back")
    CREDIT_ADJUSTED = "credit.adjusted", _("Credit given or taken by hand")
    CREDIT_EXPIRED = "credit.expired", _("Credit expired")
    CARD_FINISHED = "card.finished", _("Stamp card finished")
    MEMBERSHIP_WISHED = "membership.wished", _("Wishes for a membership")
    MEMBERSHIP_BEGUN = "membership.begun", _("Membership begun")
    MEMBERSHIP_RENEWED = "membership.renewed", _("Membership renewed")
    MEMBERSHIP_DUE = "membership.due", _("Membership about to end")
    MEMBERSHIP_CANCELLED = "membership.cancelled", _("Membership cancelled")
    MEMBERSHIP_RESUMED = "membership.resumed", _("Membership goes on")
    MEMBERSHIP_ENDED = "membership.ended", _("Membership ended")
    MEMBERSHIP_REFUNDED = "membership.refunded", _("Membership paid back")
    TIER_REACHED = "tier.reached", _("Tier reached")
    TIER_LOST = "tier.lost", _("Tier changed")
    TIER_PLACED = "tier.placed", _("Placed in a tier")
    TIER_ENDING = "tier.ending", _("Tier about to end")
    PRESENT_GIVEN = "present.given", _("Present")
    CHALLENGE_DONE = "challenge.done", _("Challenge done")
    SURPRISE_WON = "surprise.won", _("Surprised")
    CHALLENGE_UNDONE = "challenge.undone", _("Challenge no longer done")
    POINTS_CROSSED = "points.crossed", _("Points went to or came from another business")
