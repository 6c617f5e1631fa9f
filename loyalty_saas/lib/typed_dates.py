"""Dates and times as they stand in other people's spreadsheets, and which order a column writes them in."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.days import to_utc
from loyalty_saas.lib.errors import Invalid
from loyalty_saas.lib.months import month_number
from loyalty_saas.lib.names import words


class DateOrder(StrEnum):
    """In which order a column writes day, month and year."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


@dataclass(frozen=True)
class Ambiguous:
    """The samples do not tell the order, so ask: `orders` likelier first, `sample` is one that shows the difference."""

    orders: tuple[DateOrder, ...]
    sample: str


@dataclass(frozen=True)
class Birthday:
    """A day of the year, and the year where it was given."""

    month: int
    day: int
    year: int | None


_NUMBERS = re.compile(r"(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_TIME = re.compile(
    r"(?:(?<=\d)T|[\s,]+)(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*([ap])?(?:\.?m\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_HAS_YEARLESS = re.compile(r"(?:--)?(\d{1,2})\s?[-/.]\s?(\d{1,2})\.?")
_EAST_ASIAN = str.maketrans({"年": "-", "月": "-", "년": "-", "월": "-", "日": " ", "일": " "})
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001  (day 0 of a spreadsheet has no zone)
_FIRST_YEAR, _LAST_YEAR = 1800, 2200


def guess_date_order(samples: Iterable[str]) -> DateOrder | Ambiguous:
    """The order in which a column writes its dates; YMD when nothing depends on it (ISO, month names, serials).

    Ambiguous when two orders would read all samples, differently, or when the samples contradict each other. What
    is no date is passed over.
    """
    fits: Counter[DateOrder] = Counter()
    common = frozenset(DateOrder)
    telling = ""
    for sample in samples:
        if not (orders := _orders(sample)):
            continue
        fits.update(orders)
        common &= orders
        readings = {_numeric(sample, order) for order in orders}
        if len(readings) > 1 and not telling:
            telling = sample.strip()
    if not fits:
        return DateOrder.YMD
    likely = tuple(sorted(fits, key=lambda order: (-fits[order], list(DateOrder).index(order))))
    if not common:
        return Ambiguous(likely, telling)
    if len(common) == 1 or not telling:
        return next(order for order in likely if order in common)
    return Ambiguous(tuple(order for order in likely if order in common), telling)


def parse_date(
    value: str | date,
    order: DateOrder = DateOrder.YMD,
    *,
    language: str | None = None,
    past: bool = False,
    field: str = "date",
) -> date:
    """The day in a cell: ISO, numbers in `order`, month names, spreadsheet serials; a time of day is dropped.

    A year of two digits is 1969 to 2068, or with `past` never in the future. Raises Invalid.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    day = _read(value, order, language, field)[0].date()
    if past and day > datetime.now(UTC).date() and str(day.year) not in value:
        return day.replace(year=day.year - 100)
    return day


def parse_local(
    value: str | date, order: DateOrder = DateOrder.YMD, *, language: str | None = None, field: str = "date"
) -> datetime:
    """Day and time in a cell as the clock on the wall showed it (naive); midnight without a time. Raises Invalid."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    return _read(value, order, language, field)[0]


def parse_moment(
    value: str | date, zone: str, order: DateOrder = DateOrder.YMD, *, language: str | None = None, field: str = "date"
) -> datetime:
    """Day and time in a cell as a moment in UTC: by the offset it names, else as a wall clock in `zone`."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    if isinstance(value, date):
        return to_utc(parse_local(value), zone)
    local, offset = _read(value, order, language, field)
    return to_utc(local, zone) if offset is None else (local - offset).replace(tzinfo=UTC)


def parse_birthday(
    value: str | date, order: DateOrder = DateOrder.DMY, *, language: str | None = None, field: str = "birthday"
) -> Birthday:
    """A birthday with or without its year: "1990-12-24", "24.12.", "--12-24", "24 Dec". Raises Invalid."""
    if isinstance(value, str) and (yearless := _yearless(value, order, language)):
        return yearless
    day = parse_date(value, order, language=language, past=True, field=field)
    return Birthday(day.month, day.day, day.year)


def _yearless(text: str, order: DateOrder, language: str | None) -> Birthday | None:
    plain = unicodedata.normalize("NFKC", text).translate(_EAST_ASIAN).strip().removesuffix("-")
    if match := _HAS_YEARLESS.fullmatch(plain):
        first, second = int(match[1]), int(match[2])
        month_first = order is not DateOrder.DMY or plain.startswith("--")
        pairs = [(first, second), (second, first)]
    else:
        parts = words(plain)
        months = [number for part in parts if (number := month_number(part, language))]
        figures = [int(part.rstrip("stndrh")) for part in parts if part.rstrip("stndrh").isdecimal()]
        if len(months) != 1 or len(figures) != 1:
            return None
        month_first, pairs = True, [(months[0], figures[0])]
    for month, day in pairs if month_first else reversed(pairs):
        if _date(2000, month, day):
            return Birthday(month, day, None)
    return None


@lru_cache(maxsize=8192)
def _read(text: str, order: DateOrder, language: str | None, field: str) -> tuple[datetime, timedelta | None]:
    """Wall-clock time and the offset from UTC the text names, if any."""
    plain = unicodedata.normalize("NFKC", text).translate(_EAST_ASIAN).strip()
    if len(plain) > 60:
        raise _refusal(text, field)
    if _SERIAL.fullmatch(plain):
        serial = _EXCEL_ZERO + timedelta(days=float(plain.replace(",", ".")))
        return (serial + timedelta(microseconds=500_000)).replace(microsecond=0), None
    clock, offset = time.min, None
    if match := _TIME.search(plain):
        clock, offset = _clock(match, text, field)
        plain = plain[: match.start()].strip(" ,")
    day = _numeric(plain, order) or _compact(plain) or _named(plain, language)
    if day is None or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise _refusal(text, field)
    return datetime.combine(day, clock), offset


def _clock(match: re.Match[str], text: str, field: str) -> tuple[time, timedelta | None]:
    hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
    if match[5]:
        if not 1 <= hour <= 12:
            raise _refusal(text, field)
        hour = hour % 12 + (12 if match[5].lower() == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise _refusal(text, field)
    offset = None
    if zone := match[6]:
        digits = zone[1:].replace(":", "")
        size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) if zone[0] in "+-" else timedelta()
        offset = -size if zone[0] == "-" else size
        if size >= timedelta(hours=24):
            raise _refusal(text, field)
    return time(hour, minute, second, int((match[4] or "0")[:6].ljust(6, "0"))), offset


def _orders(text: str) -> frozenset[DateOrder]:
    """The orders in which this text is a date; none when it does not depend on an order."""
    plain = unicodedata.normalize("NFKC", text).strip()
    match = _NUMBERS.match(plain)
    if match is None or len(match[1]) > 2:
        return frozenset()
    fitting = {order for order in (DateOrder.DMY, DateOrder.MDY) if _numeric(plain, order)}
    if match[2] == "." and DateOrder.DMY in fitting:
        return frozenset({DateOrder.DMY})
    if not fitting and len(match[4]) == 2 and _numeric(plain, DateOrder.YMD):
        return frozenset({DateOrder.YMD})
    return frozenset(fitting)


def _numeric(text: str, order: DateOrder) -> date | None:
    match = _NUMBERS.match(text.strip())
    if match is None or text.strip()[match.end() :][:1].isdigit():
        return None
    first, middle, last = match[1], match[3], match[4]
    if len(first) == 4 or (order is DateOrder.YMD and len(last) <= 2 and len(first) == 2):
        return _date(_year(first), int(middle), int(last))
    if len(first) > 2 or len(last) not in (2, 4):
        return None
    dmy = _date(_year(last), int(middle), int(first))
    mdy = _date(_year(last), int(first), int(middle))
    if order is DateOrder.YMD:
        # Nobody said which: only what has one reading is taken.
        return (dmy or mdy) if dmy is None or mdy is None or dmy == mdy else None
    return dmy if order is DateOrder.DMY else mdy


def _compact(text: str) -> date | None:
    match = _COMPACT.fullmatch(text)
    return _date(int(match[1]), int(match[2]), int(match[3])) if match else None


def _named(text: str, language: str | None) -> date | None:
    """ "3 March 2026", "Tue, Mar 3rd, 2026", "2026 mars 3", "3. März 26"."""
    parts = words(text)
    months = {number for part in parts if (number := month_number(part, language))}
    figures = [bare for part in parts if (bare := re.sub(r"(?<=\d)(?:st|nd|rd|th|er|e)$", "", part)).isdecimal()]
    if len(months) != 1 or len(figures) != 2:
        return None
    day, year = (figures[1], figures[0]) if len(figures[0]) == 4 else figures
    return _date(_year(year), months.pop(), int(day)) if len(year) in (2, 4) and len(day) <= 2 else None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year <= 68 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _refusal(text: str, field: str) -> Invalid:
    return Invalid(
        _("“%(text)s” is not a date we can read. Write it like 2026-12-24."),
        code="bad_date",
        field=field,
        params={"text": text.strip()[:60]},
    )
