"""What the business promises for bringing a friend."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import require_points_program
from programs.enums import ProgramStatus
from programs.models import Program, ReferralOffer
from tenants.actors import Actor
from tenants.domain.audit import record_audit

CHANGEABLE = frozenset(
    {
        "counts_imports",
        *("is_active", "advocate_points", "friend_points", "minimum"),
        *("within_days", "hold_days", "cap", "cap_days"),
    }
)


def offer_of(program: Program) -> ReferralOffer:
    """The program's offer; one that was never saved, not running, where there is none yet."""
    found = ReferralOffer.objects.filter(program=program).first()
    return found or ReferralOffer(program=program)


def running_offer() -> ReferralOffer | None:
    """The offer that members have now: running, in a live program."""
    found: ReferralOffer | None = (
        ReferralOffer.objects.select_related("program")
        .filter(is_active=True, program__status=ProgramStatus.LIVE)
        .first()
    )
    return found


@transaction.atomic
def change_offer(*, changes: Mapping[str, Any], by: Actor) -> ReferralOffer:
    """Change the offer from now on: friends who have joined keep what they were promised. Raises NoProgram, Invalid."""
    program = require_points_program()
    if unknown := set(changes) - CHANGEABLE:
        raise Invalid(field=min(unknown))
    ReferralOffer.objects.bulk_create([ReferralOffer(program=program)], ignore_conflicts=True)
    offer: ReferralOffer = ReferralOffer.objects.select_for_update(no_key=True).get(program=program)
    before = {name: getattr(offer, name) for name in changes}
    changed = {name: value for name, value in changes.items() if before[name] != value}
    for name, value in changed.items():
        setattr(offer, name, value)
    if offer.is_active and not offer.advocate_points and not offer.friend_points:
        raise Invalid(field="advocate_points")
    if changed:
        offer.save(update_fields=[*changed, "updated_at"])
        record_audit("referrals.changed", by=by, subject=program, **{n: [before[n], v] for n, v in changed.items()})
    return offer
