"""Keys with which a shop's systems use the API."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.enums import Scope
from tenants.models.base import TenantModel
from tenants.models.people import Membership


class ApiKey(TenantModel):
    """Shown once, kept as SHA-256: 128 random bits need no slow hash (a password hasher costs 0.9 s a call)."""

    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope))
    created_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["-created_at"]
        constraints = [models.UniqueConstraint(fields=["tenant", "token_hash"], name="api_key_token")]
        indexes = [models.Index(fields=["token_hash"], name="api_key_by_token")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class IdempotentCall(TenantModel):
    """The first answer to a key that a caller made, given again to every retry. Same key, other request: an error.

    `body` is the text of the answer, to the letter. Answers that hold a person's details are not kept: then it is
    the id of whom they are about.
    """

    key = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="idempotent_call_key")]
        indexes = [models.Index(fields=["tenant", "created_at"], name="idempotent_call_age")]

    def __str__(self) -> str:
        return self.key
