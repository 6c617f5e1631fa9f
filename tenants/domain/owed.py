"""Owing a letter, taking it to send it, and noting what became of it; whoever it is to.

A letter is owed in the transaction of its fact, so it is never forgotten; it is taken by one worker at a time, and a
worker that dies gives it back by the clock. Between a mail server's "accepted" and our note of it nobody can stand: a
worker killed at that very moment sends again, under the same Message-ID, by which mailboxes know it as the same.
"""

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from loyalty_saas.lib.ids import uuid7
from tenants.enums import LetterOutcome
from tenants.isolation import current_tenant_id
from tenants.models import OwedLetter
from tenants.rows import insert_row

log = structlog.get_logger(__name__)
# How long a worker has a letter for itself: longer than a mail server is waited for.
HELD_FOR = timedelta(minutes=3)
MOST_TRIES = 10
LONGEST_PAUSE = timedelta(hours=1)
L = TypeVar("L", bound=OwedLetter)


def owe(letter: OwedLetter, *, task: str) -> bool:
    """Write a new letter down, once for its key; `task` is called for the business once this is committed."""
    letter.id = uuid7()
    letter.created_at = letter.not_before = timezone.now()
    if not insert_row(letter, unless_there=True):
        return False
    tenant_id = current_tenant_id()
    transaction.on_commit(lambda: wake(task, tenant_id), robust=True)
    return True


def wake(task: str, tenant_id: UUID) -> None:
    """Ask a worker to send what is owed; a call that is lost is made good by the schedule."""
    try:
        current_app.send_task(task, (str(tenant_id),), retry=False)
    except (RedisError, OperationalError, OSError) as error:
        log.warning("letters.not_woken", error=type(error).__name__)


def are_owed(model: type[L], now: datetime) -> bool:
    """Whether any is to be sent in the current business at this moment."""
    return model.objects.filter(closed_at__isnull=True, not_before__lte=now).exists()


@transaction.atomic
def take_next(model: type[L]) -> L | None:
    """The next one that is due, for this worker alone until it is closed, put off, or HELD_FOR is over."""
    now = timezone.now()
    due = model.objects.select_for_update(skip_locked=True, no_key=True).filter(
        closed_at__isnull=True, not_before__lte=now
    )
    letter: L | None = due.order_by("not_before", "id").first()
    if letter is None:
        return None
    letter.tries += 1
    letter.not_before = now + HELD_FOR
    letter.save(update_fields=["tries", "not_before"])
    return letter


def close_letter(letter: OwedLetter, outcome: LetterOutcome) -> None:
    """Nothing more is done with it. A letter that another worker has closed stays as it is."""
    kept = {name: value for name, value in letter.payload.items() if name != "token"}
    open_one = type(letter).objects.filter(pk=letter.pk, closed_at__isnull=True)
    open_one.update(outcome=outcome, closed_at=timezone.now(), payload=kept)


def owe_again(letter: OwedLetter, *, task: str) -> None:
    """A closed letter is owed once more, with all its tries. Call it with the letter locked."""
    letter.outcome, letter.closed_at, letter.tries, letter.not_before = "", None, 0, timezone.now()
    letter.save(update_fields=["outcome", "closed_at", "tries", "not_before", "payload"])
    tenant_id = current_tenant_id()
    transaction.on_commit(lambda: wake(task, tenant_id), robust=True)


def put_off(letter: OwedLetter) -> None:
    """The mail server was away: again after a while, twice as long each time; in the end it has failed."""
    if letter.tries >= MOST_TRIES:
        close_letter(letter, LetterOutcome.FAILED)
        return
    pause = min(timedelta(seconds=15 * 2**letter.tries), LONGEST_PAUSE)
    open_one = type(letter).objects.filter(pk=letter.pk, closed_at__isnull=True)
    open_one.update(not_before=timezone.now() + pause)
