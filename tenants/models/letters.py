"""Letters that are owed: written down with the fact they tell of, sent afterwards by a worker."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tenants.enums import LetterOutcome
from tenants.models.base import TenantModel
from tenants.models.people import Membership


class OwedLetter(TenantModel):
    """One letter, once for its `key`. Its words are made when it leaves, from `payload`: ids, and no address.

    It is not sent before `not_before`, which a worker that sends it moves on: if the worker dies, another takes over
    then. Nor is it after `good_until`.
    """

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    good_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=15, choices=LetterOutcome, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.kind


class OwnerLetter(OwedLetter):
    """A letter to one of the owners, or to somebody invited from outside: then `membership` is null, and what the
    payload names has the address. A token in the payload is encrypted, and forgotten when the letter is closed.
    """

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="letters")

    class Meta(OwedLetter.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="owner_letter_key"),
            models.CheckConstraint(
                name="owner_letter_closed_with_its_outcome",
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "not_before"], condition=Q(closed_at__isnull=True), name="owner_letter_owed"
            ),
        ]
