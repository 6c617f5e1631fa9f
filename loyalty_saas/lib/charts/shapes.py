"""What charts are made of. Coordinates are units of the chart's own width and height, rounded to a tenth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Number = int | float
Say = Callable[[Number], str]
Scale = Callable[[Number], float]
SERIES_COLOURS = 6
HEAT_STEPS = 5
NARROW = (380.0, 210.0)


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
    narrow: AxisChart | None = None  # the same for a phone or half a card, where this one's labels would shrink

    @property
    def right(self) -> float:
        return tenth(self.left + self.plot_width)

    @property
    def bottom(self) -> float:
        return tenth(self.top + self.plot_height)


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
        return tenth(self.x + self.width / 2)

    @property
    def middle_y(self) -> float:
        return tenth(self.y + self.height / 2)


@dataclass(frozen=True, slots=True)
class HeatGrid:
    width: float
    height: float
    rows: list[Tick]
    columns: list[Tick]
    cells: list[HeatCell]
    table: list[tuple[str, list[str]]]
    show_text: bool


def path_of(spots: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{'L' if i else 'M'}{x} {y}" for i, (x, y) in enumerate(spots))


def tone_of(index: int) -> int:
    return index % SERIES_COLOURS + 1


def tenth(value: float) -> float:
    return round(value, 1)


def plain(value: Number) -> str:
    return f"{value:,}"
