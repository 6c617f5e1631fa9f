"""What counts towards a tier, and over which days."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from loyalty_saas.lib.days import end_of_day, local_day, start_of_day
from loyalty_saas.lib.ids import uuid7
from loyalty_saas.postgres.prepared import execute_prepared
from programs.domain.periods import first_day
from programs.enums import TierBasis, TierWindow
from programs.models import Account
from tenants.isolation import current_tenant


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account gathered in the window: minor units, points, days."""

    spend: int
    points: int
    visits: int

    def by(self, basis: str) -> int:
        if basis == TierBasis.POINTS:
            return self.points
        return self.visits if basis == TierBasis.VISITS else self.spend


def window_start(account: Account, now: datetime) -> datetime:
    """The first moment that counts at `now`, by the window of the account's program."""
    zone = current_tenant().zone
    return start_of_day(first_day(account.program.tier_window, local_day(now, zone), joined_on(account)), zone)


def joined_on(account: Account) -> date:
    """The day from which a member's own years are counted; nobody is asked for it where they are not."""
    if account.program.tier_window != TierWindow.JOINING_YEAR:
        return date.min
    return local_day(account.member.joined_at, current_tenant().zone)


def since_sql(window: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """`window_start` as SQL over a member `m`, with its values."""
    zone = current_tenant().zone
    today = local_day(now, zone)
    if window != TierWindow.JOINING_YEAR:
        return "%(since)s", {"since": start_of_day(first_day(window, today, today), zone)}
    joined = "(m.joined_at AT TIME ZONE %(zone)s)::date"
    years = f"(extract(year FROM %(today)s::date) - extract(year FROM {joined}))::int"
    turned = f"({joined} + make_interval(years => {years}))::date <= %(today)s::date"
    begins = f"{joined} + make_interval(years => {years} - CASE WHEN {turned} THEN 0 ELSE 1 END)"
    return f"({begins}) AT TIME ZONE %(zone)s", {"zone": str(zone), "today": today}


_SUMS = """
SELECT coalesce(sum(spend), 0), coalesce(sum(points), 0), coalesce(sum(visits), 0) FROM programs_qualification
WHERE tenant_id = %s AND account_id = %s AND occurred_at >= %s"""
# A day counts once, whatever was bought on it: the row brings the day's sum to what it should be.
_QUALIFY = f"""
WITH added AS (
 INSERT INTO programs_qualification
  (tenant_id, id, account_id, spend, points, visits, occurred_at, recorded_at, cause_id, key)
 SELECT %s, %s, %s, %s, %s, %s - coalesce((
   SELECT sum(visits) FROM programs_qualification
   WHERE tenant_id = %s AND account_id = %s AND occurred_at >= %s AND occurred_at < %s), 0), %s, %s, %s, %s
 ON CONFLICT (tenant_id, key) DO NOTHING RETURNING spend, points, visits, occurred_at
), before AS ({_SUMS})
SELECT before.*, coalesce(added.spend, 0), coalesce(added.points, 0), coalesce(added.visits, 0)
FROM before LEFT JOIN added ON added.occurred_at >= %s"""  # noqa: S608 - no value is in the text


def qualify(
    account: Account,
    *,
    spend: int,
    points: int,
    visited: bool,
    occurred_at: datetime,
    cause_id: UUID,
    key: str,
) -> Standing:
    """Add to the progress of a locked account, once for each key, and return what it stands at now.

    `spend` and `points` may be negative (a return, dated like its purchase, so that the window is as if it had
    never been bought). `visited` says whether the member was there at all on that day, counting this fact.
    """
    zone = current_tenant().zone
    day = local_day(occurred_at, zone)
    tenant, start = account.tenant_id, window_start(account, timezone.now())
    with connection.cursor() as cursor:
        execute_prepared(
            cursor,
            _QUALIFY,
            [
                *(tenant, uuid7(), account.pk, spend, points, int(visited)),
                *(tenant, account.pk, start_of_day(day, zone), end_of_day(day, zone)),
                *(occurred_at, timezone.now(), cause_id, key),
                *(tenant, account.pk, start, start),
            ],
        )
        row = cursor.fetchone()
    return Standing(int(row[0] + row[3]), int(row[1] + row[4]), int(row[2] + row[5]))


def gathered(account: Account, *, since: datetime, until: datetime | None = None) -> Standing:
    """What an account gathered from a moment on, up to another (exclusive) if there is one."""
    values = [account.tenant_id, account.pk, since]
    with connection.cursor() as cursor:
        if until is None:
            execute_prepared(cursor, _SUMS, values)
        else:
            cursor.execute(f"{_SUMS} AND occurred_at < %s", [*values, until])
        spend, points, visits = cursor.fetchone()
    return Standing(int(spend), int(points), int(visits))
