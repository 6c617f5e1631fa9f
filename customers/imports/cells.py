"""Yes or no as it stands in other people's files, and reading the cells that repeat only once."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.names import fold

C = TypeVar("C")
T = TypeVar("T")
_MOST_REMEMBERED = 200_000
_YES_WORDS = (
    "1 y yes true t x on ok ja j wahr oui vrai o si s verdadero vero sim verdadeiro tak prawda kylla evet "
    "ya はい 是 예 subscribed opted_in optin opt_in accepts_marketing given granted zugestimmt abonniert"
)
_NEVER = frozenset(("never", "nie", "jamais", "nunca", "mai", "nooit", "nigdy", "for ever", "forever", "unlimited"))
_YES = frozenset(_YES_WORDS.split())
_NO_WORDS = (
    "0 n no false f off nein falsch non faux falso nao nie falsz ei hayir tidak いいえ 否 아니요 unsubscribed "
    "opted_out never_subscribed not_subscribed none denied nee nej abgemeldet"
)
_NO = frozenset(_NO_WORDS.split())


class Remembered(dict[C, T], Generic[C, T]):
    """Reads a cell once: columns of a file say the same few things again and again. What is refused is raised anew."""

    def __init__(self, read: Callable[[C], T]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: C) -> T:
        value = self._read(cell)
        if len(self) < _MOST_REMEMBERED:
            self[cell] = value
        return value


class Picked:
    """Some cells of every row: `pick` takes them as one key, `spread` says what each is, "" for a column not there."""

    def __init__(self, positions: Sequence[int | None]) -> None:
        self._positions = positions
        places = [position for position in positions if position is not None]
        self._is_one = len(places) == 1
        self.pick: Callable[[Sequence[str]], Any] = itemgetter(*places) if places else lambda cells: ()

    def spread(self, picked: Any) -> list[str]:
        cells = iter((picked,) if self._is_one else picked)
        return ["" if position is None else next(cells) for position in self._positions]


def is_never(text: str) -> bool:
    """Whether a cell says that there is no last day."""
    return fold(text.strip()) in _NEVER


def read_flag(text: str) -> bool | None:
    """Yes or no in the words of several languages; None for an empty cell. Raises Invalid for other words."""
    word = fold(text.strip()).replace(" ", "_")
    if not word:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Invalid(_("“%(text)s” is neither yes nor no."), code="bad_flag", params={"text": text[:40]})
