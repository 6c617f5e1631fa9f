"""Where the names of the columns stand, and names for those that have none."""

import re
from collections import Counter
from collections.abc import Sequence

_VALUE = re.compile(r"[-+(]?\W?\s?\d[\d\s.,:/\-]*\W?|\S+@\S+\.\S+|https?://\S+", re.IGNORECASE)


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The index, among the first rows, of the one that names the columns; None when the data begin at once.

    Titles above the table, which fill fewer cells than its rows do, are passed over. A row that holds a number, a
    date or an e-mail address names no columns.
    """
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    widths = Counter(len(row) for row, cells in zip(rows, filled, strict=True) if cells)
    if not widths:
        return None
    usual = max(widths.items(), key=lambda item: (item[1], item[0]))[0]
    for index, row in enumerate(rows[:20]):
        if filled[index] and len(row) >= min(usual, 2) and filled[index] >= 0.6 * usual:
            return None if any(_VALUE.fullmatch(cell.strip()) for cell in row) else index
    return None


def column_names(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """A different name for every column: blank ones are called by their letter, repeated ones are numbered."""
    names: list[str] = []
    taken: set[str] = set()
    for place in range(width):
        plain = " ".join((cells[place] if place < len(cells) else "").split()) or f"Column {column_letter(place)}"
        name, number = plain, 1
        while name in taken:
            number += 1
            name = f"{plain} ({number})"
        taken.add(name)
        names.append(name)
    return tuple(names)


def column_letter(place: int) -> str:
    """A, B, …, Z, AA for columns counted from 0, as spreadsheets show them."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
