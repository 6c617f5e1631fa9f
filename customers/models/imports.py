"""An import on its way: the file, how its columns are read, how far it is, and what was refused."""

from django.db import models
from django.db.models import Q

from customers.enums import ImportKind, ImportPoints, ImportStatus
from tenants.models import Membership, TenantModel


class Import(TenantModel):
    kind = models.CharField(max_length=15, choices=ImportKind)
    status = models.CharField(max_length=12, choices=ImportStatus, default=ImportStatus.MAPPING)
    file = models.FileField(upload_to="imports/")
    file_name = models.CharField(max_length=200)
    file_hash = models.CharField(max_length=64)
    # How the file is to be opened again: encoding, delimiter, sheet, sheets, whether it names its columns.
    table = models.JSONField(default=dict)
    # The names of its columns, and for each the first few filled cells.
    header = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    # {column position: field name}; how dates and decimals are written; chosen by hand or found.
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    points = models.CharField(max_length=10, choices=ImportPoints, default=ImportPoints.NONE)
    silent = models.BooleanField(default=True)
    # What would happen: counts, the first rows of each kind, things to look at.
    preview = models.JSONField(default=dict)
    # What has happened. Counts by outcome: lines, created, updated, unchanged, refused, without_member, net…
    counts = models.JSONField(default=dict)
    lines_total = models.PositiveIntegerField(default=0)
    lines_done = models.PositiveIntegerField(default=0)
    # How many receipts or members, in the order they are written, are done: where another worker goes on.
    position = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    # A worker that runs it holds a lease; another takes over when it has lapsed. Each claim counts, and a worker
    # whose claim is no longer the latest writes nothing more.
    leased_until = models.DateTimeField(null=True)
    claims = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["tenant", "status", "leased_until"],
                condition=Q(status__in=["previewing", "running"]),
                name="import_at_work",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_at_work(self) -> bool:
        return self.status in (ImportStatus.PREVIEWING, ImportStatus.RUNNING)

    @property
    def percent(self) -> int:
        """How far it is, 0 to 100; 100 only when it is done."""
        if self.status == ImportStatus.DONE:
            return 100
        return min(99, self.lines_done * 100 // self.lines_total) if self.lines_total else 0


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
