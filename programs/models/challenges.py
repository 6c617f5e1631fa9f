"""Challenges: what members may try to do, and who has done it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.models.accounts import Account, Entry
from programs.models.presents import Present
from programs.models.programs import Program
from tenants.models import TenantModel


class Challenge(TenantModel):
    """`definition` is what is asked and given (programs.domain.challenges.definition).

    It is a draft up to `published_at`, and a promise from then on that is never changed, only ended.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="challenges")
    name = models.CharField(_("Name"), max_length=60)
    definition = models.JSONField()
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ChallengeResult(TenantModel):
    """That a member has done a challenge, and what it gave: points by an entry, or a voucher by a present.

    `taken_back_at` says that what they had bought for it came back; then it may be done again.
    """

    challenge = models.ForeignKey(Challenge, on_delete=models.PROTECT, related_name="results", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="challenge_results")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    present = models.ForeignKey(Present, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    points = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "challenge", "account"],
                condition=Q(taken_back_at__isnull=True),
                name="challenge_done_once",
            ),
            models.UniqueConstraint(fields=["tenant", "entry"], name="challenge_of_entry"),
            models.UniqueConstraint(fields=["tenant", "present"], name="challenge_of_present"),
        ]
        indexes = [models.Index(fields=["tenant", "challenge", "done_at"], name="challenge_by_day")]

    def __str__(self) -> str:
        return str(self.pk)
