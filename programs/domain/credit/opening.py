"""Store credit that a member brings from before: an old gift card, the cash-back of another system."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import lock_account_in, require_live, source_of
from programs.domain.credit.reading import credit_program
from programs.domain.guards import refuse_own_account
from programs.domain.opening import post_opening
from programs.domain.reviews.brought import hold_brought
from programs.enums import ProgramStatus
from programs.errors import NoCredit
from programs.models import Entry
from tenants.actors import Actor


@transaction.atomic
def open_credit(
    member: Member,
    *,
    amount: int,
    by: Actor,
    key: str,
    reason: str = "",
    earned_at: datetime | None = None,
    last_day: date | None = None,
    is_endless: bool = False,
    waits_until: datetime | None = None,
    held: Sequence[str] = (),
    source: str = "",
    silent: bool = True,
) -> Entry:
    """Give minor units of credit that a member brings from before, once for each key.

    It can be spent at once, or from `waits_until`, and keeps up to `last_day`, for ever if `is_endless`, or else as
    cash-back of `earned_at` would. What was `held` elsewhere, for these reasons, is held here too.
    Raises Invalid for less than 1, NoCredit, ProgramNotLive, MemberNotActive, OwnAccount. Locks the account.
    """
    if amount < 1:
        raise Invalid(field="amount")
    program = credit_program()
    if program is None or program.status == ProgramStatus.DRAFT:
        raise NoCredit(field="amount")
    account = lock_account_in(member, program, by=by)
    require_live(account)
    refuse_own_account(account.member, by=by)
    posted = post_opening(
        account,
        amount,
        member=member,
        by=by,
        key=key,
        reason=reason,
        earned_at=earned_at,
        last_day=last_day,
        is_endless=is_endless,
        waits_until=waits_until,
    )
    if posted.is_new:
        record_activity(
            ActivityKind.CREDIT_ADJUSTED,
            by=by,
            source=source or source_of(by),
            member=account.member,
            payload={"entry": str(posted.entry.pk), "credit": amount, "opening": True, "reason": reason},
            silent=silent,
        )
        if held:
            hold_brought(account, posted.entry, why=held, silent=silent)
    return posted.entry
