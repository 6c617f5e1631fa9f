"""Members who bring friends: what they are promised, their codes, the friends they brought, and what came of it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Member, Purchase
from programs.enums import ArrivalWay, ClaimState, ReferralState
from programs.models.accounts import Entry
from programs.models.programs import Program
from tenants.models import TenantModel


class ReferralOffer(TenantModel):
    """What a program gives for bringing a friend: points for both when the friend has bought for `minimum`.

    The friend has `within_days` for it. Both wait `hold_days`. More than `cap` friends in `cap_days` are looked at by a
    person first. Amounts in minor units.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="referral_offers", db_index=False)
    is_active = models.BooleanField(default=False)
    advocate_points = models.PositiveIntegerField(default=100)
    friend_points = models.PositiveIntegerField(default=50)
    minimum = models.PositiveBigIntegerField(default=1000)
    within_days = models.PositiveSmallIntegerField(default=60)
    hold_days = models.PositiveSmallIntegerField(default=14)
    cap = models.PositiveSmallIntegerField(default=5)
    cap_days = models.PositiveSmallIntegerField(default=30)
    # Whether a purchase that comes in by an import counts as the friend's first.
    counts_imports = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "program"], name="referral_offer_of_program"),
            models.CheckConstraint(
                name="referral_offer_gives_something",
                condition=Q(is_active=False) | Q(advocate_points__gte=1) | Q(friend_points__gte=1),
            ),
            models.CheckConstraint(
                name="referral_offer_periods", condition=Q(within_days__gte=1, cap__gte=1, cap_days__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return str(self.program_id)


class Advocate(TenantModel):
    """A member who recommends the business: the code that is theirs for ever, and hashes of where they looked at it."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="advocates", db_index=False)
    code = models.CharField(max_length=16)
    devices = models.JSONField(default=list)
    networks = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member"], name="advocate_once"),
            models.UniqueConstraint(fields=["tenant", "code"], name="advocate_code"),
        ]

    def __str__(self) -> str:
        return self.code


class Referral(TenantModel):
    """A friend who joined by an advocate's code. What was promised on that day holds, whatever the offer says later.

    `purchase` is the one that earned it; when that comes back, the points do too, and the next purchase may earn them
    anew: `round` counts how often. `reasons` are names of Suspicion, `traces` hashes of the friend's browser.
    """

    advocate = models.ForeignKey(Advocate, on_delete=models.PROTECT, related_name="referrals", db_index=False)
    friend = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="referred_by", db_index=False)
    way = models.CharField(max_length=10, choices=ArrivalWay)
    state = models.CharField(max_length=10, choices=ReferralState, default=ReferralState.JOINED)
    advocate_points = models.PositiveIntegerField()
    friend_points = models.PositiveIntegerField()
    minimum = models.PositiveBigIntegerField()
    hold_days = models.PositiveSmallIntegerField()
    until = models.DateTimeField()
    reasons = models.JSONField(default=list)
    # What the earning rules made of it for either side, by "advocate" and "friend", as entries keep reasons.
    judged = models.JSONField(default=dict)
    traces = models.JSONField(default=dict)
    round = models.PositiveSmallIntegerField(default=0)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, related_name="referrals")
    advocate_entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    friend_entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField(default=timezone.now)
    earned_at = models.DateTimeField(null=True)
    available_from = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "friend"], name="referral_of_friend_once"),
            models.CheckConstraint(
                name="referral_earned_by_a_purchase",
                condition=Q(state__in=(ReferralState.JOINED, ReferralState.REFUSED))
                | Q(purchase__isnull=False, earned_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "advocate", "-earned_at"], name="referral_of_advocate"),
            models.Index(
                fields=["tenant", "state"],
                condition=Q(state__in=(ReferralState.EARNED, ReferralState.RETURNING)),
                name="referral_to_settle",
            ),
        ]

    def __str__(self) -> str:
        return str(self.friend_id)


class AdvocacyAction(TenantModel):
    """Something a member can do to recommend the business: what it is, where, what it gives, and how often."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="advocacy_actions")
    name = models.CharField(max_length=60)
    about = models.CharField(max_length=300, blank=True)
    link = models.URLField(max_length=300, blank=True)
    points = models.PositiveIntegerField()
    # How often one member is thanked for it in so many days; once for ever, if null.
    times = models.PositiveSmallIntegerField(default=1)
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(name="advocacy_action_gives", condition=Q(points__gte=1, times__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class AdvocacyClaim(TenantModel):
    """A member says that they did it; somebody of the team looks, and thanks them or says why not."""

    action = models.ForeignKey(AdvocacyAction, on_delete=models.PROTECT, related_name="claims")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="advocacy_claims", db_index=False)
    # A link or a few words; empty where a photo says it (ClaimPhoto).
    proof = models.CharField(max_length=300, blank=True)
    points = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.OPEN)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=300, blank=True)
    decided_by = models.ForeignKey("tenants.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    # The connected system that decided, when nobody of the team did.
    decided_label = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="advocacy_claim_key"),
            models.CheckConstraint(
                name="advocacy_claim_decided",
                condition=Q(state=ClaimState.OPEN, entry__isnull=True, decided_at__isnull=True)
                | Q(state=ClaimState.APPROVED, entry__isnull=False, decided_at__isnull=False)
                | Q(state=ClaimState.REFUSED, entry__isnull=True, decided_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "member", "action"], name="advocacy_claim_of_member"),
            models.Index(fields=["tenant", "state", "created_at"], name="advocacy_claim_by_state"),
        ]

    def __str__(self) -> str:
        return self.proof


class ClaimPhoto(TenantModel):
    """The photo of a claim, made anew without its metadata; it lies behind the walls, as a file would not."""

    claim = models.ForeignKey(AdvocacyClaim, on_delete=models.CASCADE, related_name="photos", db_index=False)
    image = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "claim"], name="claim_photo_once")]

    def __str__(self) -> str:
        return str(self.claim_id)
