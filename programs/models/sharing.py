"""Points that members share: what the owner allows, families with a head, and every moving of points between cards."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from programs.enums import FamilyEnd, FamilyWay, TransferKind
from programs.models.accounts import Account
from programs.models.programs import Program
from programs.models.rewards import Redemption
from tenants.models import TenantModel


class SharingTerms(TenantModel):
    """What members of a program may do with each other's points. Everything is off until the owner sets it.

    A transfer is at least `minimum` points; a member gives at most `month_most` in a calendar month (any number, if
    null), not before `wait_days` after joining. More than `watch_feeders` members giving to one in 30 days is held for
    a look (not watched, if null). Whoever joined or left a family waits `change_days` before joining another.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="sharing_terms", db_index=False)
    may_give = models.BooleanField(default=False)
    minimum = models.PositiveIntegerField(default=10)
    month_most = models.PositiveIntegerField(null=True, default=500)
    only_family = models.BooleanField(default=False)
    wait_days = models.PositiveSmallIntegerField(default=14)
    watch_feeders = models.PositiveSmallIntegerField(null=True, default=3)
    has_families = models.BooleanField(default=False)
    most_members = models.PositiveSmallIntegerField(default=6)
    head_spends = models.BooleanField(default=False)
    change_days = models.PositiveSmallIntegerField(default=30)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "sharing terms"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "program"], name="sharing_terms_of_program"),
            models.CheckConstraint(
                name="sharing_terms_sensible", condition=Q(minimum__gte=1, most_members__gte=2, most_members__lte=20)
            ),
        ]

    def __str__(self) -> str:
        return str(self.program_id)


class Family(TenantModel):
    """Members whose points are one pool for rewards; each keeps their own on their own card. `head` invites.

    Who belongs to it says `Account.family`; `FamilyMember` says since when, and who did before.
    """

    name = models.CharField(max_length=60)
    head = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    dissolved_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        verbose_name_plural = "families"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "head"], condition=Q(dissolved_at__isnull=True), name="family_of_head"
            )
        ]

    def __str__(self) -> str:
        return self.name


class FamilyMember(TenantModel):
    """From when to when somebody belonged to a family."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="members")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="memberships", db_index=False)
    way = models.CharField(max_length=10, choices=FamilyWay)
    joined_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True)
    why_left = models.CharField(max_length=10, choices=FamilyEnd, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "account"], condition=Q(left_at__isnull=True), name="family_member_of_one"
            ),
            models.CheckConstraint(
                name="family_member_left_for_a_reason",
                condition=Q(left_at__isnull=True, why_left="") | (Q(left_at__isnull=False) & ~Q(why_left="")),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "account", "-joined_at"], name="family_member_of_account")]

    def __str__(self) -> str:
        return str(self.account_id)


class FamilyInvitation(TenantModel):
    """A code by which one person may join a family, once, until a moment. `note` is whom the head meant it for."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="invitations")
    code = models.CharField(max_length=16)
    note = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()
    taken_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="family_invitation_code")]

    def __str__(self) -> str:
        return self.code


class PointTransfer(TenantModel):
    """Points that went from one member's card to another's: given, or drawn from a family's pool for a redemption.

    They keep the days they had. `back_points` are those that went back, when it was undone.
    """

    kind = models.CharField(max_length=10, choices=TransferKind)
    giver = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="given", db_index=False)
    receiver = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="received", db_index=False)
    points = models.PositiveBigIntegerField()
    message = models.CharField(max_length=120, blank=True)
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, null=True, related_name="drawn_from")
    key = models.CharField(max_length=160)
    created_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    undone_why = models.CharField(max_length=300, blank=True)
    back_points = models.PositiveBigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="point_transfer_key"),
            models.CheckConstraint(
                name="point_transfer_of_something",
                condition=Q(points__gte=1, back_points__lte=F("points")) & ~Q(giver=F("receiver")),
            ),
            models.CheckConstraint(
                name="point_transfer_drawn_for_a_redemption",
                condition=Q(kind=TransferKind.GIFT, redemption__isnull=True)
                | Q(kind=TransferKind.FAMILY, redemption__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "giver", "-created_at"], name="point_transfer_by_giver"),
            models.Index(fields=["tenant", "receiver", "-created_at"], name="point_transfer_by_receiver"),
            models.Index(fields=["tenant", "-created_at"], name="point_transfer_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.points}"
