"""Cells of a row by what their columns were matched to."""

from collections.abc import Sequence
from datetime import date, datetime

from customers.imports.settings import Frame
from loyalty_saas.lib.days import local_day
from loyalty_saas.lib.tables import undefuse
from loyalty_saas.lib.typed_dates import parse_moment


class NamedCells:
    """What readers of rows begin with, where a row stands for itself."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.columns = {key: position for position, key in frame.columns.items()}

    def _cell(self, cells: Sequence[str], key: str) -> str:
        position = self.columns.get(key)
        if position is None or position >= len(cells):
            return ""
        cell = cells[position].strip()
        return undefuse(cell) if self.frame.is_report else cell

    def _moment(self, cells: Sequence[str], key: str) -> datetime | None:
        text = self._cell(cells, key)
        if not text:
            return None
        frame = self.frame
        return parse_moment(text, frame.zone.key, frame.order, language=frame.language, field=key)

    def _day(self, cells: Sequence[str], key: str) -> date | None:
        moment = self._moment(cells, key)
        return local_day(moment, self.frame.zone) if moment else None
