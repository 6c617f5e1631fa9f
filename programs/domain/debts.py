"""What a member owes elsewhere, after a return of what was spent already, is owed here too."""

from django.db import transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from programs.domain.accounts import call_key, lock_account_in, require_live, source_of
from programs.domain.drafts import Draft
from programs.domain.guards import refuse_own_account
from programs.domain.lots import held_lots, settle, take
from programs.domain.posting import entry_of_key, post
from programs.enums import Cause, EntryKind, ProgramKind
from programs.models import Entry, Program
from tenants.actors import Actor

MOST = 10**9


@transaction.atomic
def bring_debt(
    member: Member,
    program: Program,
    *,
    amount: int,
    by: Actor,
    key: str,
    reason: str = "",
    source: str = "",
    silent: bool = True,
) -> Entry:
    """Let a member owe what they owe elsewhere, once for each key, in points or minor units of credit.

    What can be spent here already repays it at once; the rest is repaid by what comes in next. It was earned once, and
    is a part of no lifetime here, so none is lowered. Raises Invalid for less than 1, ProgramNotLive, MemberNotActive,
    OwnAccount. Locks the account.
    """
    if not 1 <= amount <= MOST:
        raise Invalid(field="owed")
    account = lock_account_in(member, program, by=by)
    request = ("debt", amount)
    if repeated := entry_of_key(account, EntryKind.ADJUST, call_key(key), request):
        return repeated
    require_live(account)
    refuse_own_account(account.member, by=by)
    lots = settle(account, held_lots(account), now=timezone.now(), silent=silent)
    moves, short = take(lots, amount)
    posted = post(
        account,
        Draft(
            kind=EntryKind.ADJUST,
            cause=Cause.OPENING,
            cause_id=member.pk,
            key=call_key(key),
            by=by,
            request=request,
            moves=moves,
            owe=short,
            reason=reason[:300],
            snapshot={"owed": short},
        ),
    )
    is_credit = program.kind == ProgramKind.CREDIT
    record_activity(
        ActivityKind.CREDIT_ADJUSTED if is_credit else ActivityKind.POINTS_ADJUSTED,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={
            "entry": str(posted.entry.pk),
            "credit" if is_credit else "points": -amount,
            "opening": True,
            "reason": reason,
            "balance": posted.entry.balance_after,
        },
        silent=silent,
    )
    return posted.entry
