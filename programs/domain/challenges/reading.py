"""The challenges of a business, and how far a member is with each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from customers.domain.identity import ids_of
from customers.models import Purchase, PurchaseLine
from loyalty_saas.lib.days import local_day, start_of_day
from programs.domain.challenges.definition import Definition
from programs.domain.challenges.progress import Bought, Progress, progress_in
from programs.models import Account, Challenge, ChallengeResult, Program
from tenants.isolation import current_tenant
from tenants.rows import rows_where


@dataclass(frozen=True, slots=True)
class Trial:
    """A challenge, how far somebody is, and their result once it is done."""

    challenge: Challenge
    definition: Definition
    progress: Progress
    result: ChallengeResult | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one purchase if more comes back than is written: minor units, and lines of which nothing is."""

    purchase: UUID
    kept: int
    gone: frozenset[UUID]


def running(program: Program, now: datetime) -> list[Challenge]:
    """Those that are published, have not ended and whose last day is not over."""
    today = local_day(now, current_tenant().zone)
    return [one for one in published_in(program, now) if one.ended_at is None and not is_over(one, today)]


def published_in(program: Program, now: datetime) -> list[Challenge]:
    """Those that are no drafts, the ended ones among them."""
    return rows_where(Challenge, "program_id = %s AND published_at <= %s ORDER BY id", [program.pk, now])


def is_over(challenge: Challenge, today: date) -> bool:
    """Whether its last day is over."""
    last = challenge.definition.get("last_day")
    return bool(last) and date.fromisoformat(last) < today


def results_of(account: Account) -> list[ChallengeResult]:
    """What the person has done and kept, on this card and on those that were merged into it."""
    cards = Q(account=account) | Q(account__merged_into=account)
    return list(ChallengeResult.objects.filter(cards, taken_back_at__isnull=True).select_related("challenge"))


def trials_of(account: Account, *, now: datetime | None = None) -> list[Trial]:
    """Running challenges with the progress of the account's member, and those they have done, the newest first."""
    now = now or timezone.now()
    published = published_in(account.program, now)
    if not published:
        return []
    today = local_day(now, current_tenant().zone)
    results = {one.challenge_id: one for one in results_of(account)}
    open_ones = [one for one in published if one.pk not in results and one.ended_at is None and not is_over(one, today)]
    trials = progress_of(account, open_ones, now=now)
    done = [
        Trial(one.challenge, definition, Progress(definition.steps, definition.steps), one)
        for one in results.values()
        for definition in [Definition.from_json(one.challenge.definition)]
    ]
    return [*trials, *done]


def progress_of(
    account: Account, challenges: Iterable[Challenge], *, now: datetime, but: Kept | None = None
) -> list[Trial]:
    """How far the account's member is with each; `but` is a purchase of which less is kept than is written."""
    challenges = list(challenges)
    if not challenges:
        return []
    zone = current_tenant().zone
    definitions = {one.pk: Definition.from_json(one.definition) for one in challenges}
    since = {one.pk: local_day(one.published_at or now, zone) for one in challenges}
    first = min(_first(definitions[pk], day) for pk, day in since.items())
    bought = _bought(account, first, by_line=any(one.chosen for one in definitions.values()), but=but)
    today = local_day(now, zone)
    ended = {one.pk: local_day(one.ended_at, zone) for one in challenges if one.ended_at}
    return [
        Trial(
            one,
            definitions[one.pk],
            progress_in(definitions[one.pk], bought, since=since[one.pk], today=min(today, ended.get(one.pk, today))),
        )
        for one in challenges
    ]


def _first(definition: Definition, published: date) -> date:
    return max(published, definition.first_day) if definition.first_day else published


def _bought(account: Account, first: date, *, by_line: bool, but: Kept | None) -> list[Bought]:
    zone = current_tenant().zone
    rows = Purchase.objects.filter(member__in=ids_of(account.member), occurred_at__gte=start_of_day(first, zone))
    found = list(rows.values_list("pk", "occurred_at", "total", "returned"))
    goods = _goods([pk for pk, *_rest in found], but) if by_line else {}
    bought = []
    for pk, moment, total, returned in found:
        one = Bought(local_day(moment, zone), total - returned, goods.get(pk, frozenset()))
        bought.append(replace(one, kept=but.kept) if but is not None and but.purchase == pk else one)
    return bought


def _goods(purchases: list[UUID], but: Kept | None) -> Mapping[UUID, frozenset[str]]:
    """Products and categories of the lines of which anything is kept, by the purchase."""
    goods: dict[UUID, set[str]] = {}
    lines = PurchaseLine.objects.filter(purchase__in=purchases, product__isnull=False)
    columns = ("pk", "purchase", "product", "product__category", "quantity", "returned_quantity")
    for pk, purchase, product, category, quantity, returned in lines.values_list(*columns):
        if quantity - returned <= Decimal(0) or (but is not None and pk in but.gone):
            continue
        goods.setdefault(purchase, set()).update(str(one) for one in (product, category) if one)
    return {pk: frozenset(there) for pk, there in goods.items()}
