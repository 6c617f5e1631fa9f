"""Geometry of the charts: numbers in, points and rectangles out. Templates in elements/charts/ draw them as SVG.

Nothing here knows HTML or Django.
"""

from loyalty_saas.lib.charts.axes import bar_chart, line_chart, nice_ticks
from loyalty_saas.lib.charts.shapes import AxisChart, HeatGrid, Series, ShareChart, Sparkline
from loyalty_saas.lib.charts.shares import heat_grid, share_chart, sparkline_chart

__all__ = [
    "AxisChart",
    "HeatGrid",
    "Series",
    "ShareChart",
    "Sparkline",
    "bar_chart",
    "heat_grid",
    "line_chart",
    "nice_ticks",
    "share_chart",
    "sparkline_chart",
]
