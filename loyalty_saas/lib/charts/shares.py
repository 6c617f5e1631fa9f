"""Charts without axes: a small line, parts of a whole, a grid of heat."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from loyalty_saas.lib.charts.shapes import (
    HEAT_STEPS,
    SERIES_COLOURS,
    HeatCell,
    HeatGrid,
    Number,
    Say,
    Share,
    ShareChart,
    Sparkline,
    Tick,
    path_of,
    plain,
    tenth,
    tone_of,
)


def sparkline_chart(values: Sequence[Number], *, width: float = 96, height: float = 28) -> Sparkline:
    """A small line without axes. Takes at least two values; equal ones give a level line in the middle.

    A change of less than a quarter of the level does not fill the height: small wobbles should look small.
    """
    low, high = min(values), max(values)
    span = max(high - low, max(abs(low), abs(high)) / 4) or 1
    low -= (span - (high - low)) / 2
    inset = 3.0
    room = height - 2 * inset
    step = (width - 2 * inset) / max(len(values) - 1, 1)
    spots = [(tenth(inset + i * step), tenth(inset + room * (1 - (v - low) / span))) for i, v in enumerate(values)]
    path = path_of(spots)
    area = f"{path} L{spots[-1][0]} {height} L{spots[0][0]} {height} Z"
    return Sparkline(width, height, path, area, *spots[-1])


def share_chart(
    parts: Iterable[tuple[str, Number]],
    *,
    say: Say | None = None,
    rest: str = "",
    most: int = SERIES_COLOURS,
    radius: float = 40,
    stroke: float = 13,
) -> ShareChart:
    """Parts of a whole, for a donut or one bar. Parts past `most` are added up under the name `rest`."""
    say = say or plain
    known = [(name, value) for name, value in parts if value > 0]
    if rest and len(known) > most:
        known = [*known[: most - 1], (rest, sum(value for _, value in known[most - 1 :]))]
    total = sum(value for _, value in known)
    around = 2 * math.pi * radius
    shares, before = [], 0.0
    for tone, (name, value) in enumerate(known):
        part = value / total
        gap = 1.5 if len(known) > 1 else 0
        dash = f"{tenth(max(part * around - gap, 0.5))} {tenth(around)}"
        turn = tenth(before * 360 - 90)
        piece = (tenth(before * 100), tenth(part * 100))
        shares.append(Share(name, value, say(value), f"{part:.0%}", tone_of(tone), dash, turn, *piece))
        before += part
    return ShareChart(shares, say(total), radius, stroke)


def heat_grid(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Number | None]],
    *,
    say: Say | None = None,
    width: float = 720,
    cell_height: float = 30,
    label_width: float = 92,
    show_text: bool = True,
) -> HeatGrid:
    """A cell for each row and column, darker for more; None is a cell that does not exist (yet)."""
    say = say or plain
    top, gap = 22.0, 2.0
    wide = (width - label_width) / max(len(columns), 1)
    high = max((v for line in values for v in line if v is not None), default=0)
    cells = []
    for r, line in enumerate(values):
        for c, value in enumerate(line):
            step = 0 if not value or value < 0 or not high else max(1, math.ceil(value / high * HEAT_STEPS))
            spot = (tenth(label_width + c * wide), tenth(top + r * cell_height))
            size = (tenth(wide - gap), tenth(cell_height - gap))
            text = "" if value is None else say(value)
            cells.append(HeatCell(*spot, *size, step, text, rows[r], columns[c], value is not None))
    marks = [Tick(tenth(top + r * cell_height + (cell_height - gap) / 2), name) for r, name in enumerate(rows)]
    heads = [Tick(tenth(label_width + c * wide + (wide - gap) / 2), name) for c, name in enumerate(columns)]
    table = [(name, ["" if v is None else say(v) for v in values[r]]) for r, name in enumerate(rows)]
    return HeatGrid(width, top + len(rows) * cell_height, marks, heads, cells, table, show_text)
