"""What closing the window means: quit, or go on in the background, and what to ask before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QDialogButtonBox, QPushButton, QWidget

from hbgui.core.settings import OnClose
from hbgui.runtime.hub import Hub
from hbgui.runtime.settings import Desktop
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.dialog import Dialog
from hbgui.ui.leaving import Leaving
from hbgui.ui.panel import label, named
from hbgui.ui.tray import Tray

_ROLE = QDialogButtonBox.ButtonRole


class CloseDialog(Dialog):
    """Asks once what closing shall mean while heartbeats are sent; the answer is remembered."""

    def __init__(self, parent: QWidget, names: str, *, hides: bool) -> None:
        super().__init__(parent, "closeDialog")
        self._names = names
        self._hides = hides
        self._title = label("title", "closeTitle", wrap=True)
        self._text = label("", "closeText", wrap=True)
        self.remember = named(QCheckBox(), "rememberCloseBox")
        self.remember.setChecked(True)
        self.background = named(QPushButton(), "backgroundButton")
        self.background.setProperty("primary", True)
        self.quit = named(QPushButton(), "quitButton")
        self._cancel = named(QPushButton(), "closeCancelButton")
        buttons = QDialogButtonBox()
        buttons.addButton(self.background, _ROLE.AcceptRole)
        buttons.addButton(self.quit, _ROLE.DestructiveRole)
        buttons.addButton(self._cancel, _ROLE.RejectRole)
        buttons.rejected.connect(self.reject)
        for part in (self._title, self._text, self.remember, buttons):
            self.add(part)
        self.setMinimumWidth(480)
        self.choose_by_enter(self.background)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Close hbgui"))
        title = self.tr("hbgui keeps tokens alive for {names}")
        self._title.setText(title.replace("{names}", self._names))
        self._text.setText(
            self.tr(
                "In the background it goes on: a click on its icon in the notification area, or "
                "starting hbgui again, shows the window. Ctrl+Q always quits."
            )
            if self._hides
            else self.tr(
                "This desktop has no notification area, so the window is only minimised. If you "
                "quit, the heartbeats end and the tokens run out 30 minutes later."
            )
        )
        self.remember.setText(self.tr("&Remember this; the settings can change it"))
        self.background.setText(self.tr("Keep &running") if self._hides else self.tr("&Minimise"))
        self.quit.setText(self.tr("&Quit"))
        self._cancel.setText(self.tr("Cancel"))


class Closing(QObject):
    """Decides for the window. `end` closes it without a question."""

    def __init__(
        self,
        window: QWidget,
        hub: Hub,
        intents: Supervisor,
        desktop: Desktop,
        tray: Tray,
        end: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._desktop = desktop
        self._tray = tray
        self._end = end
        self._leaving = Leaving(window, hub, intents)

    def may_close(self) -> bool:
        """Whether the window may close now. If not, it was hidden, or a question is open."""
        names = [p.label for p in self._hub.state.profiles if self._hub.state.pbxs[p.id].keeping]
        on_close = self._hub.state.desktop.preferences.on_close
        if not names or on_close is OnClose.QUIT:
            return self.may_quit()
        if on_close is OnClose.BACKGROUND:
            self._go_on()
        else:
            self._ask(", ".join(names))
        return False

    def may_quit(self) -> bool:
        """Whether nothing has to be asked before the program ends."""
        return not self._leaving.asks(self._end)

    def _go_on(self) -> None:
        if self._tray.available:
            self._window.hide()
        else:
            self._window.showMinimized()

    def _ask(self, names: str) -> None:
        dialog = CloseDialog(self._window, names, hides=self._tray.available)
        dialog.background.clicked.connect(lambda: self._answered(dialog, OnClose.BACKGROUND))
        dialog.quit.clicked.connect(lambda: self._answered(dialog, OnClose.QUIT))
        dialog.open()

    def _answered(self, dialog: CloseDialog, chosen: OnClose) -> None:
        dialog.accept()
        if dialog.remember.isChecked():
            preferences = self._hub.state.desktop.preferences
            self._desktop.change(replace(preferences, on_close=chosen))
        if chosen is OnClose.BACKGROUND:
            self._go_on()
        elif self.may_quit():
            self._end()
