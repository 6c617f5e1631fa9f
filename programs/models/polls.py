"""Polls and quizzes: questions for members, and what they answered."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Member
from programs.enums import PollKind
from programs.models.accounts import Entry
from programs.models.presents import Present
from programs.models.programs import Program
from tenants.models import TenantModel


class Poll(TenantModel):
    """`definition` is what is asked, of whom, and what it gives (programs.domain.polls.definition).

    It is a draft up to `published_at`, and a promise from then on that is never changed, only ended.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="polls")
    kind = models.CharField(max_length=5, choices=PollKind)
    name = models.CharField(_("Name"), max_length=80)
    definition = models.JSONField()
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class PollAnswer(TenantModel):
    """What one member answered, once in a period (`period` is its first day, blank for once ever).

    `answers` by the keys of the questions: a choice, a list of choices, a number or a text. `right` counts right
    answers of a quiz. `points` by `entry` and a voucher by `present` are what it gave, `reasons` what earning rules
    made of it. What is `withdrawn_at` counts for nothing, and makes room for another.
    """

    poll = models.ForeignKey(Poll, on_delete=models.PROTECT, related_name="answers", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="poll_answers", db_index=False)
    period = models.CharField(max_length=10, blank=True)
    answers = models.JSONField()
    right = models.PositiveSmallIntegerField(null=True)
    passed = models.BooleanField(null=True)
    points = models.PositiveIntegerField(default=0)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    present = models.ForeignKey(Present, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reasons = models.JSONField(default=list)
    answered_at = models.DateTimeField(default=timezone.now)
    corrected_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "poll", "member", "period"],
                condition=Q(withdrawn_at__isnull=True),
                name="poll_answered_once",
            ),
            models.UniqueConstraint(fields=["tenant", "entry"], name="poll_answer_of_entry"),
            models.UniqueConstraint(fields=["tenant", "present"], name="poll_answer_of_present"),
        ]
        indexes = [
            models.Index(fields=["tenant", "poll", "answered_at"], name="poll_answer_by_day"),
            models.Index(fields=["tenant", "member"], name="poll_answer_of_member"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
