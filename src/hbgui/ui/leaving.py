"""Before hbgui ends while reports come to this computer: where they went before, restored first."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from hbgui.core import events
from hbgui.core.api.outcome import Attempt
from hbgui.core.pbx.profile import Profile
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.outcomes import attempt_message
from hbgui.ui.dialog import Dialog
from hbgui.ui.panel import label, named
from hbgui.ui.theme import set_tone

_ROLE = QDialogButtonBox.ButtonRole


class LeavingDialog(Dialog):
    """Offers to restore, and does it; `leave` is called when hbgui may end."""

    def __init__(
        self,
        parent: QWidget,
        hub: Hub,
        intents: Supervisor,
        profiles: list[Profile],
        leave: Callable[[], None],
    ) -> None:
        super().__init__(parent, "leavingDialog")
        self._hub = hub
        self._intents = intents
        self._profiles = profiles
        self._leave = leave
        self._waiting: set[str] = set()
        self._handed_in: set[str] = set()
        self._failed: list[tuple[str, Attempt]] = []
        self._title = label("title", "leavingTitle", wrap=True)
        self._list = label("", "leavingList", wrap=True)
        self._why = label("muted", "leavingReason", wrap=True)
        self._told = label("", "leavingResult", wrap=True)
        self._told.hide()
        self._restore = named(QPushButton(), "restoreAndQuitButton")
        self._restore.setProperty("primary", True)
        self._quit = named(QPushButton(), "quitAnywayButton")
        self._stay = named(QPushButton(), "stayButton")
        buttons = QDialogButtonBox()
        buttons.addButton(self._restore, _ROLE.AcceptRole)
        buttons.addButton(self._quit, _ROLE.DestructiveRole)
        buttons.addButton(self._stay, _ROLE.RejectRole)
        self._restore.clicked.connect(self._start)
        self._quit.clicked.connect(self._go)
        buttons.rejected.connect(self.reject)
        for part in (self._title, self._list, self._why, self._told, buttons):
            self.add(part)
        self.setMinimumWidth(500)
        self.choose_by_enter(self._restore)
        hub.happened.connect(self._happened)
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(self.tr("Quit hbgui"))
        names = ", ".join(profile.label for profile in self._profiles)
        title = self.tr("Reports of {names} go to this computer")
        self._title.setText(title.replace("{names}", names))
        lines = []
        for profile in self._profiles:
            # On lines of their own: an address that is broken is hard to read.
            lines.append(profile.label)
            now, earlier = self.tr("now: {target}"), self.tr("earlier: {target}")
            lines.append("    " + now.replace("{target}", f"http://{profile.reports_go_to}"))
            lines.append("    " + earlier.replace("{target}", f"http://{profile.earlier}"))
        self._list.setText("\n".join(lines))
        self._why.setText(
            self.tr("When hbgui has ended, nobody here takes them. Restore the earlier target?")
        )
        self._restore.setText(self.tr("&Restore and quit"))
        self._quit.setText(self.tr("&Quit without restoring"))
        self._stay.setText(self.tr("Cancel"))
        self._show_told()

    @Slot()
    def _start(self) -> None:
        self._restore.setEnabled(False)
        self._failed = []
        self._waiting = {profile.id for profile in self._profiles}
        self._show_told()
        for profile in self._profiles:
            # The schedule would be in the way, and ends anyhow.
            self._intents.keep_alive(profile.id, False)
            self._intents.cancel(profile.id)
            self._send(profile.id)

    def _send(self, pbx_id: str) -> None:
        """Restore now, or when what is on its way has ended: `_happened` comes back here."""
        if self._intents.restore_target(pbx_id):
            self._handed_in.add(pbx_id)

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.HeartbeatCancelled(pbx_id) | events.MoveWithheld(pbx_id):
                if pbx_id in self._waiting:
                    self._send(pbx_id)
            case events.HeartbeatFinished(pbx_id, attempt=attempt) if pbx_id in self._waiting:
                self._finished(pbx_id, attempt)

    def _finished(self, pbx_id: str, attempt: Attempt) -> None:
        profile = next(p for p in self._profiles if p.id == pbx_id)
        if not self._restored(profile, attempt):
            self._send(pbx_id)
            return
        self._waiting.discard(pbx_id)
        self._handed_in.discard(pbx_id)
        if attempt.outcome.accepted:
            self._profiles = [p for p in self._profiles if p.id != pbx_id]
        else:
            self._failed.append((profile.label, attempt))
        if self._waiting:
            return
        if not self._failed:
            self._go()
            return
        self._restore.setEnabled(True)
        self.retranslate()

    def _restored(self, profile: Profile, attempt: Attempt) -> bool:
        """Whether this is the end of the restore, good or bad: any other heartbeat of this PBX
        has moved nothing to where the reports went before."""
        if attempt.announced is None:
            return not attempt.outcome.accepted and profile.id in self._handed_in
        return attempt.announced.same_place(profile.earlier)

    def _show_told(self) -> None:
        text = self.tr("Restoring…") if self._waiting else ""
        for name, attempt in self._failed:
            message = attempt_message(attempt)
            text += f"{name}: {message.text}\n"
        self._told.setText(text.strip())
        self._told.setVisible(bool(text))
        set_tone(self._told, "tone", "bad" if self._failed else "muted")
        self.fit()

    @Slot()
    def _go(self) -> None:
        self.accept()
        self._leave()

    def done(self, result: int) -> None:
        self._hub.happened.disconnect(self._happened)
        super().done(result)


class Leaving(QObject):
    """Finds out whether there is something to restore before hbgui ends."""

    def __init__(self, window: QWidget, hub: Hub, intents: Supervisor) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._intents = intents

    def asks(self, leave: Callable[[], None]) -> bool:
        """Whether a question was opened; `leave` is called when its answer lets hbgui end.

        Only a PBX that has accepted its token in this run, and still does, can be told anything.
        """
        now = self._intents.now()
        pointing = [
            profile
            for profile in self._hub.state.profiles
            if profile.can_restore_target and self._hub.state.pbxs[profile.id].token_left_s(now)
        ]
        if pointing:
            LeavingDialog(self._window, self._hub, self._intents, pointing, leave).open()
        return bool(pointing)
