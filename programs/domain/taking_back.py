"""What an entry gave is taken back: what was spent already is owed, what has expired is gone."""

from typing import Any
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone

from programs.domain.drafts import Draft
from programs.domain.lots import held_lots, settle, take
from programs.domain.posting import post
from programs.domain.rules.awarding import note_gone
from programs.enums import Cause, EntryKind
from programs.models import Account, Entry, Lot, LotUse
from tenants.actors import Actor


def take_back_entry(
    account: Account, entry: Entry, *, key: str, by: Actor, cause_id: UUID, reason: str, snapshot: dict[str, Any]
) -> tuple[Entry | None, int]:
    """Take back all that an accrual gave, on the locked account where its points are now; once for each key.

    The entry that did so and how many points; (None, 0) where all of it had expired. What rules gave goes with it.
    """
    own = set(Lot.objects.filter(Q(entry=entry) | Q(origin=entry)).values_list("pk", flat=True))
    lots = settle(account, held_lots(account), now=timezone.now())
    expired = LotUse.objects.filter(lot__in=own, entry__kind=EntryKind.EXPIRE).aggregate(sum=Sum("amount"))["sum"] or 0
    points = entry.amount + entry.pending_amount - expired
    if points <= 0:
        return None, 0
    first = sorted((lot for lot in lots if lot.pk in own), key=lambda lot: not lot.is_pending)
    moves, short = take(lots, points, first=first)
    posted = post(
        account,
        Draft(
            kind=EntryKind.REVERSE,
            cause=Cause(entry.cause),
            cause_id=cause_id,
            key=key,
            by=by,
            request=(entry.pk,),
            moves=moves,
            owe=short,
            reason=reason[:300],
            reverses_id=entry.pk,
            snapshot={**snapshot, "expired": int(expired)},
        ),
    )
    if posted.is_new:
        note_gone(posted.entry, entry)
    return posted.entry, int(points)
