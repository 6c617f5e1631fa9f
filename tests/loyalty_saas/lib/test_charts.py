"""Geometry is checked on numbers one can follow by hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_saas.lib.charts import Series, bar_chart, heat_grid, line_chart, nice_ticks, share_chart, sparkline_chart

LABELS = ["Mon", "Tue", "Wed"]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 304, [0, 100, 200, 300, 400]),
        (0, 4, [0, 1, 2, 3, 4]),
        (0, 1, [0, 0.25, 0.5, 0.75, 1]),
        (-30, 50, [-40, -20, 0, 20, 40, 60]),
        (0, 0, [0, 0.25, 0.5, 0.75, 1]),
    ],
)
def test_ticks_are_round_and_cover_the_values(low: int, high: int, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == ticks


@given(st.integers(-(10**9), 10**9), st.integers(0, 10**9))
def test_ticks_cover_any_range(low: int, span: int) -> None:
    ticks = nice_ticks(low, low + span)
    assert ticks[0] <= low
    assert ticks[-1] >= low + span
    assert 2 <= len(ticks) <= 8


def test_line_stands_at_its_values() -> None:
    chart = line_chart(LABELS, [Series("Visits", [0, 50, 100])])
    assert [point.y for point in chart.lines[0].points] == [chart.bottom, chart.top + chart.plot_height / 2, chart.top]
    assert [point.x for point in chart.lines[0].points] == [chart.left, (chart.left + chart.right) / 2, chart.right]


def test_line_breaks_where_a_value_is_missing() -> None:
    line = line_chart(LABELS, [Series("Visits", [1, None, 3])]).lines[0]
    assert line.path.count("M") == 2
    assert [point.value for point in line.points] == [1, 3]


def test_line_with_nothing_in_it_still_has_a_frame() -> None:
    chart = line_chart([], [])
    assert (chart.lines, chart.slots, chart.labels) == ([], [], [])
    assert [tick.text for tick in chart.grid] == ["0", "1"]


def test_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="has 1 values for 3 labels"):
        line_chart(LABELS, [Series("Visits", [1])])


def test_whole_numbers_have_whole_ticks() -> None:
    chart = bar_chart(LABELS, [Series("Visits", [1, 0, 2])])
    assert [tick.text for tick in chart.grid] == ["0", "1", "2"]


def test_bars_stand_on_the_ground_and_do_not_touch() -> None:
    chart = bar_chart(LABELS, [Series("Earned", [10, 20, 40]), Series("Spent", [5, 0, 40])])
    assert {round(bar.y + bar.height, 1) for bar in chart.bars} == {chart.bottom}
    edges = sorted((bar.x, bar.x + bar.width) for bar in chart.bars)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(edges))


def test_stacked_bars_stand_on_each_other() -> None:
    chart = bar_chart(["Mon"], [Series("Regulars", [30]), Series("New", [10])], stacked=True)
    low, high = chart.bars
    assert round(high.y + high.height, 1) == low.y
    assert (low.x, low.width) == (high.x, high.width)


def test_bar_below_nought_hangs_from_it() -> None:
    chart = bar_chart(["Mon", "Tue"], [Series("Change", [20, -10])])
    assert chart.bars[1].y == round(chart.bars[0].y + chart.bars[0].height, 1)


def test_every_chart_has_a_narrow_twin() -> None:
    chart = bar_chart(LABELS, [Series("Visits", [1, 2, 3])])
    assert chart.narrow is not None
    assert (chart.narrow.width, len(chart.narrow.bars)) == (380, 3)


def test_labels_make_room_for_each_other() -> None:
    chart = line_chart([f"{day} March" for day in range(1, 32)], [Series("Visits", list(range(31)))])
    gaps = [after.at - before.at for before, after in zip(chart.labels, chart.labels[1:], strict=False)]
    assert min(gaps) >= len("31 March") * 6.4


def test_slots_cover_the_width_and_say_the_values() -> None:
    chart = bar_chart(LABELS, [Series("Visits", [1, 2, None])], say=lambda value: f"{value} visits")
    assert round(sum(slot.width for slot in chart.slots), 0) == round(chart.plot_width, 0)
    assert [slot.said for slot in chart.slots] == ["1\tVisits\t1 visits", "1\tVisits\t2 visits", ""]


def test_sparkline_of_equal_values_is_level_in_the_middle() -> None:
    spark = sparkline_chart([4, 4, 4])
    assert spark.path == "M3.0 14.0 L48.0 14.0 L93.0 14.0"


def test_sparkline_makes_little_of_a_small_wobble() -> None:
    def rise(spark_path: str) -> float:
        heights = [float(spot.split()[1]) for spot in spark_path.replace("M", "").split(" L")]
        return max(heights) - min(heights)

    assert rise(sparkline_chart([100, 101, 100]).path) < 2
    assert rise(sparkline_chart([10, 100, 10]).path) == 22


def test_shares_add_up_and_small_ones_become_the_rest() -> None:
    chart = share_chart([("Coffee", 50), ("Cake", 30), ("Tea", 15), ("Cups", 5), ("None", 0)], rest="Other", most=3)
    assert [(part.name, part.value, part.percent) for part in chart.parts] == [
        ("Coffee", 50, "50%"),
        ("Cake", 30, "30%"),
        ("Other", 20, "20%"),
    ]
    assert sum(part.width for part in chart.parts) == 100
    assert chart.total == "100"


def test_shares_of_nothing_are_an_empty_ring() -> None:
    chart = share_chart([("Coffee", 0)])
    assert (chart.parts, chart.total) == ([], "0")


def test_heat_is_darkest_for_most_and_blank_for_what_is_not_there() -> None:
    grid = heat_grid(["Mon"], ["9", "10", "11", "12"], [[0, 1, 10, None]])
    assert [cell.step for cell in grid.cells] == [0, 1, 5, 0]
    assert [cell.known for cell in grid.cells] == [True, True, True, False]
    assert grid.table == [("Mon", ["0", "1", "10", ""])]
