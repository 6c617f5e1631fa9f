"""Points for a reward: redeemed once, paid by an entry, given as a voucher; undone as long as it is unused."""

from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind
from customers.models import Member
from loyalty_saas.lib.texts import tidy_text
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.accounts import Household, call_key, lock_household, require_live, source_of
from programs.domain.drafts import Draft, HeldLot, Move
from programs.domain.gifts import close_gift
from programs.domain.guards import note_namesake, refuse_own_account
from programs.domain.issuing import issue_voucher
from programs.domain.lots import give_back, held_lots, settle, take
from programs.domain.networks.homecoming import send_home_afterwards
from programs.domain.networks.people import Held, crossing_in_turn, expect_crossing, hold_person
from programs.domain.networks.spending import bring_points
from programs.domain.places import give_place_back, pass_on, take_place
from programs.domain.posting import post
from programs.domain.prizes import give_prize_back
from programs.domain.reviews.refusals import refusals_are_reviewed
from programs.domain.rewards import asking_of, refuse_unavailable
from programs.domain.sharing.pool import draw_from_pool, gather, note_draws, return_draws, total_of
from programs.domain.vouchers import find_voucher, refuse_closed, use_voucher
from programs.enums import DONE_AT_ONCE, Cause, EntryKind, HoldStatus, RedemptionStatus, RewardKind
from programs.errors import (
    IdempotencyConflict,
    NotEnoughPoints,
    OwesForFamily,
    ReasonMissing,
    RewardNotAvailable,
)
from programs.models import Account, Entry, Redemption, Reward, Voucher
from programs.voucher_errors import CannotGiveBack, EventBegun, VoucherHeld, VoucherPartlyUsed
from programs.words.unit import in_points
from programs.worth import cost_of
from tenants.actors import Actor
from tenants.enums import ActorKind
from tenants.rows import insert_row, row_by_id

_REDEEMED = "SELECT id FROM programs_redemption WHERE tenant_id = %s AND key = %s"

__all__ = ["find_voucher", "redeem_reward", "use_voucher", "void_redemption"]


@refusals_are_reviewed
def redeem_reward(
    holder: Member | Account,
    *,
    reward: Reward,
    by: Actor,
    key: str,
    source: str = "",
    silent: bool = False,
    is_locked: bool = False,
) -> Redemption:
    """Give a reward for points and return the redemption; its voucher is `redemption.vouchers.get()`.

    One that was written now carries it as `redemption.issued` too, without asking again.

    The same key for the same reward and member gives the first redemption again, for anything else it raises
    IdempotencyConflict. What is done with the redemption itself (a donation, something to read) is used at once.
    Refuses with NotEnoughPoints, RewardNotAvailable (OutOfStock, TierTooLow, LimitReached, ...), ProgramNotLive,
    MemberNotActive or OwnAccount. Whoever is in a family pays from its pool, as far as it is theirs to spend; what is
    missing then comes from other businesses of the network, where the member agreed to it. Whoever has locked accounts
    already says `is_locked`, and lets go of them and tries again on CrossingUnexpected. Locks the person of the
    network (and those of the family), the turn to cross, the account (and those of the family, in the order of ids),
    then (for its stock) the reward, then accounts elsewhere.
    """
    stored_key = call_key(key)

    def redeem(surely: bool) -> Redemption:
        person = hold_person(holder.member_id if isinstance(holder, Account) else holder.pk)
        if not is_locked:
            expect_crossing(person, reward.cost, surely=surely)
        return _redeem(holder, reward, person, by=by, key=stored_key, source=source, silent=silent)

    if is_locked:
        with transaction.atomic():
            return redeem(False)
    return crossing_in_turn(redeem)


def _redeem(
    holder: Member | Account,
    reward: Reward,
    person: Held | None,
    *,
    by: Actor,
    key: str,
    source: str,
    silent: bool,
) -> Redemption:
    household = lock_household(holder, by=by)
    account = household.own
    repeated = _first_redemption(key, account, reward)
    if repeated is not None:
        return repeated
    require_live(account)
    for one in (account, *household.family):
        refuse_own_account(one.member, by=by)
    reward = _as_it_is(account, reward)
    if reward.has_waiting_list:
        reward = pass_on(reward.pk)
    now = timezone.now()
    refuse_unavailable(reward, asking_of(account, [reward])[reward.pk])
    lots = settle(account, held_lots(account), now=now, silent=silent)
    drawn = draw_from_pool(household, lots, reward.cost, now=now, silent=silent) if household.family else None
    missing = reward.cost - (account.balance if drawn is None else total_of(drawn))
    if missing > 0 and household.family and account.owed:
        raise OwesForFamily
    redemption = Redemption(account=account, reward=reward, points=reward.cost, key=key, cost=cost_of(reward))
    if missing > 0:
        lots = _bring(household, redemption, missing, person=person, by=by)
        drawn = draw_from_pool(household, lots, reward.cost, now=now, silent=silent) if drawn is not None else None
    if not reward.has_waiting_list:
        take_place(reward, redemption)
    moves, draws = gather(redemption, drawn, by=by) if drawn is not None else (take(lots, reward.cost)[0], [])
    voucher = _pay_and_issue(redemption, moves=moves, by=by, now=now, drawn=sum(draw.points for draw in draws))
    note_draws(draws, by=by, source=source, silent=silent)
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
            **({"from_network": missing} if missing > 0 else {}),
            **({"won": voucher.name} if reward.kind == RewardKind.MYSTERY else {}),
        },
        silent=silent,
    )
    if reward.kind in DONE_AT_ONCE:
        redemption.issued = use_voucher(voucher, by=by, source=source)  # type: ignore[attr-defined]
        redemption.status = RedemptionStatus.USED
    note_namesake(account.member, by=by)
    return redemption


def _bring(
    household: Household, redemption: Redemption, missing: int, *, person: Held | None, by: Actor
) -> list[HeldLot]:
    """Bring what is missing from other businesses: the redeemer's lots as they are then. Raises NotEnoughPoints."""
    account, family = household.own, household.family
    if not bring_points(account, missing, redemption=redemption, person=person, by=by, family=family):
        raise NotEnoughPoints(missing, in_points(account.program, missing))
    redemption.brought = missing  # type: ignore[attr-defined]
    return held_lots(account)


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


def _pay_and_issue(redemption: Redemption, *, moves: list[Move], by: Actor, now: datetime, drawn: int = 0) -> Voucher:
    reward = redemption.reward
    redemption.entry = _pay(redemption.account, redemption, moves=moves, by=by, drawn=drawn)
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
    VoucherUsed, VoucherExpired, VoucherHeld, EventBegun or CannotGiveBack (for members), ReasonMissing, OwnAccount,
    IdempotencyConflict. Locks the account, the voucher, then the reward.
    """
    reason = tidy_text(reason.strip()[:300], field="reason", longest=300)
    if not reason:
        raise ReasonMissing
    household = lock_household(redemption.account, by=by, redemption=redemption.pk)
    account = household.own
    redemption.refresh_from_db()
    if redemption.status == RedemptionStatus.VOIDED:
        return redemption
    refuse_own_account(account.member, by=by)
    voucher = Voucher.objects.select_for_update(no_key=True).get(redemption=redemption)
    if voucher.status != RedemptionStatus.OPEN:
        refuse_closed(voucher)
    _refuse_started(redemption, voucher, by=by)
    withdraw_redemption(household, redemption, voucher, by=by, reason=reason, key=call_key(key), source=source)
    return redemption


def withdraw_redemption(
    household: Household,
    redemption: Redemption,
    voucher: Voucher,
    *,
    by: Actor,
    reason: str,
    key: str,
    source: str = "",
) -> None:
    """Undo a redemption of a locked household whose locked voucher is open, asking nobody.

    What was drawn from others for it goes on to them, so they must be locked too (`lock_household`).
    """
    close_gift(voucher)
    send_home_afterwards(redemption)
    account = household.own
    entry, lapsed = _give_back(account, redemption, by=by, reason=reason, key=key)
    if household.others:
        return_draws(household, redemption, by=by, reason=reason)
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


def is_seen(reward: Reward, voucher: Voucher) -> bool:
    """Whether whoever holds it has had what it is about by looking at it, so that giving it back gives nothing back."""
    return reward.kind == RewardKind.MYSTERY or bool(voucher.own_code)


def _refuse_started(redemption: Redemption, voucher: Voucher, *, by: Actor) -> None:
    """What has begun to be used is not undone: a part of the money, an order, an event.

    Nor does a member undo what cannot be unseen: what came out of a surprise, or a code that another till takes.
    """
    if voucher.left is not None and voucher.left < voucher.value:
        raise VoucherPartlyUsed
    if voucher.holds.filter(status=HoldStatus.HELD, expires_at__gt=timezone.now()).exists():
        raise VoucherHeld
    reward = redemption.reward
    if by.kind == ActorKind.MEMBER and is_seen(reward, voucher):
        raise CannotGiveBack
    begins = reward.happens_at if reward.kind == RewardKind.EXPERIENCE else None
    if begins is not None and by.kind == ActorKind.MEMBER and timezone.now() >= begins:
        raise EventBegun


def _pay(account: Account, redemption: Redemption, *, moves: list[Move], by: Actor, drawn: int) -> Entry:
    reward = redemption.reward
    snapshot = {"reward": str(reward.pk), "name": reward.name, "cost": reward.cost, "kind": reward.kind}
    if brought := getattr(redemption, "brought", 0):
        # So many of them came from other businesses of the network.
        snapshot["network"] = brought
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
            snapshot=snapshot | ({"family": drawn} if drawn else {}),
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
