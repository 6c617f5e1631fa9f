"""Finding members by search keys.

Every step reads ranges of the index (`token >= 'mar' and token < 'mas'`): text operators other than comparison are
not leakproof, so behind row-level security they would read every row of the business.
"""

import contextlib
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

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
MOST_MEMBERS = 2000
MOST_WORDS = 4000
MOST_NEAR_WORDS = 40
MOST_TYPED_WORDS = 6
LONGEST_TYPED = 120
FEWEST_DIGITS = 3
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


def starting_with(prefix: str) -> Q:
    """Keys whose token begins with this."""
    return Q(token__gte=prefix, token__lt=prefix + LAST)


def _tidy(text: str) -> str:
    return text.replace("\x00", " ").strip()[:LONGEST_TYPED]


def _steps(typed: str) -> Iterator[Ids]:
    """Ids of members, from the surest reading of what was typed to the most forgiving."""
    if "@" in typed:
        yield _ids(Q(kind=SearchKind.EMAIL) & starting_with(fold(typed)))
    if _is_number(typed):
        yield _ids(_number(typed))
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
    """A word from its beginning; digits may also be the end of a phone."""
    condition = starting_with(word)
    if len(word) >= FEWEST_DIGITS and word.isdecimal():
        condition |= Q(kind=SearchKind.PHONE) & starting_with(last_digits_key(word))
    return condition


def _is_number(typed: str) -> bool:
    digits = sum(char.isdecimal() for char in typed)
    return digits >= FEWEST_DIGITS and all(char.isdecimal() or char in _BETWEEN_DIGITS for char in typed)


def _number(typed: str) -> Q:
    """The end of a phone, a phone as the country writes it (with its trunk 0), or the beginning of a card."""
    backwards = last_digits_key(typed)
    phone = starting_with(backwards)
    if bare := backwards.rstrip("0"):
        phone |= starting_with(bare) if len(bare) >= 7 else Q()
    with contextlib.suppress(Invalid):
        phone |= Q(token=last_digits_key(parse_phone(typed, current_tenant().country, lenient=True)))
    return (Q(kind=SearchKind.PHONE) & phone) | (Q(kind=SearchKind.CARD) & starting_with(backwards[::-1]))


def _near(typed: Sequence[str]) -> Ids:
    """Members whose name has each word with a few wrong letters."""
    return _all_of([_word(word) | Q(token__in=_near_tokens(word)) for word in typed])


def _near_tokens(word: str) -> list[str]:
    """Words of members' names that this could be, nearest first, from a bounded part of the index."""
    most = typo_limit(word)
    if most == 0:
        return []
    alike = [sound + word[1] for sound in _SOUNDS_LIKE.get(word[0], "")]
    ranges = reduce(or_, [starting_with(beginning) for beginning in (word[0], word[1], *alike)])
    tokens = SearchKey.objects.filter(ranges, kind=SearchKind.NAME).order_by("token").values_list("token", flat=True)
    near = [(distance, token) for token in tokens.distinct()[:MOST_WORDS] if (distance := _distance(word, token, most))]
    return [token for _distance_, token in sorted(near)[:MOST_NEAR_WORDS]]


def _distance(word: str, token: str, most: int) -> int | None:
    """Wrong letters against the whole word or, while it is still being typed, against its beginning."""
    if len(token) < len(word) - most:
        return None
    whole = edits(word, token, most)
    if whole is not None or len(token) <= len(word):
        return whole
    return edits(word, token[: len(word)], most)
