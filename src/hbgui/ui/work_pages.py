"""What fills the work area: the views of a PBX, or an invitation to add one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QTabWidget, QVBoxLayout, QWidget

from hbgui.runtime.demo_window import open_demo_window
from hbgui.ui.panel import Panel, button, label


class Tabs(QTabWidget):
    """The views of one PBX."""

    def __init__(
        self, form: QWidget, activity: QWidget, reports: QWidget, request: QWidget
    ) -> None:
        super().__init__()
        self.setObjectName("tabs")
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        for page in (form, activity, reports, request):
            self.addTab(page, "")
        self._names = _TabNames(self)
        # What a tab would like to have is no reason to scroll the page around it.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return False


class _TabNames(Panel):
    """Keeps the captions of the tabs in the person's language."""

    def __init__(self, tabs: QTabWidget) -> None:
        super().__init__(tabs)
        self.hide()
        self._tabs = tabs
        self.retranslate()

    def retranslate(self) -> None:
        self._tabs.setAccessibleName(self.tr("Views of this PBX"))
        self._tabs.setTabText(0, self.tr("Setup"))
        self._tabs.setTabText(1, self.tr("Activity"))
        self._tabs.setTabText(2, self.tr("Reports"))
        self._tabs.setTabText(3, self.tr("Request"))


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
