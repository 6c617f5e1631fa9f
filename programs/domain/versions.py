"""What runs on a program of its own by versions that nobody changes, stamp cards and cash-back: the life they share."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import transaction
from django.db.models import Max

from programs.enums import ProgramStatus
from programs.models import CashBack, StampCard
from tenants.actors import Actor
from tenants.domain.audit import record_audit

Versioned = TypeVar("Versioned", StampCard, CashBack)


@dataclass(frozen=True, slots=True)
class Versions(Generic[Versioned]):
    """Every verb locks the row it is given. `word` begins its lines in the audit log."""

    model: type[Versioned]
    word: str

    def lock(self, one: Versioned) -> Versioned:
        """As it is now, with its program."""
        rows = self.model.objects.select_for_update(no_key=True, of=("self",)).select_related("program")
        found: Versioned = rows.get(pk=one.pk)
        return found

    def next_number(self, locked: Versioned) -> int:
        """Of the version that is published next."""
        return 1 + (locked.versions.aggregate(last=Max("number"))["last"] or 0)

    @transaction.atomic
    def drop_draft(self, one: Versioned, *, by: Actor) -> bool:
        """Throw the draft away; False when all of it went with it, never having been published."""
        found = self.lock(one)
        record_audit(f"{self.word}.draft_dropped", by=by, subject=found)
        if found.versions.exists():
            found.draft = None
            found.save(update_fields=["draft"])
            return True
        program = found.program
        found.delete()
        program.delete()
        return False

    def pause(self, one: Versioned, *, by: Actor) -> Versioned:
        """One that was never published stays a draft."""
        return self._become(one, ProgramStatus.LIVE, ProgramStatus.PAUSED, "paused", by)

    def resume(self, one: Versioned, *, by: Actor) -> Versioned:
        return self._become(one, ProgramStatus.PAUSED, ProgramStatus.LIVE, "resumed", by)

    @transaction.atomic
    def _become(self, one: Versioned, was: ProgramStatus, status: ProgramStatus, action: str, by: Actor) -> Versioned:
        found = self.lock(one)
        if found.program.status == was:
            found.program.status = status
            found.program.save(update_fields=["status", "updated_at"])
            record_audit(f"{self.word}.{action}", by=by, subject=found)
        return found


# What the audit log says of them, after the word for the kind, beside what each writes itself.
ACTIONS = ("draft_dropped", "paused", "resumed")
