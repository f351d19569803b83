"""A word on the desktop when something needs a person who may not be looking."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from hbgui.core.state import summary
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.state.summary import Notice
from hbgui.runtime.hub import Hub
from hbgui.runtime.settings import Desktop
from hbgui.texts.states import notice_title_and_text
from hbgui.ui.tray import Tray

LOOK_MS = 15_000


class Notifier(QObject):
    """Compares each state of a PBX with the one before. All of it stands in the window, too."""

    def __init__(self, window: QWidget, hub: Hub, desktop: Desktop, tray: Tray) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._desktop = desktop
        self._tray = tray
        self._before: dict[str, PbxState] = {}
        self._expiring: dict[str, object] = {}
        hub.pbx_changed.connect(self._changed)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOK_MS)

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        after = self._hub.state.pbxs[pbx_id]
        before, self._before[pbx_id] = self._before.get(pbx_id, after), after
        found = summary.of_change(before, after)
        if found is not None:
            self._tell(pbx_id, found, after)

    @Slot()
    def _look(self) -> None:
        """Once for each accepted heartbeat whose token dies."""
        now = self._desktop.now()
        for pbx_id, pbx in self._hub.state.pbxs.items():
            if summary.expires(pbx, now) and self._expiring.get(pbx_id) is not pbx.accepted:
                self._expiring[pbx_id] = pbx.accepted
                self._tell(pbx_id, Notice("expiring"), pbx)

    def _tell(self, pbx_id: str, found: Notice, pbx: PbxState) -> None:
        profile = self._hub.state.profile(pbx_id)
        if profile is None or not self._hub.state.desktop.may_notify(self._desktop.now()):
            return
        self.notify(pbx_id, *notice_title_and_text(found, profile.label, pbx))

    def notify(self, pbx_id: str, title: str, text: str) -> None:
        """Tell it by the desktop, where there is a tray; the task bar shows it everywhere."""
        QApplication.alert(self._window)
        self._tray.notify(pbx_id, title, text)
