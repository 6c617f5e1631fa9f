"""Forms that hold rows, and a button for one more."""

from typing import Any


def with_another_row(data: Any, prefix: str, *, most: int) -> tuple[Any, int]:
    """What was typed, with one row more (`most` at the most), and the place of the new one, from 0.

    How many there are stands in the form and comes back from it: what is no number counts as none.
    """
    stated = data.get(f"{prefix}-TOTAL_FORMS") or ""
    count = min(int(stated), most - 1) if stated.isascii() and stated.isdigit() and len(stated) < 9 else 0
    data = data.copy()
    data[f"{prefix}-TOTAL_FORMS"] = str(count + 1)
    return data, count
