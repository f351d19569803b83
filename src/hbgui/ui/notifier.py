"""A word on the desktop when something needs a person who may not be looking."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from hbgui import texts
from hbgui.core import events
from hbgui.runtime.hub import Hub
from hbgui.ui.trusting import CHANGED

SHOWN_MS = 20_000


class Notifier(QObject):
    """One notification for each certificate that has changed: a PBX is stopped by it, so there
    is no second one until a person has decided."""

    def __init__(self, window: QWidget, hub: Hub) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._icon: QSystemTrayIcon | None = None
        hub.happened.connect(self._happened)

    @Slot(object)
    def _happened(self, event: object) -> None:
        if not isinstance(event, events.HeartbeatFinished):
            return
        pbx = self._hub.state.pbxs.get(event.pbx_id)
        if pbx is None or pbx.last is not event.attempt:
            return
        if event.attempt.outcome.code == CHANGED:
            message = texts.message(event.attempt)
            profile = self._hub.state.profile(event.pbx_id)
            name = profile.label if profile else ""
            self.notify(f"{name}: {message.title}", f"{message.why} {message.advice}")

    def notify(self, title: str, text: str) -> None:
        """Tell it by the desktop, where there is a tray; the task bar shows it everywhere."""
        QApplication.alert(self._window)
        if not QSystemTrayIcon.isSystemTrayAvailable() or not QSystemTrayIcon.supportsMessages():
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(self._window.windowIcon(), self)
            self._icon.messageClicked.connect(self._clicked)
        self._icon.show()
        self._icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Warning, SHOWN_MS)

    @Slot()
    def _clicked(self) -> None:
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
        if self._icon is not None:
            self._icon.hide()
