"""Closed days and the rest of a member make points keep longer. Each change of a lot's end is written down as a fact.

What would expire on a closed day keeps as many days longer as the business is closed. While a member is paused nothing
of theirs expires; afterwards it keeps as many days longer as they were paused. Lots that are used up are moved as well,
so that what is given back to them later, or was moved to another card, keeps the same dates.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.enums import MemberStatus
from customers.models import Member, Merge
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.domain.accounts import lock_account, require_points_program
from programs.domain.lots import held_lots, settle
from programs.errors import ClosureIsOver, ClosuresOverlap
from programs.models import Account, Closure, Lot, LotExtension, Program, Rest
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant

MOST_DAYS = 366
_MOMENT = timedelta(microseconds=1)
_PIECE = 2_000


class _Change(NamedTuple):
    lot: UUID
    before: datetime | None
    after: datetime | None


@transaction.atomic
def announce_closure(first: date, last: date, *, reason: str, by: Actor) -> Closure:
    """Write down that the business is closed from one day to another, both included, and extend what would expire.

    What is earned later and would expire then is extended with the night. Raises Invalid, ClosureIsOver,
    ClosuresOverlap, NoProgram. Locks the program, then the accounts concerned.
    """
    reason = tidy_text(reason, field="reason", longest=120, required=True)
    if last < first or (last - first).days >= MOST_DAYS:
        raise Invalid(_("This must not lie before the first day, and at most a year after it."), field="last")
    now = timezone.now()
    if last < local_day(now, current_tenant().zone):
        raise ClosureIsOver(field="last")
    program = require_points_program()
    # Whoever announces another one meanwhile waits here.
    Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    if closures().filter(first__lte=last, last__gte=first).exists():
        raise ClosuresOverlap(field="first")
    closure: Closure = Closure.objects.create(first=first, last=last, reason=reason)
    extended = _extend(closure, now)
    record_audit(
        "closure.announced", by=by, subject=closure, first=first.isoformat(), last=last.isoformat(), lots=extended
    )
    return closure


@transaction.atomic
def withdraw_closure(closure: Closure, *, by: Actor) -> Closure:
    """Extend nothing more for it. What was extended was promised, and stays so. Withdrawing again changes nothing."""
    closure = Closure.objects.select_for_update(no_key=True).get(pk=closure.pk)
    if closure.withdrawn_at is None:
        closure.withdrawn_at = timezone.now()
        closure.save(update_fields=["withdrawn_at"])
        record_audit("closure.withdrawn", by=by, subject=closure)
    return closure


def closures() -> Any:
    """The closures that hold, as a queryset, in their order."""
    return Closure.objects.filter(withdrawn_at=None).order_by("first")


@transaction.atomic
def extend_due(now: datetime) -> int:
    """What the night extends, before anything expires: lots earned since, and members whose rest was not noticed.

    Returns how many lots were moved; safe to repeat.
    """
    yesterday = local_day(now, current_tenant().zone) - timedelta(days=1)
    moved = sum(_extend(closure, now) for closure in closures().filter(last__gte=yesterday))
    resting = Q(member__status=MemberStatus.PAUSED, merged_into=None)
    asleep = Q(rests__isnull=False, rests__ended_on=None)
    wakes = Account.objects.filter(asleep).exclude(resting).values_list("pk", flat=True)
    falls = Account.objects.filter(resting).exclude(pk__in=Rest.objects.filter(ended_on=None).values("account"))
    keeps = Account.objects.filter(resting & asleep, lots__expires_at__gt=now)
    for pk in sorted(set(wakes)):
        moved += _wake(pk, now)
    for pk in sorted({*falls.values_list("pk", flat=True), *keeps.values_list("pk", flat=True)}):
        moved += _rest(pk, now)
    return moved


def follow_status(member: Member, /, *, by: Actor, source: str, silent: bool) -> None:
    """Let points rest as long as their member is paused. Locks the account."""
    for pk in Account.objects.filter(member=member, merged_into=None).values_list("pk", flat=True):
        if member.status == MemberStatus.PAUSED:
            _rest(pk, timezone.now())
        else:
            _wake(pk, timezone.now())


def wake_absorbed(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Before two records become one: the rest of the absorbed one has ended, and its points have dates again."""
    for pk in Account.objects.filter(member=merge.absorbed, merged_into=None).values_list("pk", flat=True):
        _wake(pk, timezone.now())


def wake_kept(merge: Merge, /, *, by: Actor, source: str, silent: bool) -> None:
    """Before two records are parted: what goes back has dates again. Who is still paused rests anew with the night."""
    for pk in Account.objects.filter(member=merge.kept, merged_into=None).values_list("pk", flat=True):
        _wake(pk, timezone.now())


def end_alike(source: Lot, target: Lot) -> None:
    """Points that go back from `source` to `target` keep what was added to their time, as a fact of its own."""
    if source.expires_at == target.expires_at:
        return
    last = LotExtension.objects.filter(lot=source).order_by("id").last()
    if last is not None:
        change = _Change(target.pk, target.expires_at, source.expires_at)
        _change([change], closure=last.closure, rest=last.rest)
        target.expires_at = source.expires_at


def announced_for(account: Account) -> list[Closure]:
    """The closures to come, or that go on, for which something that the member still holds keeps longer."""
    today = local_day(timezone.now(), current_tenant().zone)
    mine = LotExtension.objects.filter(lot__account=account, lot__remaining__gt=0, closure__isnull=False)
    return list(closures().filter(last__gte=today, pk__in=mine.values("closure")))


def rest_of(account: Account) -> Rest | None:
    """The rest of a member that goes on."""
    rest: Rest | None = Rest.objects.filter(account=account, ended_on=None).first()
    return rest


def _extend(closure: Closure, now: datetime) -> int:
    """Move the end of every lot whose last day is a closed one; whatever was moved before lies outside of it."""
    zone = current_tenant().zone
    start, end = max(now, start_of_day(closure.first, zone)), end_of_day(closure.last, zone)
    due = Lot.objects.filter(expires_at__gt=start, expires_at__lte=end)
    accounts = sorted(set(due.order_by().values_list("account", flat=True)))
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk").values_list("pk"))
    lots = due.filter(account__in=accounts).values_list("pk", "expires_at")
    return _change([_Change(pk, ends, _later(ends, closure.days)) for pk, ends in lots if ends], closure=closure)


def _rest(account_id: UUID, now: datetime) -> int:
    account = lock_account(account_id)
    if account is None or account.pk != account_id:  # pragma: no cover - it was merged this moment
        return 0
    settle(account, held_lots(account), now=now)
    today = local_day(now, current_tenant().zone)
    rest = rest_of(account) or Rest.objects.create(account=account, began_on=today)
    lots = Lot.objects.filter(account=account, expires_at__gt=now).values_list("pk", "expires_at")
    return _change([_Change(pk, ends, None) for pk, ends in lots], rest=rest)


def _wake(account_id: UUID, now: datetime) -> int:
    account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
    rest = rest_of(account)
    if rest is None:
        return 0
    rest.ended_on = max(local_day(now, current_tenant().zone), rest.began_on)
    rest.save(update_fields=["ended_on"])
    slept = LotExtension.objects.filter(rest=rest, lot__account=account).values_list("lot", "before")
    days = (rest.ended_on - rest.began_on).days
    return _change([_Change(lot, None, _later(before, days)) for lot, before in slept if before], rest=rest)


def _later(moment: datetime, days: int) -> datetime:
    """The end of the day that lies so many days after the one that ends at `moment`."""
    zone = current_tenant().zone
    return end_of_day(local_day(moment - _MOMENT, zone) + timedelta(days=days), zone)


def _change(changes: Iterable[_Change], *, closure: Closure | None = None, rest: Rest | None = None) -> int:
    """Write the facts and move the ends of lots of accounts that are locked. Returns how many."""
    facts = [LotExtension(lot_id=lot, before=a, after=b, closure=closure, rest=rest) for lot, a, b in changes]
    LotExtension.objects.bulk_create(facts, batch_size=_PIECE)
    by_end: dict[datetime | None, list[UUID]] = defaultdict(list)
    for fact in facts:
        by_end[fact.after].append(fact.lot_id)
    for after, lots in by_end.items():
        Lot.objects.filter(pk__in=lots).update(expires_at=after)
    return len(facts)
