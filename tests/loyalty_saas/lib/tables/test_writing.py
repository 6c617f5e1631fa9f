import json
from decimal import Decimal
from pathlib import Path

import pytest

from loyalty_saas.lib.tables import csv_lines, defuse, open_table, undefuse
from tests.loyalty_saas.lib.shared import shared_file


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＋1a", "－2+3", "＠x", "\n=1",
     "−1+1"],
)  # fmt: skip
def test_formulas_are_defused_and_come_back(text: str) -> None:
    assert defuse(text) == f"'{text}"
    assert undefuse(defuse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "-12", "-12.40", "+4915123456789", "-5%", "1,234.50", "Anna", "a=b", "'n Sync", " x"]
)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert defuse(text) == undefuse(text) == text


def test_lines_are_what_a_spreadsheet_opens() -> None:
    lines = csv_lines([["name", "points"], ["Zoë, B", -5], ["=1", None], [Decimal("1.50"), 'say "hi"\n']])
    expected = '\ufeffname,points\r\n"Zoë, B",-5\r\n\'=1,\r\n1.50,"say ""hi""\n"\r\n'
    assert b"".join(lines) == expected.encode()


def test_naughty_strings_survive_export_and_import(tmp_path: Path) -> None:
    naughty = [
        text for text in json.loads(shared_file("identity/blns.json").read_text(encoding="utf-8")) if text.strip()
    ]
    file = tmp_path / "out.csv"
    file.write_bytes(b"".join(csv_lines([["place", "text"], *([place, text] for place, text in enumerate(naughty))])))
    assert [undefuse(cells[1]) for _number, cells in open_table(file).rows()] == naughty
