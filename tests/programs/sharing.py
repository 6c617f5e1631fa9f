"""Members who share points, for tests."""

from typing import Any

from customers.models import Member
from programs.domain.sharing.families import accept_invitation, found_family, invite
from programs.domain.sharing.terms import change_sharing
from programs.domain.sharing.transfers import transfer_points
from programs.models import Family, PointTransfer
from tests.programs.shop import SYSTEM, key

OPEN = {
    "may_give": True,
    "minimum": 1,
    "month_most": None,
    "wait_days": 0,
    "watch_feeders": None,
    "has_families": True,
    "change_days": 0,
}


def allow(**changes: Any) -> None:
    """Everything is allowed, but for what is said."""
    change_sharing(changes=OPEN | changes, by=SYSTEM)


def make_family(head: Member, *others: Member, name: str = "Gruber") -> Family:
    family = found_family(head, name=name, by=SYSTEM)
    for member in others:
        accept_invitation(invite(family, by=SYSTEM).code, member=member, by=SYSTEM)
    family.refresh_from_db()
    return family


def give_points(giver: Member, to: Member, points: int, **fields: Any) -> PointTransfer:
    return transfer_points(giver, to=to, points=points, **{"by": SYSTEM, "key": key(), **fields})
