"""Finding members by search keys.

Every step reads ranges of the index (`token >= 'mar' and token < 'mas'`): text operators other than comparison are
not leakproof, so behind row-level security they would read every row of the business.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from customers.enums import SearchKind
from customers.models import Member
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.names import edits, fold, typo_limit, words
from loyalty_saas.lib.phones import last_digits_key, parse_phone, phone_beginnings
from loyalty_saas.postgres.prepared import execute_prepared
from tenants.isolation import current_tenant, current_tenant_id
from tenants.rows import columns_of, made_of

# The last code point: what starts with a prefix sorts below the prefix followed by it.
LAST = "\U0010ffff"
# Each step is bounded: so many members are put in order, so many different words are compared letter by letter.
MOST_MEMBERS = 500
MOST_WORDS = 4000
MOST_NEAR_WORDS = 40
MOST_TYPED_WORDS = 6
# Searches of so many words, without digits, are planned once a connection: so many texts of SQL are kept with it.
MOST_USUAL_WORDS = 3
LONGEST_TYPED = 120
FEWEST_DIGITS = 3
FEWEST_NATIONAL = 7
_BETWEEN_DIGITS = frozenset(" +-()/.\u00a0\u2011\u2013")
# Beginnings that sound alike, so that a first letter may be wrong too.
_SOUNDS_LIKE = {
    "b": "p", "c": "ksz", "d": "t", "f": "vp", "g": "kj", "i": "jy", "j": "yi", "k": "cg", "p": "bf", "s": "zc",
    "t": "d", "v": "wf", "w": "v", "y": "ij", "z": "sc",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sql:
    """A piece of SQL with what stands for its `%s`. Composing it with the ORM took longer."""

    sql: str
    params: tuple[Any, ...]


class Condition(Sql):
    """What is true of a key, `k`."""


@dataclass(frozen=True, slots=True)
class Ids(Sql):
    """A query for ids of members. A `usual` one has one of few texts."""

    usual: bool = True

    def first(self, most: int) -> "Ids":
        return Ids(f"{self.sql} LIMIT %s", (*self.params, most), self.usual)

    def as_subquery(self) -> RawSQL:
        """For `pk__in`."""
        return RawSQL(self.sql, self.params)  # noqa: S611  (texts of this module)


_MEMBERS_OF = "SELECT k.member_id FROM customers_searchkey k WHERE k.tenant_id = %s"


def find_members(text: str, *, limit: int) -> list[Member]:
    """The members for `customers.queries.search_members`."""
    for ids in _steps(_tidy(text)):
        if found := _last_seen_of(ids.first(MOST_MEMBERS), limit):
            return found
    return []


def members_named(name: str, *, limit: int) -> list[Member]:
    """Members whose name has every one of these words, give or take typing errors; in no order."""
    typed = words(_tidy(name))[:MOST_TYPED_WORDS]
    return list(Member.objects.filter(pk__in=_near(typed).first(limit).as_subquery())) if typed else []


def matching(members: QuerySet[Member], text: str) -> QuerySet[Member]:
    """Those of `members` that the text finds: by the first step that finds anybody, or nobody."""
    for ids in _steps(_tidy(text)):
        found = members.filter(pk__in=ids.as_subquery())
        if found.exists():
            return found
    return members.none()


# Who is shown is settled on two narrow columns; only those are read whole.
_LAST_SEEN = """
SELECT seen.at, {} FROM (
  SELECT o.id, greatest(o.joined_at, s.last_purchase_at) AS at FROM customers_member o
  LEFT JOIN customers_membersummary s ON s.tenant_id = o.tenant_id AND s.member_id = o.id
  WHERE o.tenant_id = %s AND o.id IN ({}) ORDER BY at DESC, o.id DESC LIMIT %s
) seen JOIN customers_member m ON m.tenant_id = %s AND m.id = seen.id ORDER BY seen.at DESC, m.id DESC"""


def last_seen_query(ids: Ids, limit: int) -> Sql:
    """These members by their last purchase or else the joining, latest first: that time, then the columns of each."""
    tenant = current_tenant_id()
    columns = ", ".join(columns_of(Member, "m."))
    return Sql(_LAST_SEEN.format(columns, ids.sql), (tenant, *ids.params, limit, tenant))


def _last_seen_of(ids: Ids, limit: int) -> list[Member]:
    query = last_seen_query(ids, limit)
    with connection.cursor() as cursor:
        if ids.usual:
            # How often a beginning is there is guessed badly: expecting ten of it and finding thousands, PostgreSQL
            # looked up each of them, which took ten times as long as reading both ranges through.
            execute_prepared(cursor, query.sql, query.params, whatever_the_values=True)
        else:
            cursor.execute(query.sql, query.params)
        rows = cursor.fetchall()
    found = []
    for seen_at, *values in rows:
        member = made_of(Member, values, "default")
        member.seen_at = seen_at
        found.append(member)
    return found


def starting_with(prefix: str, *kinds: SearchKind) -> Condition:
    """Keys of these kinds whose token begins with this."""
    names = [str(kind) for kind in kinds]
    return Condition("k.kind = ANY(%s) AND k.token >= %s AND k.token < %s", (names, prefix, prefix + LAST))


def _one_of(kind: SearchKind, tokens: Sequence[str]) -> Condition:
    return Condition("k.kind = %s AND k.token = ANY(%s)", (str(kind), list(tokens)))


def _any(*conditions: Condition) -> Condition:
    if len(conditions) == 1:
        return conditions[0]
    params = (value for condition in conditions for value in condition.params)
    return Condition(" OR ".join(f"({condition.sql})" for condition in conditions), tuple(params))


def _tidy(text: str) -> str:
    return text.replace("\x00", " ").strip()[:LONGEST_TYPED]


def _steps(typed: str) -> Iterator[Ids]:
    """Ids of members, from the surest reading of what was typed to the most forgiving."""
    if "@" in typed:
        yield _ids(starting_with(fold(typed), SearchKind.EMAIL))
    if _is_number(typed):
        yield _or(_ids(_number(typed)), *_beginning_with(typed))
    elif any(char.isdecimal() for char in typed):
        yield _ids(starting_with(fold(typed), SearchKind.CARD))
    if typed_words := words(typed)[:MOST_TYPED_WORDS]:
        yield _all_of([_word(word) for word in typed_words], usual=_is_usual(typed_words))
        yield _near(typed_words)


def _ids(condition: Condition) -> Ids:
    return Ids(f"{_MEMBERS_OF} AND ({condition.sql})", (current_tenant_id(), *condition.params))


def _or(*several: Ids) -> Ids:
    """Members of any of these; some may come more than once."""
    if len(several) == 1:
        return several[0]
    return Ids(
        " UNION ALL ".join(f"({one.sql})" for one in several), tuple(value for one in several for value in one.params)
    )


# The keys hold phones from their end. What is typed from the beginning is a range of the numbers themselves, which
# stand in an index each for being unique: digits after a +, so that they are in one order in every collation.
_PHONES = """SELECT coalesce(p.merged_into_id, p.id) FROM customers_member p
  WHERE p.tenant_id = %s AND p.{0} >= %s AND p.{0} < %s AND NOT p.{0} = ''"""


def _beginning_with(typed: str) -> list[Ids]:
    """Members whose phone begins so, as it is dialled here or abroad."""
    tenant = current_tenant()
    return [
        Ids(_PHONES.format(column), (tenant.pk, beginning, _after(beginning)))
        for beginning in phone_beginnings(typed, tenant.country)
        for column in ("phone", "claimed_phone")
    ]


def _after(digits: str) -> str:
    """The first number that does not begin so: +49171 → +49172, +4319 → +432."""
    bare = digits.rstrip("9")
    return f"{bare[:-1]}{int(bare[-1]) + 1}" if bare != "+" else "+:"


def _all_of(conditions: Sequence[Condition], *, usual: bool) -> Ids:
    """Members with a key for each condition, the first of which leads the way."""
    leading, *others = (_ids(condition) for condition in conditions)
    sql = "".join((leading.sql, *(f" AND k.member_id IN ({other.sql})" for other in others)))
    return Ids(sql, (*leading.params, *(value for other in others for value in other.params)), usual)


def _word(word: str) -> Condition:
    """A word from its beginning; one with digits may also be of a number, or the end of a phone."""
    readings = [starting_with(word, SearchKind.NAME, SearchKind.EMAIL)]
    if any(char.isdecimal() for char in word):
        readings.append(starting_with(word, SearchKind.CARD))
    if len(word) >= FEWEST_DIGITS and word.isdecimal():
        readings.append(starting_with(last_digits_key(word), SearchKind.PHONE))
    return _any(*readings)


def _is_number(typed: str) -> bool:
    digits = sum(char.isdecimal() for char in typed)
    return digits >= FEWEST_DIGITS and all(char.isdecimal() or char in _BETWEEN_DIGITS for char in typed)


def _number(typed: str) -> Condition:
    """The end of a phone, a phone as the country writes it (with its trunk 0), or the beginning of a card."""
    backwards = last_digits_key(typed)
    readings = [starting_with(backwards, SearchKind.PHONE), starting_with(backwards[::-1], SearchKind.CARD)]
    if typed.lstrip("( ").startswith("0") and len(bare := backwards.rstrip("0")) >= FEWEST_NATIONAL:
        readings.append(starting_with(bare, SearchKind.PHONE))
    with contextlib.suppress(Invalid):
        number = parse_phone(typed, current_tenant().country, lenient=True)
        readings.append(_one_of(SearchKind.PHONE, [last_digits_key(number)]))
    return _any(*readings)


def _near(typed: Sequence[str]) -> Ids:
    """Members whose name has each word with a few wrong letters."""
    conditions = [_any(_word(word), _one_of(SearchKind.NAME, _near_tokens(word))) for word in typed]
    return _all_of(conditions, usual=False)


def _is_usual(typed: Sequence[str]) -> bool:
    """Whether few searches are put differently: digits have further readings."""
    return len(typed) <= MOST_USUAL_WORDS and not any(char.isdecimal() for word in typed for char in word)


def _near_tokens(word: str) -> list[str]:
    """Words of members' names that this could be, nearest first, from a bounded part of the index."""
    most = typo_limit(word)
    if most == 0:
        return []
    alike = [sound + word[1] for sound in _SOUNDS_LIKE.get(word[0], "")]
    tokens = [token for beginning in dict.fromkeys((word[0], word[1], *alike)) for token in _tokens(beginning)]
    near = [(far, token) for token in tokens if (far := _distance(word, token, most))]
    return [token for _far, token in sorted(near)[:MOST_NEAR_WORDS]]


# From each word it steps straight to the next: reading every key of a common name would cost as much as there are.
_NEXT_TOKENS = """
WITH RECURSIVE walk AS (
  (SELECT token FROM customers_searchkey WHERE tenant_id = %(tenant)s AND kind = 'name'
    AND token >= %(first)s AND token < %(last)s ORDER BY token LIMIT 1)
  UNION ALL
  SELECT (SELECT token FROM customers_searchkey WHERE tenant_id = %(tenant)s AND kind = 'name'
    AND token > walk.token AND token < %(last)s ORDER BY token LIMIT 1)
  FROM walk WHERE walk.token IS NOT NULL
) SELECT token FROM walk WHERE token IS NOT NULL LIMIT %(most)s
"""


def _tokens(beginning: str) -> list[str]:
    """The different words of names that begin so, some thousands at most."""
    with connection.cursor() as cursor:
        where: dict[str, Any] = {
            "first": beginning,
            "last": beginning + LAST,
            "tenant": current_tenant().pk,
            "most": MOST_WORDS,
        }
        execute_prepared(cursor, _NEXT_TOKENS, where, whatever_the_values=True)
        return [token for (token,) in cursor.fetchall()]


def _distance(word: str, token: str, most: int) -> int | None:
    """Wrong letters against the whole word or, while it is still being typed, against its beginning."""
    # Each letter that is not there at all is one wrong: most words are passed over by this alone.
    if len(token) < len(word) - most or len(set(word).difference(token)) > most:
        return None
    whole = edits(word, token, most)
    if whole is not None or len(token) <= len(word):
        return whole
    return edits(word, token[: len(word)], most)
