"""Scrolling up and down, so that whoever has the focus is seen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Slot
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


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


class VerticalScroll(QScrollArea):
    """For a page that may be too high for the window, never narrower than it needs. The page
    takes the focus, it does not.

    It scrolls sideways only where a language is too long for a small window: nothing is lost.
    """

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        self._page = page
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page.installEventFilter(self)
        self._follower = FocusFollower(self)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        width = self._page.minimumSizeHint().width()
        return QSize(width + self.verticalScrollBar().sizeHint().width(), 80)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.LayoutRequest and watched is self._page:
            self.updateGeometry()
        return super().eventFilter(watched, event)
