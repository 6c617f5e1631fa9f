"""What there is little of: places and who waits for them, codes of the business's own, and the prizes of a surprise."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Product
from programs.enums import PRIZE_KINDS, RewardKind, WaitingStatus
from programs.models.accounts import Account
from programs.models.rewards import Redemption, Reward, Voucher
from tenants.models import TenantModel

_PRIZES = [(kind.value, kind.label) for kind in PRIZE_KINDS]


class WaitingPlace(TenantModel):
    """Somebody who would like a place; the lowest id waits longest. While `OFFERED`, a place is kept for them."""

    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="waiting", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="waiting")
    status = models.CharField(max_length=10, choices=WaitingStatus, default=WaitingStatus.WAITING)
    offered_at = models.DateTimeField(null=True)
    offered_until = models.DateTimeField(null=True)
    redemption = models.ForeignKey(
        Redemption, on_delete=models.PROTECT, null=True, related_name="waited", db_index=False
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "reward", "account"],
                condition=Q(status__in=[WaitingStatus.WAITING, WaitingStatus.OFFERED]),
                name="waits_once",
            ),
            models.CheckConstraint(
                name="waiting_offer_has_its_end",
                condition=~Q(status=WaitingStatus.OFFERED) | Q(offered_until__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "reward", "status", "id"], name="waiting_in_line")]

    def __str__(self) -> str:
        return str(self.pk)


class OwnCode(TenantModel):
    """A code that the business brought along, for its online shop or another till. It is given once, for ever."""

    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="own_codes", db_index=False)
    code = models.CharField(max_length=60)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    given_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="own_code_once")]
        indexes = [models.Index(fields=["tenant", "reward", "given_at", "id"], name="own_code_next")]

    def __str__(self) -> str:
        return self.code


class Prize(TenantModel):
    """Something that may come out of a surprise, `weight` times as likely as a prize of weight 1."""

    reward = models.ForeignKey(Reward, on_delete=models.PROTECT, related_name="prizes")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=15, choices=_PRIZES)
    value = models.PositiveBigIntegerField(default=0)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    weight = models.PositiveIntegerField()
    stock = models.PositiveIntegerField(null=True)
    unit_cost = models.PositiveBigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="prize_can_come_out", condition=Q(weight__range=(1, 1_000_000))),
            models.CheckConstraint(
                name="prize_has_its_value",
                condition=Q(kind=RewardKind.AMOUNT_OFF, value__gte=1)
                | Q(kind=RewardKind.PERCENT_OFF, value__range=(1, 100))
                | Q(kind__in=[RewardKind.FREE_PRODUCT, RewardKind.UPGRADE]),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Draw(TenantModel):
    """One draw, never changed: the prizes that were in it, the seed, and what came out.

    `roll` is the first 60 bits of SHA-256 of "seed:redemption", modulo the sum of weights, so that anybody can compute
    it again from what stands here.
    """

    append_only = True

    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="draws", db_index=False)
    prize = models.ForeignKey(Prize, on_delete=models.PROTECT, related_name="draws")
    seed = models.CharField(max_length=64)
    roll = models.PositiveBigIntegerField()
    listed = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "redemption"], name="draw_of_redemption")]

    def __str__(self) -> str:
        return str(self.pk)
