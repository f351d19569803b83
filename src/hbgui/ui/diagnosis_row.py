"""How a link of a diagnosis is painted: mark, name, what was seen, time; the chosen one in full."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from hbgui.core.diagnosis import DiagnosisStep, StepId, StepVerdict
from hbgui.core.state.pbx_state import Phase
from hbgui.texts.diagnosis import step_name
from hbgui.ui.diagnosis_model import DiagnosisModel, found_at, in_a_word, verdict_of
from hbgui.ui.marks import paint_mark, paint_progress
from hbgui.ui.theme import Colors, Theme

Index = QModelIndex | QPersistentModelIndex

MARK = 16
COLUMN = 20
"""Pixels of the column with the marks: names stand where the banner's words do."""

SIDE = 16
"""Pixels between the frame and what stands in the row."""

TOP = 9
GAP = 12
PARAGRAPH = 6
WIDE = 560
"""Pixels from which on the name stands beside what was seen, not above it."""

_PHASES = {
    StepVerdict.OK: Phase.ALIVE,
    StepVerdict.WARNING: Phase.FAILING,
    StepVerdict.BROKEN: Phase.REFUSED,
    StepVerdict.SKIPPED: Phase.OFF,
}
_LEADING = Qt.AlignmentFlag.AlignLeading
_TRAILING = Qt.AlignmentFlag.AlignTrailing
_WRAP = Qt.TextFlag.TextWordWrap


def phase_of(verdict: StepVerdict) -> Phase:
    """The mark that goes with a verdict: the same shapes as for PBXs."""
    return _PHASES.get(verdict, Phase.OFF)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A text in its place, from the row's top left; `color` is a name of the scheme."""

    rect: QRect
    text: str
    color: str
    bold: bool = False
    trailing: bool = False


class DiagnosisRow(QStyledItemDelegate):
    """Paints rows of the `DiagnosisModel`, mirrored where the language is. `chosen` is the row
    that is shown in full, -1 without one; `turn` the angle of the mark of what runs, in degrees."""

    def __init__(self, model: DiagnosisModel, theme: Theme) -> None:
        super().__init__()
        self._model = model
        self._theme = theme
        self.chosen = -1
        self.turn = 0

    def height(self, index: Index, width: int, font: QFont) -> int:
        """What the row needs."""
        parts = self._paragraphs(index, width, font)
        return max(part.rect.bottom() + 1 for part in parts) + TOP

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        view = option.widget
        width = option.rect.width()
        if isinstance(view, QAbstractScrollArea):
            width = view.viewport().width()
        return QSize(80, self.height(index, width, option.font))

    def _paragraphs(self, index: Index, width: int, font: QFont) -> list[_Paragraph]:
        """What stands in the row, as it is read from left to right."""
        step = self._model.step(index)
        metrics, strong = QFontMetrics(font), QFontMetrics(_bold(font))
        line = metrics.height()
        time = self._model.time(index)
        after = metrics.horizontalAdvance("00000 ms") + GAP
        left, right = SIDE + COLUMN + GAP, width - SIDE
        name = step_name(step.id)
        parts = [
            _Paragraph(QRect(left, TOP, right - left, line), time, "muted", trailing=True),
        ]
        if width >= WIDE:
            column = max(strong.horizontalAdvance(step_name(link)) for link in StepId) + 4
            parts.append(_Paragraph(QRect(left, TOP, column, line), name, _name_color(step), True))
            left, top, right = left + column + GAP, TOP, right - after
        else:
            beside = right - after - left
            parts.append(_Paragraph(QRect(left, TOP, beside, line), name, _name_color(step), True))
            top = TOP + line + 2
        for text, color in _said(step, chosen=index.row() == self.chosen):
            rect = metrics.boundingRect(QRect(0, 0, right - left, 10_000), _WRAP, text)
            parts.append(_Paragraph(QRect(left, top, right - left, rect.height()), text, color))
            top += rect.height() + PARAGRAPH
        return parts

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._theme.colors
        self._paint_ground(painter, option, chosen=index.row() == self.chosen)
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        painter.setLayoutDirection(option.direction)
        parts = self._paragraphs(index, option.rect.width(), option.font)
        for part in parts:
            painter.setFont(_bold(option.font) if part.bold else option.font)
            painter.setPen(QColor(getattr(colors, part.color)))
            side = _TRAILING if part.trailing else _LEADING
            rect = _placed(part.rect, option.rect, mirrored=mirrored)
            painter.drawText(rect, side | Qt.AlignmentFlag.AlignTop | _WRAP, part.text)
        line = QFontMetrics(option.font).height()
        mark = QRect(SIDE + (COLUMN - MARK) // 2, TOP + (line - MARK) // 2, MARK, MARK)
        self._paint_mark(painter, _placed(mark, option.rect, mirrored=mirrored), index, colors)
        painter.restore()

    def _paint_ground(
        self, painter: QPainter, option: QStyleOptionViewItem, *, chosen: bool
    ) -> None:
        colors = self._theme.colors
        rect = QRectF(option.rect).adjusted(4, 1, -4, -1)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.selected))
            painter.drawRoundedRect(rect, 6, 6)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_mark(self, painter: QPainter, rect: QRect, index: Index, colors: Colors) -> None:
        step = self._model.step(index)
        if step.verdict is StepVerdict.RUNNING:
            paint_progress(painter, QRectF(rect), self.turn, colors)
        else:
            paint_mark(painter, QRectF(rect), phase_of(step.verdict), colors)


def _said(step: DiagnosisStep, *, chosen: bool) -> list[tuple[str, str]]:
    """The texts of a row, each with its colour."""
    found = found_at(step)
    if in_a_word(step) and not (chosen and found.observation):
        return [(verdict_of(step) if step.code else "", "muted")]
    color = "muted" if step.verdict in (StepVerdict.SKIPPED, StepVerdict.RUNNING) else "text"
    parts = [(found.observation, color)]
    if chosen:
        parts += [(found.cause, "muted"), (found.cure, "text")]
    return [(text, named) for text, named in parts if text]


def _name_color(step: DiagnosisStep) -> str:
    return "muted" if in_a_word(step) else "text"


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def _placed(rect: QRect, row: QRect, *, mirrored: bool) -> QRect:
    """The place in the view of a rectangle of the row."""
    if mirrored:
        rect = QRect(row.width() - rect.right() - 1, rect.y(), rect.width(), rect.height())
    return rect.translated(row.topLeft())
