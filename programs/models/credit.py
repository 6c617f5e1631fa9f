"""Cash-back into store credit: what the owner composes, and each version of it as it was published."""

from django.db import models

from programs.models.programs import Program
from tenants.models import TenantModel


class CashBack(TenantModel):
    """`draft` is what the owner is composing (programs.domain.credit.terms), null when nothing is being changed.

    Its program holds the accounts, whose units are minor units of the business's currency, and says whether it runs.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="cash_back", db_index=False)
    draft = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "program"], name="cash_back_of_program")]

    def __str__(self) -> str:
        return str(self.program)


class CashBackVersion(TenantModel):
    """Cash-back as it was published: of those that have begun, the one with the highest number counts."""

    append_only = True

    cash_back = models.ForeignKey(CashBack, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    terms = models.JSONField()
    starts_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "cash_back", "number"], name="cash_back_version_number")
        ]

    def __str__(self) -> str:
        return f"{self.cash_back_id} ({self.number})"
