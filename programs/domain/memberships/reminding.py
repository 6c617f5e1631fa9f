"""What members are told of their paid membership by e-mail: before it is to be paid, while it is late, at its end.

A letter is owed once for each day that it is about, in the transaction of what it tells; what is no longer so when it
leaves is not said (`programs.letters.memberships`).
"""

from datetime import date, timedelta

from customers.domain.letters import owe_letter
from customers.enums import MemberStatus
from loyalty_saas.lib.days import end_of_day
from programs.enums import MembershipEnd
from programs.models import PaidMembership
from tenants.isolation import current_tenant

DUE, LATE, ENDED = "membership_due", "membership_late", "membership_ended"
# How long after its end it is still worth saying.
ENDED_DAYS = 14
# Whoever was paid back, or merged with another record, knows, or has one that runs.
_TOLD_ENDS = (MembershipEnd.LAPSED, MembershipEnd.CANCELLED)


def letter_key(kind: str, membership: PaidMembership) -> str:
    """One for each day up to which it was paid."""
    return f"{kind}:{membership.pk}:{membership.paid_until}"


def write_that_due(membership: PaidMembership) -> bool:
    """That the next payment is near; nothing after the last day that is paid."""
    return _owe(DUE, membership, until=_paid(membership))


def write_that_late(membership: PaidMembership, day: date, kept_until: date) -> bool:
    """That it was not paid and what is kept for how long, once it is late on `day`. Who rests, or cancelled, is not."""
    if membership.cancelled_at or not _paid(membership) < day <= kept_until:
        return False
    return _owe(LATE, membership, until=kept_until)


def write_that_ended(membership: PaidMembership, day: date) -> bool:
    """That it has ended, where they did not end it themselves at the counter."""
    if membership.end not in _TOLD_ENDS:
        return False
    return _owe(ENDED, membership, until=day + timedelta(days=ENDED_DAYS))


def _owe(kind: str, membership: PaidMembership, *, until: date) -> bool:
    if membership.member.status != MemberStatus.ACTIVE:
        return False
    return owe_letter(
        membership.member,
        kind=kind,
        key=letter_key(kind, membership),
        payload={"membership": str(membership.pk), "paid_until": str(membership.paid_until)},
        good_until=end_of_day(until, current_tenant().zone),
    )


def _paid(membership: PaidMembership) -> date:
    assert membership.paid_until is not None  # it runs, or ran
    until: date = membership.paid_until
    return until
