"""The window's own dialogs. None is needed to see the window: each is loaded when it opens."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from hbgui.runtime.diagnostics import Diagnostics
from hbgui.runtime.history import HistoryKeeper
from hbgui.runtime.hub import Hub
from hbgui.runtime.reports.reception import ReceiverManager
from hbgui.runtime.settings import Desktop
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.access import Access
from hbgui.ui.pbx_form import PbxForm
from hbgui.ui.theme import Theme


class WindowDialogs(QObject):
    """Opens them, for the PBX that the form shows. What is typed is handed over first."""

    def __init__(
        self,
        window: QWidget,
        hub: Hub,
        intents: Supervisor,
        reports: ReceiverManager,
        diagnostics: Diagnostics,
        history: HistoryKeeper,
        desktop: Desktop,
        theme: Theme,
        form: PbxForm,
        access: Access,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._intents = intents
        self._reports = reports
        self._diagnostics = diagnostics
        self._history = history
        self._desktop = desktop
        self._theme = theme
        self._form = form
        self._access = access

    @Slot()
    def settings(self) -> None:
        """The program's own settings."""
        from hbgui.ui.settings_dialog import SettingsDialog

        SettingsDialog(self._window, self._hub, self._desktop).open()

    @Slot()
    def test_reports(self) -> None:
        """The test whether reports arrive."""
        from hbgui.ui.proof_dialog import ProofDialog

        self._form.flush_all()
        pbx_id = self._form.shown
        if pbx_id:
            ways = self._hub, self._intents, self._reports, self._theme
            ProofDialog(self._window, *ways, pbx_id, self._access.send).show()

    @Slot()
    def sign_off(self) -> None:
        """What makes a sign-off report."""
        from hbgui.ui.signoff_dialog import SignOffDialog

        self._form.flush_all()
        pbx_id = self._form.shown
        if pbx_id:
            ways = self._hub, self._history, self._desktop, self._diagnostics
            SignOffDialog(self._window, *ways, pbx_id).open()
