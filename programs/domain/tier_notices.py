"""Telling members in time that they are about to lose their tier. What is written here is what is sent and shown."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from customers.enums import ActivityKind, MemberStatus, Source
from programs.domain.accounts import points_program
from programs.domain.tiers import lacking_to_keep, last_chance, tell
from programs.models import Account, Program
from tenants.actors import Actor


@transaction.atomic
def tell_of_endings(day: date) -> int:
    """Tell, once for each period, every active member whose tier ends soon and is not kept yet; how many were told.

    "Soon" is the program's notice before the last day on which what is missing may come in. A return that takes
    progress back after that is noticed on the next day. Safe to repeat. Locks the accounts that are told.
    """
    program = points_program()
    if program is None or not program.tier_notice_days:
        return 0
    return sum(_tell(account) for account in _ending(program, day))


def is_told(account: Account) -> bool:
    """Whether the member was told of the end that is coming, and something is missing yet."""
    return account.tier_until is not None and account.tier_told_of == account.tier_until


def _ending(program: Program, day: date) -> Sequence[Account]:
    grace = timedelta(days=program.tier_grace_days)
    soon = day + timedelta(days=program.tier_notice_days)
    rows = Account.objects.select_related("program", "tier", "member").filter(
        program=program,
        tier__isnull=False,
        tier_placement__isnull=True,
        tier_until__gte=day - grace,
        tier_until__lte=soon - grace,
        member__status=MemberStatus.ACTIVE,
    )
    return [one for one in rows.order_by("pk") if one.tier_told_of != one.tier_until]


def _tell(account: Account) -> bool:
    missing = lacking_to_keep(account)
    if not missing:
        return False
    changed = (
        Account.objects.filter(pk=account.pk, tier=account.tier, tier_until=account.tier_until)
        .exclude(tier_told_of=account.tier_until)
        .update(tier_told_of=account.tier_until)
    )
    last = last_chance(account)
    if not changed or last is None:
        return False
    tell(
        ActivityKind.TIER_ENDING,
        account,
        account.tier,
        by=Actor.system(),
        source=Source.SYSTEM,
        missing=missing,
        basis=str(account.program.tier_basis),
        until=last.isoformat(),
    )
    return True
