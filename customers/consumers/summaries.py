"""Keeping what a member's purchases add up to."""

from collections.abc import Sequence

from customers.consumers.registry import Consumer
from customers.domain.summaries import renew_summaries
from customers.enums import ActivityKind
from customers.models import Activity


def _handle(activities: Sequence[Activity]) -> None:
    renew_summaries(one.member_id for one in activities if one.member_id is not None)


SUMMARIES = Consumer(
    name="summaries",
    handle=_handle,
    kinds=frozenset({ActivityKind.MEMBER_JOINED, ActivityKind.PURCHASE_COMPLETED, ActivityKind.PURCHASE_RETURNED}),
)
