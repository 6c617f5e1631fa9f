"""Surprises: what chance gives to visitors within a budget, and every draw of them, so that anyone can repeat it."""

import hashlib

from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.models import Purchase
from programs.enums import SurpriseRefusal
from programs.models.accounts import Account, Entry
from programs.models.presents import Present
from programs.models.programs import Program
from tenants.models import TenantModel


class Surprise(TenantModel):
    """What is given, to whom by chance, and how much of it in a month (`definition`).

    `seed` is chosen when it is published, and with it every draw to come; until it has ended only its `commitment` is
    shown, so that nobody can know who wins, and nobody can change it afterwards.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="surprises")
    name = models.CharField(max_length=60)
    definition = models.JSONField(default=dict)
    seed = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="surprise_published_with_a_seed",
                condition=Q(published_at__isnull=True, seed="") | (Q(published_at__isnull=False) & ~Q(seed="")),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def commitment(self) -> str:
        """SHA-256 of the seed, in hex; empty for a draft."""
        return hashlib.sha256(self.seed.encode()).hexdigest() if self.seed else ""


class SurpriseDraw(TenantModel):
    """One draw. Of a purchase: `roll` below `among`, 0 wins. Of a day: `roll` is the place of the winner in `listed`.

    `place` is 0 for a purchase, and counts the winners of a day. What was won and not given says why (`refusal`).
    """

    surprise = models.ForeignKey(Surprise, on_delete=models.PROTECT, related_name="draws", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="surprises", db_index=False)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="surprises")
    day = models.DateField()
    place = models.PositiveSmallIntegerField(default=0)
    roll = models.BigIntegerField()
    among = models.PositiveIntegerField()
    listed = models.JSONField(default=list)
    is_won = models.BooleanField()
    refusal = models.CharField(max_length=10, choices=SurpriseRefusal, blank=True)
    said = models.CharField(max_length=160, blank=True)
    points = models.PositiveIntegerField(default=0)
    cost = models.PositiveBigIntegerField(default=0)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")
    present = models.ForeignKey(Present, on_delete=models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "surprise", "purchase"], condition=Q(place=0), name="surprise_draw_of_purchase"
            ),
            models.UniqueConstraint(
                fields=["tenant", "surprise", "day", "place"], condition=Q(place__gt=0), name="surprise_draw_of_day"
            ),
            models.CheckConstraint(
                name="surprise_draw_gives_what_it_won",
                condition=Q(is_won=False, entry__isnull=True, present__isnull=True, refusal="")
                | (Q(is_won=True, entry__isnull=True, present__isnull=True) & ~Q(refusal=""))
                | Q(is_won=True, entry__isnull=False, present__isnull=True, refusal="")
                | Q(is_won=True, entry__isnull=True, present__isnull=False, refusal=""),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "account", "-day"], name="surprise_draw_of_account"),
            models.Index(fields=["tenant", "surprise", "-day"], name="surprise_draw_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.surprise_id} {self.day}"

    @property
    def was_given(self) -> bool:
        return bool(self.entry_id or self.present_id)
