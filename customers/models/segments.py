"""Members as somebody narrowed them, kept under a name."""

from django.db import models
from django.db.models.functions import Lower

from tenants.models import TenantModel


class Segment(TenantModel):
    """`filters` are those of the list of members (customers.segments); who is in it is asked anew each time."""

    name = models.CharField(max_length=60)
    filters = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["name"]
        constraints = [models.UniqueConstraint("tenant", Lower("name"), name="segment_name")]

    def __str__(self) -> str:
        return self.name
