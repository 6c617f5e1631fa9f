"""Finding members by search keys.

Every step reads ranges of the index (`token >= 'mar' and token < 'mas'`): text operators other than comparison are
not leakproof, so behind row-level security they would read every row of the business.
"""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest

from customers.enums import SearchKind
from customers.models import Member, SearchKey
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.names import edits, fold, typo_limit, words
from loyalty_saas.lib.phones import last_digits_key, parse_phone
from tenants.isolation import current_tenant

# The last code point: what starts with a prefix sorts below the prefix followed by it.
LAST = "\U0010ffff"
# Each step is bounded: so many members are put in order, so many different words are compared letter by letter.
MOST_MEMBERS = 500
MOST_WORDS = 4000
MOST_NEAR_WORDS = 40
MOST_TYPED_WORDS = 6
LONGEST_TYPED = 120
FEWEST_DIGITS = 3
FEWEST_NATIONAL = 7
_BETWEEN_DIGITS = frozenset(" +-()/.\u00a0\u2011\u2013")
# Beginnings that sound alike, so that a first letter may be wrong too.
_SOUNDS_LIKE = {
    "b": "p", "c": "ksz", "d": "t", "f": "vp", "g": "kj", "i": "jy", "j": "yi", "k": "cg", "p": "bf", "s": "zc",
    "t": "d", "v": "wf", "w": "v", "y": "ij", "z": "sc",
}  # fmt: skip

Ids = QuerySet[SearchKey, Any]


def find_members(text: str, *, limit: int) -> list[Member]:
    """The members for `customers.queries.search_members`."""
    for ids in _steps(_tidy(text)):
        if found := list(by_last_seen(Member.objects.filter(pk__in=ids[:MOST_MEMBERS]))[:limit]):
            return found
    return []


def members_named(name: str, *, limit: int) -> list[Member]:
    """Members whose name has every one of these words, give or take typing errors; in no order."""
    typed = words(_tidy(name))[:MOST_TYPED_WORDS]
    return list(Member.objects.filter(pk__in=_near(typed)[:limit])) if typed else []


def matching(members: QuerySet[Member], text: str) -> QuerySet[Member]:
    """Those of `members` that the text finds: by the first step that finds anybody, or nobody."""
    for ids in _steps(_tidy(text)):
        found = members.filter(pk__in=ids)
        if found.exists():
            return found
    return members.none()


def by_last_seen(members: QuerySet[Member]) -> QuerySet[Member]:
    """Members with `seen_at`, the last purchase or else the joining, latest first."""
    seen = Greatest(F("joined_at"), Coalesce(F("summaries__last_purchase_at"), F("joined_at")))
    return members.annotate(seen_at=seen).order_by("-seen_at", "-pk")


def starting_with(prefix: str, *kinds: SearchKind) -> Q:
    """Keys of these kinds whose token begins with this."""
    return Q(kind__in=kinds, token__gte=prefix, token__lt=prefix + LAST)


def _tidy(text: str) -> str:
    return text.replace("\x00", " ").strip()[:LONGEST_TYPED]


def _steps(typed: str) -> Iterator[Ids]:
    """Ids of members, from the surest reading of what was typed to the most forgiving."""
    if "@" in typed:
        yield _ids(starting_with(fold(typed), SearchKind.EMAIL))
    if _is_number(typed):
        yield _ids(_number(typed))
    elif any(char.isdecimal() for char in typed):
        yield _ids(starting_with(fold(typed), SearchKind.CARD))
    if typed_words := words(typed)[:MOST_TYPED_WORDS]:
        yield _all_of([_word(word) for word in typed_words])
        yield _near(typed_words)


def _ids(condition: Q) -> Ids:
    return SearchKey.objects.filter(condition).values("member_id")


def _all_of(conditions: Sequence[Q]) -> Ids:
    """Members with a key for each condition, the first of which leads the way."""
    keys = SearchKey.objects.filter(conditions[0])
    for condition in conditions[1:]:
        keys = keys.filter(member_id__in=_ids(condition))
    return keys.values("member_id")


def _word(word: str) -> Q:
    """A word from its beginning; one with digits may also be of a number, or the end of a phone."""
    condition = starting_with(word, SearchKind.NAME, SearchKind.EMAIL)
    if any(char.isdecimal() for char in word):
        condition |= starting_with(word, SearchKind.CARD)
    if len(word) >= FEWEST_DIGITS and word.isdecimal():
        condition |= starting_with(last_digits_key(word), SearchKind.PHONE)
    return condition


def _is_number(typed: str) -> bool:
    digits = sum(char.isdecimal() for char in typed)
    return digits >= FEWEST_DIGITS and all(char.isdecimal() or char in _BETWEEN_DIGITS for char in typed)


def _number(typed: str) -> Q:
    """The end of a phone, a phone as the country writes it (with its trunk 0), or the beginning of a card."""
    backwards = last_digits_key(typed)
    found = starting_with(backwards, SearchKind.PHONE) | starting_with(backwards[::-1], SearchKind.CARD)
    if typed.lstrip("( ").startswith("0") and len(bare := backwards.rstrip("0")) >= FEWEST_NATIONAL:
        found |= starting_with(bare, SearchKind.PHONE)
    with contextlib.suppress(Invalid):
        number = parse_phone(typed, current_tenant().country, lenient=True)
        found |= Q(kind=SearchKind.PHONE, token=last_digits_key(number))
    return found


def _near(typed: Sequence[str]) -> Ids:
    """Members whose name has each word with a few wrong letters."""
    return _all_of([_word(word) | Q(kind=SearchKind.NAME, token__in=_near_tokens(word)) for word in typed])


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
        cursor.execute(_NEXT_TOKENS, where)
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
