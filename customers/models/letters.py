"""Letters to members that are owed."""

from django.db import models
from django.db.models import Q

from customers.models.members import Member
from tenants.models import OwedLetter


class Letter(OwedLetter):
    """One letter to a member, at the address they have when it leaves."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="letters")

    class Meta(OwedLetter.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="letter_key"),
            models.CheckConstraint(
                name="letter_closed_with_its_outcome",
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "not_before"], condition=Q(closed_at__isnull=True), name="letter_owed"),
        ]
