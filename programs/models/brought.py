"""What happened elsewhere, before a member was brought here: read, and never counted."""

from django.db import models

from customers.models import Member
from programs.enums import BroughtWhat
from tenants.models import TenantModel


class BroughtFact(TenantModel):
    """Points between members, a draw or a crossing of a network in another business, as its own file says it.

    `cells` are that row, by the field of the import; `key` its id there. Nothing moves for it here: what members had
    after it came with their balances. `other` is the second member, where there is one.
    """

    append_only = True

    what = models.CharField(max_length=10, choices=BroughtWhat)
    key = models.CharField(max_length=120)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="brought_facts")
    other = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="+")
    occurred_at = models.DateTimeField()
    cells = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "what", "key"], name="brought_fact_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.key}"
