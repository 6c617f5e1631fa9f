"""What happens to a voucher: used (in parts), held for a while by another system, handed on to somebody else."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Purchase
from programs.enums import GiftStatus, HoldStatus
from programs.models.accounts import Account
from programs.models.rewards import Voucher
from tenants.models import Location, Membership, TenantModel


class VoucherUse(TenantModel):
    """One use. `amount` is what it took off in minor units, null where nobody said."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    amount = models.PositiveBigIntegerField(null=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, related_name="voucher_uses")
    staff = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=80, blank=True)
    used_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)


class VoucherHold(TenantModel):
    """A voucher, or `amount` of the money on it, kept for an order until it is paid, given up, or the time is over."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="holds")
    amount = models.PositiveBigIntegerField(null=True)
    reference = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=HoldStatus, default=HoldStatus.HELD)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        indexes = [
            models.Index(fields=["tenant", "expires_at"], condition=Q(status=HoldStatus.HELD), name="hold_to_run_out"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Gift(TenantModel):
    """A voucher wrapped for somebody else: whoever opens it by its `code` holds the voucher from then on."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="gifts", db_index=False)
    giver = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="gifts_given")
    taker = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="gifts_taken")
    code = models.CharField(max_length=16)
    message = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=GiftStatus, default=GiftStatus.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "code"], name="gift_code"),
            models.UniqueConstraint(
                fields=["tenant", "voucher"], condition=Q(status=GiftStatus.OPEN), name="gift_wrapped_once"
            ),
            models.CheckConstraint(
                name="gift_taken_by_somebody",
                condition=Q(status=GiftStatus.TAKEN, taker__isnull=False)
                | Q(status__in=[GiftStatus.OPEN, GiftStatus.WITHDRAWN], taker__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "voucher", "status"], name="gift_of_voucher")]

    def __str__(self) -> str:
        return self.code
