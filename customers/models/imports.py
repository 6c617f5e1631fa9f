"""An import on its way: the file, how its columns are read, how far it is, and what was refused."""

from django.db import models

from customers.enums import ImportKind, ImportPoints, ImportStatus
from tenants.models import Membership, TenantModel


class Import(TenantModel):
    kind = models.CharField(max_length=10, choices=ImportKind)
    status = models.CharField(max_length=12, choices=ImportStatus, default=ImportStatus.MAPPING)
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    # {column position: field name}; how dates and decimals are written; chosen by hand or found.
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    points = models.CharField(max_length=10, choices=ImportPoints, default=ImportPoints.NONE)
    silent = models.BooleanField(default=True)
    # Counts by outcome: lines, created, updated, unchanged, refused, without_member, duplicates, net…
    counts = models.JSONField(default=dict)
    lines_total = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # A worker that runs it holds a lease; another takes over when it has lapsed.
    leased_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class ImportRefusal(TenantModel):
    """A row that was not taken, with its number in the file, its cells and the reason."""

    import_record = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refusals")
    row_number = models.PositiveIntegerField()
    cells = models.JSONField()
    column = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300)

    class Meta(TenantModel.Meta):
        ordering = ["row_number"]
        indexes = [models.Index(fields=["tenant", "import_record", "row_number"], name="import_refusal_row")]

    def __str__(self) -> str:
        return f"{self.row_number}: {self.reason}"
