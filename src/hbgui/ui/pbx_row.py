"""How a PBX is painted in the sidebar: mark, name, host, time left."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from hbgui.core.pbx.address import DEFAULT_PORTS, AddressError, parse_pbx
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.marks import paint_mark
from hbgui.ui.pbx_model import Index, PbxModel
from hbgui.ui.theme import Theme

ROW_HEIGHT = 52


def _short(pbx: str) -> str:
    """The address without what is usual."""
    try:
        address = parse_pbx(pbx)
    except AddressError:
        return pbx
    usual = address.scheme == "https" and address.port == DEFAULT_PORTS["https"]
    return address.host if usual else address.authority


class RowDelegate(QStyledItemDelegate):
    """Paints rows of the `PbxModel`, mirrored where the language is."""

    def __init__(self, model: PbxModel, intents: Supervisor, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._intents = intents
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        lines = option.fontMetrics.height() * 2
        return QSize(160, max(ROW_HEIGHT, lines + 18))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colors = self._theme.colors
        rect = QRectF(option.rect).adjusted(8, 2, -8, -2)
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(colors.selected))
            painter.drawRoundedRect(rect, 8, 8)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 8, 8)
        self._paint_row(painter, rect, option, index)
        painter.restore()

    def _paint_row(
        self, painter: QPainter, rect: QRectF, option: QStyleOptionViewItem, index: Index
    ) -> None:
        colors = self._theme.colors
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        now = self._intents.now()
        size = 14
        x = rect.right() - 12 - size if mirrored else rect.left() + 12
        mark = QRectF(x, rect.center().y() - size / 2, size, size)
        paint_mark(painter, mark, self._model.pbx(index).phase(now), colors)
        left, right = (12, 36) if mirrored else (36, 12)
        words = rect.adjusted(left, 6, -right, -6)
        font = QFont(option.font)
        leading = Qt.AlignmentFlag.AlignLeading
        painter.setFont(font)
        painter.setPen(QColor(colors.muted))
        time_left = self._model.time_left(index)
        trailing = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignBottom
        painter.drawText(words, trailing, time_left)
        taken = painter.fontMetrics().horizontalAdvance(time_left) + (8 if time_left else 0)
        # The name, by which a PBX is known, has the whole width of the line above.
        below = words.adjusted(taken, 0, 0, 0) if mirrored else words.adjusted(0, 0, -taken, 0)
        profile = self._model.profile(index)
        self._line(painter, below, leading | Qt.AlignmentFlag.AlignBottom, _short(profile.pbx))
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colors.text))
        name = index.data(Qt.ItemDataRole.DisplayRole)
        self._line(painter, words, leading | Qt.AlignmentFlag.AlignTop, name)

    @staticmethod
    def _line(painter: QPainter, rect: QRectF, where: Qt.AlignmentFlag, text: str) -> None:
        shown = painter.fontMetrics().elidedText(
            text, Qt.TextElideMode.ElideRight, int(rect.width())
        )
        painter.drawText(rect, where, shown)

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, _index: Index
    ) -> None:
        editor.setGeometry(option.rect.adjusted(36, 8, -10, -8))
