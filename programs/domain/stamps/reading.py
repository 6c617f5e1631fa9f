"""Which version of a stamp card counts, which one a running card was begun under, and how a member stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import islice
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from customers.models import Member, Purchase, PurchaseLine
from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.rewards import COUNTS
from programs.domain.stamps.terms import Line, Terms, count_stamps
from programs.enums import ProgramKind, ProgramStatus
from programs.models import Account, Entry, Lot, Program, Redemption, Reward, StampCard, StampCardVersion
from tenants.isolation import current_tenant, current_tenant_id
from tenants.rows import columns_of, made_of

# More full cards than these are never made by one purchase that anybody reads about.
MOST_CARDS_AT_ONCE = 50
_JOINED: dict[type[Model], str] = {StampCardVersion: "v.", StampCard: "c.", Program: "p.", Reward: "r."}


def versions_in_force(when: datetime) -> list[StampCardVersion]:
    """Of every running card the version that counts at a moment, with card, program and reward, in one query."""
    found = _versions(_in_force(), [current_tenant_id(), when, ProgramStatus.LIVE])
    return sorted(found, key=lambda version: version.card.program_id)


def _versions(sql: str, values: list[object]) -> list[StampCardVersion]:
    """Versions with card, program and reward, by a query of `_JOINED`'s columns."""
    with connection.cursor() as cursor:
        execute_prepared(cursor, sql, values)
        rows = cursor.fetchall()
    found = []
    for row in rows:
        values = iter(row)
        version, card, program, reward = (made_of(one, list(islice(values, _width(one))), "default") for one in _JOINED)
        card.program, version.card, version.reward = program, card, reward
        found.append(version)
    return found


@cache
def _all_of_it() -> str:
    """As the ORM would ask; every sale of a business with stamp cards does, and composing it took longer than it."""
    columns = [column for model, prefix in _JOINED.items() for column in columns_of(model, prefix)]
    return f"""{", ".join(columns)}
FROM programs_stampcardversion v
JOIN programs_stampcard c ON c.tenant_id = v.tenant_id AND c.id = v.card_id
JOIN programs_program p ON p.tenant_id = c.tenant_id AND p.id = c.program_id
JOIN programs_reward r ON r.tenant_id = v.tenant_id AND r.id = v.reward_id"""


@cache
def _in_force() -> str:
    return f"""
SELECT DISTINCT ON (v.card_id) {_all_of_it()}
WHERE v.tenant_id = %s AND v.starts_at <= %s AND p.status = %s
ORDER BY v.card_id, v.number DESC"""


@cache
def _promised() -> str:
    return f"""
WITH oldest AS (
 SELECT coalesce(e.snapshot ->> 'version', o.snapshot ->> 'version')::int AS number
 FROM programs_lot l
 JOIN programs_entry e ON e.tenant_id = l.tenant_id AND e.id = l.entry_id
 LEFT JOIN programs_entry o ON o.tenant_id = l.tenant_id AND o.id = l.origin_id
 WHERE l.tenant_id = %s AND l.account_id = %s AND l.remaining > 0
 ORDER BY l.available_from, l.id LIMIT 1)
SELECT {_all_of_it()}
WHERE v.tenant_id = %s AND c.program_id = %s
ORDER BY v.number = (SELECT number FROM oldest) DESC NULLS LAST, v.number DESC LIMIT 1"""  # noqa: S608


def _width(model: type[Model]) -> int:
    return len(model._meta.concrete_fields)


def newest_version(program: Program) -> StampCardVersion | None:
    """The last one that was published, whether the card is running or not."""
    newest: StampCardVersion | None = (
        StampCardVersion.objects.select_related("card__program", "reward")
        .filter(card__program=program)
        .order_by("number")
        .last()
    )
    return newest


def promised_version(account: Account) -> StampCardVersion:
    """The version under which the account's running card was begun; the newest where it is empty.

    That of its oldest stamp, wherever it has moved since.
    """
    tenant = current_tenant_id()
    [found] = _versions(_promised(), [tenant, account.pk, tenant, account.program_id])  # who has stamps has a version
    return found


_GIVEN = """
SELECT coalesce(sum(given.amount), 0) FROM (
 SELECT e.amount, CASE e.kind WHEN 'accrue' THEN e.occurred_at ELSE r.occurred_at END AS given_at
 FROM programs_entry e
 JOIN programs_account a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
 LEFT JOIN programs_entry r ON r.tenant_id = e.tenant_id AND r.id = e.reverses_id
 WHERE e.tenant_id = %s AND (a.id = %s OR a.merged_into_id = %s)
  AND (e.kind = 'accrue' OR e.kind = 'reverse' AND r.kind = 'accrue')) AS given
WHERE given_at >= %s AND given_at < %s"""


def given_on(account: Account, day: date) -> int:
    """Stamps given on a day there, by purchases and by hand, less what was taken back of them."""
    zone = current_tenant().zone
    start, end = start_of_day(day, zone), end_of_day(day, zone)
    with connection.cursor() as cursor:
        execute_prepared(cursor, _GIVEN, [account.tenant_id, account.pk, account.pk, start, end])
        [given] = cursor.fetchone()
    return int(given)


def lines_of(purchase: Purchase) -> list[Line]:
    """The lines of a purchase as they are kept."""
    rows = PurchaseLine.objects.filter(purchase=purchase).values_list(
        *("total", "returned_total", "quantity", "returned_quantity", "product_id", "product__category_id")
    )
    return [
        Line(total - returned, items - brought, str(product or ""), str(category or ""))
        for total, returned, items, brought, product, category in rows
    ]


def room_on(account: Account, terms: Terms, when: datetime) -> int | None:
    """How many more stamps the day of a moment can bear; None for any number."""
    if terms.most_in_day is None:
        return None
    return max(0, terms.most_in_day - given_on(account, local_day(when, current_tenant().zone)))


@dataclass(frozen=True, slots=True)
class CardStanding:
    """How a member stands on one card at this moment, the clock of today included.

    `version` and `terms` are what was promised when the running card was begun, `counting` what fills it now.

    `stamps` of `terms.slots` are on the running card, `owed` are repaid by the next ones; `finished` cards so far.
    `today` were given today; `left_today` more may be (None: no limit). `expires` is the last day of the first ones.
    """

    program: Program
    version: StampCardVersion
    terms: Terms
    counting: Terms
    stamps: int = 0
    owed: int = 0
    finished: int = 0
    today: int = 0
    account: Account | None = None
    expires: date | None = None

    @property
    def is_running(self) -> bool:
        return bool(self.program.status == ProgramStatus.LIVE)

    @property
    def missing(self) -> int:
        return max(0, self.terms.slots - self.stamps)

    def stamps_for(self, paid: int) -> int:
        """What a purchase would give now of which only the amount is known, in minor units."""
        stamps = count_stamps(self.counting, paid, ()).stamps
        return stamps if self.left_today is None else min(stamps, self.left_today)

    @property
    def left_today(self) -> int | None:
        most = self.counting.most_in_day
        return None if most is None else max(0, most - self.today)

    @property
    def rest(self) -> int:
        """Stamps beyond a full card, when it could not be finished yet."""
        return max(0, self.stamps - self.terms.slots)


def cards_of(member: Member, *, only_running: bool = True) -> list[CardStanding]:
    """How a member stands on every card: first those that are nearest to full. None for a business without cards."""
    newest = _newest(only_running)
    if not newest:
        return []
    accounts = {
        account.program_id: account
        for account in Account.objects.filter(member=member, program__in=list(newest)).select_related("program")
    }
    standings = [_standing(version, accounts.get(program)) for program, version in newest.items()]
    return sorted(standings, key=lambda one: (-one.stamps * 100 // one.terms.slots, one.program.pk))


def _newest(only_running: bool) -> dict[UUID, StampCardVersion]:
    versions = StampCardVersion.objects.filter(card__program__kind=ProgramKind.STAMPS)
    if only_running:
        versions = versions.filter(card__program__status=ProgramStatus.LIVE)
    rows = versions.select_related("card__program", "reward").order_by("card__program", "number")
    return {version.card.program_id: version for version in rows}


def _standing(newest: StampCardVersion, account: Account | None) -> CardStanding:
    program, terms = newest.card.program, Terms.from_json(newest.terms)
    if account is None:
        return CardStanding(program, newest, terms, terms)
    now, zone = timezone.now(), current_tenant().zone
    ends = Lot.objects.filter(account=account, remaining__gt=0).values_list("remaining", "expires_at")
    held = [(stamps, end) for stamps, end in ends if end is None or end > now]
    version = promised_version(account) if held else newest
    return CardStanding(
        program=program,
        version=version,
        terms=Terms.from_json(version.terms),
        counting=terms,
        stamps=sum(stamps for stamps, _end in held),
        owed=account.owed,
        finished=finished_cards(account),
        today=given_on(account, local_day(now, zone)),
        account=account,
        expires=_first_end(end for _stamps, end in held),
    )


def filled_by(entry: Entry) -> list[Redemption]:
    """The full cards that these stamps made: they were finished right behind them."""
    later = Redemption.objects.filter(account=entry.account_id, entry__seq__gt=entry.seq, status__in=COUNTS)
    later = later.exclude(entry__seq__gt=entry.seq + MOST_CARDS_AT_ONCE)
    found = {one.entry.seq: one for one in later.select_related("reward", "entry")}
    filled: list[Redemption] = []
    while one := found.get(entry.seq + 1 + len(filled)):
        filled.append(one)
    return filled


def finished_cards(account: Account) -> int:
    """How many cards were filled, those taken back by returns not counted."""
    times: int = account.redemptions.filter(status__in=COUNTS).count()
    return times


def _first_end(ends: Iterable[datetime | None]) -> date | None:
    known: Sequence[datetime] = sorted(end for end in ends if end is not None)
    return local_day(known[0] - timedelta(microseconds=1), current_tenant().zone) if known else None
