"""Points for a reward: redeemed once, paid by an entry, given as a voucher; undone as long as it is unused."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import call_key, lock_account_of, require_live, source_of
from programs.domain.drafts import Draft, Move
from programs.domain.gifts import close_gift
from programs.domain.guards import note_namesake, refuse_own_account
from programs.domain.issuing import issue_voucher
from programs.domain.lots import give_back, held_lots, settle, take
from programs.domain.places import give_place_back, pass_on, take_place
from programs.domain.posting import post
from programs.domain.prizes import give_prize_back
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.rewards import asking_of, refuse_unavailable
from programs.domain.vouchers import find_voucher, refuse_closed, use_voucher
from programs.enums import DONE_AT_ONCE, Cause, EntryKind, HoldStatus, RedemptionStatus, RewardKind
from programs.errors import IdempotencyConflict, NotEnoughPoints, ReasonMissing, RewardNotAvailable
from programs.models import Account, Entry, Redemption, Reward, Voucher
from programs.unit import in_points
from programs.voucher_errors import EventBegun, VoucherHeld, VoucherPartlyUsed
from programs.worth import cost_of
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.rows import insert_row, row_by_id

_REDEEMED = "SELECT id FROM programs_redemption WHERE tenant_id = %s AND key = %s"

__all__ = ["find_voucher", "redeem_reward", "use_voucher", "void_redemption"]


@refusals_are_reviewed
@transaction.atomic
def redeem_reward(
    holder: Member | Account, *, reward: Reward, by: Actor, key: str, source: str = "", silent: bool = False
) -> Redemption:
    """Give a reward for points and return the redemption; its voucher is `redemption.vouchers.get()`.

    One that was written now carries it as `redemption.issued` too, without asking again.

    The same key for the same reward and member gives the first redemption again, for anything else it raises
    IdempotencyConflict. What is done with the redemption itself (a donation, something to read) is used at once.
    Refuses with NotEnoughPoints, RewardNotAvailable (OutOfStock, TierTooLow, LimitReached, ...), ProgramNotLive,
    MemberNotActive or OwnAccount. Locks the account, then (for its stock) the reward.
    """
    stored_key = call_key(key)
    account = lock_account_of(holder, by=by)
    repeated = _first_redemption(stored_key, account, reward)
    if repeated is not None:
        return repeated
    require_live(account)
    refuse_own_account(account.member, by=by)
    reward = _as_it_is(account, reward)
    if reward.has_waiting_list:
        reward = pass_on(reward.pk)
    now = timezone.now()
    refuse_unavailable(reward, asking_of(account, [reward])[reward.pk])
    lots = settle(account, held_lots(account), now=now, silent=silent)
    if account.balance < reward.cost:
        missing = reward.cost - account.balance
        raise NotEnoughPoints(missing, in_points(account.program, missing))
    redemption = Redemption(account=account, reward=reward, points=reward.cost, key=stored_key, cost=cost_of(reward))
    if not reward.has_waiting_list:
        take_place(reward, redemption)
    voucher = _pay_and_issue(redemption, moves=take(lots, reward.cost)[0], by=by, now=now)
    if reward.kind == RewardKind.MYSTERY:
        redemption.cost = cost_of(redemption.drawn)  # type: ignore[attr-defined]  # set by the draw
        redemption.save(update_fields=["cost"])
    record_activity(
        ActivityKind.REWARD_REDEEMED,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={
            "entry": str(redemption.entry_id),
            "redemption": str(redemption.pk),
            "voucher": str(voucher.pk),
            "reward": str(reward.pk),
            "name": reward.name,
            "points": -reward.cost,
            "balance": account.balance,
            **({"won": voucher.name} if reward.kind == RewardKind.MYSTERY else {}),
        },
        silent=silent,
    )
    if reward.kind in DONE_AT_ONCE:
        redemption.issued = use_voucher(voucher, by=by, source=source)  # type: ignore[attr-defined]
        redemption.status = RedemptionStatus.USED
    note_namesake(account.member, by=by)
    return redemption


def pay_reward(
    account: Account, reward: Reward, *, moves: list[Move], by: Actor, key: str, now: datetime
) -> Redemption:
    """Take what a reward costs out of the lots of a locked account and write its redemption and voucher, unasked.

    For rewards that are had without being chosen, such as that of a full stamp card. The voucher is
    `redemption.issued`.
    """
    redemption = Redemption(account=account, reward=reward, points=reward.cost, key=key, cost=cost_of(reward))
    _pay_and_issue(redemption, moves=moves, by=by, now=now)
    return redemption


def _pay_and_issue(redemption: Redemption, *, moves: list[Move], by: Actor, now: datetime) -> Voucher:
    reward = redemption.reward
    redemption.entry = _pay(redemption.account, redemption, moves=moves, by=by)
    insert_row(redemption)
    if reward.has_waiting_list:
        take_place(reward, redemption)
    voucher = issue_voucher(redemption, now=now)
    redemption.issued = voucher  # type: ignore[attr-defined]
    return voucher


@transaction.atomic
def void_redemption(redemption: Redemption, *, by: Actor, reason: str, key: str, source: str = "") -> Redemption:
    """Undo a redemption whose voucher was not used: the points go back to the lots they came from.

    They keep their dates, so what has lapsed meanwhile stays lapsed. The stock gets its piece back. Undoing what is
    undone changes nothing. Who waits for a place is asked; a code of the business's own is not given again. Raises
    VoucherUsed, VoucherExpired, VoucherHeld, EventBegun (for members), ReasonMissing, OwnAccount,
    IdempotencyConflict. Locks the account, the voucher, then the reward.
    """
    reason = tidy_text(reason.strip()[:300], field="reason", longest=300)
    if not reason:
        raise ReasonMissing
    account = lock_account_of(redemption.account, by=by)
    redemption.refresh_from_db()
    if redemption.status == RedemptionStatus.VOIDED:
        return redemption
    refuse_own_account(account.member, by=by)
    voucher = Voucher.objects.select_for_update(no_key=True).get(redemption=redemption)
    if voucher.status != RedemptionStatus.OPEN:
        refuse_closed(voucher)
    _refuse_started(redemption, voucher, by=by)
    withdraw_redemption(account, redemption, voucher, by=by, reason=reason, key=call_key(key), source=source)
    return redemption


def withdraw_redemption(
    account: Account, redemption: Redemption, voucher: Voucher, *, by: Actor, reason: str, key: str, source: str = ""
) -> None:
    """Undo a redemption of a locked account whose locked voucher is open, asking nobody."""
    close_gift(voucher)
    entry, lapsed = _give_back(account, redemption, by=by, reason=reason, key=key)
    now = timezone.now()
    redemption.status, redemption.voided_at = RedemptionStatus.VOIDED, now
    redemption.save(update_fields=["status", "voided_at"])
    voucher.status = RedemptionStatus.VOIDED
    voucher.save(update_fields=["status"])
    if not redemption.reward.uses_own_codes:
        give_place_back(redemption.reward_id)
    if redemption.reward.kind == RewardKind.MYSTERY:
        give_prize_back(redemption)
    record_activity(
        ActivityKind.REDEMPTION_VOIDED,
        by=by,
        source=source or source_of(by),
        member=account.member,
        payload={
            "entry": str(entry.pk) if entry else None,
            "redemption": str(redemption.pk),
            "name": voucher.name,
            "points": entry.amount if entry else 0,
            "lapsed": lapsed,
            "balance": account.balance,
        },
    )


def _first_redemption(key: str, account: Account, reward: Reward) -> Redemption | None:
    """What the key was used for before. Almost always nothing, so only that is asked for at first."""
    with connection.cursor() as cursor:
        execute_prepared(
            cursor, "SELECT id FROM programs_redemption WHERE tenant_id = %s AND key = %s", [account.tenant_id, key]
        )
        found = cursor.fetchone()
    if found is None:
        return None
    first: Redemption = Redemption.objects.get(pk=found[0])
    if (first.account_id, first.reward_id) != (account.pk, reward.pk):
        raise IdempotencyConflict
    return first


def _as_it_is(account: Account, reward: Reward) -> Reward:
    """The account's reward as it is by now. Raises RewardNotAvailable."""
    found = row_by_id(Reward, reward.pk)
    if found is None or found.program_id != account.program_id:
        raise RewardNotAvailable
    return found


def _refuse_started(redemption: Redemption, voucher: Voucher, *, by: Actor) -> None:
    """What has begun to be used is not undone: a part of the money, an order, an event."""
    if voucher.left is not None and voucher.left < voucher.value:
        raise VoucherPartlyUsed
    if voucher.holds.filter(status=HoldStatus.HELD, expires_at__gt=timezone.now()).exists():
        raise VoucherHeld
    reward = redemption.reward
    begins = reward.happens_at if reward.kind == RewardKind.EXPERIENCE else None
    if begins is not None and by.kind == ActorKind.MEMBER and timezone.now() >= begins:
        raise EventBegun


def _pay(account: Account, redemption: Redemption, *, moves: list[Move], by: Actor) -> Entry:
    reward = redemption.reward
    posted = post(
        account,
        Draft(
            kind=EntryKind.REDEEM,
            cause=Cause.REDEMPTION,
            cause_id=redemption.pk,
            key=redemption.key,
            by=by,
            request=(reward.pk,),
            moves=moves,
            snapshot={"reward": str(reward.pk), "name": reward.name, "cost": reward.cost, "kind": reward.kind},
        ),
    )
    if not posted.is_new:  # the key was taken on another account while this one was locked
        raise IdempotencyConflict
    return posted.entry


def _give_back(
    account: Account, redemption: Redemption, *, by: Actor, reason: str, key: str
) -> tuple[Entry | None, int]:
    """The entry that restores the lots, if any point is left to restore, and how many have lapsed meanwhile."""
    moves, brings, lapsed = give_back(account, redemption.entry, now=timezone.now())
    if not moves and not brings:
        return None, lapsed
    posted = post(
        account,
        Draft(
            kind=EntryKind.RESTORE,
            cause=Cause.REDEMPTION,
            cause_id=redemption.pk,
            key=key,
            by=by,
            request=(redemption.pk,),
            moves=moves,
            brings=brings,
            reason=reason,
            reverses_id=redemption.entry_id,
            snapshot={"lapsed": lapsed} if lapsed else {},
        ),
    )
    if not posted.is_new:
        raise IdempotencyConflict
    return posted.entry, lapsed
