"""What a member brings from before, in whichever kind of program: with the days it had there."""

from dataclasses import replace
from datetime import date, datetime

from django.utils import timezone

from customers.models import Member
from loyalty_saas.lib.days import end_of_day
from programs.domain.accounts import call_key
from programs.domain.drafts import Draft
from programs.domain.lots import new_lot
from programs.domain.posting import Posted, post
from programs.enums import Cause, EntryKind
from programs.models import Account
from tenants.actors import Actor
from tenants.isolation import current_tenant


def post_opening(
    account: Account,
    amount: int,
    *,
    member: Member,
    by: Actor,
    key: str,
    reason: str,
    earned_at: datetime | None,
    last_day: date | None,
    is_endless: bool,
    waits_until: datetime | None = None,
) -> Posted:
    """Write the entry of an opening on a locked account, once for each key, in points or minor units of credit.

    `member` is who brings it: the account may be that of the record theirs was merged into.
    It can be spent from `waits_until`, at once without it, and the daily job releases it as what was earned here.
    It keeps up to `last_day` of the business's zone, for ever if `is_endless`, or else as if it had been earned at
    `earned_at` (now, where that is not known).
    """
    now = timezone.now()
    # The months run from the day it can be spent, as in `new_lot`.
    spendable = max(earned_at or now, waits_until) if waits_until else earned_at or now
    lot = new_lot(account.program, amount, earned_at=spendable, now=now, waits=False)
    if is_endless or last_day is not None:
        lot = replace(lot, expires_at=end_of_day(last_day, current_tenant().zone) if last_day else None)
    return post(
        account,
        Draft(
            kind=EntryKind.ACCRUE,
            cause=Cause.OPENING,
            cause_id=member.pk,
            key=call_key(key),
            by=by,
            request=("opening", amount),
            earns=lot,
            occurred_at=earned_at or now,
            reason=reason[:300],
        ),
    )
