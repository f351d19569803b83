"""Which events deserve a message, and in what words: PBX name first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QCoreApplication, QObject, Slot

from hbgui.core import events
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.events import SecretPlace
from hbgui.core.pbx.destination import ReportTarget
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.access import report_transport_sentence, tcp_transport_sentence
from hbgui.texts.notes import note_message
from hbgui.texts.outcomes import (
    Message,
    attempt_message,
    reports_stay_message,
    reports_unmoved_message,
    secret_message,
)
from hbgui.ui.message_bar import MessageBar
from hbgui.ui.remedies import Remedy

UNDO_MS = 10_000
_GRAVE = frozenset({"kept_elsewhere", "profiles_damaged", "profiles_unreadable"})
_GOOD = frozenset(
    {"exported", "imported", "history_exported", "reports_exported", "signoff_written"}
)


class Messages(QObject):
    """Listens to the hub and fills the two bars: one for events, one for what lasts."""

    def __init__(
        self,
        hub: Hub,
        intents: Supervisor,
        bar: MessageBar,
        lasting: MessageBar,
        shown: Callable[[], str],
        remedy: Callable[[str, Attempt], Remedy | None],
    ) -> None:
        super().__init__()
        self._hub = hub
        self._intents = intents
        self._bar = bar
        self._lasting = lasting
        self._shown = shown
        self._remedy = remedy
        self._about = ""
        self._about_secret = ""
        self._undoing = False
        self._told_held: dict[str, ReportTarget | None] = {}
        self._redirect: Callable[[], None] | None = None
        self._waiting: tuple[str, str, Callable[[], Message], Attempt | None] | None = None
        bar.closed.connect(self._closed)
        hub.happened.connect(self._happened)
        hub.saving_changed.connect(self._saving)

    def removed(self, name: str, undone: Callable[[str], None]) -> None:
        """Offer to undo a deletion for a while."""

        def undo() -> None:
            self._undoing = False
            undone(self._intents.undo_remove())

        # The offer for the PBX before ends here; `remove_pbx` has done away with that already.
        self._undoing = False
        waiting, self._waiting = self._waiting, None
        self._bar.show_message(
            "warn",
            lambda: _first(name, note_message("deleted")),
            action=(lambda: QCoreApplication.translate("Messages", "Undo"), undo),
            life_ms=UNDO_MS,
        )
        self._undoing = True
        self._waiting = waiting

    def tell(
        self, code: str, tone: str, pbx_id: str = "", values: dict[str, str] | None = None
    ) -> None:
        """Say one of the notes."""
        self._show(tone, pbx_id, lambda: note_message(code, values or {}))

    @Slot()
    def _closed(self) -> None:
        self._redirect = None
        if self._undoing:
            self._undoing = False
            self._intents.finish_remove()
        self._show_waiting()

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.HeartbeatFinished():
                self._heartbeat(event)
            case events.SecretPlaced(code=code) if code:
                self._secret(event)
            case events.SecretPlaced(pbx_id, SecretPlace.KEYRING):
                if self._about_secret == pbx_id and not self._undoing:
                    self._bar.dismiss()
            case events.PasswordPlaced(pbx_id, code=code, detail=detail) if code:
                self._show("warn", pbx_id, lambda: secret_message(code, detail))
            case events.LoginFinished():
                self._login(event)
            case events.LoggedOut(pbx_id, attempt):
                ended = attempt.outcome.accepted
                self._show(
                    "ok" if ended else "bad", pbx_id, lambda: attempt_message(attempt), attempt
                )
                self._about = ""
            case events.CertificateSeen(pbx_id, None, Attempt() as attempt):
                self._show("bad", pbx_id, lambda: attempt_message(attempt), attempt)
            case events.MessageShown(code, pbx_id, values):
                tone = "bad" if code in _GRAVE else "ok" if code in _GOOD else "warn"
                self._show(tone, pbx_id, lambda: note_message(code, values))

    def _heartbeat(self, event: events.HeartbeatFinished) -> None:
        pbx = self._hub.state.pbxs[event.pbx_id]
        attempt = event.attempt
        if attempt.outcome.accepted:
            if self._waiting is not None and self._waiting[1] == event.pbx_id:
                self._waiting = None
            if self._about == event.pbx_id and not self._undoing:
                self._bar.dismiss()
            self._held(event.pbx_id, attempt)
        elif event.pbx_id == self._shown() or not attempt.outcome.may_pass or pbx.failures == 2:
            # Without a token the PBX was not asked: nothing is wrong with it.
            mild = attempt.outcome.may_pass or attempt.outcome.kind is OutcomeKind.NO_SECRET
            tone = "warn" if mild else "bad"
            self._show(tone, event.pbx_id, lambda: attempt_message(attempt), attempt)
        elif attempt.outcome.kind is OutcomeKind.REDIRECTED and self._redirect is not None:
            # Two PBXs are sent to one host, perhaps: what is offered may not hold any more.
            self._redirect()

    def _held(self, pbx_id: str, attempt: Attempt) -> None:
        """Once for each target that waits for a decision; the state strip goes on to tell it. That
        the wanted one is not known is told as long as it is so."""
        if attempt.fallback_reason:
            self._show("warn", pbx_id, lambda: reports_unmoved_message(attempt), attempt)
        if attempt.withheld_target != self._told_held.get(pbx_id):
            self._told_held[pbx_id] = attempt.withheld_target
            if attempt.withheld_target is not None:
                self._show("warn", pbx_id, lambda: reports_stay_message(attempt), attempt)

    def _login(self, event: events.LoginFinished) -> None:
        """A refusal is told in the dialog; here what came of a success."""
        attempt = event.attempt
        if not attempt.outcome.accepted:
            return

        def told() -> Message:
            message = attempt_message(attempt)
            return replace(message, advice=report_transport_sentence(event.transport))

        self._show("warn" if tcp_transport_sentence(event.transport) else "ok", event.pbx_id, told)
        # The heartbeat that follows must not take it away.
        self._about = ""

    def _secret(self, event: events.SecretPlaced) -> None:
        if event.pbx_id == self._shown():
            told = partial(secret_message, event.code, event.detail)
            self._show("warn", event.pbx_id, told)
            self._about_secret = event.pbx_id

    def _show(
        self,
        tone: str,
        pbx_id: str,
        message: Callable[[], Message],
        attempt: Attempt | None = None,
    ) -> None:
        if self._undoing:
            # Undo would be gone with the message that offers it.
            self._waiting = (tone, pbx_id, message, attempt)
            return
        action = self._remedy(pbx_id, attempt) if attempt is not None else None
        redirected = attempt is not None and attempt.outcome.kind is OutcomeKind.REDIRECTED
        again = partial(self._show, tone, pbx_id, message, attempt)
        self._redirect = again if redirected else None
        profile = self._hub.state.profile(pbx_id)
        name = profile.label if profile else ""
        self._bar.show_message(tone, lambda: _first(name, message()), action=action)
        self._about = pbx_id
        self._about_secret = ""

    def _show_waiting(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and (not waiting[1] or self._hub.state.profile(waiting[1])):
            self._show(*waiting)

    @Slot()
    def _saving(self) -> None:
        problem = self._hub.state.not_saved
        if problem is None:
            self._lasting.dismiss()
        else:
            values = {"detail": problem.detail, "path": problem.path}
            self._lasting.show_message("bad", lambda: note_message(problem.code, values))


def _first(name: str, message: Message) -> Message:
    """The message with the PBX's name before it."""
    return replace(message, title=f"{name}: {message.title}") if name else message
