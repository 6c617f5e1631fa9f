"""What else happens than purchases: types of event that a business defines, and the events that are recorded."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Member
from programs.enums import LimitPeriod
from programs.models.accounts import Entry
from tenants.enums import ActorKind
from tenants.models import TenantModel


class EventType(TenantModel):
    """`fields` are what an event of it holds (programs.domain.events.fields); `key` is its name for other systems.

    For each member `most` of them count in a `period` of the calendar (ever, if blank); any number, if null. With
    `by_staff` the team records them by hand as well.
    """

    name = models.CharField(_("Name"), max_length=60)
    key = models.SlugField(max_length=40, db_index=False)
    fields = models.JSONField(default=list)
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    period = models.CharField(max_length=6, choices=LimitPeriod, blank=True)
    by_staff = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="event_type_key"),
            models.UniqueConstraint("tenant", Lower("name"), name="event_type_name"),
            models.CheckConstraint(name="event_type_most", condition=Q(most__isnull=True) | Q(most__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class Event(TenantModel):
    """Something that happened to a member. `payload` are the values of its fields, by their keys, checked and tidied.

    `reasons` is what every rule made of it, given or not; `entry` gave the points, if any. `counts` is False beyond
    what counts for a member. What is `undone_at` took its points back and counts for nothing.
    """

    type = models.ForeignKey(EventType, on_delete=models.PROTECT, related_name="events", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="events", db_index=False)
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now)
    counts = models.BooleanField(default=True)
    reasons = models.JSONField(default=list)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=80, blank=True)
    location_id = models.UUIDField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, blank=True)
    undone_because = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=120)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="event_key"),
            models.UniqueConstraint(fields=["tenant", "entry"], name="event_of_entry"),
        ]
        indexes = [
            models.Index(fields=["tenant", "member", "type", "occurred_at"], name="event_of_member"),
            models.Index(fields=["tenant", "type", "-id"], name="event_of_type"),
            models.Index(fields=["tenant", "-occurred_at"], name="event_newest"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
