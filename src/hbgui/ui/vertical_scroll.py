"""Scrolling up and down, so that whoever has the focus is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QObject, QRect, QSize, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QScrollBar, QStyle, QWidget


class FocusFollower(QObject):
    """Qt scrolls while Tab moves inside an area; this one, when the focus comes from outside."""

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        app = QApplication.instance()
        assert isinstance(app, QApplication), "a widget needs one"
        app.focusChanged.connect(self._moved)

    @Slot(QWidget, QWidget)
    def _moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        page = self._area.widget()
        if now is not None and page is not None and page.isAncestorOf(now):
            self._area.ensureWidgetVisible(now, 0, 12)


class SteadyScroll(QScrollArea):
    """A scroll area whose parts never change, with bars of its own beside them.

    Who reads the screen counts the parts, then asks for them by number. Qt (6.11) does not look
    whether a number is still there: a bar of Qt's that has gone meanwhile, with its tab perhaps,
    would end the program.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.bar = self._bar_for(self.verticalScrollBar())
        self.low_bar = self._bar_for(self.horizontalScrollBar())

    def _bar_for(self, hidden: QScrollBar) -> QScrollBar:
        bar = QScrollBar(hidden.orientation(), self)
        bar.hide()
        hidden.rangeChanged.connect(self._fit_bars)
        hidden.valueChanged.connect(bar.setValue)
        bar.valueChanged.connect(hidden.setValue)
        return bar

    @property
    def bar_width(self) -> int:
        """Pixels that the bar takes when it is seen."""
        return self.bar.sizeHint().width()

    @Slot()
    def _fit_bars(self) -> None:
        beside, below = self._needed()
        _follow(self.bar, self.verticalScrollBar(), shown=beside)
        _follow(self.low_bar, self.horizontalScrollBar(), shown=below)
        right, low = self.bar_width * beside, self.bar_width * below
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        margins = QMargins(right, 0, 0, low) if mirrored else QMargins(0, 0, right, low)
        if self.viewportMargins() != margins:
            self.setViewportMargins(margins)

    def _needed(self) -> tuple[bool, bool]:
        """Whether the page is too high, and too wide.

        By what it needs, not by what can be scrolled now: a bar takes room, and with that room
        another answer would follow, for ever.
        """
        page = self.widget()
        if page is None:
            return False, False
        inside, bar = self.contentsRect(), self.bar_width
        width = page.minimumWidth() or page.minimumSizeHint().width()
        beside = _height(page, max(width, inside.width())) > inside.height()
        below = width > inside.width() - bar * beside
        if below and not beside:
            beside = _height(page, max(width, inside.width())) > inside.height() - bar
        return beside, below

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        inside = self.contentsRect()
        beside, below = QRect(inside), QRect(inside)
        beside.setLeft(inside.right() + 1 - self.bar_width)
        below.setTop(inside.bottom() + 1 - self.bar_width)
        self.bar.setGeometry(QStyle.visualRect(self.layoutDirection(), inside, beside))
        self.low_bar.setGeometry(below)
        self._fit_bars()


def _height(page: QWidget, width: int) -> int:
    """What a page needs at that width."""
    least = page.minimumHeight() or page.minimumSizeHint().height()
    return max(least, page.heightForWidth(width)) if page.hasHeightForWidth() else least


def _follow(bar: QScrollBar, hidden: QScrollBar, *, shown: bool) -> None:
    """Make the bar say what the hidden one says."""
    bar.setRange(hidden.minimum(), hidden.maximum())
    bar.setPageStep(hidden.pageStep())
    bar.setSingleStep(hidden.singleStep())
    bar.setVisible(shown)


class VerticalScroll(SteadyScroll):
    """For a page that may be too high for the window, never narrower than it needs. The page
    takes the focus, it does not.

    It scrolls sideways only where a language is too long for a small window: nothing is lost.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setWidget(page)
        page.installEventFilter(self)
        self._follower = FocusFollower(self)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        width = self._page.minimumSizeHint().width()
        return QSize(width + self.bar_width, 80)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.LayoutRequest and watched is self._page:
            self.updateGeometry()
        return super().eventFilter(watched, event)
