"""What a surprise gives on a locked account, within its budget, and takes back when the purchase comes back."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, Sum
from django.utils import timezone

from customers.models import Product
from programs.domain.challenges.rewarding import TakenBack
from programs.domain.drafts import Draft
from programs.domain.goodwill.making import worth_of_one
from programs.domain.lots import held_lots, new_lot, settle, take
from programs.domain.posting import post
from programs.domain.presents import Worth, gift_in_words, write_present
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.expecting import average_purchase, expected_off
from programs.enums import Cause, EntryKind, PresentOccasion, RedemptionStatus, RewardKind, SurpriseRefusal
from programs.models import Account, Entry, Program, Surprise, SurpriseDraw, Voucher
from programs.words.unit import in_points
from programs.worth import cost_of_gift
from tenants.actors import Actor


def price_of(terms: SurpriseTerms, program: Program) -> int | None:
    """What one of it costs, in minor units; None for a product without a price.

    Percent off costs what it is expected to take off an average purchase, and never more than it may (`expected_off`).
    """
    if not terms.gift_kind:
        return cost_of_gift(terms.points, worth_of_one(program))
    if terms.gift_kind == RewardKind.AMOUNT_OFF:
        return terms.value
    if terms.gift_kind == RewardKind.PERCENT_OFF:
        return expected_off(terms.value, cap=terms.cap, average=average_purchase())
    product = Product.objects.filter(pk=UUID(terms.product)).first()
    return product.price if product is not None and product.price else None


def gift_of(terms: SurpriseTerms, program: Program) -> Worth:
    """What it gives, in words and as a voucher keeps it."""
    if not terms.gift_kind:
        return Worth("points", terms.points, None, in_points(program, terms.points), 0)
    product = Product.objects.filter(pk=UUID(terms.product)).first() if terms.product else None
    cap = terms.cap if terms.gift_kind == RewardKind.PERCENT_OFF else None
    called = str(product or terms.names.get("product", ""))
    said = gift_in_words(terms.gift_kind, terms.value, called, cap=cap)
    name = gift_in_words(terms.gift_kind, terms.value, called)
    is_product = terms.gift_kind == RewardKind.FREE_PRODUCT
    pk = product.pk if product is not None and is_product else None
    return Worth(terms.gift_kind, 0 if is_product else terms.value, pk, said[:160], terms.days, cap, name)


def give(account: Account, draw: SurpriseDraw, terms: SurpriseTerms, *, silent: bool) -> None:
    """Give on a locked account what a draw won, or say why not. Locks the surprise: two tills are asked one by one."""
    surprise = Surprise.objects.select_for_update(no_key=True).get(pk=draw.surprise_id)
    cost = price_of(terms, account.program)
    draw.refusal = _refusal(account, surprise, draw.day, terms, cost)
    if draw.refusal or cost is None:
        return
    gift = gift_of(terms, account.program)
    draw.said, draw.cost, draw.points = gift.said, cost, terms.points if not terms.gift_kind else 0
    key = f"surprise:{draw.pk}"
    if draw.points:
        draw.entry = _give_points(account, surprise, draw, key)
        return
    voucher = write_present(
        account,
        gift,
        occasion=PresentOccasion.SURPRISE,
        day=draw.day,
        because=surprise.name,
        key=key,
        silent=silent,
    )
    draw.present = voucher.present if voucher else None


def spent_in_month(surprise: Surprise, day: date) -> tuple[int, int]:
    """What was given in a month of the business, in minor units and in points; what came back counts all the same."""
    first = day.replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1)
    given = SurpriseDraw.objects.filter(surprise=surprise, day__gte=first, day__lt=last, is_won=True, refusal="")
    sums = given.aggregate(cost=Sum("cost"), points=Sum("points"))
    return sums["cost"] or 0, sums["points"] or 0


def take_back(account: Account, draw: SurpriseDraw, *, because: str) -> TakenBack:
    """Take back what a draw gave, on its locked account. Points that are spent are owed; a used voucher stays used."""
    name, taken = draw.surprise.name, TakenBack(draw.surprise.name)
    if draw.entry_id is not None:
        lots = settle(account, held_lots(account), now=timezone.now(), silent=True)
        own = [lot for lot in lots if lot.entry_id == draw.entry_id]
        moves, short = take(lots, draw.points, first=own)
        post(
            account,
            Draft(
                kind=EntryKind.REVERSE,
                cause=Cause.SURPRISE,
                cause_id=draw.pk,
                key=f"surprise_back:{draw.pk}",
                by=Actor.system(),
                request=(draw.points,),
                moves=moves,
                owe=short,
                reason=because[:300],
                reverses_id=draw.entry_id,
                snapshot={"surprise": str(draw.surprise_id), "name": name, "back": True},
            ),
        )
        taken = TakenBack(name, points=draw.points, owed=short)
    elif draw.present_id is not None:
        voucher = Voucher.objects.select_for_update(no_key=True).get(present=draw.present_id)
        if voucher.status == RedemptionStatus.OPEN:
            voucher.status = RedemptionStatus.VOIDED
            voucher.save(update_fields=["status"])
        taken = TakenBack(name, voucher=voucher.name, was_used=voucher.status == RedemptionStatus.USED)
    SurpriseDraw.objects.filter(pk=draw.pk).update(taken_back_at=timezone.now())
    return taken


def _refusal(account: Account, surprise: Surprise, day: date, terms: SurpriseTerms, cost: int | None) -> str:
    if surprise.ended_at is not None or cost is None:
        return SurpriseRefusal.OVER
    mine = Q(account=account) | Q(account__merged_into=account)
    if terms.rest_days:
        since = day - timedelta(days=terms.rest_days)
        given = SurpriseDraw.objects.filter(mine, surprise=surprise, day__gt=since, is_won=True, refusal="")
        if given.exists():
            return SurpriseRefusal.LATELY
    spent, points = spent_in_month(surprise, day)
    if terms.budget is not None and spent + cost > terms.budget:
        return SurpriseRefusal.BUDGET
    if terms.budget_points is not None and points + terms.points > terms.budget_points:
        return SurpriseRefusal.BUDGET
    return ""


def _give_points(account: Account, surprise: Surprise, draw: SurpriseDraw, key: str) -> Entry:
    """At once, and neither for tiers nor for all that was ever earned."""
    now = timezone.now()
    draft = Draft(
        kind=EntryKind.ADJUST,
        cause=Cause.SURPRISE,
        cause_id=draw.pk,
        key=key,
        by=Actor.system(),
        request=(draw.points,),
        earns=new_lot(account.program, draw.points, earned_at=now, now=now, waits=False),
        snapshot={"surprise": str(surprise.pk), "name": surprise.name},
    )
    return post(account, draft).entry
