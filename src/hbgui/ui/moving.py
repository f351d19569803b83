"""When the question opens whether reports shall be moved: after a click, never out of the blue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from hbgui.core import events
from hbgui.core.pbx.destination import ReportTarget
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor


class Moving(QObject):
    """Follows what a person asked for. `flush` hands over what is being typed."""

    def __init__(
        self, window: QWidget, hub: Hub, intents: Supervisor, flush: Callable[[], None]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._intents = intents
        self._flush = flush
        self._asked: set[str] = set()
        self._agreed: dict[str, ReportTarget] = {}
        hub.happened.connect(self._happened)

    def asked(self, pbx_id: str) -> None:
        """A person asked for a heartbeat of this PBX, and may be asked back."""
        self._asked.add(pbx_id)

    def ask(self, pbx_id: str) -> None:
        """Ask whether the reports shall go where the form says, if that waits for a decision."""
        pbx, profile = self._hub.state.pbxs.get(pbx_id), self._hub.state.profile(pbx_id)
        if pbx is None or profile is None or pbx.moving is None:
            return
        from hbgui.ui.move_dialog import MoveDialog  # not needed to see the window

        target = pbx.moving
        here = any(target.host == local.ip for local in self._hub.state.addresses)
        dialog = MoveDialog(self._window, profile, target, here=here)
        dialog.accepted.connect(lambda: self._move(pbx_id, target, quiet=dialog.quiet.isChecked()))
        dialog.open()

    def _move(self, pbx_id: str, target: ReportTarget, *, quiet: bool) -> None:
        self._flush()
        profile = self._hub.state.profile(pbx_id)
        if profile is None:
            return
        if quiet:
            self._intents.save_profile(replace(profile, ask_before_moving=False))
        self._asked.add(pbx_id)
        if self._hub.state.pbxs[pbx_id].sending:
            self._agreed[pbx_id] = target
        else:
            self._intents.send_now(pbx_id, target)

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.MoveWithheld(pbx_id):
                self._ended(pbx_id, held=True)
            case events.HeartbeatFinished(pbx_id, attempt=attempt):
                self._ended(pbx_id, held=attempt.withheld_target is not None)
            case events.HeartbeatCancelled(pbx_id):
                self._ended(pbx_id, held=False)

    def _ended(self, pbx_id: str, *, held: bool) -> None:
        asked = pbx_id in self._asked
        self._asked.discard(pbx_id)
        agreed = self._agreed.pop(pbx_id, None)
        if agreed is not None:
            self._intents.send_now(pbx_id, agreed)
        elif held and asked:
            self.ask(pbx_id)
