"""What models of read-only tables have in common: a row for each thing, a text for each cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from hbgui.ui.panel import plain_tip

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()

_Row = TypeVar("_Row")
_TRAILING = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter


class RowModel(QAbstractTableModel, Generic[_Row]):
    """Keeps the rows; a table says what stands in them. Numbers stand in the last column."""

    COLUMNS = 0

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[_Row] = []

    def headers(self) -> tuple[str, ...]:
        """The heads of the columns."""
        raise NotImplementedError

    def header_tips(self) -> Mapping[int, str]:
        """What is said on hover over the heads that need it."""
        return {}

    def cell(self, row: _Row, column: int) -> str:
        """The text of a cell."""
        raise NotImplementedError

    def tip(self, row: _Row, column: int) -> str:
        """What is said on hover; empty for nothing."""
        raise NotImplementedError

    def color(self, row: _Row, column: int) -> str:
        """The colour of the text; empty for the usual one."""
        raise NotImplementedError

    def row(self, index: Index) -> _Row:
        """What stands in a row."""
        return self._rows[index.row()]

    def line(self, row: int) -> str:
        """The cells of a row, with tabs between them, for the clipboard."""
        return "\t".join(self.cell(self._rows[row], column) for column in range(self.COLUMNS))

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802
        return 0 if parent.isValid() else self.COLUMNS

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.header_tips().get(section)
        return self.headers()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.row(index), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.cell(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self.tip(row, column)) or None
            case Qt.ItemDataRole.ForegroundRole:
                color = self.color(row, column)
                return QColor(color) if color else None
            case Qt.ItemDataRole.TextAlignmentRole if column == self.COLUMNS - 1:
                return _TRAILING
        return None
