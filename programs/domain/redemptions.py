"""Points for a reward: redeemed once, paid by an entry, given as a voucher; undone as long as it is unused."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.days import end_of_day, local_day
from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import call_key, lock_account_of, require_live, source_of
from programs.domain.drafts import Draft, Move
from programs.domain.guards import note_namesake, refuse_own_account
from programs.domain.lots import give_back, held_lots, settle, take
from programs.domain.posting import post
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.rewards import redeemed_times, refuse_unavailable
from programs.domain.vouchers import find_voucher, issue_voucher, refuse_closed, use_voucher
from programs.enums import Cause, EntryKind, RedemptionStatus
from programs.errors import IdempotencyConflict, NotEnoughPoints, OutOfStock, ReasonMissing, RewardNotAvailable
from programs.models import Account, Entry, Redemption, Reward, Voucher
from programs.unit import in_points
from tenants.actors import Actor
from tenants.isolation import current_tenant
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
    IdempotencyConflict. Refuses with NotEnoughPoints, OutOfStock, TierTooLow, LimitReached, RewardNotAvailable,
    ProgramNotLive, MemberNotActive or OwnAccount. Locks the account, then (for its stock) the reward.
    """
    stored_key = call_key(key)
    account = lock_account_of(holder, by=by)
    repeated = _first_redemption(stored_key, account, reward)
    if repeated is not None:
        return repeated
    require_live(account)
    refuse_own_account(account.member, by=by)
    reward = _as_it_is(account, reward)
    now = timezone.now()
    refuse_unavailable(
        reward,
        today=local_day(now, current_tenant().zone),
        tier=account.tier,
        times=redeemed_times(account, reward) if reward.limit_per_member else 0,
    )
    lots = settle(account, held_lots(account), now=now, silent=silent)
    if account.balance < reward.cost:
        missing = reward.cost - account.balance
        raise NotEnoughPoints(missing, in_points(account.program, missing))
    _take_from_stock(reward)
    redemption = Redemption(account=account, reward=reward, points=reward.cost, key=stored_key)
    redemption.entry = _pay(account, redemption, moves=take(lots, reward.cost)[0], by=by)
    insert_row(redemption)
    voucher = issue_voucher(redemption, reward, valid_until=_valid_until(account, now))
    redemption.issued = voucher  # type: ignore[attr-defined]
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
        },
        silent=silent,
    )
    note_namesake(account.member, by=by)
    return redemption


@transaction.atomic
def void_redemption(redemption: Redemption, *, by: Actor, reason: str, key: str, source: str = "") -> Redemption:
    """Undo a redemption whose voucher was not used: the points go back to the lots they came from.

    They keep their dates, so what has lapsed meanwhile stays lapsed. The stock gets its piece back. Undoing what is
    undone changes nothing. Raises VoucherUsed, VoucherExpired, ReasonMissing, OwnAccount, IdempotencyConflict.
    Locks the account, then the voucher.
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
    entry, lapsed = _give_back(account, redemption, by=by, reason=reason, key=call_key(key))
    now = timezone.now()
    redemption.status, redemption.voided_at = RedemptionStatus.VOIDED, now
    redemption.save(update_fields=["status", "voided_at"])
    voucher.status = RedemptionStatus.VOIDED
    voucher.save(update_fields=["status"])
    Reward.objects.filter(pk=redemption.reward_id, stock__isnull=False).update(stock=F("stock") + 1)
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
    return redemption


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


def _take_from_stock(reward: Reward) -> None:
    """One piece less, if the stock is counted. The row lock makes the last piece somebody's."""
    if reward.stock is None:
        return
    taken = Reward.objects.filter(pk=reward.pk, stock__gt=0).update(stock=F("stock") - 1)
    if not taken:
        raise OutOfStock


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


def _valid_until(account: Account, now: datetime) -> datetime:
    zone = current_tenant().zone
    today = local_day(now, zone)
    return end_of_day(today + timedelta(days=account.program.voucher_days), zone)


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
