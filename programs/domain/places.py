"""Places and who waits for them: one that becomes free is kept for the first in the line, until a moment.

Whoever takes, gives back or waits holds the reward's row, so a place is one member's and the line is one line. The
account is locked before the reward, as everywhere.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.letters import owe_letter
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Member
from programs.domain.accounts import lock_account_of, require_live, source_of
from programs.domain.guards import refuse_own_account
from programs.domain.rewards import asking_of, refuse_unavailable
from programs.enums import WaitingStatus
from programs.errors import OutOfStock
from programs.models import Account, Redemption, Reward, WaitingPlace
from programs.voucher_errors import FullyBooked, NoWaitingList, PlacesLeft
from tenants.actors import Actor

IN_LINE = (WaitingStatus.WAITING, WaitingStatus.OFFERED)
OFFER_LETTER = "place_offered"


@transaction.atomic
def wait_for_place(holder: Member | Account, *, reward: Reward, by: Actor, source: str = "") -> WaitingPlace:
    """Stand in the line for a place; whoever stands there already keeps their turn.

    Raises NoWaitingList, PlacesLeft, and whatever else than its places keeps the member from having the reward.
    Locks the account, then the reward.
    """
    account = lock_account_of(holder, by=by)
    require_live(account)
    refuse_own_account(account.member, by=by)
    reward = pass_on(reward.pk)
    if not reward.has_waiting_list:
        raise NoWaitingList
    standing = WaitingPlace.objects.filter(reward=reward, account_id=account.pk, status__in=IN_LINE).first()
    if standing is not None:
        return standing
    try:
        refuse_unavailable(reward, asking_of(account, [reward])[reward.pk])
    except OutOfStock:
        waiting = WaitingPlace.objects.create(reward=reward, account_id=account.pk, created_at=timezone.now())
    else:
        raise PlacesLeft
    _tell(ActivityKind.PLACE_AWAITED, waiting, account.member, reward, by=by, source=source or source_of(by))
    return waiting


@transaction.atomic
def leave_line(waiting: WaitingPlace, *, by: Actor) -> WaitingPlace:
    """Wait no longer; a place that was kept goes to the next. Leaving twice changes nothing. Locks the reward."""
    Reward.objects.select_for_update(no_key=True).get(pk=waiting.reward_id)
    waiting.refresh_from_db()
    if waiting.status not in IN_LINE:
        return waiting
    had_place = waiting.status == WaitingStatus.OFFERED
    waiting.status = WaitingStatus.LEFT
    waiting.save(update_fields=["status"])
    if had_place:
        give_place_back(waiting.reward_id)
    return waiting


def take_place(reward: Reward, redemption: Redemption) -> None:
    """One piece less, if the stock is counted: the one that is kept for the member, or a free one.

    The row lock makes the last piece somebody's. Raises OutOfStock.
    """
    if reward.has_waiting_list:
        kept = WaitingPlace.objects.filter(
            reward=reward,
            account_id=redemption.account_id,
            status=WaitingStatus.OFFERED,
            offered_until__gt=timezone.now(),
        )
        if kept.update(status=WaitingStatus.TAKEN, redemption=redemption):
            return
        # Whoever waited and finds a free place needs to wait no more.
        WaitingPlace.objects.filter(
            reward=reward, account_id=redemption.account_id, status=WaitingStatus.WAITING
        ).update(status=WaitingStatus.TAKEN, redemption=redemption)
    if reward.stock is None:
        return
    if not Reward.objects.filter(pk=reward.pk, stock__gt=0).update(stock=F("stock") - 1):
        raise FullyBooked if reward.has_waiting_list else OutOfStock


def give_place_back(reward_id: UUID) -> None:
    """One piece more, if the stock is counted; the first who waits is asked."""
    Reward.objects.filter(pk=reward_id, stock__isnull=False).update(stock=F("stock") + 1)
    if Reward.objects.filter(pk=reward_id, has_waiting_list=True).exists():
        pass_on(reward_id)


@transaction.atomic
def pass_on(reward_id: UUID) -> Reward:
    """End the offers whose time is over, and keep the free places for those who wait longest. Locks the reward.

    Safe to call at any time. Returns the reward as it is then.
    """
    reward: Reward = (
        Reward.objects.select_for_update(no_key=True, of=("self",)).select_related("tier", "program").get(pk=reward_id)
    )
    if not reward.has_waiting_list or reward.stock is None:
        return reward
    now = timezone.now()
    line = WaitingPlace.objects.filter(reward=reward).select_related("account__member")
    lapsed = list(line.filter(status=WaitingStatus.OFFERED, offered_until__lte=now))
    WaitingPlace.objects.filter(pk__in=[one.pk for one in lapsed]).update(status=WaitingStatus.LAPSED)
    free = reward.stock + len(lapsed)
    asked = [] if _is_over(reward, now) else list(_first_in(line)[:free])
    until = now + timedelta(hours=reward.take_hours)
    if reward.happens_at is not None:
        until = min(until, reward.happens_at)
    WaitingPlace.objects.filter(pk__in=[one.pk for one in asked]).update(
        status=WaitingStatus.OFFERED, offered_at=now, offered_until=until
    )
    if reward.stock != free - len(asked):
        reward.stock = free - len(asked)
        reward.save(update_fields=["stock"])
    for one in lapsed:
        _tell(ActivityKind.PLACE_LAPSED, one, one.account.member, reward, by=Actor.system(), source=Source.SYSTEM)
    for one in asked:
        one.offered_until = until
        _tell(ActivityKind.PLACE_OFFERED, one, one.account.member, reward, by=Actor.system(), source=Source.SYSTEM)
    return reward


def close_line(reward: Reward) -> None:
    """Nobody waits any more: the places that were kept are free. Locks the reward."""
    kept = WaitingPlace.objects.filter(reward=reward, status=WaitingStatus.OFFERED).update(status=WaitingStatus.LEFT)
    WaitingPlace.objects.filter(reward=reward, status=WaitingStatus.WAITING).update(status=WaitingStatus.LEFT)
    if kept:
        Reward.objects.filter(pk=reward.pk, stock__isnull=False).update(stock=F("stock") + kept)


def pass_on_due(now: datetime) -> int:
    """Every place that was not taken in time goes to the next. Returns how many rewards were looked at."""
    due = WaitingPlace.objects.filter(status=WaitingStatus.OFFERED, offered_until__lte=now)
    rewards = sorted(set(due.values_list("reward", flat=True)))
    for pk in rewards:
        pass_on(pk)
    return len(rewards)


def _first_in(line: QuerySet[WaitingPlace]) -> QuerySet[WaitingPlace]:
    return line.filter(
        status=WaitingStatus.WAITING, account__member__status=MemberStatus.ACTIVE, account__merged_into__isnull=True
    ).order_by("pk")


def _is_over(reward: Reward, now: datetime) -> bool:
    return not reward.is_active or (reward.happens_at is not None and now >= reward.happens_at)


def _tell(kind: ActivityKind, waiting: WaitingPlace, member: Member, reward: Reward, *, by: Actor, source: str) -> None:
    payload = {"reward": str(reward.pk), "name": reward.name, "waiting": str(waiting.pk)}
    if kind == ActivityKind.PLACE_OFFERED and waiting.offered_until is not None:
        payload["until"] = waiting.offered_until.isoformat()
        # Once for each offer. That it lapsed is not written: the letter says so beforehand, and there is nothing to do.
        owe_letter(
            member,
            kind=OFFER_LETTER,
            key=f"{OFFER_LETTER}:{waiting.pk}:{payload['until']}",
            payload={"waiting": str(waiting.pk)},
            good_until=waiting.offered_until,
        )
    record_activity(kind, by=by, source=source, member=member, payload=payload)
