"""Phone numbers that members typed in the portal: nobody has proved them, until somebody who sees them asks."""

from django.db import transaction

from customers.domain.activity import record_activity
from customers.domain.identity import lock_member
from customers.domain.members import change_member
from customers.domain.search_keys import renew_keys
from customers.enums import ActivityKind
from customers.models import Member
from tenants.actors import Actor


def confirm_phone(member: Member, *, by: Actor, source: str) -> Member:
    """The number is theirs, as somebody at the shop has asked: from now on it names them. None: no change.

    Raises Taken with the member who has it already.
    """
    if not member.claimed_phone:
        return member
    return change_member(member, changes={"phone": member.claimed_phone}, by=by, source=source)


@transaction.atomic
def drop_claimed_phone(member: Member, *, by: Actor, source: str) -> Member:
    """The number is not theirs. Locks the member; one that is confirmed stays."""
    locked = lock_member(member.pk)
    if locked.claimed_phone:
        locked.claimed_phone = ""
        locked.save(update_fields=["claimed_phone", "updated_at"])
        renew_keys([locked])
        payload = {"fields": ["phone"]}
        record_activity(ActivityKind.MEMBER_CHANGED, by=by, source=source, member=locked, payload=payload)
    return locked
