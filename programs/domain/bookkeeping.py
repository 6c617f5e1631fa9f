"""How the business books its points, as the owner sets it."""

from dataclasses import asdict, dataclass

from django.db import transaction

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.models import Bookkeeping, Program
from tenants.actors import Actor
from tenants.domain.audit import record_audit

LONGEST = 60


@dataclass(frozen=True, slots=True)
class BookkeepingDetails:
    """`cost_of_hundred` in minor units for a hundred points, None to work it out from the rewards."""

    cost_of_hundred: int | None = None
    liability_account: str = ""
    expense_account: str = ""
    redeemed_account: str = ""
    breakage_account: str = ""


@transaction.atomic
def set_bookkeeping(program: Program, details: BookkeepingDetails, *, by: Actor) -> Bookkeeping:
    """Set what points cost and the accounts they are booked on. Raises Invalid. Locks the program."""
    if details.cost_of_hundred is not None and not 1 <= details.cost_of_hundred <= 10**12:
        raise Invalid(field="cost_of_hundred")
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    kept = bookkeeping_of(program)
    values = {
        name: tidy_text(value.strip(), field=name, longest=LONGEST) if isinstance(value, str) else value
        for name, value in asdict(details).items()
    }
    changed = {name: [getattr(kept, name), value] for name, value in values.items() if getattr(kept, name) != value}
    if not changed:
        return kept
    for name, value in values.items():
        setattr(kept, name, value)
    kept.save()
    record_audit("bookkeeping.changed", by=by, subject=program, **changed)
    return kept


def bookkeeping_of(program: Program) -> Bookkeeping:
    """What was set, or as it is when nothing was."""
    return Bookkeeping.objects.filter(program=program).first() or Bookkeeping(program=program)
