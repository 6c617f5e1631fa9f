"""Pairs of records that are probably one person, found by themselves.

Each way of finding groups the members by something they share, in one statement with a bound; names are compared letter
by letter only within a group. What many share says nothing: a group with more than a few is passed over.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.domain.identity import present_member
from customers.models import KnownApart, Member, MemberSummary
from loyalty_saas.lib import names
from tenants.actors import Actor
from tenants.domain.audit import record_audit
from tenants.isolation import current_tenant_id

MOST_PAIRS = 200
MOST_GROUPS = 400
# Of groups whose names are compared before anybody is read.
MOST_COMPARED = 20_000
MOST_IN_A_GROUP = 6
# How old a count may be where it is only a hint: minutes, or of a business where looking takes seconds, until tomorrow.
COUNTED_FOR = 600
COUNTED_FOR_A_DAY = 26 * 3600
QUICKLY_COUNTED = 5_000


@dataclass(slots=True)
class Pair:
    """Two members who may be one, the one we would keep first, and why, the surest reason first."""

    kept: Member
    other: Member
    reasons: list[str | Promise] = field(default_factory=list)
    strength: int = 0

    @property
    def people(self) -> tuple[Member, Member]:
        return self.kept, self.other


# Each gives groups of ids and the names that go with them.
_PHONES = """
SELECT array_agg(DISTINCT member_id), NULL FROM customers_searchkey
WHERE tenant_id = %(tenant)s AND kind = 'phone' GROUP BY token HAVING count(DISTINCT member_id) BETWEEN 2 AND %(most)s
LIMIT %(groups)s"""
_NEAR_PHONES = """
SELECT array_agg(k.member_id), array_agg(m.given_name || ' ' || m.family_name)
FROM customers_searchkey k JOIN customers_member m ON m.tenant_id = k.tenant_id AND m.id = k.member_id
WHERE k.tenant_id = %(tenant)s AND k.kind = 'phone' AND length(k.token) >= 9 GROUP BY left(k.token, 7)
HAVING count(*) BETWEEN 2 AND %(most)s LIMIT %(compared)s"""
_MAILBOXES = """
SELECT array_agg(DISTINCT member_id), NULL FROM customers_searchkey
WHERE tenant_id = %(tenant)s AND kind = 'email' AND position('@' IN token) > 1
GROUP BY replace(split_part(split_part(token, '@', 1), '+', 1), '.', '') || '@'
 || replace(split_part(token, '@', 2), 'googlemail.com', 'gmail.com')
HAVING count(DISTINCT member_id) BETWEEN 2 AND %(most)s LIMIT %(groups)s"""
_NAMED = """
WITH named AS (
 SELECT member_id, string_agg(token, ' ' ORDER BY token) AS name, string_agg(left(token, 1), '' ORDER BY token) AS heads
 FROM customers_searchkey WHERE tenant_id = %(tenant)s AND kind = 'name' GROUP BY member_id HAVING count(*) >= 2)"""
# One word of the name is the same, and the others begin alike: mistyped, but not in its first letter.
_BIRTHDAYS = (
    _NAMED
    + """
SELECT array_agg(m.id), array_agg(m.given_name || ' ' || m.family_name)
FROM customers_member m JOIN named n ON n.member_id = m.id
JOIN customers_searchkey k ON k.tenant_id = m.tenant_id AND k.member_id = m.id AND k.kind = 'name'
WHERE m.tenant_id = %(tenant)s AND m.birth_month IS NOT NULL
GROUP BY m.birth_month, m.birth_day, k.token, n.heads
HAVING count(*) BETWEEN 2 AND %(most)s AND count(DISTINCT m.birth_year) <= 1 LIMIT %(compared)s"""
)
# A name that only two have, whose details do not speak against it: one left a phone, the other an e-mail.
_NAMES = (
    _NAMED
    + """
SELECT array_agg(m.id), NULL FROM named n JOIN customers_member m ON m.tenant_id = %(tenant)s AND m.id = n.member_id
GROUP BY n.name HAVING count(*) = 2 AND count(DISTINCT nullif(m.email, '')) <= 1
 AND count(DISTINCT nullif(m.phone || m.claimed_phone, '')) <= 1
 AND count(DISTINCT m.birth_month * 100 + m.birth_day) <= 1 LIMIT %(groups)s"""
)


# How sure, why, and the groups.
_WAYS: tuple[tuple[int, str | Promise, str], ...] = (
    (16, _("the same e-mail, apart from dots or a +label"), _MAILBOXES),
    (8, _("the same phone number"), _PHONES),
    (8, _("nearly the same name and the same birthday"), _BIRTHDAYS),
    (4, _("nearly the same name, and phone numbers that end alike"), _NEAR_PHONES),
    (2, _("the same name, and nothing that differs"), _NAMES),
)


def find_duplicates(*, most: int = MOST_PAIRS) -> list[Pair]:
    """Pairs that look like one person, the surest first; those that somebody said are two are left out."""
    found = [(strength, reason, _alike(_groups(sql))) for strength, reason, sql in _WAYS]
    ids = {pk for _strength, _reason, couples in found for couple in couples for pk in couple}
    members = Member.objects.filter(merged_into__isnull=True).in_bulk(list(ids))
    apart = _known_apart(ids)
    pairs: dict[tuple[UUID, UUID], Pair] = {}
    for strength, reason, couples in found:
        for couple in couples - apart:
            if couple[0] in members and couple[1] in members:
                pair = pairs.setdefault(couple, Pair(members[couple[0]], members[couple[1]]))
                pair.reasons.append(reason)
                pair.strength += strength
    found_pairs = sorted(pairs.values(), key=lambda pair: (-pair.strength, pair.kept.pk))[:most]
    _propose(found_pairs)
    cache.set(_counted(), len(found_pairs), COUNTED_FOR if _is_quick() else COUNTED_FOR_A_DAY)
    return found_pairs


def count_duplicates() -> int | None:
    """About how many pairs there are, without ever making anybody wait: None until somebody or the night has looked."""
    count: int | None = cache.get(_counted())
    return len(find_duplicates()) if count is None and _is_quick() else count


def look_for_duplicates(day: date) -> int:
    """The nightly look, so that the list of members says in the morning how many there are."""
    return len(find_duplicates())


def keep_first(one: Member, other: Member) -> tuple[Member, Member]:
    """The two with the one that should be kept first: who bought more often, or else who joined earlier."""
    pair = Pair(one, other)
    _propose([pair])
    return pair.kept, pair.other


def known_apart(first: Member, second: Member, *, by: Actor) -> KnownApart:
    """Say that these are two people: they are not proposed again, until somebody merges them all the same."""
    ids = sorted((present_member(first).pk, present_member(second).pk))
    said: KnownApart
    said, _made = KnownApart.objects.get_or_create(
        first_id=ids[0], second_id=ids[1], defaults={"actor_id": by.id, "said_at": timezone.now()}
    )
    record_audit("members.known_apart", by=by, subject=first, other=str(second.pk))
    forget_count()
    return said


def not_known_apart(first: Member, second: Member) -> None:
    """Take that back: they may be proposed again."""
    ids = sorted((first.pk, second.pk))
    KnownApart.objects.filter(first=ids[0], second=ids[1]).delete()
    forget_count()


def forget_count() -> None:
    cache.delete(_counted())


def _groups(sql: str) -> list[tuple[list[UUID], list[str] | None]]:
    values: dict[str, Any] = {
        "tenant": current_tenant_id(),
        "most": MOST_IN_A_GROUP,
        "groups": MOST_GROUPS,
        "compared": MOST_COMPARED,
    }
    with connection.cursor() as cursor:
        # Right after an import the planner believes that there is next to nobody, and would look up each by each.
        cursor.execute("SET LOCAL enable_nestloop TO off")
        cursor.execute(sql, values)
        rows = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO on")
    return [(_ids(found), called) for found, called in rows]


def _alike(groups: list[tuple[list[UUID], list[str] | None]]) -> set[tuple[UUID, UUID]]:
    """The pairs within the groups, of those with names only the ones that could be one name."""
    couples = set()
    for ids, called in groups:
        for (one, first), (other, second) in combinations(zip(ids, called or ids, strict=True), 2):
            if one != other and (called is None or names.looks_like(str(first), str(second))):
                couples.add((min(one, other), max(one, other)))
    return couples


def _ids(found: Any) -> list[UUID]:
    """An array of ids as the driver hands it out: as text or as values."""
    texts = found.strip("{}").split(",") if isinstance(found, str) else found
    return [text if isinstance(text, UUID) else UUID(text) for text in texts]


def _known_apart(ids: set[UUID]) -> set[tuple[UUID, UUID]]:
    return set(KnownApart.objects.filter(first__in=ids, second__in=ids).values_list("first_id", "second_id"))


def _propose(pairs: list[Pair]) -> None:
    ids = {member.pk for pair in pairs for member in (pair.kept, pair.other)}
    visits = dict(MemberSummary.objects.filter(member__in=ids).values_list("member_id", "purchases"))
    for pair in pairs:
        for member in (pair.kept, pair.other):
            member.bought = visits.get(member.pk, 0)  # type: ignore[attr-defined]
        pair.kept, pair.other = sorted((pair.kept, pair.other), key=lambda one: (-visits.get(one.pk, 0), one.joined_at))


def _is_quick() -> bool:
    return Member.objects.count() <= QUICKLY_COUNTED


def _counted() -> str:
    return f"duplicates:{current_tenant_id()}"
