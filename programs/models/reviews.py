"""What looks wrong and is to be looked at: what it is, why, whether points wait for it, and who decided what."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Member
from programs.enums import ReviewKind, ReviewState, ReviewSubject, Suspicion
from tenants.models import Location, Membership, TenantModel


class Review(TenantModel):
    """One thing to look at. `reasons` are names of Suspicion, `evidence` what was seen, in plain values.

    `points` are those it is about; while `is_held` they wait. `times` is how often the same was tried in a day.
    """

    kind = models.CharField(max_length=10, choices=ReviewKind)
    reasons = models.JSONField(default=list)
    evidence = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=10, choices=ReviewSubject)
    subject_id = models.UUIDField(null=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="reviews")
    staff = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, related_name="+")
    points = models.PositiveBigIntegerField(default=0)
    times = models.PositiveIntegerField(default=1)
    is_held = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ReviewState, default=ReviewState.OPEN)
    key = models.CharField(max_length=160)
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    # What decided when nobody of the team did: a connected system, or the purchase that came back.
    decided_label = models.CharField(max_length=80, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="review_key"),
            models.CheckConstraint(
                name="review_open_or_decided",
                condition=Q(state=ReviewState.OPEN, decided_at__isnull=True)
                | (~Q(state=ReviewState.OPEN) & Q(decided_at__isnull=False, is_held=False)),
            ),
            models.CheckConstraint(
                name="review_of_something",
                condition=Q(subject_kind=ReviewSubject.REFUSAL, subject_id__isnull=True)
                | (~Q(subject_kind=ReviewSubject.REFUSAL) & Q(subject_id__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "state", "-seen_at"], name="review_by_state"),
            models.Index(fields=["tenant", "subject_id"], name="review_of_subject"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.said)

    @property
    def said(self) -> list[str]:
        """Why, in words."""
        return [str(Suspicion(reason).label) for reason in self.reasons]

    @property
    def is_money(self) -> bool:
        """Whether `points` are store credit, in minor units."""
        return "credit" in self.evidence

    @property
    def was_refused(self) -> bool:
        """Nothing was given: it is on the record, and there is nothing to release or to take back."""
        return bool(self.subject_kind == ReviewSubject.REFUSAL)

    @property
    def is_open(self) -> bool:
        return bool(self.state == ReviewState.OPEN)
