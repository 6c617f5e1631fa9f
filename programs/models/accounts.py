"""The ledger: accounts, entries, lots and what was used of them. Amounts are whole points."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.models import Member
from programs.enums import Cause, EntryKind
from programs.models.programs import Program
from programs.models.tiers import Tier
from tenants.enums import ActorKind
from tenants.models import TenantModel, TenantPart


class Account(TenantModel):
    """One member in one program: the row that is locked before anything is posted.

    `balance` can be spent now, `pending` not yet, `owed` is what a return took beyond the balance (the next
    accrual repays it first), `lifetime` is all that was ever earned, reversals deducted. `carry` is the
    fraction of a point left over from rounding. `version` is the seq of the last entry, `head` its hash.
    """

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="accounts")
    balance = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    owed = models.BigIntegerField(default=0)
    lifetime = models.BigIntegerField(default=0)
    carry_numerator = models.BigIntegerField(default=0)
    carry_denominator = models.BigIntegerField(default=1)
    version = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, null=True, related_name="accounts")
    tier_since = models.DateTimeField(null=True)
    # The last day, in the business's time zone, until which the tier is certain.
    tier_until = models.DateField(null=True)
    # The tier was given by hand: by this, until `tier_until` (for as long as it is not taken back, if null).
    tier_placement = models.ForeignKey("programs.TierPlacement", on_delete=models.PROTECT, null=True, related_name="+")
    # The `tier_until` that the member was told of, because they are about to lose the tier then.
    tier_told_of = models.DateField(null=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    # The account of the record that is kept, where the member's was merged: this one is empty, and whoever locks it is
    # given that one. It is never merged itself, so that one step leads there.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    # With whose points it makes one pool for rewards.
    family = models.ForeignKey(
        "programs.Family", on_delete=models.PROTECT, null=True, related_name="accounts", db_index=False
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "member", "program"], name="account_once"),
            models.CheckConstraint(
                name="account_empty_when_merged",
                condition=Q(merged_into__isnull=True) | Q(balance=0, pending=0, owed=0, family__isnull=True),
            ),
            models.CheckConstraint(
                name="account_not_overdrawn", condition=Q(balance__gte=0, pending__gte=0, owed__gte=0)
            ),
            models.CheckConstraint(name="account_owes_only_when_empty", condition=Q(owed=0) | Q(balance=0)),
            models.CheckConstraint(
                name="account_carry_is_a_fraction",
                condition=Q(
                    carry_numerator__gte=0, carry_denominator__gte=1, carry_numerator__lt=F("carry_denominator")
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "program", "-balance"], name="account_balance"),
            models.Index(fields=["tenant", "family"], condition=Q(family__isnull=False), name="account_of_family"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Entry(TenantPart):
    """One line of the ledger, never changed.

    `amount` is the change of (balance − owed), `pending_amount` the change of pending; `…_after` is how the
    account stood afterwards. `snapshot` holds the rule as it was and every reason, so that a later change of
    rules never changes the past. `hash` covers this line and the hash of the one before it on the account.
    """

    append_only = True

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries", db_index=False)
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=10, choices=EntryKind)
    amount = models.BigIntegerField()
    pending_amount = models.BigIntegerField(default=0)
    balance_after = models.BigIntegerField()
    pending_after = models.BigIntegerField()
    owed_after = models.BigIntegerField()
    counts_from = models.DateTimeField()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    cause = models.CharField(max_length=12, choices=Cause)
    cause_id = models.UUIDField(null=True)
    # The entry whose effect this one takes back or gives back.
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by", db_index=False
    )
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    location_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    snapshot = models.JSONField(default=dict)
    key = models.CharField(max_length=120)
    # What the key was used for: the same key with other parameters is an error.
    request_hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    # The snapshot's text as it was sealed, with whoever has just laid it out; None when it was read.
    sealed_snapshot: "str | None" = None

    class Meta(TenantPart.Meta):
        ordering = ["seq"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="entry_key"),
            models.UniqueConstraint(fields=["tenant", "account", "seq"], name="entry_seq"),
            # A purchase of less than a point moves only the carry, and is on the record all the same.
            models.CheckConstraint(
                name="entry_moves_something",
                condition=~Q(amount=0)
                | ~Q(pending_amount=0)
                | Q(kind__in=(EntryKind.ACCRUE, EntryKind.REVERSE), cause__in=(Cause.PURCHASE, Cause.RETURN))
                # A purchase that gave no stamp because the day was full says so.
                | Q(kind__in=(EntryKind.ACCRUE, EntryKind.REVERSE), cause__in=(Cause.STAMPED, Cause.UNSTAMPED))
                | Q(kind__in=(EntryKind.ACCRUE, EntryKind.REVERSE), cause__in=(Cause.CREDITED, Cause.UNCREDITED))
                # So does a merge, which also takes along what was ever earned.
                | Q(kind=EntryKind.TRANSFER, cause=Cause.MERGE),
            ),
            models.CheckConstraint(
                name="entry_not_overdrawn", condition=Q(balance_after__gte=0, pending_after__gte=0, owed_after__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "cause", "cause_id"], name="entry_by_cause"),
            models.Index(fields=["tenant", "-recorded_at"], name="entry_newest"),
            # What took back or gave back an entry, on whichever account: few entries do.
            models.Index(fields=["tenant", "reverses"], condition=Q(reverses__isnull=False), name="entry_reversing"),
            # Sums by day and kind are read from the index alone.
            models.Index(
                fields=["tenant", "occurred_at", "id"],
                include=["kind", "amount", "pending_amount"],
                name="entry_by_day",
            ),
            # What one of the team gave today, asked at every purchase that is typed at the counter.
            models.Index(
                fields=["tenant", "actor_id", "recorded_at"], condition=Q(actor_kind="staff"), name="entry_by_staff"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount:+d}"


class Lot(TenantPart):
    """What one accrual still holds, and when it expires (the end of a day there, as UTC; never, if null)."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lots", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lots")
    amount = models.BigIntegerField()
    remaining = models.BigIntegerField()
    is_pending = models.BooleanField(default=False)
    # Waits until somebody has looked at it, whatever its date.
    is_held = models.BooleanField(default=False, db_default=False)
    available_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    # The lot of another account whose points these are, with their dates.
    moved_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="moved_to")
    # The entry by which those points were given in the first place, however often they have moved.
    origin = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta(TenantPart.Meta):
        constraints = [
            models.CheckConstraint(
                name="lot_holds_its_part", condition=Q(remaining__gte=0, remaining__lte=F("amount"))
            ),
            models.CheckConstraint(name="lot_held_waits", condition=Q(is_held=False) | Q(is_pending=True)),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "account", "expires_at"], condition=Q(remaining__gt=0), name="lot_first_to_expire"
            ),
            models.Index(
                fields=["tenant", "expires_at"], condition=Q(remaining__gt=0, is_pending=False), name="lot_to_expire"
            ),
            models.Index(fields=["tenant", "available_from"], condition=Q(is_pending=True), name="lot_to_confirm"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.amount}"


class LotUse(TenantPart):
    """Which entry used which lot, and how much; minus is given back."""

    append_only = True

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lot_uses")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")
    amount = models.BigIntegerField()

    class Meta(TenantPart.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "entry", "lot"], name="lot_use_once"),
            models.CheckConstraint(name="lot_use_moves_something", condition=~Q(amount=0)),
        ]

    def __str__(self) -> str:
        return f"{self.amount:+d}"
