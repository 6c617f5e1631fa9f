"""Line and bar charts: values over labels, on a frame with a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from loyalty_saas.lib.charts.shapes import (
    NARROW,
    AxisChart,
    Bar,
    Line,
    Number,
    Point,
    Say,
    Scale,
    Series,
    Slot,
    Tick,
    path_of,
    plain,
    tenth,
    tone_of,
)


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
    say = say or plain
    wide = _draw_lines(labels, series, say, say_axis or say, width, height)
    return replace(wide, narrow=_draw_lines(labels, series, say, say_axis or say, *NARROW))


def _draw_lines(
    labels: Sequence[str], series: Sequence[Series], say: Say, say_axis: Say, width: float, height: float
) -> AxisChart:
    frame, scale = _frame(labels, series, say_axis, width, height, from_zero=False)
    step = frame.plot_width / max(len(labels) - 1, 1)
    for tone, one in enumerate(series):
        points = [
            Point(tenth(frame.left + (i * step if len(labels) > 1 else frame.plot_width / 2)), scale(v), v, say(v))
            if v is not None
            else None
            for i, v in enumerate(one.values)
        ]
        frame.lines.append(_line(one, tone_of(tone), points, frame.bottom))
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
    say = say or plain
    wide = _draw_bars(labels, series, say, say_axis or say, width, height, stacked=stacked)
    return replace(wide, narrow=_draw_bars(labels, series, say, say_axis or say, *NARROW, stacked=stacked))


def _draw_bars(
    labels: Sequence[str],
    series: Sequence[Series],
    say: Say,
    say_axis: Say,
    width: float,
    height: float,
    *,
    stacked: bool,
) -> AxisChart:
    frame, scale = _frame(labels, series, say_axis, width, height, from_zero=True, stacked=stacked)
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
            bar = Bar(tenth(x), y, tenth(thick - gap), tenth(foot - y), value, say(value), tone_of(tone))
            frame.bars.append(bar)
    frame.slots.extend(_slots(labels, series, say, frame, centred=True))
    return frame


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
    left = tenth(max(len(w) for w in words) * 6.4 + 12)
    top, foot, side = 8.0, 26.0, 8.0
    plot_width, plot_height = width - left - side, height - top - foot
    span = ticks[-1] - ticks[0]

    def scale(value: Number) -> float:
        return tenth(top + plot_height * (1 - (value - ticks[0]) / span))

    frame = AxisChart(
        width=width,
        height=height,
        left=left,
        top=top,
        plot_width=tenth(plot_width),
        plot_height=tenth(plot_height),
        grid=[Tick(scale(tick), text) for tick, text in zip(ticks, words, strict=True)],
        labels=_spread(labels, left, plot_width, centred=from_zero),
        slots=[],
        names=[(one.name, tone_of(i)) for i, one in enumerate(series)],
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
    paths = [path_of([(p.x, p.y) for p in stretch]) for stretch in stretches]
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
            (one.name, say(value), tone_of(tone))
            for tone, one in enumerate(series)
            if (value := one.values[i]) is not None
        ]
        slots.append(Slot(tenth(start), tenth(end - start), label, rows))
    return slots


def _spread(labels: Sequence[str], left: float, width: float, *, centred: bool) -> list[Tick]:
    """As many labels as fit without touching, evenly chosen, the first always among them."""
    if not labels:
        return []
    longest = max(len(label) for label in labels) * 6.4 + 18
    every = max(1, math.ceil(len(labels) * longest / max(width, 1)))
    step = width / (len(labels) if centred else max(len(labels) - 1, 1))
    shift = step / 2 if centred else 0
    return [Tick(tenth(left + i * step + shift), label) for i, label in enumerate(labels) if i % every == 0]
