"""What a challenge gives once it is done, and takes back when what was bought for it comes back."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.enums import ActivityKind, Source
from customers.models import Product
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.ids import uuid7
from programs.domain.challenges.definition import Definition
from programs.domain.challenges.reading import Kept, Trial, progress_of, results_of, running
from programs.domain.drafts import Draft
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.posting import post
from programs.domain.presents import Worth, gift_in_words, write_present
from programs.enums import Cause, EntryKind, PresentOccasion, ProgramStatus, RedemptionStatus, RewardKind
from programs.models import Account, Challenge, ChallengeResult, Entry, Lot, LotUse, Voucher
from tenants.actors import Actor
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A challenge that is no longer done: its name, the points it took back, and of them those that are owed.

    `voucher`: of a challenge that gave one, whether it stopped working, or was used already and stays ("").
    """

    name: str
    points: int = 0
    owed: int = 0
    voucher: str = ""
    was_used: bool = False


@transaction.atomic(savepoint=False)
def reward_challenges(account: Account, *, silent: bool = False) -> list[ChallengeResult]:
    """Give what the running challenges give that a locked account's member has done by now, each once."""
    if account.program.status != ProgramStatus.LIVE:
        return []
    now = timezone.now()
    known = {one.challenge_id for one in results_of(account)}
    open_ones = [one for one in running(account.program, now) if one.pk not in known]
    trials = progress_of(account, open_ones, now=now)
    return [_reward(account, trial, silent=silent) for trial in trials if trial.progress.is_done]


def review_challenges(
    account: Account, *, because: str = "", but: Kept | None = None, silent: bool = False
) -> list[TakenBack]:
    """Take back what challenges gave that a locked account's member has no longer done, since something came back.

    `but` is the purchase as it would be kept, where that is not written yet. Points that are spent are owed; a voucher
    that was used stays used.
    """
    results = results_of(account)
    if not results:
        return []
    # By what was bought up to now: what was done later stands in for what came back.
    trials = progress_of(account, [one.challenge for one in results], now=timezone.now(), but=but)
    lost = {trial.challenge.pk for trial in trials if not trial.progress.is_done}
    return [_take_back(account, one, because=because, silent=silent) for one in results if one.challenge_id in lost]


def _reward(account: Account, trial: Trial, *, silent: bool) -> ChallengeResult:
    challenge, definition = trial.challenge, trial.definition
    times = ChallengeResult.objects.filter(
        Q(account=account) | Q(account__merged_into=account), challenge=challenge
    ).count()
    key = f"challenge:{challenge.pk}:{account.pk}:{times}"
    result = ChallengeResult(id=uuid7(), challenge=challenge, account=account, points=definition.points)
    result.done_at = timezone.now()
    if definition.gift_kind:
        voucher = write_present(
            account,
            worth_of(definition),
            occasion=PresentOccasion.CHALLENGE,
            day=local_day(timezone.now(), current_tenant().zone),
            because=challenge.name,
            key=key,
            silent=silent,
        )
        result.points = 0
        result.present = voucher.present if voucher else None
    else:
        result.entry = _give_points(account, challenge, definition.points, result.pk, key)
    result.save(force_insert=True)
    record_activity(
        ActivityKind.CHALLENGE_DONE,
        by=Actor.system(),
        source=Source.SYSTEM,
        member=account.member,
        payload={
            "challenge": str(challenge.pk),
            "name": challenge.name,
            "points": result.points,
            "entry": str(result.entry_id) if result.entry_id else None,
        },
        silent=silent,
    )
    return result


def worth_of(definition: Definition) -> Worth:
    """What its voucher is worth."""
    product = Product.objects.filter(pk=UUID(definition.product)).first() if definition.product else None
    is_product = definition.gift_kind == RewardKind.FREE_PRODUCT
    said = gift_in_words(definition.gift_kind, definition.value, str(product or definition.names.get("product", "")))
    pk = product.pk if is_product and product else None
    return Worth(definition.gift_kind, 0 if is_product else definition.value, pk, said[:160], definition.days)


def _give_points(account: Account, challenge: Challenge, points: int, result: UUID, key: str) -> Entry:
    """At once, and neither for tiers nor for all that was ever earned."""
    now = timezone.now()
    draft = Draft(
        kind=EntryKind.ADJUST,
        cause=Cause.CHALLENGE,
        cause_id=result,
        key=key,
        by=Actor.system(),
        request=(points,),
        earns=new_lot(account.program, points, earned_at=now, now=now, waits=False),
        snapshot={"challenge": str(challenge.pk), "name": challenge.name},
    )
    return post(account, draft).entry


def _take_back(account: Account, result: ChallengeResult, *, because: str, silent: bool) -> TakenBack:
    name, taken = result.challenge.name, TakenBack(result.challenge.name)
    if result.entry_id is not None:
        taken = _take_points(account, result, because)
    elif result.present_id is not None:
        voucher = Voucher.objects.select_for_update(no_key=True).get(present=result.present_id)
        is_open = voucher.status == RedemptionStatus.OPEN
        if is_open:
            voucher.status = RedemptionStatus.VOIDED
            voucher.save(update_fields=["status"])
        taken = TakenBack(name, voucher=voucher.name, was_used=voucher.status == RedemptionStatus.USED)
    ChallengeResult.objects.filter(pk=result.pk).update(taken_back_at=timezone.now())
    record_activity(
        ActivityKind.CHALLENGE_UNDONE,
        by=Actor.system(),
        source=Source.SYSTEM,
        member=account.member,
        payload={"challenge": str(result.challenge_id), "name": name, "points": -taken.points, "reason": because},
        silent=silent,
    )
    return taken


def _take_points(account: Account, result: ChallengeResult, because: str) -> TakenBack:
    lots = settle(account, held_lots(account), now=timezone.now(), silent=True)
    made = set(Lot.objects.filter(Q(entry=result.entry_id) | Q(origin=result.entry_id)).values_list("pk", flat=True))
    uses = LotUse.objects.filter(lot__in=made, entry__kind=EntryKind.EXPIRE)
    expired = uses.aggregate(points=Sum("amount"))["points"] or 0
    points = result.points - expired
    if points <= 0:
        return TakenBack(result.challenge.name)
    moves, short = take(lots, points, first=[lot for lot in lots if lot.pk in made])
    post(
        account,
        Draft(
            kind=EntryKind.REVERSE,
            cause=Cause.CHALLENGE,
            cause_id=result.pk,
            key=f"challenge_back:{result.pk}",
            by=Actor.system(),
            request=(points,),
            moves=moves,
            owe=short,
            reason=because[:300],
            reverses_id=result.entry_id,
            snapshot={
                "challenge": str(result.challenge_id),
                "name": result.challenge.name,
                "back": True,
                **({"expired": int(expired)} if expired else {}),
            },
        ),
    )
    return TakenBack(result.challenge.name, points=points, owed=short)
