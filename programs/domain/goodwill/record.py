"""That a gesture was taken back, written beside it: the gesture itself is never changed."""

from programs.models import Gesture, GestureUndo
from tenants.actors import Actor


def record_undone(gesture: Gesture, *, by: Actor, reason: str) -> GestureUndo:
    """Write it, once for each gesture. Call it with the account locked, in the transaction that takes back."""
    undone: GestureUndo = GestureUndo.objects.create(
        gesture=gesture, reason=reason[:300], actor_kind=by.kind, actor_id=by.id, actor_label=by.label[:80]
    )
    return undone
