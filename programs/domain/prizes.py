"""What comes out of a surprise: drawn among the prizes that are left, by a seed that is kept with the draw."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from customers.models import Product
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.texts import tidy_text
from programs.enums import PRIZE_KINDS, RewardKind
from programs.models import Draw, Prize, Redemption, Reward
from programs.voucher_errors import NoPrizeLeft, PrizesMissing
from tenants.rows import insert_row

MOST_PRIZES = 6


@dataclass(frozen=True, slots=True)
class PrizeDetails:
    """`value` in minor units or percent, as the kind says; `weight`: how likely beside the others."""

    name: str
    kind: str
    weight: int = 1
    value: int = 0
    product: Product | None = None
    stock: int | None = None
    unit_cost: int | None = None


def prizes_of(reward_id: UUID) -> list[Prize]:
    """What can come out at this moment."""
    return list(
        Prize.objects.select_related("product")
        .filter(reward=reward_id, removed_at__isnull=True)
        .filter(Q(stock__isnull=True) | Q(stock__gt=0))
    )


def chances(prizes: Sequence[Prize]) -> list[tuple[Prize, float]]:
    """Each with how likely it is, in percent with one decimal."""
    whole = sum(prize.weight for prize in prizes)
    return [(prize, round(prize.weight * 100 / whole, 1)) for prize in prizes]


@transaction.atomic
def draw_prize(redemption: Redemption) -> Prize:
    """Draw for a redemption that is written already, and keep how. Raises NoPrizeLeft. Locks the reward."""
    Reward.objects.select_for_update(no_key=True).get(pk=redemption.reward_id)
    prizes = prizes_of(redemption.reward_id)
    if not prizes:
        raise NoPrizeLeft
    seed = secrets.token_hex(32)
    listed = [{"prize": str(one.pk), "name": one.name, "weight": one.weight} for one in prizes]
    roll = roll_of(seed, redemption.pk, sum(prize.weight for prize in prizes))
    prize = prize_at(prizes, roll)
    if prize.stock is not None:
        Prize.objects.filter(pk=prize.pk).update(stock=F("stock") - 1)
    insert_row(Draw(redemption=redemption, prize=prize, seed=seed, roll=roll, listed=listed, created_at=timezone.now()))
    redemption.drawn = prize  # type: ignore[attr-defined]
    return prize


def roll_of(seed: str, what: UUID | str, weights: int) -> int:
    """A number below `weights`: the first 60 bits of SHA-256 of "seed:what", modulo it. Of a prize the redemption."""
    digest = hashlib.sha256(f"{seed}:{what}".encode()).hexdigest()
    return int(digest[:15], 16) % weights


def prize_at(prizes: Sequence[Prize], roll: int) -> Prize:
    """The prize in whose part of the row of weights the number falls."""
    for prize in prizes:
        if roll < prize.weight:
            return prize
        roll -= prize.weight
    raise NoPrizeLeft


def give_prize_back(redemption: Redemption) -> None:
    """The prize of an undone redemption may come out again."""
    won = Draw.objects.filter(redemption=redemption).values_list("prize", flat=True).first()
    if won is not None:
        Prize.objects.filter(pk=won, stock__isnull=False).update(stock=F("stock") + 1)


def set_prizes(reward: Reward, prizes: Sequence[PrizeDetails]) -> None:
    """Let these come out from now on; one that stays the same keeps its row. The reward must be locked.

    Raises PrizesMissing, or Invalid at `prizes`.
    """
    if not 2 <= len(prizes) <= MOST_PRIZES:
        raise PrizesMissing
    for details in prizes:
        _check(details)
    there = list(Prize.objects.filter(reward=reward, removed_at__isnull=True))
    for details in prizes:
        same = next((one for one in there if _is_same(one, details)), None)
        if same is not None:
            there.remove(same)
            same.stock, same.unit_cost = details.stock, details.unit_cost
            same.save(update_fields=["stock", "unit_cost"])
            continue
        Prize.objects.create(
            reward=reward,
            name=tidy_text(details.name, field="prizes", longest=80, required=True),
            kind=details.kind,
            value=details.value,
            product=details.product,
            weight=details.weight,
            stock=details.stock,
            unit_cost=details.unit_cost,
        )
    Prize.objects.filter(pk__in=[one.pk for one in there]).update(removed_at=timezone.now())


def _is_same(prize: Prize, details: PrizeDetails) -> bool:
    product = details.product.pk if details.product else None
    told = (details.name.strip(), details.kind, details.value, details.weight, product)
    return (prize.name, prize.kind, prize.value, prize.weight, prize.product_id) == told


def _check(details: PrizeDetails) -> None:
    if details.kind not in PRIZE_KINDS or not 1 <= details.weight <= 1_000_000:
        raise Invalid(field="prizes")
    if details.kind == RewardKind.AMOUNT_OFF and details.value < 1:
        raise Invalid(field="prizes")
    if details.kind == RewardKind.PERCENT_OFF and not 1 <= details.value <= 100:
        raise Invalid(field="prizes")
