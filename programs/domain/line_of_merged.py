"""Places that a merged member waits for: the kept record waits in their stead, once for each reward."""

from collections.abc import Iterable

from programs.domain.places import IN_LINE
from programs.enums import WaitingStatus
from programs.models import Account, WaitingPlace


def move_waiting(absorbed: Account, kept: Account) -> list[str]:
    """Let the kept account stand where the absorbed one stood; where both stand, the one further in front counts.

    Returns the ids of what was moved, for the way back. The accounts must be locked.
    """
    moved = []
    standing = {one.reward_id: one for one in WaitingPlace.objects.filter(account=kept, status__in=IN_LINE)}
    for one in WaitingPlace.objects.filter(account=absorbed, status__in=IN_LINE).order_by("pk"):
        other = standing.get(one.reward_id)
        if other is not None:
            behind = other if _is_before(one, other) else one
            WaitingPlace.objects.filter(pk=behind.pk).update(status=WaitingStatus.LEFT)
            if behind is one:
                continue
        WaitingPlace.objects.filter(pk=one.pk).update(account=kept)
        moved.append(str(one.pk))
    return moved


def move_waiting_back(moved: Iterable[str], kept: Account, absorbed: Account) -> None:
    """What came with the absorbed account and still waits goes back to it."""
    WaitingPlace.objects.filter(pk__in=list(moved), account=kept, status__in=IN_LINE).update(account=absorbed)


def _is_before(one: WaitingPlace, other: WaitingPlace) -> bool:
    """A place that is kept counts more than waiting, and then whoever came first."""
    if one.status != other.status:
        return bool(one.status == WaitingStatus.OFFERED)
    return bool(one.pk < other.pk)
