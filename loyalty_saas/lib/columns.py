"""What a table on a page is made of: its columns, described once for heading, sorting and choosing."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Column:
    """One column of `<c-table>`.

    `key` names it in the page and in what the browser remembers; `sort` is what `?sort=` takes (none: not sortable);
    `align` is "end" for figures; `always` keeps it out of "choose columns"; `hidden` starts it switched off;
    `quiet` has its label only for screen readers (a menu, a tick).
    """

    key: str
    label: str | Promise
    sort: str = ""
    align: str = ""
    always: bool = False
    hidden: bool = False
    quiet: bool = False


def chosen_sort(asked: str | None, columns: list[Column], *, default: str) -> str:
    """The sort to use for what a request asked: one of the columns' own, up or down, or the default."""
    allowed = {column.sort for column in columns if column.sort}
    return asked if asked and asked.removeprefix("-") in allowed else default
