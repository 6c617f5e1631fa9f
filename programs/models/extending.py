"""Why points keep longer than they were promised: closed days and the rest of a member, and what each did to a lot."""

from django.db import models
from django.db.models import F, Q

from programs.models.accounts import Account, Lot
from tenants.models import TenantModel


class Closure(TenantModel):
    """Days on which the business is closed, both included. What was extended stays so when it is withdrawn."""

    first = models.DateField()
    last = models.DateField()
    reason = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.CheckConstraint(name="closure_in_order", condition=Q(last__gte=F("first")))]
        indexes = [models.Index(fields=["tenant", "last"], name="closure_by_end")]

    def __str__(self) -> str:
        return self.reason

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class Rest(TenantModel):
    """The time for which a member is paused, in days of the business; open while `ended_on` is null."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="rests")
    began_on = models.DateField()
    ended_on = models.DateField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="rest_in_order", condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on"))
            ),
            models.UniqueConstraint(
                fields=["tenant", "account"], condition=Q(ended_on__isnull=True), name="rest_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.began_on} – {self.ended_on or ''}"


class LotExtension(TenantModel):
    """What a closure or a rest did to the end of a lot: from `before` to `after`. Null does not end, as in Lot."""

    append_only = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="extensions")
    before = models.DateTimeField(null=True)
    after = models.DateTimeField(null=True)
    closure = models.ForeignKey(Closure, on_delete=models.PROTECT, null=True, related_name="extensions")
    rest = models.ForeignKey(Rest, on_delete=models.PROTECT, null=True, related_name="extensions")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta(TenantModel.Meta):
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="lot_extension_has_one_cause",
                condition=Q(closure__isnull=False, rest__isnull=True) | Q(closure__isnull=True, rest__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} – {self.after}"
