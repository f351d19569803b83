"""The state as a shape with a colour: readable without the colour, too."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from hbgui.core.state.pbx_state import Phase
from hbgui.ui.theme import Colors, Theme


def phase_color(phase: Phase, colors: Colors) -> str:
    """The colour that goes with a phase."""
    match phase:
        case Phase.ALIVE:
            return colors.ok
        case Phase.STARTING:
            return colors.accent
        case Phase.FAILING:
            return colors.warn
        case Phase.REFUSED | Phase.STOPPED:
            return colors.bad
        case Phase.OFF | Phase.UNKNOWN:
            return colors.muted


def paint_mark(painter: QPainter, rect: QRectF, phase: Phase, colors: Colors) -> None:
    """Paint a disc with a tick, a triangle, a diamond or a ring into the square `rect`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    color = QColor(phase_color(phase, colors))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    ink = QPen(QColor(colors.card), rect.width() * 0.11)
    ink.setCapStyle(Qt.PenCapStyle.RoundCap)
    ink.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    match phase:
        case Phase.ALIVE:
            painter.drawEllipse(rect)
            _stroke(painter, ink, rect, (0.29, 0.52), (0.44, 0.67), (0.72, 0.35))
        case Phase.FAILING:
            _fill(painter, rect, (0.5, 0.04), (1.0, 0.94), (0.0, 0.94))
            _stroke(painter, ink, rect, (0.5, 0.38), (0.5, 0.62))
            _stroke(painter, ink, rect, (0.5, 0.8), (0.5, 0.8))
        case Phase.REFUSED | Phase.STOPPED:
            _fill(painter, rect, (0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5))
            _stroke(painter, ink, rect, (0.38, 0.38), (0.62, 0.62))
            _stroke(painter, ink, rect, (0.62, 0.38), (0.38, 0.62))
        case Phase.STARTING | Phase.OFF | Phase.UNKNOWN:
            _ring(painter, rect, color, dotted=phase is Phase.STARTING)
    painter.restore()


def _points(rect: QRectF, points: tuple[tuple[float, float], ...]) -> QPolygonF:
    return QPolygonF(
        [QPointF(rect.x() + x * rect.width(), rect.y() + y * rect.height()) for x, y in points]
    )


def _fill(painter: QPainter, rect: QRectF, *points: tuple[float, float]) -> None:
    painter.drawPolygon(_points(rect, points))


def _stroke(painter: QPainter, pen: QPen, rect: QRectF, *points: tuple[float, float]) -> None:
    painter.setPen(pen)
    painter.drawPolyline(_points(rect, points))
    painter.setPen(Qt.PenStyle.NoPen)


def _ring(painter: QPainter, rect: QRectF, color: QColor, *, dotted: bool) -> None:
    width = max(1.5, rect.width() * 0.13)
    pen = QPen(color, width)
    if dotted:
        pen.setDashPattern([1.2, 1.2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width / 2
    painter.drawEllipse(rect.adjusted(half, half, -half, -half))


def paint_progress(painter: QPainter, rect: QRectF, turn: int, colors: Colors) -> None:
    """Paint a ring with a bright part, turned by so many degrees: something goes on."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    width = max(1.5, rect.width() * 0.13)
    inner = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.setPen(QPen(QColor(colors.border), width))
    painter.drawEllipse(inner)
    pen = QPen(QColor(colors.accent), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawArc(inner, (90 - turn) * 16, -110 * 16)
    painter.restore()


class Mark(QWidget):
    """A mark of its own, for the state strip and messages. What it says stands beside it in
    words, so it is silent for screen readers."""

    def __init__(self, theme: Theme, size: int) -> None:
        super().__init__()
        self._theme = theme
        self._size = QSize(size, size)
        self._phase = Phase.OFF
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_phase(self, phase: Phase) -> None:
        """Show another phase."""
        if phase is not self._phase:
            self._phase = phase
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return self._size

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        paint_mark(painter, rect, self._phase, self._theme.colors)
        painter.end()
