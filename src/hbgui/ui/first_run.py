"""What to do first: said while there is nothing else to see."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from hbgui.runtime.process import open_demo_window
from hbgui.ui.panel import Panel, button, label


class FirstRun(Panel):
    """Three ways to begin: fill in, paste, or try without a PBX."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("firstRun")
        self.setProperty("bar", "plain")
        self._title = label("title")
        self._text = label("muted", "firstRunText", wrap=True)
        self._try = button("trySimulatorButton")
        self._try.clicked.connect(open_demo_window)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 12)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self._try)
        self.retranslate()

    def retranslate(self) -> None:
        self._title.setText(self.tr("Welcome"))
        self._text.setText(
            self.tr(
                "Paste the PBX's web address into Host, get a token, and see below where its "
                "reports will go. No PBX at hand? The built-in simulator is one."
            )
        )
        self._try.setText(self.tr("Try the simulator"))
        self._try.setToolTip(
            self.tr("Opens a window of its own with a simulated PBX; it keeps nothing")
        )
