"""Numbers in the cells of a table, with either decimal mark."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from loyalty_saas.lib.errors import Invalid

_PLAIN = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?")
_NUMBER = re.compile(r"(?:\d{1,30}|\d{1,3}(?:[ ,.]\d{2,3})*[ ,.]\d{3}|)(?:\.\d{1,30})?(?:[eE][+-]?\d{1,2})?")
_BESIDE = re.compile(r"(?<=\d)[ \u00a0\u202f'’_](?=\d)")


def guess_decimal(samples: Iterable[str]) -> str | None:
    """The decimal mark of a column of numbers, "." or ","; None when the samples do not tell and one must ask.

    A column of whole numbers without any mark is read with a point. What is no number is passed over.
    """
    votes, open_question = {".": 0, ",": 0}, False
    for sample in samples:
        number = _BESIDE.sub("", _bare(sample)[0])
        if not re.fullmatch(r"\d*(?:[.,]\d+)*", number):
            continue
        marks = [char for char in number if char in ".,"]
        if not marks:
            continue
        if len(set(marks)) == 2:
            votes[marks[-1]] += 1
        elif len(marks) > 1:
            votes["," if marks[0] == "." else "."] += 1
        else:
            before, after = number.split(marks[0])
            if len(after) != 3 or len(before) > 3 or before in ("", "0") or before[0] == "0":
                votes[marks[0]] += 1
            else:
                open_question = True
    if votes["."] and votes[","]:
        return None
    if votes["."] or votes[","]:
        return max(votes, key=lambda mark: votes[mark])
    return None if open_question else "."


def parse_decimal(text: str, decimal: str = ".", *, field: str = "number") -> Decimal:
    """The exact number in a cell whose decimal mark is known; signs of currencies and groups are taken off.

    A minus may stand on either side, or brackets around. Raises Invalid when it is no finite number.
    """
    if decimal == "." and _PLAIN.fullmatch(text) and text.isascii():
        return Decimal(text)
    number, minus = _bare(text)
    number = _BESIDE.sub(" ", number)
    if decimal == ",":
        number = number.translate(str.maketrans(",.", ".,"))
    if not _is_number(number):
        swapped = number.translate(str.maketrans(",.", ".,"))
        raise _other_mark(text, decimal, field) if _is_number(swapped) else _refusal(text, field)
    try:
        value = Decimal(re.sub("[ ,]", "", number))
    except InvalidOperation as error:
        raise _refusal(text, field) from error
    return -value if minus else value


def _is_number(number: str) -> bool:
    """Whether it is one with a point as its decimal mark, and groups."""
    groups = number.rpartition(".")[0] if "." in number else number
    return bool(number) and "." not in groups and _NUMBER.fullmatch(number) is not None


def _bare(text: str) -> tuple[str, bool]:
    """The cell without signs of currencies and spaces around, and whether it is negative."""
    plain = "".join(
        str(unicodedata.decimal(char)) if char.isdecimal() else char
        for char in unicodedata.normalize("NFKC", text[:200])
        if unicodedata.category(char) != "Sc"
    ).strip()
    plain = re.sub(r"^(?:[A-Z]{3}\s)|(?:\s?[A-Z]{3})$", "", plain).strip()
    minus = plain[:1] in ("-", "−") or plain[-1:] in ("-", "−") or (plain[:1] == "(" and plain[-1:] == ")")
    return plain.strip("-−()+ "), minus


def _other_mark(text: str, decimal: str, field: str) -> Invalid:
    """A number, but one that is written the other way than was said."""
    said = (
        _("“%(text)s” is written with a decimal comma; the file was said to have points. Change it under the columns.")
        if decimal == "."
        else _(
            "“%(text)s” is written with a decimal point; the file was said to have commas. Change it under the columns."
        )
    )
    return Invalid(said, code="bad_number", field=field, params={"text": text.strip()[:60]})


def _refusal(text: str, field: str) -> Invalid:
    return Invalid(_("“%(text)s” is not a number."), code="bad_number", field=field, params={"text": text.strip()[:60]})
