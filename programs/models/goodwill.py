"""Making something right: the reasons a business has for it, what was given, and what of it was undone."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from customers.models import Product
from programs.enums import GestureKind
from programs.models.accounts import Account, Entry
from tenants.enums import ActorKind
from tenants.models import Location, Membership, TenantModel


class GoodwillReason(TenantModel):
    """Why somebody is made a present of something, in the business's words, in the owner's order."""

    name = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint("tenant", Lower("name"), name="goodwill_reason_name")]

    def __str__(self) -> str:
        return self.name


class Gesture(TenantModel):
    """Something given to make a thing right, never changed.

    `amount` are points, minor units of money off, or 1 of a product; `cost` is what it counted as when it was given,
    in minor units; `said` and `reason_said` are the words of that day. Points have an `entry`, everything else a
    voucher. `approved_by` gave their PIN because it went beyond what `staff` may give.
    """

    append_only = True

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="gestures", db_index=False)
    kind = models.CharField(max_length=15, choices=GestureKind)
    amount = models.PositiveBigIntegerField()
    cost = models.PositiveBigIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    said = models.CharField(max_length=160)
    reason = models.ForeignKey(GoodwillReason, on_delete=models.PROTECT, related_name="gestures")
    reason_said = models.CharField(max_length=60)
    note = models.CharField(max_length=300, blank=True)
    handed_over = models.BooleanField(default=False)
    staff = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="gestures", db_index=False)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="gesture_key"),
            models.UniqueConstraint(fields=["tenant", "entry"], name="gesture_of_entry"),
            models.CheckConstraint(name="gesture_gives_something", condition=Q(amount__gte=1)),
            models.CheckConstraint(
                name="gesture_has_its_means",
                condition=Q(kind=GestureKind.POINTS, entry__isnull=False, product__isnull=True)
                | Q(kind=GestureKind.AMOUNT_OFF, entry__isnull=True, product__isnull=True)
                | Q(kind=GestureKind.FREE_PRODUCT, entry__isnull=True, product__isnull=False),
            ),
            models.CheckConstraint(
                name="gesture_approved_by_another",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=models.F("staff")),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "created_at"], name="gesture_of_account"),
            # What was given today is asked at every gesture of staff, and a month of it by the page of what it cost.
            models.Index(fields=["tenant", "created_at"], name="gesture_by_day"),
        ]

    def __str__(self) -> str:
        return self.said


class GestureUndo(TenantModel):
    """That a gesture was taken back, once: it costs nothing any more, and stays on the record."""

    append_only = True

    gesture = models.ForeignKey(Gesture, on_delete=models.PROTECT, related_name="undos", db_index=False)
    reason = models.CharField(max_length=300, blank=True)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "gesture"], name="gesture_undone_once")]

    def __str__(self) -> str:
        return str(self.gesture_id)
