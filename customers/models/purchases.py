"""What members and guests bought, and what they brought back. Amounts are minor units of `currency`."""

from django.db import models
from django.db.models import Q

from customers.enums import Source
from customers.models.members import Member
from customers.models.products import Product
from tenants.models import Location, Membership, TenantModel, TenantPart


class Bill(TenantModel):
    """One receipt that several members pay, each a purchase of their own; in minor units of the business's currency.

    `given` of `total` stands on purchases so far, returns deducted. The rest may be paid by guests without a card.
    """

    total = models.BigIntegerField()
    given = models.BigIntegerField(default=0)
    # Among how many it was divided; each of them may pay another part.
    people = models.PositiveSmallIntegerField()
    receipt_number = models.CharField(max_length=60, blank=True)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "receipt_number"], condition=~Q(receipt_number=""), name="bill_receipt"
            ),
            models.CheckConstraint(
                name="bill_given_within", condition=Q(given__gte=0, given__lte=models.F("total"), total__gt=0)
            ),
            models.CheckConstraint(name="bill_of_several", condition=Q(people__gte=2)),
        ]

    def __str__(self) -> str:
        return self.receipt_number or str(self.pk)

    @property
    def left(self) -> int:
        return self.total - self.given


class Purchase(TenantModel):
    """One receipt. `subtotal` − `discount` = `total`, of which `tax` is included; `total` is what was paid.

    `returned` is the part of `total` that came back so far. `credit` is the part of `total` that was paid from store
    credit, `credit_returned` what of that went back there.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="purchases", db_index=False)
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=10, choices=Source)
    receipt_number = models.CharField(max_length=60, blank=True)
    currency = models.CharField(max_length=3)
    subtotal = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    returned = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0, db_default=0)
    credit_returned = models.BigIntegerField(default=0, db_default=0)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=120, blank=True)
    # Of which this is one person's part; the number of the receipt stands there.
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, null=True, related_name="parts", db_index=False)
    # A hash of what the payment provider calls the card.
    payment_card = models.CharField(max_length=32, blank=True, default="", db_default="")
    # Its lines in their order, with whoever has just written them; None when it was read.
    just_written: "list[PurchaseLine] | None" = None

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "receipt_number"], condition=~Q(receipt_number=""), name="purchase_receipt"
            ),
            models.UniqueConstraint(fields=["tenant", "key"], condition=~Q(key=""), name="purchase_key"),
            models.CheckConstraint(
                name="purchase_adds_up", condition=Q(total=models.F("subtotal") - models.F("discount"))
            ),
            models.CheckConstraint(
                name="purchase_not_negative", condition=Q(total__gte=0, discount__gte=0, tax__gte=0)
            ),
            models.CheckConstraint(
                name="purchase_returned_within", condition=Q(returned__gte=0, returned__lte=models.F("total"))
            ),
            models.CheckConstraint(
                name="purchase_credit_within",
                condition=Q(credit_returned__gte=0, credit_returned__lte=models.F("credit"))
                & Q(credit__lte=models.F("total"))
                & (Q(credit=0) | Q(member__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "member", "-occurred_at"], name="purchase_of_member"),
            models.Index(fields=["tenant", "-occurred_at", "-id"], name="purchase_newest"),
            models.Index(fields=["tenant", "bill"], condition=Q(bill__isnull=False), name="purchase_of_bill"),
        ]

    def __str__(self) -> str:
        return self.receipt_number or str(self.pk)

    @property
    def net(self) -> int:
        """What it is worth for earning: net of discounts, before tax, in minor units; returns not deducted."""
        return self.total - self.tax

    @property
    def kept(self) -> int:
        return self.total - self.returned

    @property
    def money(self) -> int:
        """What was paid in money: the rest was paid from credit."""
        return self.total - self.credit


class PurchaseLine(TenantPart):
    """`total` = what this line cost after its share of every discount, tax included; `tax` is the part of it."""

    # Its index is that of `purchase_line_position`.
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    description = models.CharField(max_length=160, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    unit_price = models.BigIntegerField()
    discount = models.BigIntegerField(default=0)
    tax = models.BigIntegerField(default=0)
    total = models.BigIntegerField()
    returned_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=0)
    returned_total = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "purchase", "position"], name="purchase_line_position"),
            models.CheckConstraint(
                name="purchase_line_returned_within",
                condition=Q(returned_total__gte=0, returned_total__lte=models.F("total"))
                & Q(returned_quantity__gte=0, returned_quantity__lte=models.F("quantity")),
            ),
        ]

    def __str__(self) -> str:
        return self.description


class Return(TenantModel):
    """Goods brought back: the whole purchase or a part, once or several times. `total` and `tax` are positive.

    `credit` is the part of `total` that went back to the member's store credit.
    """

    # A return whose purchase is not known (imported credit notes) still counts.
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, related_name="returns")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="returns")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    staff = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=10, choices=Source)
    receipt_number = models.CharField(max_length=60, blank=True)
    total = models.BigIntegerField()
    tax = models.BigIntegerField(default=0)
    credit = models.BigIntegerField(default=0, db_default=0)
    reason = models.CharField(max_length=200, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    key = models.CharField(max_length=120, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "source", "receipt_number"], condition=~Q(receipt_number=""), name="return_receipt"
            ),
            models.UniqueConstraint(fields=["tenant", "key"], condition=~Q(key=""), name="return_key"),
            models.CheckConstraint(name="return_not_negative", condition=Q(total__gte=0, tax__gte=0)),
            models.CheckConstraint(
                name="return_credit_within", condition=Q(credit__gte=0, credit__lte=models.F("total"))
            ),
        ]
        indexes = [models.Index(fields=["tenant", "-occurred_at", "-id"], name="return_newest")]

    def __str__(self) -> str:
        return self.receipt_number or str(self.pk)

    @property
    def money(self) -> int:
        """What is paid back in money: the rest went back to credit."""
        return self.total - self.credit


class ReturnLine(TenantPart):
    return_record = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, null=True, related_name="return_lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="+")
    description = models.CharField(max_length=160, blank=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    total = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(name="return_line_not_negative", condition=Q(total__gte=0, quantity__gt=0))
        ]

    def __str__(self) -> str:
        return self.description
