"""What a field of an import is: how its cells are read, under which headers it is known, and where a page lists it."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Reading(StrEnum):
    """How the cells of a field are read."""

    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    MOMENT = "moment"
    TIME = "time"
    DATE = "date"
    LAST_DAY = "last_day"
    EMAIL = "email"
    PHONE = "phone"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """`headers` are folded and separated by `|`. One that is not `by_itself` is only ever chosen by a person."""

    key: str
    label: str | Promise
    headers: str = ""
    reading: Reading = Reading.TEXT
    by_itself: bool = True
    group: str | Promise = ""

    @property
    def known_as(self) -> tuple[str, ...]:
        return tuple(self.headers.split("|")) if self.headers else ()


WHO = _("Who")
WHAT = _("What")
WHEN = _("When and where")
MORE = _("More")
AGREED = _("Agreed to (only with proof)")
