"""What the pages of challenges and of polls share: the list of drafts, of what runs and of what is over."""

from collections.abc import Sequence
from typing import Any

from programs.models import Challenge, Poll
from tenants.access import BusinessRequest
from tenants.permissions import Permission


def listed(request: BusinessRequest, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The rows apart by their `state`, and whether this person may change them."""
    return {
        "running": [row for row in rows if row["state"] == "running"],
        "drafts": [row for row in rows if row["state"] == "draft"],
        "over": [row for row in rows if row["state"] == "over"],
        "may_edit": request.membership.may(Permission.EDIT_PROGRAM),
    }


def state_of(one: Challenge | Poll, *, is_over: bool) -> str:
    """`is_over`: its last day is behind us."""
    if one.published_at is None:
        return "draft"
    return "over" if one.ended_at or is_over else "running"
