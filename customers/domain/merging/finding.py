"""Pairs of records that are probably one person, found by themselves.

Each way of finding groups the members by something they share and reads no more than some hundred groups; names are
compared letter by letter only within them. What many share says nothing: a group with more than a few is passed over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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
MOST_IN_A_GROUP = 6
# How long a count of them may be old where it is only a hint.
COUNTED_FOR = 600


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


_PHONES = """
SELECT array_agg(DISTINCT member_id) FROM customers_searchkey
WHERE tenant_id = %(tenant)s AND kind = 'phone' GROUP BY token HAVING count(DISTINCT member_id) BETWEEN 2 AND %(most)s
LIMIT %(groups)s"""
_NEAR_PHONES = """
SELECT array_agg(DISTINCT member_id) FROM customers_searchkey
WHERE tenant_id = %(tenant)s AND kind = 'phone' AND length(token) >= 9 GROUP BY left(token, 7)
HAVING count(DISTINCT member_id) BETWEEN 2 AND %(most)s LIMIT %(groups)s"""
_MAILBOXES = """
SELECT array_agg(DISTINCT member_id) FROM customers_searchkey
WHERE tenant_id = %(tenant)s AND kind = 'email' AND position('@' IN token) > 1
GROUP BY replace(split_part(split_part(token, '@', 1), '+', 1), '.', '') || '@'
 || replace(split_part(token, '@', 2), 'googlemail.com', 'gmail.com')
HAVING count(DISTINCT member_id) BETWEEN 2 AND %(most)s LIMIT %(groups)s"""
_BIRTHDAYS = """
SELECT array_agg(DISTINCT m.id) FROM customers_member m
JOIN customers_searchkey k ON k.tenant_id = m.tenant_id AND k.member_id = m.id AND k.kind = 'name'
WHERE m.tenant_id = %(tenant)s AND m.birth_month IS NOT NULL AND m.merged_into_id IS NULL
GROUP BY m.birth_month, m.birth_day, k.token
HAVING count(DISTINCT m.id) BETWEEN 2 AND %(most)s LIMIT %(groups)s"""
# A name that only two have, whose details do not speak against it: one left a phone, the other an e-mail.
_NAMES = """
SELECT array_agg(member_id) FROM (
  SELECT k.member_id, string_agg(k.token, ' ' ORDER BY k.token) AS name
  FROM customers_searchkey k WHERE k.tenant_id = %(tenant)s AND k.kind = 'name'
  GROUP BY k.member_id HAVING count(*) >= 2
) named GROUP BY name HAVING count(*) = 2 LIMIT %(groups)s"""


def _always(one: Member, other: Member) -> bool:
    return True


def _alike(one: Member, other: Member) -> bool:
    return names.looks_like(one.name, other.name)


def _nothing_against(one: Member, other: Member) -> bool:
    known = (
        (one.email, other.email),
        (one.phone or one.claimed_phone, other.phone or other.claimed_phone),
        ((one.birth_month, one.birth_day), (other.birth_month, other.birth_day)),
    )
    return all(ours == theirs or not _says(ours) or not _says(theirs) for ours, theirs in known)


def _says(value: Any) -> bool:
    return any(value) if isinstance(value, tuple) else bool(value)


# How sure, why, the groups, and what must be true of a pair in one.
_WAYS: tuple[tuple[int, str | Promise, str, Callable[[Member, Member], bool]], ...] = (
    (16, _("the same e-mail, apart from dots or a +label"), _MAILBOXES, _always),
    (8, _("the same phone number"), _PHONES, _always),
    (8, _("nearly the same name and the same birthday"), _BIRTHDAYS, _alike),
    (4, _("nearly the same name, and phone numbers that end alike"), _NEAR_PHONES, _alike),
    (2, _("the same name, and nothing that differs"), _NAMES, _nothing_against),
)


def find_duplicates(*, most: int = MOST_PAIRS) -> list[Pair]:
    """Pairs that look like one person, the surest first; those that somebody said are two are left out."""
    groups = [(strength, reason, fits, _groups(sql)) for strength, reason, sql, fits in _WAYS]
    ids = {pk for *_rest, found in groups for group in found for pk in group}
    members = Member.objects.filter(merged_into__isnull=True).in_bulk(list(ids))
    apart = _known_apart(ids)
    pairs: dict[tuple[UUID, UUID], Pair] = {}
    for strength, reason, fits, found in groups:
        for group in found:
            for first, second in combinations(sorted(group), 2):
                one, other = members.get(first), members.get(second)
                if one is None or other is None or (first, second) in apart or not fits(one, other):
                    continue
                pair = pairs.setdefault((first, second), Pair(one, other))
                if reason not in pair.reasons:
                    pair.reasons.append(reason)
                    pair.strength += strength
    found_pairs = sorted(pairs.values(), key=lambda pair: (-pair.strength, pair.kept.pk))[:most]
    _propose(found_pairs)
    cache.set(_counted(), len(found_pairs), COUNTED_FOR)
    return found_pairs


def count_duplicates() -> int:
    """About how many pairs there are, counted at most every few minutes."""
    count: int | None = cache.get(_counted())
    return len(find_duplicates()) if count is None else count


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


def _groups(sql: str) -> list[list[UUID]]:
    values: dict[str, Any] = {"tenant": current_tenant_id(), "most": MOST_IN_A_GROUP, "groups": MOST_GROUPS}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [_ids(found) for (found,) in cursor.fetchall()]


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


def _counted() -> str:
    return f"duplicates:{current_tenant_id()}"
