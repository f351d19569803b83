"""What fills the work area: the views of a PBX, or an invitation to add one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSplitter, QTabWidget, QVBoxLayout, QWidget

from hbgui.runtime.process import open_demo_window
from hbgui.ui.panel import Panel, button, label
from hbgui.ui.theme import set_tone

NARROW = 480
"""Pixels of width below which the tabs stand closer together."""


class Tabs(QTabWidget):
    """The views of one PBX, in the order of `SETUP`, `ACTIVITY` and so on."""

    SETUP, ACTIVITY, REPORTS = "setup", "activity", "reports"
    DIAGNOSIS, REQUEST = "diagnosis", "request"

    def __init__(
        self,
        form: QWidget,
        activity: QWidget,
        reports: QWidget,
        diagnosis: QWidget,
        request: QWidget,
    ) -> None:
        super().__init__()
        self._pages = {
            self.SETUP: form,
            self.ACTIVITY: activity,
            self.REPORTS: reports,
            self.DIAGNOSIS: diagnosis,
            self.REQUEST: request,
        }
        self.setObjectName("tabs")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        for page in self._pages.values():
            self.addTab(page, "")
        self._names = _TabNames(self)
        # What a tab would like to have is no reason to scroll the page around it.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def open(self, name: str) -> None:
        """Bring a view to the front."""
        self.setCurrentWidget(self._pages[name])

    def name_pages(self, names: dict[str, Callable[[], str]]) -> None:
        """Caption the tabs."""
        for name, page in self._pages.items():
            self.setTabText(self.indexOf(page), names[name]())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        set_tone(self.tabBar(), "narrow", "true" if self.width() < NARROW else "")

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return False


class _TabNames(Panel):
    """Keeps the captions of the tabs in the person's language."""

    def __init__(self, tabs: Tabs) -> None:
        super().__init__(tabs)
        self.hide()
        self._tabs = tabs
        self.retranslate()

    def retranslate(self) -> None:
        self._tabs.setAccessibleName(self.tr("Views of this PBX"))
        self._tabs.name_pages(
            {
                Tabs.SETUP: lambda: self.tr("Setup"),
                Tabs.ACTIVITY: lambda: self.tr("Activity"),
                Tabs.REPORTS: lambda: self.tr("Reports"),
                Tabs.DIAGNOSIS: lambda: self.tr("Diagnosis"),
                Tabs.REQUEST: lambda: self.tr("Request"),
            }
        )


class Welcome(Panel):
    """What to do while there is no PBX."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("welcome")
        self._title = label("title", "welcomeTitle", wrap=True)
        self._text = label("muted", "welcomeText", wrap=True)
        for words in (self._title, self._text):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = button("welcomeAddButton")
        self.button.setProperty("primary", True)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addSpacing(12)
        self._try = button("welcomeTryButton")
        self._try.clicked.connect(open_demo_window)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch()
        row.addWidget(self.button)
        row.addWidget(self._try)
        row.addStretch()
        layout.addLayout(row)
        layout.addStretch(3)
        self.retranslate()

    def retranslate(self) -> None:
        self._title.setText(self.tr("No PBX yet"))
        self._text.setText(
            self.tr(
                "Add a PBX, or paste its web address here with Ctrl+V.\n"
                "hbgui then tells you what the PBX really answers."
            )
        )
        self.button.setText(self.tr("Add a PBX"))
        self._try.setText(self.tr("Try the simulator"))


def side_by_side(sidebar: QWidget, page: QWidget) -> QSplitter:
    """Both, with the page taking what room there is."""
    splitter = QSplitter(Qt.Orientation.Horizontal)
    splitter.addWidget(sidebar)
    splitter.addWidget(page)
    splitter.setStretchFactor(1, 1)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(1)
    splitter.setSizes([240, 940])
    return splitter
