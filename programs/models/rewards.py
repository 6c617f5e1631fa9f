"""What points are for: rewards, their redemption, and the voucher it gives."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from customers.models import Product, Purchase
from programs.enums import LimitPeriod, RedemptionStatus, RewardKind
from programs.models.accounts import Account, Entry
from programs.models.goodwill import Gesture
from programs.models.presents import Present
from programs.models.programs import Program
from programs.models.tiers import Tier
from tenants.models import Location, Membership, TenantModel


class Charity(TenantModel):
    """Somebody to whom the business passes on what members give in their name."""

    name = models.CharField(max_length=80)
    about = models.CharField(max_length=300, blank=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint("tenant", Lower("name"), name="charity_name")]

    def __str__(self) -> str:
        return self.name


class Reward(TenantModel):
    """`cost` in points; `value` in minor units (money off, a donation, what an upgrade is worth) or percent.

    `stock` is what is left, endless if null: pieces, places at an event, or codes of the business's own. `cap` is the
    most that percent take off, `minimum` the smallest purchase a voucher can be used on, `unit_cost` what one costs
    the business, all in minor units. `terms` are the plain values of `programs.domain.terms`.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="rewards")
    name = models.CharField(_("Name"), max_length=80)
    description = models.CharField(_("Description"), max_length=300, blank=True)
    kind = models.CharField(max_length=15, choices=RewardKind)
    value = models.PositiveBigIntegerField(default=0)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, null=True, blank=True, related_name="rewards")
    cost = models.PositiveIntegerField()
    cap = models.PositiveBigIntegerField(null=True, blank=True)
    minimum = models.PositiveBigIntegerField(default=0)
    unit_cost = models.PositiveBigIntegerField(null=True, blank=True)
    stock = models.PositiveIntegerField(null=True, blank=True)
    limit_per_member = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_in_period = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_period = models.CharField(max_length=10, choices=LimitPeriod, blank=True)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, blank=True, related_name="rewards")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    terms = models.JSONField(default=dict)
    # An event begins, or those with early access may come; and from when everybody may.
    happens_at = models.DateTimeField(null=True, blank=True)
    public_at = models.DateTimeField(null=True, blank=True)
    # What only those who have it can see.
    content = models.TextField(max_length=4000, blank=True)
    link = models.URLField(max_length=500, blank=True)
    # A place that becomes free is kept for the first who waits, for so many hours.
    has_waiting_list = models.BooleanField(default=False)
    take_hours = models.PositiveSmallIntegerField(default=24)
    uses_own_codes = models.BooleanField(default=False)
    is_partial = models.BooleanField(default=False)
    # Of its vouchers: the first day they work, and for how many days (as the program says, if null).
    usable_from = models.DateField(null=True, blank=True)
    usable_days = models.PositiveSmallIntegerField(null=True, blank=True)
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
                | Q(kind=RewardKind.DONATION, value__gte=1, charity__isnull=False)
                | Q(kind=RewardKind.EXPERIENCE, happens_at__isnull=False)
                | Q(
                    kind__in=[
                        *(RewardKind.FREE_PRODUCT, RewardKind.CHOICE, RewardKind.UPGRADE, RewardKind.EARLY_ACCESS),
                        *(RewardKind.CONTENT, RewardKind.MYSTERY),
                    ]
                ),
            ),
            models.CheckConstraint(
                name="reward_window",
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="reward_limit_has_its_period",
                condition=Q(limit_in_period__isnull=True) | ~Q(limit_period=""),
            ),
            models.CheckConstraint(name="reward_parts_of_money", condition=Q(is_partial=False) | Q(kind="amount_off")),
        ]

    def __str__(self) -> str:
        return self.name


class Redemption(TenantModel):
    """Points given for a reward, once. `entry` is the debit that paid for it."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="redemptions", db_index=False)
    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="redemptions")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="redemptions")
    points = models.PositiveIntegerField()
    # What it costs the business, in minor units; null while nobody can say (percent off, until it is used).
    cost = models.PositiveBigIntegerField(null=True)
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
    """A code, used once or (money with `left` on it) in parts, given by a redemption, by a gesture, or by itself.

    Its worth is that of the reward when it was redeemed, or what the gesture or present promised. `account` is who
    holds it now, for it may have been handed on. `own_code` is one of the business's own, of its list.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="vouchers")
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, null=True, related_name="vouchers")
    gesture = models.ForeignKey(Gesture, on_delete=models.PROTECT, null=True, related_name="vouchers", db_index=False)
    present = models.ForeignKey(Present, on_delete=models.PROTECT, null=True, related_name="vouchers", db_index=False)
    code = models.CharField(max_length=16)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=15, choices=RewardKind)
    value = models.PositiveBigIntegerField(default=0)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    charity = models.ForeignKey(Charity, on_delete=models.PROTECT, null=True, related_name="vouchers", db_index=False)
    own_code = models.CharField(max_length=60, blank=True)
    cap = models.PositiveBigIntegerField(null=True)
    minimum = models.PositiveBigIntegerField(default=0)
    left = models.PositiveBigIntegerField(null=True)
    terms = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=RedemptionStatus, default=RedemptionStatus.OPEN)
    valid_from = models.DateTimeField(null=True)
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
            models.UniqueConstraint(fields=["tenant", "own_code"], condition=~Q(own_code=""), name="voucher_own_code"),
            models.CheckConstraint(
                name="voucher_holds_no_more_than_its_worth",
                condition=Q(left__isnull=True) | Q(kind=RewardKind.AMOUNT_OFF, left__lte=models.F("value")),
            ),
            models.UniqueConstraint(fields=["tenant", "present"], name="voucher_of_present"),
            models.CheckConstraint(
                name="voucher_comes_from_one_thing",
                condition=Q(redemption__isnull=False, gesture__isnull=True, present__isnull=True)
                | Q(redemption__isnull=True, gesture__isnull=False, present__isnull=True)
                | Q(redemption__isnull=True, gesture__isnull=True, present__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "valid_until"], condition=Q(status=RedemptionStatus.OPEN), name="voucher_to_expire"
            ),
            models.Index(
                fields=["tenant", "charity", "used_at"], condition=Q(charity__isnull=False), name="voucher_of_charity"
            ),
        ]

    def __str__(self) -> str:
        return self.code
