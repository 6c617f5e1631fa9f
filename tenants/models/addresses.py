"""Every address a portal has or had: a poster with an old one must never open the portal of somebody else."""

from typing import ClassVar

from django.db import models

from tenants.models.base import TenantModel


class PortalAddress(TenantModel):
    """A slug that this business has, or had before it was renamed. Nobody else gets it, ever.

    The database writes it, whenever the business's row is written, and refuses the row when another business has the
    slug or had it (trigger `keep_address` of tenants_tenant). Addresses are public, so unique to all.
    """

    append_only: ClassVar[bool] = True

    slug = models.SlugField(max_length=40, db_index=False)
    since = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "slug"], name="portal_address_own"),
            models.UniqueConstraint(fields=["slug"], name="portal_address_slug"),
        ]

    def __str__(self) -> str:
        return self.slug
