"""What the owner allows members to do with each other's points."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import require_points_program
from programs.models import Program, SharingTerms
from tenants.actors import Actor
from tenants.domain.audit import record_audit

CHANGEABLE = frozenset(
    {
        *("may_give", "minimum", "month_most", "only_family", "wait_days", "watch_feeders"),
        *("has_families", "most_members", "head_spends", "change_days"),
    }
)
MOST_IN_FAMILY = 20


def terms_of(program: Program) -> SharingTerms:
    """The program's terms; some that were never saved, with everything off, where there are none yet."""
    found = SharingTerms.objects.filter(program=program).first()
    return found or SharingTerms(program=program)


@transaction.atomic
def change_sharing(*, changes: Mapping[str, Any], by: Actor) -> SharingTerms:
    """Change the terms from now on; families that are there stay as they are. Raises NoProgram, Invalid."""
    program = require_points_program()
    if unknown := set(changes) - CHANGEABLE:
        raise Invalid(field=min(unknown))
    SharingTerms.objects.bulk_create([SharingTerms(program=program)], ignore_conflicts=True)
    terms: SharingTerms = SharingTerms.objects.select_for_update(no_key=True).get(program=program)
    before = {name: getattr(terms, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    for name, value in changed.items():
        setattr(terms, name, value)
    if terms.minimum < 1:
        raise Invalid(field="minimum")
    if not 2 <= terms.most_members <= MOST_IN_FAMILY:
        raise Invalid(field="most_members")
    if changed:
        terms.save(update_fields=[*changed, "updated_at"])
        record_audit("sharing.changed", by=by, subject=program, **{n: [before[n], v] for n, v in changed.items()})
    return terms
