"""Networks of businesses: each has a seat of its own, behind its own wall, and letters that offer one."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from loyalty_saas.lib.ids import uuid7
from tenants.enums import SeatState
from tenants.models.base import TenantModel
from tenants.models.people import Membership


class NetworkSeat(TenantModel):
    """One business in one network. `network_id` is what all seats of a network have in common.

    There is no row of a network that somebody else could read or change: the name, the currency and the rules stand in
    every seat, and are the same in all of them. `terms` are the plain values of `tenants.domain.networks.terms`.
    `time_zone` is the network's: its months and days are counted in it.

    Other rules are `proposed_terms`, with `agreed_at` for this business's own yes; once every seat has said it they are
    `next_terms`, which count from the day `next_from` on. What counts on a day says `terms_of`.
    """

    network_id = models.UUIDField(default=uuid7)
    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64)
    terms = models.JSONField()
    # Whoever founded it, or has taken that over, invites others.
    is_founder = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=SeatState, default=SeatState.ACTIVE)
    joined_at = models.DateTimeField(default=timezone.now)
    # The last day on which points are taken, for one who has given notice.
    leaves_on = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)
    # When whoever leads the network excluded this business, which then cannot take the notice back.
    excluded_at = models.DateTimeField(null=True)
    excluded_because = models.CharField(max_length=300, blank=True)
    proposed_terms = models.JSONField(null=True)
    proposed_from = models.DateField(null=True)
    proposed_at = models.DateTimeField(null=True)
    agreed_at = models.DateTimeField(null=True)
    next_terms = models.JSONField(null=True)
    next_from = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="network_seat_proposal",
                condition=Q(proposed_from__isnull=True, proposed_at__isnull=True, agreed_at__isnull=True)
                | Q(proposed_from__isnull=False, proposed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="network_seat_excluded", condition=Q(excluded_at__isnull=True) | ~Q(state=SeatState.ACTIVE)
            ),
            models.UniqueConstraint(fields=["tenant"], condition=~Q(state=SeatState.LEFT), name="network_seat_one"),
            models.CheckConstraint(
                name="network_seat_ends",
                condition=Q(state=SeatState.ACTIVE, leaves_on__isnull=True, left_at__isnull=True)
                | Q(state=SeatState.LEAVING, leaves_on__isnull=False, left_at__isnull=True)
                | Q(state=SeatState.LEFT, leaves_on__isnull=False, left_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["network_id"], name="network_seats")]

    def __str__(self) -> str:
        return self.name

    def is_open_on(self, day: date) -> bool:
        """Whether points still cross on this day of the network."""
        return self.state != SeatState.LEFT and (self.leaves_on is None or day <= self.leaves_on)


class NetworkInvitation(TenantModel):
    """A letter or link that offers a seat to one business. Only the hash of its token is kept."""

    network_id = models.UUIDField()
    email = models.EmailField(blank=True)
    token_hash = models.CharField(max_length=64)
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    # The business that took the seat.
    accepted_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="network_invitation_token")]
        indexes = [models.Index(fields=["token_hash"], name="network_invitation_by_token")]

    def __str__(self) -> str:
        return self.email
