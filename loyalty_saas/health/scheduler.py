"""The scheduler, which says that it lives each time it looks what is due."""

from typing import Any

from celery.beat import PersistentScheduler

from loyalty_saas.health.heartbeat import EVERY, beat


class Scheduler(PersistentScheduler):
    """Celery's own with a heartbeat."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        beat("scheduler")
        wait: float = super().tick(*args, **kwargs)
        return min(wait, EVERY)
