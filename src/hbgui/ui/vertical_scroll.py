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
    """A scroll area whose parts never change, with a bar of its own beside them.

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
        self.bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.bar.hide()
        hidden = self.verticalScrollBar()
        hidden.rangeChanged.connect(self._fit_bar)
        hidden.valueChanged.connect(self.bar.setValue)
        self.bar.valueChanged.connect(hidden.setValue)

    @property
    def bar_width(self) -> int:
        """Pixels that the bar takes when it is seen."""
        return self.bar.sizeHint().width()

    @Slot()
    def _fit_bar(self) -> None:
        hidden = self.verticalScrollBar()
        self.bar.setRange(hidden.minimum(), hidden.maximum())
        self.bar.setPageStep(hidden.pageStep())
        self.bar.setSingleStep(hidden.singleStep())
        needed = hidden.maximum() > hidden.minimum()
        self.bar.setVisible(needed)
        margin = self.bar_width if needed else 0
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        margins = QMargins(margin, 0, 0, 0) if mirrored else QMargins(0, 0, margin, 0)
        if self.viewportMargins() != margins:
            self.setViewportMargins(margins)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        inside = self.contentsRect()
        place = QRect(inside)
        place.setLeft(inside.right() + 1 - self.bar_width)
        self.bar.setGeometry(QStyle.visualRect(self.layoutDirection(), inside, place))
        self._fit_bar()


class VerticalScroll(SteadyScroll):
    """For a page that may be too high for the window, never narrower than it needs. The page
    takes the focus, it does not."""

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
