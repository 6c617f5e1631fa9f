"""What is owed by the clock: one row for each run of each job, so that a run is neither doubled nor missed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.base import TenantModel


class JobRun(TenantModel):
    class Status(models.TextChoices):
        DUE = "due", _("Due")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    job = models.CharField(max_length=60)
    scheduled_for = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DUE)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "job", "scheduled_for"], name="job_run_once")]

    def __str__(self) -> str:
        return f"{self.job} {self.scheduled_for:%Y-%m-%d %H:%M}"
