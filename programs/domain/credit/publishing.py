"""Cash-back: composed as a draft, published as versions that nobody changes, paused and taken up again."""

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.chosen import names_of
from programs.domain.credit.terms import CHOICES, Terms, check
from programs.domain.defaults import small_unit
from programs.domain.versions import Versions
from programs.enums import ProgramKind, ProgramStatus
from programs.errors import NothingToPublish
from programs.models import CashBack, CashBackVersion, Program
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

CASH_BACK = Versions(CashBack, "cash_back")


# What staff may give by hand, in minor units: fields of the program.
LIMITS = ("adjustment_limit", "member_day_limit", "staff_day_limit")
# What it begins with, in small units: at a time, to one member in a day, by one of the staff in a day.
_FIRST_LIMITS = (10, 20, 50)
_MOST = 10**9


def cash_back_of_business() -> CashBack | None:
    """What the business has composed, whatever its status; it has one at most."""
    found: CashBack | None = CashBack.objects.select_related("program").first()
    return found


@transaction.atomic
def compose_cash_back(terms: Terms, *, by: Actor) -> CashBack:
    """Write the draft: nothing counts until it is published, and what is published goes on. Raises Invalid at a field.

    Locks it.
    """
    terms = _tidied(terms)
    unit = str(_("credit"))
    small = small_unit(current_tenant().currency)
    limits = {name: units * small for name, units in zip(LIMITS, _FIRST_LIMITS, strict=True)}
    program, _made = Program.objects.get_or_create(
        kind=ProgramKind.CREDIT,
        defaults={"status": ProgramStatus.DRAFT, "name": terms.name, "unit_one": unit, "unit_many": unit, **limits},
    )
    found = CASH_BACK.lock(CashBack.objects.get_or_create(program=program)[0])
    found.draft = terms.as_json()
    found.save(update_fields=["draft"])
    record_audit("cash_back.drafted", by=by, subject=found)
    return found


@transaction.atomic
def publish_cash_back(cash_back: CashBack, *, by: Actor) -> CashBackVersion:
    """Let the draft count for the purchases made from now on. Raises NothingToPublish, Invalid. Locks it.

    Credit that was given keeps the dates it was given with.
    """
    found = CASH_BACK.lock(cash_back)
    if found.draft is None:
        raise NothingToPublish
    terms = _tidied(Terms.from_json(found.draft))
    version = CashBackVersion(
        cash_back=found,
        number=CASH_BACK.next_number(found),
        terms=terms.as_json(),
        starts_at=timezone.now(),
    )
    version.save(force_insert=True)
    found.draft = None
    found.save(update_fields=["draft"])
    program = found.program
    program.name, program.status = terms.name, ProgramStatus.LIVE
    program.pending_days, program.expiry_months = terms.pending_days, terms.expiry_months
    program.expires_at_month_end = terms.expires_at_month_end
    program.save(
        update_fields=["name", "status", "pending_days", "expiry_months", "expires_at_month_end", "updated_at"]
    )
    record_audit("cash_back.published", by=by, subject=found, version=version.number)
    return version


def drop_draft(cash_back: CashBack, *, by: Actor) -> bool:
    """Throw the draft away; False when all of it went with it, never having been published. Locks it."""
    return CASH_BACK.drop_draft(cash_back, by=by)


def pause_cash_back(cash_back: CashBack, *, by: Actor) -> CashBack:
    """Nobody earns or spends credit until it goes on; what members have stays, and refunds go on. Locks it."""
    return CASH_BACK.pause(cash_back, by=by)


def resume_cash_back(cash_back: CashBack, *, by: Actor) -> CashBack:
    """Go on. Purchases made meanwhile give nothing. Locks it."""
    return CASH_BACK.resume(cash_back, by=by)


@transaction.atomic
def limit_credit_by_hand(cash_back: CashBack, limits: Mapping[str, int | None], *, by: Actor) -> Program:
    """What staff may give by hand from now on: fields of LIMITS in minor units, None for no limit. Locks it.

    Raises Invalid at the field that makes no sense.
    """
    found = CASH_BACK.lock(cash_back)
    program = found.program
    for name, value in limits.items():
        if name not in LIMITS or (value is None and name == "adjustment_limit") or not 0 <= (value or 0) <= _MOST:
            raise Invalid(field=name)
    changed = {name: value for name, value in limits.items() if getattr(program, name) != value}
    if changed:
        details = {name: [getattr(program, name), value] for name, value in changed.items()}
        for name, value in changed.items():
            setattr(program, name, value)
        program.save(update_fields=[*changed, "updated_at"])
        record_audit("cash_back.limited", by=by, subject=found, **details)
    return program


def _tidied(terms: Terms) -> Terms:
    """With what the chosen things are called now. Raises Invalid at a field that makes no sense."""
    terms = replace(terms, name=tidy_text(terms.name, field="name", longest=60, required=True))
    check(terms)
    names = names_of({field: getattr(terms, field) for field in CHOICES})
    return replace(terms, names=names)
