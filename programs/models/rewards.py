"""What points are for: rewards, their redemption, and the voucher it gives."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Product, Purchase
from programs.enums import RedemptionStatus, RewardKind
from programs.models.accounts import Account, Entry
from programs.models.goodwill import Gesture
from programs.models.programs import Program
from programs.models.tiers import Tier
from tenants.models import Location, Membership, TenantModel


class Reward(TenantModel):
    """`cost` in points; `value` in minor units (money off) or percent; `stock` is what is left, endless if null."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="rewards")
    name = models.CharField(_("Name"), max_length=80)
    description = models.CharField(_("Description"), max_length=300, blank=True)
    kind = models.CharField(max_length=15, choices=RewardKind)
    value = models.PositiveBigIntegerField(default=0)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cost = models.PositiveIntegerField()
    stock = models.PositiveIntegerField(null=True, blank=True)
    limit_per_member = models.PositiveSmallIntegerField(null=True, blank=True)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="rewards")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    # The owner's order; 0 until they have chosen one, and then the cheapest come first.
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "cost", "name"]
        constraints = [
            models.CheckConstraint(name="reward_costs_something", condition=Q(cost__gte=1)),
            models.CheckConstraint(
                name="reward_has_its_value",
                condition=Q(kind=RewardKind.AMOUNT_OFF, value__gte=1)
                | Q(kind=RewardKind.PERCENT_OFF, value__range=(1, 100))
                | Q(kind=RewardKind.FREE_PRODUCT),
            ),
            models.CheckConstraint(
                name="reward_window",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Redemption(TenantModel):
    """Points given for a reward, once. `entry` is the debit that paid for it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="redemptions")
    points = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=RedemptionStatus, default=RedemptionStatus.OPEN)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    voided_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="redemption_key")]
        indexes = [models.Index(fields=["tenant", "account", "reward"], name="redemption_of_account")]

    def __str__(self) -> str:
        return str(self.pk)


class Voucher(TenantModel):
    """A code, used once at the counter, given by a redemption or by a gesture.

    Its worth is that of the reward when it was redeemed, or what the gesture promised.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="vouchers")
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, null=True, related_name="vouchers")
    gesture = models.ForeignKey(Gesture, on_delete=models.PROTECT, null=True, related_name="vouchers", db_index=False)
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=15, choices=RewardKind)
    value = models.PositiveBigIntegerField(default=0)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=RedemptionStatus, default=RedemptionStatus.OPEN)
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    used_location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, related_name="vouchers")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="voucher_code"),
            models.UniqueConstraint(fields=["tenant", "redemption"], name="voucher_of_redemption"),
            models.UniqueConstraint(fields=["tenant", "gesture"], name="voucher_of_gesture"),
            models.CheckConstraint(
                name="voucher_comes_from_one_thing",
                condition=Q(redemption__isnull=False, gesture__isnull=True)
                | Q(redemption__isnull=True, gesture__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "valid_until"], condition=Q(status=RedemptionStatus.OPEN), name="voucher_to_expire"
            ),
        ]

    def __str__(self) -> str:
        return self.code
