"""The program's own settings, apart from those of a PBX."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QPushButton, QWidget

from hbgui.core.settings import OnClose
from hbgui.runtime.hub import Hub
from hbgui.runtime.settings import Desktop
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import combo, label, named


class SettingsDialog(Dialog):
    """What is chosen counts with *Save*."""

    def __init__(self, parent: QWidget, hub: Hub, desktop: Desktop) -> None:
        super().__init__(parent, "settingsDialog")
        self._hub = hub
        self._desktop = desktop
        preferences = hub.state.desktop.preferences
        self._close_label = label("muted", wrap=True)
        self._on_close: QComboBox = combo("onClose")
        for way in OnClose:
            self._on_close.addItem("", way)
        self._on_close.setCurrentIndex(list(OnClose).index(preferences.on_close))
        self._close_label.setBuddy(self._on_close)
        self._minimised = named(QCheckBox(), "startMinimised")
        self._minimised.setChecked(preferences.start_minimised)
        self._login = named(QCheckBox(), "startAtLogin")
        self._login.setVisible(desktop.starts_at_login)
        # Until the system has said what it does.
        self._login.setEnabled(False)
        self._login_was: bool | None = None
        desktop.login_start_read.connect(self._login_read)
        self._notify = named(QCheckBox(), "notifications")
        self._notify.setChecked(preferences.notifications)
        self._keep = named(QPushButton(), "saveSettingsButton")
        self._keep.setProperty("primary", True)
        self._leave = named(QPushButton(), "cancelSettingsButton")
        buttons = QDialogButtonBox()
        buttons.addButton(self._keep, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self._leave, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        for part in (
            self._close_label,
            self._on_close,
            self._login,
            self._minimised,
            self._notify,
            buttons,
        ):
            self.add(part)
        self.setMinimumWidth(460)
        self.choose_by_enter(self._keep)
        self.retranslate()
        desktop.look_up_login_start()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Settings"))
        self._close_label.setText(self.tr("&Closing the window while heartbeats are sent"))
        self._on_close.setAccessibleName(self.tr("Closing the window"))
        ways = (self.tr("Ask"), self.tr("Keep running in the background"), self.tr("Quit"))
        for index, text in enumerate(ways):
            self._on_close.setItemText(index, text)
        self._login.setText(self.tr("Start at &login, in the background"))
        self._minimised.setText(self.tr("Start &minimised"))
        self._notify.setText(self.tr("&Notify on the desktop when something needs a person"))
        self._keep.setText(self.tr("&Save"))
        self._leave.setText(self.tr("Cancel"))

    @Slot(bool)
    def _login_read(self, on: bool) -> None:
        self._login_was = on
        self._login.setChecked(on)
        self._login.setEnabled(True)

    @Slot()
    def _save(self) -> None:
        if self._login_was is not None and self._login.isChecked() != self._login_was:
            self._desktop.start_at_login(self._login.isChecked())
        self._desktop.change(
            replace(
                self._hub.state.desktop.preferences,
                on_close=list(OnClose)[self._on_close.currentIndex()],
                start_minimised=self._minimised.isChecked(),
                notifications=self._notify.isChecked(),
            )
        )
        self.accept()
