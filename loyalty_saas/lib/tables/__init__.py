"""Tables as people have them: CSV of any make and spreadsheets read row by row, and CSV written safely."""

from loyalty_saas.lib.columns import Column, chosen_sort
from loyalty_saas.lib.tables.limits import Limits
from loyalty_saas.lib.tables.numbers import guess_decimal, parse_decimal
from loyalty_saas.lib.tables.reading import Row, Table, open_table
from loyalty_saas.lib.tables.writing import csv_lines, defuse, undefuse

__all__ = [
    "Column",
    "Limits",
    "Row",
    "Table",
    "chosen_sort",
    "csv_lines",
    "defuse",
    "guess_decimal",
    "open_table",
    "parse_decimal",
    "undefuse",
]
