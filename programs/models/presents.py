"""What is given by itself."""

from django.db import models
from django.utils import timezone

from programs.enums import PresentOccasion
from programs.models.accounts import Account
from tenants.models import TenantModel


class Present(TenantModel):
    """A voucher given by itself, once for each key: `said` is what it was, `because` of which tier or challenge.

    `day` is the one it is for, in the business's zone. Of one that was brought along from elsewhere `reward` is the
    reward here of the name that it had there, if there is one.
    """

    append_only = True

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="presents", db_index=False)
    occasion = models.CharField(max_length=12, choices=PresentOccasion)
    day = models.DateField()
    said = models.CharField(max_length=160)
    because = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now)
    reward = models.ForeignKey("programs.Reward", on_delete=models.PROTECT, null=True, related_name="brought")

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="present_key")]
        indexes = [models.Index(fields=["tenant", "account", "occasion", "day"], name="present_of_account")]

    def __str__(self) -> str:
        return self.said
