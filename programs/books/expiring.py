"""The calendar of expiry: what lapses in each of the next twelve months if nobody redeems anything meanwhile."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Member
from loyalty_saas.lib.days import add_months, end_of_month, start_of_day
from programs.books.days import edges_of, months_of, today_here
from programs.books.scope import is_narrow, of_accounts, values_for
from programs.enums import ProgramKind
from programs.models import Lot, Program
from tenants.isolation import current_tenant

MONTHS = 12
LATER, NEVER = "later", "never"
_MONTH = re.compile(r"(\d{4})-(\d{2})")

# The last bucket is what never expires, the one before it what expires later. Points count on their last day.
_EXPIRING = """
SELECT CASE WHEN expires_at IS NULL THEN %(months)s + 2
 ELSE width_bucket(expires_at - interval '1 microsecond', %(edges)s::timestamptz[]) END AS bucket,
 sum(remaining), count(DISTINCT account_id)
FROM programs_lot
WHERE tenant_id = %(tenant)s AND remaining > 0 AND (expires_at IS NULL OR expires_at > %(now)s){of_accounts}
GROUP BY 1"""


@dataclass(frozen=True, slots=True)
class Expiring:
    """`points` on `members` cards lapse in a month. `word` says when: "2026-12", LATER or NEVER; it filters members."""

    word: str
    month: date | None
    points: int = 0
    members: int = 0


def expiry_calendar(program: Program | None = None) -> list[Expiring]:
    """This month and the eleven that follow, then what expires later and what never does, of one program.

    Waiting points count as well; together the lines are everything that members hold and that has not lapsed yet.
    """
    months = _months()
    found: dict[int, tuple[int, int]] = {}
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            **values_for(program),
            "now": timezone.now(),
            "edges": edges_of(months),
            "months": MONTHS,
        }
        cursor.execute(_EXPIRING.format(of_accounts=of_accounts(is_narrow(program))), values)
        for bucket, points, members in cursor.fetchall():
            found[bucket] = int(points), members
    lines: list[tuple[str, date | None]] = [(f"{first:%Y-%m}", first) for first, _last in months]
    lines += [(LATER, None), (NEVER, None)]
    return [Expiring(word, month, *found.get(place, (0, 0))) for place, (word, month) in enumerate(lines, start=1)]


def expiring_choices() -> Sequence[tuple[str, str]]:
    """The lines of the calendar, for the filter of the list of members."""
    locale = current_tenant().locale
    months = [(f"{first:%Y-%m}", format_skeleton("yMMM", first, locale=locale)) for first, _last in _months()]
    return [
        ("", _("Any expiry")),
        *((word, _("Expires %(month)s") % {"month": month}) for word, month in months),
        (LATER, _("Expires later")),
        (NEVER, _("Never expires")),
    ]


def with_expiring(members: QuerySet[Member], word: str) -> QuerySet[Member]:
    """Members with points that lapse then; an unknown word narrows nothing."""
    lots = Lot.objects.filter(
        account__member=OuterRef("pk"), account__program__kind=ProgramKind.POINTS, remaining__gt=0
    )
    zone = current_tenant().zone
    if word == NEVER:
        return members.filter(Exists(lots.filter(expires_at__isnull=True)))
    if word == LATER:
        return members.filter(Exists(lots.filter(expires_at__gt=edges_of(_months())[-1])))
    if (match := _MONTH.fullmatch(word)) is None or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) < 2999:
        return members
    month = date(int(match[1]), int(match[2]), 1)
    start, end = start_of_day(month, zone), start_of_day(add_months(month, 1), zone)
    lots = lots.filter(expires_at__gt=max(start, timezone.now()), expires_at__lte=end)
    return members.filter(Exists(lots))


def _months() -> list[tuple[date, date]]:
    month = today_here().replace(day=1)
    return months_of(month, end_of_month(add_months(month, MONTHS - 1)))
