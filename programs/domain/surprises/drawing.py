"""The draws: one for each purchase that counts, or some after a day. A roll is the same whoever computes it again.

The roll is the first 60 bits of SHA-256 of "seed:what", modulo among how many. `what` is the id of the purchase, or
"day:place" for a day, whose visitors stand in the order of their accounts' ids; a winner leaves the list for the next.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from customers.domain.activity import record_activity
from customers.domain.identity import ids_of
from customers.enums import ActivityKind, MemberStatus, Source
from customers.models import Member, Purchase, Segment
from customers.segments import is_in, members_in
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from loyalty_saas.lib.ids import uuid7
from programs.domain.accounts import lock_account, points_program
from programs.domain.challenges.rewarding import TakenBack
from programs.domain.prizes import roll_of
from programs.domain.surprises.definition import SurpriseTerms
from programs.domain.surprises.giving import give, take_back
from programs.enums import ProgramStatus, SurpriseWay
from programs.models import Account, Program, Surprise, SurpriseDraw
from tenants.actors import Actor
from tenants.isolation import current_tenant
from tenants.rows import insert_row, rows_where

# A day after which nothing ran is caught up with for so long.
LATE = 7


def draw_for_purchase(account: Account, purchase: Purchase, *, silent: bool = False) -> list[SurpriseDraw]:
    """Draw for a purchase of today on its member's locked account, once for each surprise that runs."""
    today = local_day(timezone.now(), current_tenant().zone)
    if account.program.status != ProgramStatus.LIVE or local_day(purchase.occurred_at, current_tenant().zone) != today:
        return []
    draws = []
    for surprise in running(account.program, SurpriseWay.VISIT):
        terms = SurpriseTerms.from_json(surprise.definition)
        if not counts(terms, purchase.total, today) or not _was_away(account, purchase, terms):
            continue
        if not is_for(account.member, terms):
            continue
        roll = roll_of(surprise.seed, purchase.pk, terms.one_in)
        draw = SurpriseDraw(surprise=surprise, roll=roll, among=terms.one_in, is_won=roll == 0)
        draws.append(_write(account, purchase, draw, terms, today, silent=silent))
    return draws


def draw_for_days(day: date) -> int:
    """Draw for the days up to `day` that are over, each once; how many won. Safe to repeat. Locks accounts."""
    program = points_program()
    if program is None or program.status != ProgramStatus.LIVE:
        return 0
    won = 0
    for surprise in running(program, SurpriseWay.DAY):
        if surprise.published_at is None:
            continue
        first = local_day(surprise.published_at, current_tenant().zone)
        for number in range(LATE, -1, -1):
            over = day - timedelta(days=number)
            if over >= first and over < local_day(timezone.now(), current_tenant().zone):
                won += _draw_day(surprise, over)
    return won


@transaction.atomic
def _draw_day(surprise: Surprise, day: date) -> int:
    terms = SurpriseTerms.from_json(surprise.definition)
    if not counts(terms, terms.minimum, day) or SurpriseDraw.objects.filter(surprise=surprise, day=day).exists():
        return 0
    entrants = entrants_of(surprise.program, terms, day)
    chosen: list[tuple[SurpriseDraw, UUID, Purchase]] = []
    left = sorted(entrants)
    for place in range(1, terms.winners + 1):
        if not left:
            break
        roll = roll_of(surprise.seed, f"{day}:{place}", len(left))
        winner = left[roll]
        draw = SurpriseDraw(surprise=surprise, roll=roll, among=len(left), is_won=True, place=place)
        draw.listed = [str(pk) for pk in left]
        chosen.append((draw, winner, entrants[winner]))
        left.remove(winner)
    given = 0
    for draw, winner, purchase in sorted(chosen, key=lambda one: one[1]):
        account = lock_account(winner)
        if account is not None:
            given += _write(account, purchase, draw, terms, day, silent=False).was_given
    return given


def entrants_of(program: Program, terms: SurpriseTerms, day: date) -> dict[UUID, Purchase]:
    """The accounts that take part in a day's draw, each with the first purchase of that day that counts and is kept."""
    zone = current_tenant().zone
    bought = Purchase.objects.filter(
        member__status=MemberStatus.ACTIVE,
        occurred_at__gte=start_of_day(day, zone),
        occurred_at__lt=end_of_day(day, zone),
        total__gte=max(terms.minimum, 1),
        returned__lt=F("total"),
    ).order_by("occurred_at", "pk")
    wanted = members_of(terms)
    if wanted is not None:
        bought = bought.filter(member__in=wanted)
    by_member = dict(Account.objects.filter(program=program, merged_into=None).values_list("member", "pk"))
    found: dict[UUID, Purchase] = {}
    for purchase in bought.select_related("member"):
        account = by_member.get(purchase.member_id) if purchase.member_id else None
        if account is not None and account not in found and _away_before(purchase, terms):
            found[account] = purchase
    return found


def review_surprises(account: Account, purchase_id: UUID, *, kept: int, because: str = "") -> list[TakenBack]:
    """Take back what a purchase won that is no longer kept as far as it had to be. The account must be locked."""
    draws = SurpriseDraw.objects.filter(purchase=purchase_id, is_won=True, refusal="", taken_back_at=None)
    taken = []
    for draw in draws.select_related("surprise").order_by("pk"):
        terms = SurpriseTerms.from_json(draw.surprise.definition)
        if kept >= max(terms.minimum, 1):
            continue
        taken.append(take_back(account, draw, because=because))
    return taken


def counts(terms: SurpriseTerms, total: int, day: date) -> bool:
    """Whether a purchase of this size on this day takes part, whoever bought it."""
    return total >= max(terms.minimum, 0) and (not terms.weekdays or day.weekday() in terms.weekdays)


def is_for(member: Member, terms: SurpriseTerms) -> bool:
    """Whether a member is in one of the segments at this moment; everybody is, where none is named."""
    if not terms.segments:
        return True
    return any(is_in(member, segment) for segment in Segment.objects.filter(pk__in=terms.segments))


def members_of(terms: SurpriseTerms) -> set[UUID] | None:
    """The ids of whoever is in one of the segments at this moment; None where none is named."""
    if not terms.segments:
        return None
    named = Segment.objects.filter(pk__in=terms.segments)
    return {pk for segment in named for pk in members_in(segment).values_list("pk", flat=True)}


def running(program: Program, way: SurpriseWay) -> list[Surprise]:
    """Those that are published and not ended, in their order."""
    condition = "program_id = %s AND published_at IS NOT NULL AND ended_at IS NULL AND definition ->> 'way' = %s"
    found = rows_where(Surprise, f"{condition} ORDER BY id", [program.pk, way])
    for surprise in found:
        surprise.program = program
    return found


def _was_away(account: Account, purchase: Purchase, terms: SurpriseTerms) -> bool:
    return _away_before(purchase, terms) if terms.away_days else True


def _away_before(purchase: Purchase, terms: SurpriseTerms) -> bool:
    """Whether the member had bought nothing for so many days; whoever never bought anything was not away."""
    if not terms.away_days:
        return True
    if purchase.member is None:
        return False
    before = Purchase.objects.filter(member__in=ids_of(purchase.member), occurred_at__lt=purchase.occurred_at)
    last: datetime | None = before.exclude(pk=purchase.pk).aggregate(last=Max("occurred_at"))["last"]
    zone = current_tenant().zone
    if last is None:
        return False
    return (local_day(purchase.occurred_at, zone) - local_day(last, zone)).days >= terms.away_days


def _write(
    account: Account, purchase: Purchase, draw: SurpriseDraw, terms: SurpriseTerms, day: date, *, silent: bool
) -> SurpriseDraw:
    draw.id, draw.account, draw.purchase, draw.day, draw.drawn_at = uuid7(), account, purchase, day, timezone.now()
    if draw.is_won:
        give(account, draw, terms, silent=silent)
    insert_row(draw)
    if draw.was_given:
        record_activity(
            ActivityKind.SURPRISE_WON,
            by=Actor.system(),
            source=Source.SYSTEM,
            member=account.member,
            payload={
                "surprise": str(draw.surprise_id),
                "name": draw.said,
                "draw": str(draw.pk),
                "points": draw.points,
                "entry": str(draw.entry_id) if draw.entry_id else None,
            },
            silent=silent,
        )
    return draw
