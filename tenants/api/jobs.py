"""What the API owes to the clock."""

from datetime import date, timedelta

from django.utils import timezone

from tenants.api.idempotency import forget_old_answers
from tenants.jobs import DailyJob
from tenants.jobs import register as register_job

# Nobody retries for longer; that a key was used stays known.
KEPT = timedelta(days=30)


def forget_answers(day: date) -> int:
    return forget_old_answers(timezone.now() - KEPT)


def register() -> None:
    register_job(DailyJob("api.answers", 3, forget_answers))
