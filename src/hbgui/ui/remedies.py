"""What one click can do about a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from hbgui.core.address import WEB_PORTS, AddressError, PbxAddress, host_of, parse_pbx
from hbgui.core.events import Attempt
from hbgui.core.link import TlsLevel
from hbgui.core.outcome import OutcomeKind
from hbgui.core.profile import Profile
from hbgui.runtime.hub import Hub
from hbgui.runtime.intents import Intents
from hbgui.ui.panel import named
from hbgui.ui.trusting import CHANGED

Remedy = tuple[Callable[[], str], Callable[[], None]]
"""The text of a button, and what it does."""

_NEEDS_TOKEN = frozenset({"token_not_stored", "token_shared", "login_refused_before"})


class Remedies(QObject):
    """Finds the remedy. `look` opens the certificate, `get_token` the login, `move` the
    question where reports shall go; `flush` hands over
    what is being typed, so that no remedy writes over it."""

    diagnose_wanted = Signal(str)
    """Somebody wants to know why this PBX is not reached."""

    def __init__(
        self,
        window: QWidget,
        hub: Hub,
        intents: Intents,
        look: Callable[[str], None],
        get_token: Callable[[str], None],
        move: Callable[[str], None],
        flush: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._intents = intents
        self._look = look
        self._get_token = get_token
        self._move_reports = move
        self._flush = flush

    def find(self, pbx_id: str, attempt: Attempt) -> Remedy | None:
        """The remedy for what happened, or the way to find out; None: a person has to do more
        than click."""
        remedy = self.mend(pbx_id, attempt)
        if remedy is None and attempt.outcome.kind is OutcomeKind.UNREACHABLE:
            return (lambda: self.tr("Diagnose"), lambda: self.diagnose_wanted.emit(pbx_id))
        return remedy

    def mend(self, pbx_id: str, attempt: Attempt) -> Remedy | None:
        """The remedy for what happened, known to a diagnosis too."""
        outcome = attempt.outcome
        if attempt.held is not None:
            return (lambda: self.tr("Move reports…"), lambda: self._move_reports(pbx_id))
        if outcome.kind is OutcomeKind.UNTRUSTED:
            changed = outcome.code == CHANGED
            return (
                lambda: self.tr("Compare…") if changed else self.tr("Show certificate…"),
                lambda: self._look(pbx_id),
            )
        if outcome.kind is OutcomeKind.REDIRECTED:
            return self._redirect(pbx_id, attempt)
        if outcome.level:
            level = TlsLevel(outcome.level)
            return (
                lambda: self.tr("Use “{level}”").replace("{level}", level.value),
                lambda: self._change(pbx_id, lambda p: replace(p, tls_level=level)),
            )
        if outcome.token_lost or outcome.code in _NEEDS_TOKEN:
            return (lambda: self.tr("Get token…"), lambda: self._get_token(pbx_id))
        return None

    def _redirect(self, pbx_id: str, attempt: Attempt) -> Remedy | None:
        """Only a whole address can be moved to, and not the one that we come from."""
        location = attempt.outcome.location
        try:
            to = parse_pbx(location, WEB_PORTS) if "://" in location else None
        except AddressError:
            to = None
        if to is None or to.url == attempt.address:
            return None
        url = to.url
        return (
            lambda: self.tr("Use {address}").replace("{address}", url),
            lambda: self._move(pbx_id, attempt.address, to),
        )

    def _move(self, pbx_id: str, before: str, to: PbxAddress) -> None:
        def move() -> None:
            self._change(pbx_id, lambda p: replace(p, pbx=to.url))

        if to.host == host_of(before):
            move()
            return
        # A login may be open: the question stands before that.
        parent = QApplication.activeModalWidget() or self._window
        box = named(QMessageBox(parent), "redirectDialog")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Warning)
        text = self.tr(
            "{before} sends us on to another host: {after}.\n\nUse that one for this PBX from "
            "now on? The token is not sent there until you say that it belongs there."
        )
        box.setText(text.replace("{before}", before).replace("{after}", to.url))
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        box.setDefaultButton(QMessageBox.StandardButton.No)
        box.accepted.connect(move)
        box.open()

    def _change(self, pbx_id: str, change: Callable[[Profile], Profile]) -> None:
        self._flush()
        profile = self._hub.state.profile(pbx_id)
        if profile is not None:
            self._intents.save_profile(change(profile))
