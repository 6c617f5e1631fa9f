"""A program: how members earn, for how long it keeps, and what staff may do by themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Category, Product
from programs.enums import ProgramKind, ProgramStatus, Rounding, Stacking, TierBasis, TierWindow, VoucherRule
from tenants.models import TenantModel


class Program(TenantModel):
    """Points: `earn_points` for every `earn_amount` minor units of what counts.

    The ledger is one engine with different units: a stamp card is a program too, whose units are stamps and whose
    terms stand in `programs.models.stamps`.
    """

    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(max_length=10, choices=ProgramKind, default=ProgramKind.POINTS)
    status = models.CharField(max_length=10, choices=ProgramStatus, default=ProgramStatus.DRAFT)
    unit_one = models.CharField(max_length=20, default="point")
    unit_many = models.CharField(max_length=20, default="points")

    earn_points = models.PositiveIntegerField(default=1)
    earn_amount = models.PositiveBigIntegerField(default=100)
    rounding = models.CharField(max_length=10, choices=Rounding, default=Rounding.CARRY)
    # By default what counts is net of discounts and before tax.
    earn_on_tax = models.BooleanField(default=False)
    minimum_purchase = models.PositiveBigIntegerField(default=0)
    stacking = models.CharField(max_length=10, choices=Stacking, default=Stacking.BEST)
    joining_bonus = models.PositiveIntegerField(default=0)
    pending_days = models.PositiveSmallIntegerField(default=0)
    # Never, if null. Points expire at the end of a day in the business's time zone.
    expiry_months = models.PositiveSmallIntegerField(null=True, blank=True)
    expires_at_month_end = models.BooleanField(default=True)

    tier_basis = models.CharField(max_length=10, choices=TierBasis, default=TierBasis.SPEND)
    tier_window = models.CharField(max_length=15, choices=TierWindow, default=TierWindow.ROLLING_YEAR)
    # After a period, days in which what is missing to keep a tier may still come in; and how long before its end a
    # member whose tier is in danger is told (never, if 0).
    tier_grace_days = models.PositiveSmallIntegerField(default=0)
    tier_notice_days = models.PositiveSmallIntegerField(default=30)

    voucher_days = models.PositiveSmallIntegerField(default=30)
    voucher_rule = models.CharField(max_length=15, choices=VoucherRule, default=VoucherRule.ALL)
    undo_minutes = models.PositiveSmallIntegerField(default=30)
    # Most points one adjustment by staff may give or take; managers have no limit.
    adjustment_limit = models.PositiveIntegerField(default=100)
    # Most that staff may give in a day, to one member and one of them in all, as the spending that earns it (minor
    # units), so that another rate needs no other limit. No limit, if null.
    member_day_limit = models.PositiveBigIntegerField(null=True, blank=True)
    staff_day_limit = models.PositiveBigIntegerField(null=True, blank=True)
    # What staff may give to make something right without a manager, in minor units: at a time, one of them in a day,
    # and all at one location in a day. No limit, if null; 0 asks for a manager every time.
    gesture_limit = models.PositiveBigIntegerField(null=True, blank=True, default=0)
    gesture_staff_budget = models.PositiveBigIntegerField(null=True, blank=True, default=0)
    gesture_location_budget = models.PositiveBigIntegerField(null=True, blank=True, default=0)
    gesture_days = models.PositiveSmallIntegerField(default=30)

    # Most that staff may give at one device in a day, as the two limits above.
    device_day_limit = models.PositiveBigIntegerField(null=True, blank=True)
    # What is held, or written down, for a look. Not watched, if null: how often in seven days one of the staff may give
    # something to one member; after how many days away a reward is no everyday thing; when the shop is open.
    watch_often = models.PositiveSmallIntegerField(null=True, blank=True)
    watch_away_days = models.PositiveSmallIntegerField(null=True, blank=True)
    watch_from = models.TimeField(null=True, blank=True)
    watch_until = models.TimeField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            # A business may have several stamp cards side by side.
            models.UniqueConstraint(
                fields=["tenant", "kind"], condition=~Q(kind=ProgramKind.STAMPS), name="program_one_of_a_kind"
            ),
            models.CheckConstraint(
                name="program_watched_hours",
                condition=Q(watch_from__isnull=True, watch_until__isnull=True)
                | Q(watch_from__isnull=False, watch_until__isnull=False),
            ),
            models.CheckConstraint(name="program_earning_rate", condition=Q(earn_points__gte=1, earn_amount__gte=1)),
            models.CheckConstraint(
                name="program_expiry_months", condition=Q(expiry_months__isnull=True) | Q(expiry_months__range=(1, 120))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProgramExclusion(TenantModel):
    """A product, or everything in a category, that earns nothing."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="exclusions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="exclusion_is_one_thing",
                condition=Q(product__isnull=False, category__isnull=True)
                | Q(product__isnull=True, category__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["tenant", "program", "product", "category"], nulls_distinct=False, name="exclusion_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.product_id or self.category_id)
