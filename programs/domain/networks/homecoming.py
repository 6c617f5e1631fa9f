"""When a reward is undone that points of other businesses paid for, those go home, and what was owed for them too.

Undoing locks one account, and going home needs accounts of two businesses; so the points first come back here, to the
lots in which they came, and go home right afterwards in a transaction of their own. Between the two they can be spent
here like any others, and then there is nothing left to go home. The daily job makes up for whoever was interrupted.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import lock_account
from programs.domain.drafts import Draft, HeldLot, Move, NewLot
from programs.domain.lots import give_back, held_lots
from programs.domain.networks.people import hold_person, hold_persons, lock_crossings
from programs.domain.posting import post
from programs.enums import Cause, CrossingKind, EntryKind, RedemptionStatus
from programs.models import Account, Entry, LotUse, NetworkCrossing, Redemption
from tenants.actors import Actor
from tenants.crossing import cross_into, lock_network, visitor
from tenants.isolation import afterwards, current_tenant
from tenants.models import Tenant


def send_home_afterwards(redemption: Redemption) -> None:
    """See to it that what came from elsewhere for a redemption goes home once its undoing is kept."""
    if redemption.entry.snapshot.get("network"):
        afterwards(partial(send_home, redemption.pk))


def send_home_due() -> int:
    """Send home what somebody was interrupted in sending. Returns for how many redemptions; safe to repeat."""
    gone = NetworkCrossing.objects.filter(reverses=OuterRef("crossing_id"))
    due = NetworkCrossing.objects.filter(
        kind=CrossingKind.SPENT, points__gt=0, redemption__status=RedemptionStatus.VOIDED
    ).filter(~Exists(gone))
    rows = due.values_list("redemption", "redemption__account__member", "network_id")
    redemptions, members, networks = (set(column) for column in zip(*rows, strict=True)) if rows else ((), (), ())
    # One after the other in this transaction: so everybody first, and then the turn for all of them.
    hold_persons(members)
    for network in sorted(networks):
        lock_crossings(network)
    return sum(send_home(pk) for pk in sorted(redemptions))


@transaction.atomic
def send_home(redemption_id: UUID) -> bool:
    """Send home what came for a redemption that was undone; whether anything did. Safe to repeat.

    Locks the person, the turn to cross, the account, the network, then the accounts elsewhere in the order of their
    businesses.
    """
    redemption = Redemption.objects.select_related("account").get(pk=redemption_id)
    if redemption.status != RedemptionStatus.VOIDED:
        return False
    hold_person(redemption.account.member_id)
    network = NetworkCrossing.objects.filter(redemption=redemption).values_list("network_id", flat=True).first()
    if network is not None:
        lock_crossings(network)
    account = lock_account(redemption.account_id)
    if account is None:  # pragma: no cover - a redemption holds its account
        return False
    came = NetworkCrossing.objects.filter(redemption=redemption, kind=CrossingKind.SPENT).order_by("partner_id", "id")
    gone = set(
        NetworkCrossing.objects.filter(reverses__in=[one.crossing_id for one in came]).values_list(
            "reverses", flat=True
        )
    )
    left = [one for one in came if one.crossing_id not in gone]
    for number, crossing in enumerate(left):
        if not number:
            lock_network(crossing.network_id, alone=False)
        _send(account, crossing, now=timezone.now())
    return bool(left)


def _send(account: Account, crossing: NetworkCrossing, *, now: datetime) -> None:
    """One crossing goes home: what its lots hold, and the money for all that was not spent again meanwhile."""
    lots = [lot for lot in held_lots(account) if lot.entry_id == crossing.entry_id and not lot.has_lapsed(now)]
    points = sum(lot.remaining for lot in lots)
    amount = _amount_back(crossing, _spent_again(crossing))
    if not points and not amount:
        return
    home, here = uuid7(), current_tenant()
    entry = _leave(account, crossing, lots, home) if points else None
    with cross_into(
        crossing.partner_id, network=crossing.network_id, why="home", audit="network.points_home", settling=True
    ):
        theirs = NetworkCrossing.objects.select_related("entry").get(crossing_id=crossing.crossing_id)
        their_entry = _arrive(theirs, lots, home, of=here, now=now) if points else None
        _mirror(theirs, home, entry=their_entry, points=points, amount=amount, now=now)
    _mirror(crossing, home, entry=entry, points=-points, amount=-amount, now=now)


def _spent_again(crossing: NetworkCrossing) -> int:
    """Points of a crossing that were spent here a second time, after they had come back."""
    assert crossing.redemption is not None and crossing.entry_id is not None  # noqa: PT018 - what came, for a reward
    uses = LotUse.objects.filter(lot__entry_id=crossing.entry_id, amount__gt=0)
    uses = uses.exclude(entry_id=crossing.redemption.entry_id).exclude(entry__kind=EntryKind.EXPIRE)
    return sum(uses.values_list("amount", flat=True))


def _amount_back(crossing: NetworkCrossing, spent_again: int) -> int:
    """What is no longer owed, in minor units: all of it, or what is left beside the part that was spent again."""
    if not spent_again:
        return crossing.amount
    return crossing.amount - min(crossing.amount, -(-crossing.amount * spent_again // crossing.points))


def _leave(account: Account, crossing: NetworkCrossing, lots: list[HeldLot], home: UUID) -> Entry:
    return post(
        account,
        Draft(
            kind=EntryKind.TRANSFER,
            cause=Cause.NETWORK,
            cause_id=home,
            key=f"network:{home}",
            by=Actor.system(),
            moves=[Move(lot, lot.remaining) for lot in lots],
            snapshot={"way": "home", "of": str(crossing.crossing_id)},
            reverses_id=crossing.entry_id,
        ),
    ).entry


def _arrive(crossing: NetworkCrossing, lots: list[HeldLot], home: UUID, *, of: Tenant, now: datetime) -> Entry:
    """At home: to the lots they came from, or in new ones with the dates they had, where those are no more."""
    account = lock_account(crossing.account_id)
    assert account is not None and crossing.entry is not None  # noqa: PT018 - points left it, so both are there
    moves, brings, _lapsed = give_back(account, crossing.entry, now=now)
    points = sum(lot.remaining for lot in lots)
    if sum(-move.points for move in moves) + sum(lot.points for lot in brings) != points:
        moves, brings = [], [NewLot(lot.remaining, lot.available_from, lot.expires_at) for lot in lots]
    entry = post(
        account,
        Draft(
            kind=EntryKind.TRANSFER,
            cause=Cause.NETWORK,
            cause_id=home,
            key=f"network:{home}",
            by=visitor(of),
            moves=moves,
            brings=brings,
            snapshot={"way": "home", "of": str(crossing.crossing_id), "partner": of.name},
            reverses_id=crossing.entry_id,
        ),
    ).entry
    record_activity(
        ActivityKind.POINTS_CROSSED,
        by=visitor(of),
        source=Source.SYSTEM,
        member=account.member,
        payload={"entry": str(entry.pk), "points": entry.amount, "partner": of.name, "balance": entry.balance_after},
    )
    return entry


def _mirror(
    first: NetworkCrossing, home: UUID, *, entry: Entry | None, points: int, amount: int, now: datetime
) -> None:
    NetworkCrossing.objects.create(
        crossing_id=home,
        network_id=first.network_id,
        partner_id=first.partner_id,
        person_id=first.person_id,
        kind=CrossingKind.HOME,
        account_id=first.account_id,
        entry=entry,
        points=points,
        amount=amount,
        reverses=first.crossing_id,
        redemption_id=first.redemption_id,
        occurred_at=now,
    )
