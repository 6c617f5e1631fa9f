"""Tiers, what they bring, and the amounts that count towards them apart from the points that can be spent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.models import Product
from programs.enums import BenefitKind, RewardKind
from programs.models.programs import Program
from tenants.models import TenantModel, TenantPart


class Tier(TenantModel):
    """`threshold` in minor units, points or days, as the program's `tier_basis` says; `multiplier` in percent.

    One that is `by_invitation` is reached by nobody by themselves and shown to nobody who is not in it; its threshold
    says between which others it stands.
    """

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="tiers")
    name = models.CharField(_("Name"), max_length=40)
    threshold = models.PositiveBigIntegerField()
    multiplier = models.PositiveSmallIntegerField(default=100)
    benefits = models.TextField(_("Benefits, one on each line"), max_length=1000, blank=True)
    by_invitation = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        ordering = ["threshold"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "program", "threshold"], name="tier_threshold"),
            models.UniqueConstraint(fields=["tenant", "program", "name"], name="tier_name"),
            models.CheckConstraint(name="tier_multiplier_range", condition=Q(multiplier__range=(100, 1000))),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def benefit_lines(self) -> list[str]:
        return [line.strip() for line in self.benefits.splitlines() if line.strip()]


class TierBenefit(TenantModel):
    """Something a tier brings that works by itself, one of a kind.

    Gifts are worth what a voucher of `gift_kind` is (`value` in minor units or percent) for `days`; `days` of EARLY is
    how long before others; `text` is the delivery code, or what the invitation is to on `on_day`.
    """

    tier = models.ForeignKey(Tier, on_delete=models.CASCADE, related_name="works", db_index=False)
    kind = models.CharField(max_length=12, choices=BenefitKind)
    gift_kind = models.CharField(max_length=15, choices=RewardKind, blank=True)
    value = models.PositiveBigIntegerField(default=0)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    days = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(max_length=160, blank=True)
    on_day = models.DateField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "tier", "kind"], name="tier_benefit_once"),
            models.CheckConstraint(
                name="tier_benefit_has_its_worth",
                condition=~Q(kind__in=(BenefitKind.BIRTHDAY, BenefitKind.ANNIVERSARY))
                | Q(gift_kind=RewardKind.AMOUNT_OFF, value__gte=1)
                | Q(gift_kind=RewardKind.PERCENT_OFF, value__range=(1, 100))
                | Q(gift_kind=RewardKind.FREE_PRODUCT, product__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text or str(self.get_kind_display())


class Qualification(TenantPart):
    """What one fact adds to a member's progress, in every measure at once; a return is a row with minus signs."""

    append_only = True

    account = models.ForeignKey(
        "programs.Account", on_delete=models.PROTECT, related_name="qualifications", db_index=False
    )
    spend = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0)
    visits = models.SmallIntegerField(default=0)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    cause_id = models.UUIDField()
    key = models.CharField(max_length=120)

    class Meta(TenantPart.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="qualification_key")]
        indexes = [models.Index(fields=["tenant", "account", "occurred_at"], name="qualification_window")]

    def __str__(self) -> str:
        return self.key
