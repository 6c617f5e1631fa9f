"""How the business books its points: what they cost, and the accounts of its accountant."""

from django.db import models
from django.db.models import Q

from programs.models.programs import Program
from tenants.models import TenantModel


class Bookkeeping(TenantModel):
    """`cost_of_hundred` are minor units for a hundred points; worked out from the rewards, if null.

    The accounts are names or numbers as the accountant uses them; a blank one has its usual name.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="bookkeeping")
    cost_of_hundred = models.PositiveBigIntegerField(null=True, blank=True)
    liability_account = models.CharField(max_length=60, blank=True)
    expense_account = models.CharField(max_length=60, blank=True)
    redeemed_account = models.CharField(max_length=60, blank=True)
    breakage_account = models.CharField(max_length=60, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "program"], name="bookkeeping_of_program"),
            models.CheckConstraint(
                name="bookkeeping_cost", condition=Q(cost_of_hundred__isnull=True) | Q(cost_of_hundred__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return str(self.program)
