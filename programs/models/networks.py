"""What crosses between the businesses of a network. Each side has rows of its own, and the other's are mirrors of them.

No row here points at a row of another business: `partner_id` is the other business, `person_id` a number that a
person has in this network and nowhere else, and `crossing_id` what the two mirrors of one crossing have in common.
"""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.enums import Source
from customers.models import Consent, Member
from programs.enums import CrossingKind, PersonEnd
from programs.models.accounts import Account, Entry
from programs.models.rewards import Redemption
from tenants.models import Membership, TenantModel


class NetworkPerson(TenantModel):
    """A member who agreed that their points count in the network, until they take that back.

    The same person in another business of the network has a row there with the same `person_id`, because they proved
    there that it is them.
    """

    network_id = models.UUIDField()
    person_id = models.UUIDField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="network_persons", db_index=False)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=10, choices=Source)
    # Who asked, at the counter.
    staff = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    joined_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, choices=PersonEnd, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member"], condition=Q(ended_at=None), name="network_person_one"),
            models.UniqueConstraint(
                fields=["tenant", "person_id"], condition=Q(ended_at=None), name="network_person_here"
            ),
            models.CheckConstraint(
                name="network_person_ends",
                condition=Q(ended_at__isnull=True, ended_by="") | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "member", "-id"], name="network_person_of")]

    def __str__(self) -> str:
        return str(self.person_id)


class NetworkCrossing(TenantModel):
    """Points that left for another business or came from one, as this side sees it. Never changed.

    `points` and `amount` are signed: who lets points go has minus and owes; who takes them has plus and is owed, in
    minor units of the network's currency. The mirror has the same with the other sign. What goes home after a reward
    was undone is a crossing of its own that names the one it `reverses`.
    """

    append_only = True

    crossing_id = models.UUIDField()
    network_id = models.UUIDField()
    partner_id = models.UUIDField()
    person_id = models.UUIDField()
    kind = models.CharField(max_length=10, choices=CrossingKind)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="crossings", db_index=False)
    # None where everything had lapsed meanwhile, and only the money goes back.
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="crossings", db_index=False)
    points = models.BigIntegerField()
    amount = models.BigIntegerField()
    reverses = models.UUIDField(null=True)
    # Of the business that gives the reward; what it is stays there.
    redemption = models.ForeignKey(
        Redemption, on_delete=models.PROTECT, null=True, related_name="crossings", db_index=False
    )
    occurred_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "crossing_id"], name="network_crossing_once"),
            models.UniqueConstraint(
                fields=["tenant", "reverses"], condition=Q(reverses__isnull=False), name="network_reversed_once"
            ),
            # Points and money go the same way, never against each other.
            models.CheckConstraint(
                name="network_crossing_signs",
                condition=Q(points__gte=0, amount__gte=0) | Q(points__lte=0, amount__lte=0),
            ),
            models.CheckConstraint(
                name="network_crossing_moves", condition=~Q(points=0) | Q(kind=CrossingKind.HOME, entry__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "network_id", "occurred_at"], name="network_crossing_by_day"),
            models.Index(fields=["tenant", "person_id", "occurred_at"], name="network_crossing_person"),
            models.Index(
                fields=["tenant", "redemption"], condition=Q(redemption__isnull=False), name="network_crossing_reward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d}"


class NetworkStatement(TenantModel):
    """A month of one business in its network, closed: what is owed to it and what it owes. Never changed.

    The statements of all businesses of the network for a month are closed in one transaction, and add up to zero.
    """

    append_only = True

    network_id = models.UUIDField()
    network_name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    # Its first day.
    month = models.DateField()
    owed_to_us = models.PositiveBigIntegerField()
    owed_by_us = models.PositiveBigIntegerField()
    entries = models.PositiveIntegerField()
    closed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "network_id", "month"], name="network_statement_once"),
            models.CheckConstraint(name="network_statement_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.network_name} {self.month:%Y-%m}"

    @property
    def net(self) -> int:
        """Plus is to be received, minus to be paid."""
        return self.owed_to_us - self.owed_by_us

    @property
    def owes(self) -> int:
        """What is to be paid in the end; nothing for whoever receives."""
        return max(0, -self.net)


class NetworkStatementLine(TenantModel):
    """The part of a statement that is between the business and one other."""

    append_only = True

    statement = models.ForeignKey(NetworkStatement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    partner_id = models.UUIDField()
    partner_name = models.CharField(max_length=80)
    points_in = models.BigIntegerField()
    points_out = models.BigIntegerField()
    owed_to_us = models.PositiveBigIntegerField()
    owed_by_us = models.PositiveBigIntegerField()
    entries = models.PositiveIntegerField()

    class Meta(TenantModel.Meta):
        ordering = ["partner_name", "id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "statement", "partner_id"], name="network_line_once")]

    def __str__(self) -> str:
        return self.partner_name

    @property
    def net(self) -> int:
        return self.owed_to_us - self.owed_by_us

    @property
    def owes(self) -> int:
        return max(0, -self.net)


class NetworkPayment(TenantModel):
    """That what a line of a statement comes to was received, as whoever received it says; until it is taken back.

    Each side has one, with the same `payment_id`: whoever paid reads it, and only the other can take it back.
    """

    payment_id = models.UUIDField()
    line = models.ForeignKey(NetworkStatementLine, on_delete=models.PROTECT, related_name="payments", db_index=False)
    # The day on which it arrived, in the network's time zone.
    received_on = models.DateField()
    note = models.CharField(max_length=120, blank=True)
    marked_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "payment_id"], name="network_payment_mirror"),
            models.UniqueConstraint(fields=["tenant", "line"], condition=Q(undone_at=None), name="network_payment_one"),
        ]

    def __str__(self) -> str:
        return f"{self.received_on}"
