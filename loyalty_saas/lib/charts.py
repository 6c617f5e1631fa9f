"""Geometry of the charts: numbers in, points and rectangles out. Templates in elements/charts/ draw them as SVG.

Nothing here knows HTML or Django. Coordinates are units of the chart's own width and height, rounded to a tenth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Number = int | float
Say = Callable[[Number], str]
Scale = Callable[[Number], float]
SERIES_COLOURS = 6
HEAT_STEPS = 5


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one colour of bars: its name and a value for each label; None is a gap, not a nought."""

    name: str
    values: Sequence[Number | None]
    before: bool = False  # drawn dashed: the same period earlier


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    value: Number
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    value: Number
    text: str
    tone: int


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    tone: int
    before: bool
    path: str
    area: str
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Slot:
    """The column of the chart that belongs to one label: what the pointer is over, and what is said of it."""

    x: float
    width: float
    label: str
    rows: list[tuple[str, str, int]]  # series, value in words, colour

    @property
    def said(self) -> str:
        """The rows for the hover module: one a line, fields parted by a tab."""
        return "\n".join(f"{tone}\t{name}\t{text}" for name, text, tone in self.rows)


@dataclass(frozen=True, slots=True)
class AxisChart:
    """What line and bar charts share: frame, grid, labels, and a table for those who do not see it."""

    width: float
    height: float
    left: float
    top: float
    plot_width: float
    plot_height: float
    grid: list[Tick]
    labels: list[Tick]
    slots: list[Slot]
    lines: list[Line] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    names: list[tuple[str, int]] = field(default_factory=list)

    @property
    def right(self) -> float:
        return _round(self.left + self.plot_width)

    @property
    def bottom(self) -> float:
        return _round(self.top + self.plot_height)


@dataclass(frozen=True, slots=True)
class Sparkline:
    width: float
    height: float
    path: str
    area: str
    end_x: float
    end_y: float


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a whole: its arc on the donut, its piece of the bar, and its percentage."""

    name: str
    value: Number
    text: str
    percent: str
    tone: int
    dash: str
    turn: float
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class ShareChart:
    parts: list[Share]
    total: str
    radius: float
    stroke: float


@dataclass(frozen=True, slots=True)
class HeatCell:
    x: float
    y: float
    width: float
    height: float
    step: int
    text: str
    row: str
    column: str
    known: bool

    @property
    def middle_x(self) -> float:
        return _round(self.x + self.width / 2)

    @property
    def middle_y(self) -> float:
        return _round(self.y + self.height / 2)


@dataclass(frozen=True, slots=True)
class HeatGrid:
    width: float
    height: float
    rows: list[Tick]
    columns: list[Tick]
    cells: list[HeatCell]
    table: list[tuple[str, list[str]]]
    show_text: bool


def line_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    say: Say | None = None,
    say_axis: Say | None = None,
    width: float = 720,
    height: float = 240,
) -> AxisChart:
    """A line for each series over the labels. `say` writes a value in words, `say_axis` shorter, for the axis."""
    say = say or _plain
    frame, scale = _frame(labels, series, say_axis or say, width, height, from_zero=False)
    step = frame.plot_width / max(len(labels) - 1, 1)
    for tone, one in enumerate(series):
        points = [
            Point(_round(frame.left + (i * step if len(labels) > 1 else frame.plot_width / 2)), scale(v), v, say(v))
            if v is not None
            else None
            for i, v in enumerate(one.values)
        ]
        frame.lines.append(_line(one, _tone(tone), points, frame.bottom))
    frame.slots.extend(_slots(labels, series, say, frame, centred=False))
    return frame


def bar_chart(
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    say: Say | None = None,
    say_axis: Say | None = None,
    stacked: bool = False,
    width: float = 720,
    height: float = 240,
) -> AxisChart:
    """Bars for each label, side by side or stacked (stacked values may not be negative)."""
    say = say or _plain
    frame, scale = _frame(labels, series, say_axis or say, width, height, from_zero=True, stacked=stacked)
    slot = frame.plot_width / max(len(labels), 1)
    together = min(slot * 0.68, 44.0 * (1 if stacked else max(len(series), 1)))
    thick = together if stacked else together / max(len(series), 1)
    for i in range(len(labels)):
        start, level = frame.left + i * slot + (slot - together) / 2, 0.0
        for tone, one in enumerate(series):
            value = one.values[i] or 0
            x = start if stacked else start + tone * thick
            low, high = (level, level + value) if stacked else (min(value, 0), max(value, 0))
            level = high if stacked else level
            y, foot = scale(high), scale(low)
            gap = 0 if stacked or len(series) == 1 else min(2.0, thick * 0.12)
            bar = Bar(_round(x), y, _round(thick - gap), _round(foot - y), value, say(value), _tone(tone))
            frame.bars.append(bar)
    frame.slots.extend(_slots(labels, series, say, frame, centred=True))
    return frame


def sparkline_chart(values: Sequence[Number], *, width: float = 96, height: float = 28) -> Sparkline:
    """A small line without axes. Takes at least two values; equal ones give a level line in the middle."""
    low, high = min(values), max(values)
    span = (high - low) or 1
    inset = 3.0
    room = height - 2 * inset
    step = (width - 2 * inset) / max(len(values) - 1, 1)
    level = high == low
    spots = [
        (
            _round(inset + i * step),
            _round(height / 2 if level else inset + room * (1 - (v - low) / span)),
        )
        for i, v in enumerate(values)
    ]
    path = _path(spots)
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
    say = say or _plain
    known = [(name, value) for name, value in parts if value > 0]
    if rest and len(known) > most:
        known = [*known[: most - 1], (rest, sum(value for _, value in known[most - 1 :]))]
    total = sum(value for _, value in known)
    around = 2 * math.pi * radius
    shares, before = [], 0.0
    for tone, (name, value) in enumerate(known):
        part = value / total
        gap = 1.5 if len(known) > 1 else 0
        dash = f"{_round(max(part * around - gap, 0.5))} {_round(around)}"
        turn = _round(before * 360 - 90)
        piece = (_round(before * 100), _round(part * 100))
        shares.append(Share(name, value, say(value), f"{part:.0%}", _tone(tone), dash, turn, *piece))
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
    say = say or _plain
    top, gap = 22.0, 2.0
    wide = (width - label_width) / max(len(columns), 1)
    high = max((v for line in values for v in line if v is not None), default=0)
    cells = []
    for r, line in enumerate(values):
        for c, value in enumerate(line):
            step = 0 if not value or value < 0 or not high else max(1, math.ceil(value / high * HEAT_STEPS))
            spot = (_round(label_width + c * wide), _round(top + r * cell_height))
            size = (_round(wide - gap), _round(cell_height - gap))
            text = "" if value is None else say(value)
            cells.append(HeatCell(*spot, *size, step, text, rows[r], columns[c], value is not None))
    marks = [Tick(_round(top + r * cell_height + (cell_height - gap) / 2), name) for r, name in enumerate(rows)]
    heads = [Tick(_round(label_width + c * wide + (wide - gap) / 2), name) for c, name in enumerate(columns)]
    table = [(name, ["" if v is None else say(v) for v in values[r]]) for r, name in enumerate(rows)]
    return HeatGrid(width, top + len(rows) * cell_height, marks, heads, cells, table, show_text)


def nice_ticks(low: Number, high: Number, *, about: int = 4) -> list[float]:
    """Round numbers (1, 2, 2.5, 5 × 10ⁿ) that cover low to high in about that many steps."""
    if high <= low:
        high = low + 1
    raw = (high - low) / about
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def _frame(
    labels: Sequence[str],
    series: Sequence[Series],
    say: Say,
    width: float,
    height: float,
    *,
    from_zero: bool,
    stacked: bool = False,
) -> tuple[AxisChart, Scale]:
    """The empty chart (axis, grid, as many labels as have room) and the way from a value to its height."""
    for one in series:
        if len(one.values) != len(labels):
            raise ValueError(f"series {one.name!r} has {len(one.values)} values for {len(labels)} labels")
    if stacked:
        known: list[Number] = [sum(one.values[i] or 0 for one in series) for i in range(len(labels))]
    else:
        known = [v for one in series for v in one.values if v is not None]
    low, high = min(known, default=0), max(known, default=0)
    # A line may leave nought out only when it would otherwise be squeezed into the top of the chart.
    low = min(low, 0) if from_zero or low < high * 0.6 or low < 0 else low
    ticks = nice_ticks(low, high)
    if all(isinstance(v, int) for v in known):
        ticks = [t for t in ticks if float(t).is_integer()] or [0.0, 1.0]
    words = [say(int(t) if float(t).is_integer() else t) for t in ticks]
    left = _round(max(len(w) for w in words) * 6.4 + 12)
    top, foot, side = 8.0, 26.0, 8.0
    plot_width, plot_height = width - left - side, height - top - foot
    span = ticks[-1] - ticks[0]

    def scale(value: Number) -> float:
        return _round(top + plot_height * (1 - (value - ticks[0]) / span))

    frame = AxisChart(
        width=width,
        height=height,
        left=left,
        top=top,
        plot_width=_round(plot_width),
        plot_height=_round(plot_height),
        grid=[Tick(scale(tick), text) for tick, text in zip(ticks, words, strict=True)],
        labels=_spread(labels, left, plot_width, centred=from_zero),
        slots=[],
        names=[(one.name, _tone(i)) for i, one in enumerate(series)],
    )
    return frame, scale


def _line(one: Series, tone: int, points: list[Point | None], floor: float) -> Line:
    """The path of a series, broken where a value is missing; one area below each unbroken stretch."""
    stretches: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            stretches.append([])
        else:
            stretches[-1].append(point)
    stretches = [stretch for stretch in stretches if stretch]
    paths = [_path([(p.x, p.y) for p in stretch]) for stretch in stretches]
    areas = [
        f"{path} L{stretch[-1].x} {floor} L{stretch[0].x} {floor} Z"
        for path, stretch in zip(paths, stretches, strict=True)
    ]
    known = [point for point in points if point is not None]
    return Line(one.name, tone, one.before, " ".join(paths), "" if one.before else " ".join(areas), known)


def _slots(labels: Sequence[str], series: Sequence[Series], say: Say, frame: AxisChart, *, centred: bool) -> list[Slot]:
    """One column a label: under bars the label's share of the width, under a line half way to its neighbours."""
    count = max(len(labels), 1)
    wide = frame.plot_width / (count if centred else max(count - 1, 1))
    slots = []
    for i, label in enumerate(labels):
        start = frame.left + i * wide - (0 if centred else wide / 2)
        end = min(start + wide, frame.right)
        start = max(start, frame.left)
        rows = [
            (one.name, say(value), _tone(tone))
            for tone, one in enumerate(series)
            if (value := one.values[i]) is not None
        ]
        slots.append(Slot(_round(start), _round(end - start), label, rows))
    return slots


def _spread(labels: Sequence[str], left: float, width: float, *, centred: bool) -> list[Tick]:
    """As many labels as fit without touching, evenly chosen, the first always among them."""
    if not labels:
        return []
    longest = max(len(label) for label in labels) * 6.4 + 18
    every = max(1, math.ceil(len(labels) * longest / max(width, 1)))
    step = width / (len(labels) if centred else max(len(labels) - 1, 1))
    shift = step / 2 if centred else 0
    return [Tick(_round(left + i * step + shift), label) for i, label in enumerate(labels) if i % every == 0]


def _path(spots: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if i else 'M'}{x} {y}" for i, (x, y) in enumerate(spots))


def _tone(index: int) -> int:
    return index % SERIES_COLOURS + 1


def _round(value: float) -> float:
    return round(value, 1)


def _plain(value: Number) -> str:
    return f"{value:,}"
