"""One mark for each of the last heartbeats: higher is better, and the colour says it again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip

from hbgui.core.api.outcome import MARKS_MAX, HeartbeatMark, OutcomeKind
from hbgui.texts.outcomes import result_word
from hbgui.ui.panel import Panel, day_and_time
from hbgui.ui.theme import Colors, Theme

PITCH = 10
WIDTH = 7
HEIGHT = 22

_SHARES = {OutcomeKind.ACCEPTED: 1.0, OutcomeKind.UNREACHABLE: 0.6, OutcomeKind.UNCLEAR: 0.6}
_REFUSED_SHARE = 0.35


class BeatBar(Panel):
    """As many marks as fit, the newest last. Each tells its time and result to the mouse, to the
    arrow keys and to screen readers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("beatBar")
        self._theme = theme
        self._beats: tuple[HeartbeatMark, ...] = ()
        self._pointed = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.retranslate()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(20 * PITCH, HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(5 * PITCH, HEIGHT)

    def show_beats(self, beats: tuple[HeartbeatMark, ...]) -> None:
        """Show these, in the order of time."""
        if beats is not self._beats:
            self._beats = beats
            self._pointed = -1
            self.retranslate()
            self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(self.tr("Last heartbeats"))
        self._describe()

    def _describe(self) -> None:
        if self._pointed >= 0:
            text = self.words(self._beats[self._pointed])
        elif self._beats:
            accepted = sum(beat.kind is OutcomeKind.ACCEPTED for beat in self._beats)
            text = self.tr("Accepted: {accepted} of the last {number}. The newest: {beat}")
            text = text.replace("{accepted}", str(accepted))
            text = text.replace("{number}", str(len(self._beats)))
            text = text.replace("{beat}", self.words(self._beats[-1]))
        else:
            text = self.tr("No heartbeat yet")
        if self.accessibleDescription() != text:
            self.setAccessibleDescription(text)

    def words(self, beat: HeartbeatMark) -> str:
        """Time, result and latency of a heartbeat."""
        parts = [day_and_time(beat.at), result_word(beat.kind)]
        if beat.latency_ms is not None:
            latency = self.tr("{number} ms").replace("{number}", f"{beat.latency_ms:.0f}")
            parts.append(latency)
        return ", ".join(parts)

    def _room(self) -> int:
        return max(1, min(MARKS_MAX, (self.width() - 4) // PITCH))

    def _shown(self) -> range:
        count = len(self._beats)
        return range(max(0, count - self._room()), count)

    def _rect(self, index: int) -> QRectF:
        """The mark's place; the newest stands where reading ends."""
        place = self._room() - (len(self._beats) - index)
        # A bar that is not full begins where reading begins.
        place -= max(0, self._room() - len(self._beats))
        x = 2.0 + place * PITCH
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            x = self.width() - x - WIDTH
        share = _SHARES.get(self._beats[index].kind, _REFUSED_SHARE)
        high = (HEIGHT - 4) * share
        return QRectF(x, HEIGHT - 2 - high, WIDTH, high)

    def _at(self, where: QPoint) -> int:
        for index in self._shown():
            rect = self._rect(index)
            if rect.left() - 2 <= where.x() <= rect.right() + 2:
                return index
        return -1

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if not self._beats:
            # Where marks will be: an empty place says less than nothing.
            painter.setBrush(QColor(colors.border))
            for place in range(self._room()):
                painter.drawRoundedRect(QRectF(2 + place * PITCH, HEIGHT - 6, WIDTH, 4), 2, 2)
        for index in self._shown():
            painter.setBrush(QColor(_color(self._beats[index].kind, colors)))
            painter.drawRoundedRect(self._rect(index), 2, 2)
        if self._pointed in self._shown():
            self._frame(painter, self._rect(self._pointed).adjusted(-1.5, -1.5, 1.5, 1.5))
        elif self.hasFocus():
            self._frame(painter, QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        painter.end()

    def _frame(self, painter: QPainter, rect: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._theme.colors.accent), 1.5))
        painter.drawRoundedRect(rect, 3, 3)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self._at(event.pos())
            text = self.words(self._beats[index]) if index >= 0 else self.accessibleDescription()
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        shown = self._shown()
        back, on = Qt.Key.Key_Left, Qt.Key.Key_Right
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            back, on = on, back
        if not shown or event.key() not in (back, on):
            super().keyPressEvent(event)
            return
        step = 1 if event.key() == on else -1
        start = self._pointed if self._pointed >= 0 else shown.stop
        self._point(min(max(start + step, shown.start), shown.stop - 1))
        below = self._rect(self._pointed).bottomLeft().toPoint()
        QToolTip.showText(self.mapToGlobal(below), self.accessibleDescription(), self)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        # Its own tool tip may take the window's focus for a moment.
        if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
            self._point(-1)
        super().focusOutEvent(event)

    def _point(self, index: int) -> None:
        self._pointed = index
        self._describe()
        self.update()


def _color(kind: OutcomeKind, colors: Colors) -> str:
    match kind:
        case OutcomeKind.ACCEPTED:
            return colors.ok
        case OutcomeKind.UNREACHABLE | OutcomeKind.UNCLEAR:
            return colors.warn
        case _:
            return colors.bad
