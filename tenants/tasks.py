"""What workers do for this app. Each task calls one function and may run any number of times."""

from celery import shared_task

from tenants import jobs


@shared_task
def start_due_work() -> int:
    return jobs.start_due_work()
