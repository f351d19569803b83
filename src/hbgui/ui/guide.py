"""How to begin, and what the words in the window mean. Can be called at any time."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QGridLayout, QPushButton, QWidget

from hbgui.runtime.process import open_demo_window
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import label, named


class Guide(Dialog):
    """Numbered steps, one or two sentences each."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "guideDialog")
        self._title = label("title", "guideTitle", wrap=True)
        self._steps = [label(name=f"guideStep{number}", wrap=True) for number in range(1, 6)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        self._numbers = [label("muted") for _ in self._steps]
        for row, (number, step) in enumerate(zip(self._numbers, self._steps, strict=True)):
            grid.addWidget(number, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(step, row, 1)
        self._try = named(QPushButton(), "guideTryButton")
        self._try.clicked.connect(open_demo_window)
        self._close = named(QPushButton(), "guideCloseButton")
        self._close.setProperty("primary", True)
        buttons = QDialogButtonBox()
        buttons.addButton(self._try, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self._close, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        self.add(self._title)
        self.add(grid)
        self.add(buttons)
        self.setMinimumWidth(500)
        self.choose_by_enter(self._close)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Getting started"))
        self._title.setText(self.tr("From a PBX to a living token"))
        steps = (
            self.tr("Add a PBX and paste its web address into Host."),
            self.tr(
                "Get a token with the API's user name and password, or paste one. It goes to the "
                "keyring of this computer, never into a file."
            ),
            self.tr(
                "Look where its reports will go: each heartbeat tells the PBX so. When it would "
                "move them, hbgui asks before, and can restore the earlier target."
            ),
            self.tr(
                "Send a heartbeat. The token is then good for 30 minutes; Keep alive sends the "
                "next ones in time."
            ),
            self.tr(
                "“PBX accepts” and “Reports arrive” are two things: a heartbeat that is accepted "
                "does not prove that reports come."
            ),
        )
        for number, (shown, text) in enumerate(zip(self._steps, steps, strict=True), 1):
            shown.setText(text)
            self._numbers[number - 1].setText(f"{number}.")
        self._try.setText(self.tr("&Try the simulator"))
        self._close.setText(self.tr("&Close"))
        self.fit()
