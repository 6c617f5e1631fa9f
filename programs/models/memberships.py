"""Paid memberships: what is offered, who has one, and every period that was paid for."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models import Member, Product
from programs.enums import (
    MembershipEnd,
    MembershipState,
    PaymentState,
    PaymentWay,
    PlanPeriod,
    RewardKind,
)
from programs.models.placements import TierPlacement
from programs.models.tiers import Tier
from tenants.enums import ActorKind
from tenants.models import Location, TenantModel


class MembershipPlan(TenantModel):
    """`price` in minor units, tax included (`tax_words` says which), for each period of a month or a year.

    Whoever has it is placed in `tier`, and has what that brings. `welcome_kind` (empty for none) is a voucher given
    with the first payment. One that is not offered any more goes on for those who have it.
    """

    name = models.CharField(max_length=60)
    description = models.CharField(max_length=300, blank=True)
    period = models.CharField(max_length=10, choices=PlanPeriod)
    price = models.PositiveBigIntegerField()
    tax_words = models.CharField(max_length=80, blank=True)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="plans")
    welcome_kind = models.CharField(max_length=15, choices=RewardKind, blank=True)
    welcome_value = models.PositiveBigIntegerField(default=0)
    welcome_product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    welcome_days = models.PositiveSmallIntegerField(default=30)
    # How many days before a period ends a member is reminded, and how many after it they keep everything.
    reminder_days = models.PositiveSmallIntegerField(default=7)
    grace_days = models.PositiveSmallIntegerField(default=7)
    is_offered = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["price", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="membership_plan_name"),
            models.CheckConstraint(name="membership_plan_price", condition=Q(price__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class PaidMembership(TenantModel):
    """A member's paid membership. It is paid up to and with the day `paid_until`, in the business's zone.

    Periods are counted from `anchor`, so that one begun on the 31st comes back to it after a shorter month. `price` is
    what was agreed. `asked_at`: wished for in the portal and not paid yet. `reminded_of` is the end they were told of.
    One that came along from elsewhere at `brought_at` had `brought_periods` paid there: that money was not taken here,
    whether or not those payments came along too.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="paid_memberships", db_index=False)
    plan = models.ForeignKey(MembershipPlan, on_delete=models.PROTECT, related_name="memberships")
    state = models.CharField(max_length=10, choices=MembershipState)
    price = models.PositiveBigIntegerField()
    period = models.CharField(max_length=10, choices=PlanPeriod)
    anchor = models.DateField(null=True)
    periods = models.PositiveSmallIntegerField(default=0)
    paid_until = models.DateField(null=True)
    reminded_of = models.DateField(null=True)
    placement = models.ForeignKey(TierPlacement, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=MembershipEnd, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    brought_at = models.DateTimeField(null=True)
    brought_periods = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            # One at a time: what is wished for, runs, or is late.
            models.UniqueConstraint(
                fields=["tenant", "member"], condition=~Q(state=MembershipState.ENDED), name="membership_one_at_a_time"
            ),
            models.CheckConstraint(
                name="membership_paid_when_it_runs",
                condition=~Q(state=MembershipState.ACTIVE) | Q(paid_until__isnull=False, anchor__isnull=False),
            ),
            models.CheckConstraint(
                name="membership_ended_when_it_says",
                condition=Q(ended_at__isnull=True) | Q(state=MembershipState.ENDED),
            ),
            models.CheckConstraint(
                name="membership_brought_some_of_its_periods", condition=Q(brought_periods__lte=F("periods"))
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "paid_until"], name="membership_due")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.state}"


class MembershipPayment(TenantModel):
    """One period that was paid: from `first` to `last`, both included. Minor units; a refund lowers what was kept."""

    membership = models.ForeignKey(PaidMembership, on_delete=models.PROTECT, related_name="payments", db_index=False)
    number = models.PositiveSmallIntegerField()
    amount = models.PositiveBigIntegerField()
    refunded = models.PositiveBigIntegerField(default=0)
    first = models.DateField()
    last = models.DateField()
    way = models.CharField(max_length=10, choices=PaymentWay)
    # What the way of paying calls it: the receipt of the till, later the id of a card payment.
    reference = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.PAID)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    paid_at = models.DateTimeField(default=timezone.now)
    refunded_at = models.DateTimeField(null=True)
    refund_reason = models.CharField(max_length=300, blank=True)
    refunded_by = models.CharField(max_length=80, blank=True)
    key = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="membership_payment_key"),
            models.UniqueConstraint(
                fields=["tenant", "membership", "number"],
                condition=Q(state=PaymentState.PAID),
                name="membership_payment_period",
            ),
            models.CheckConstraint(
                name="membership_payment_refund_within", condition=Q(refunded__lte=F("amount"), last__gte=F("first"))
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-paid_at"], name="membership_payment_newest")]

    def __str__(self) -> str:
        return f"{self.amount}"

    @property
    def kept(self) -> int:
        return self.amount - self.refunded
