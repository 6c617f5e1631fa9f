"""The addresses of its own at which a business's portal answers."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.hosts import show_host
from loyalty_saas.lib.secrets import new_token
from tenants.enums import DomainTrouble
from tenants.models.base import TenantModel


class Domain(TenantModel):
    """A host name of the business's own that answers with its portal. Host names are public, so unique to all.

    `verified_at` is set while it is proved, and only then does anything answer at it. `trouble` is what the last look
    found wrong, `found` what stood there instead, `failures` how many daily looks in a row found it.
    """

    host = models.CharField(max_length=253)
    token = models.CharField(max_length=64, default=new_token, editable=False)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=20, choices=DomainTrouble, blank=True)
    found = models.CharField(max_length=200, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta(TenantModel.Meta):
        ordering = ["-is_primary", "created_at"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "host"], name="domain_host"),
            # A name can be claimed by many and proved by one.
            models.UniqueConstraint(fields=["host"], condition=Q(verified_at__isnull=False), name="domain_host_proved"),
            models.UniqueConstraint(fields=["tenant"], condition=Q(is_primary=True), name="domain_one_primary"),
            models.CheckConstraint(
                name="domain_primary_is_proved", condition=Q(is_primary=False) | Q(verified_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.host

    @property
    def shown(self) -> str:
        """The name as people read it."""
        return show_host(self.host)

    @property
    def challenge(self) -> str:
        """The name at which the proof stands."""
        return f"_regulars-challenge.{self.host}"

    @property
    def state(self) -> str:
        """`proven` while it answers, `failed` when the last look found something wrong, else `pending`."""
        if self.verified_at is not None:
            return "proven"
        return "failed" if self.trouble else "pending"

    @property
    def state_words(self) -> str:
        words = {"proven": _("Proven"), "failed": _("Not proven"), "pending": _("Waiting for its records")}
        return str(words[self.state])
