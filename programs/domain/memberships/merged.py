"""What becomes of paid memberships when two records of one person become one, and when they are parted again."""

from typing import Any

from django.utils import timezone

from customers.models import Merge
from programs.domain.accounts import lock_account_of
from programs.domain.memberships.holding import hold_tier, let_go
from programs.enums import MembershipEnd, MembershipState
from programs.models import PaidMembership
from tenants.actors import Actor

# The name under which a merge keeps what is written here.
PART = "memberships"


def merge_memberships(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """All of them are the kept member's; of two that run, or are wished for, the one that is paid longer goes on."""
    theirs = list(PaidMembership.objects.filter(member=merge.absorbed).select_related("plan__tier"))
    if not theirs:
        return
    ours = PaidMembership.objects.filter(member=merge.kept).exclude(state=MembershipState.ENDED)
    running = [one for one in (*ours.select_related("plan__tier"), *theirs) if one.state != MembershipState.ENDED]
    running.sort(key=lambda one: (one.state == MembershipState.ACTIVE, str(one.paid_until or ""), str(one.pk)))
    ended = running[:-1]
    record: dict[str, Any] = {"moved": [str(one.pk) for one in theirs], "ended": {}}
    for one in ended:
        record["ended"][str(one.pk)] = str(one.state)
        one.state, one.end, one.ended_at = MembershipState.ENDED, MembershipEnd.MERGED, timezone.now()
        one.save(update_fields=["state", "end", "ended_at"])
    PaidMembership.objects.filter(pk__in=[one.pk for one in theirs]).update(member=merge.kept)
    merge.effects[PART] = record
    _hold(merge, by=by, ended=ended)


def part_memberships(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Each goes back where it was; what was ended by the merge runs again."""
    record = merge.effects.get(PART)
    if not record:
        return
    PaidMembership.objects.filter(pk__in=record["moved"]).update(member=merge.absorbed)
    for pk, state in record["ended"].items():
        ended = PaidMembership.objects.filter(pk=pk, end=MembershipEnd.MERGED)
        ended.update(state=state, end="", ended_at=None)
    _hold(merge, by=by)


def _hold(merge: Merge, *, by: Actor, ended: list[PaidMembership] | tuple[()] = ()) -> None:
    """Let both accounts hold what their memberships give."""
    account = lock_account_of(merge.kept, by=by)
    for one in ended:
        let_go(account, one)
    for member in (merge.kept, merge.absorbed):
        rows = PaidMembership.objects.filter(member=member, state=MembershipState.ACTIVE).select_related("plan__tier")
        if (found := rows.first()) is not None:
            hold_tier(lock_account_of(member, by=by), found, by=by)
