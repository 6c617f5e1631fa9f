"""Which of the places and actions that the palette offers somebody means, also with a wrong letter or another word."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from django.utils.functional import Promise

from loyalty_saas.lib.names import edits, typo_limit, words


class Offered(Protocol):
    @property
    def label(self) -> str | Promise: ...
    @property
    def keywords(self) -> str | Promise: ...


T = TypeVar("T", bound=Offered)


def found(offered: Iterable[T], text: str) -> list[T]:
    """Those whose label has every typed word, from its beginning; then those that have it among their other words.

    Only when there is none at all are a few wrong letters forgiven, as with the names of members.
    """
    typed, everything = words(text), list(offered)
    if not typed:
        return everything if not text.strip() else []
    named = _having(everything, typed, _begins, lambda one: words(str(one.label)))
    also = _having(everything, typed, _begins, _all_words)
    return [*named, *(one for one in also if one not in named)] or _having(everything, typed, _is_near, _all_words)


def _all_words(one: Offered) -> list[str]:
    return words(f"{one.label} {one.keywords}")


def _having(
    offered: Sequence[T], typed: Sequence[str], means: Callable[[str, str], bool], its: Callable[[T], list[str]]
) -> list[T]:
    found = []
    for one in offered:
        known = its(one)
        if all(any(means(part, word) for word in known) for part in typed):
            found.append(one)
    return found


def _begins(part: str, word: str) -> bool:
    return word.startswith(part)


def _is_near(part: str, word: str) -> bool:
    """Against the whole word or, while it is still being typed, against its beginning."""
    most = typo_limit(part)
    return (
        word.startswith(part)
        or edits(part, word, most) is not None
        or (len(word) > len(part) and edits(part, word[: len(part)], most) is not None)
    )
