"""The token: typed once, kept in the keyring, never shown unless asked for."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFormLayout, QWidget

from hbgui.core.events import SecretPlace
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import Severity, check_token
from hbgui.core.state.pbx_state import PbxState
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.outcomes import secret_message
from hbgui.ui.field import Field
from hbgui.ui.panel import Panel, named
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.secret_edit import SecretEdit

DEBOUNCE_MS = 500


class TokenField(Panel):
    """Hands a typed token over half a second after the last keystroke if it looks like one of
    these PBXs', else when the field is left.
    """

    taken = Signal()
    """A token was handed over."""

    def __init__(
        self,
        form: QFormLayout,
        intents: Supervisor,
        clipboard: SecretClipboard,
        actions: QWidget,
        parent: QWidget,
    ) -> None:
        # Not seen itself: a child, so that it changes language and goes with its parent.
        super().__init__(parent)
        self.hide()
        self._intents = intents
        self._pbx_id = ""
        self._state: PbxState | None = None
        self._only_session: set[str] = set()
        self._secret = SecretEdit("token", "showTokenButton", clipboard)
        self._secret.copied_changed.connect(self._check)
        self.edit = self._secret.edit
        self.edit.textChanged.connect(self._edited)
        self.edit.editingFinished.connect(self.flush)
        self.edit.installEventFilter(self)
        self._session = named(QCheckBox(), "sessionOnly")
        self._session.toggled.connect(self._session_toggled)
        self._foreign = ""
        self._field = Field(form, self.edit, self._secret, actions, self._session)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self._rested)
        self.retranslate()

    def show_pbx(self, pbx: PbxState | None, profile: Profile) -> None:
        """Show where the token of this PBX is. What was typed for another one is gone."""
        pbx_id = pbx.id if pbx else ""
        self._state = pbx
        self._foreign = profile.token_host if profile.token_is_foreign else ""
        if pbx_id != self._pbx_id:
            self._pbx_id = pbx_id
            self._empty()
            with QSignalBlocker(self._session):
                self._session.setChecked(pbx_id in self._only_session)
        self._check()

    @Slot()
    def flush(self) -> None:
        """Hand over what was typed, if it can be a token at all."""
        self._timer.stop()
        token, _problems = check_token(self.edit.text())
        if token is not None and self._pbx_id:
            self._intents.set_token(self._pbx_id, token, session_only=self._session.isChecked())
            self.taken.emit()

    def retranslate(self) -> None:
        self._field.name(self.tr("To&ken"), self.tr("Token"))
        self._session.setText(self.tr("For this session only"))
        self._secret.speak(self.tr("Show token"), self.tr("Hide token"))
        self._check()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        # Once it is safe elsewhere, the field has no more need of it.
        if watched is self.edit and event.type() == QEvent.Type.FocusOut:
            QTimer.singleShot(0, self, self._left)
        return super().eventFilter(watched, event)

    @Slot()
    def _left(self) -> None:
        kept = self._state is not None and self._state.secret in (
            SecretPlace.KEYRING,
            SecretPlace.SESSION,
        )
        token, _problems = check_token(self.edit.text())
        if kept and token is not None and not self.edit.hasFocus():
            self._empty()

    def _empty(self) -> None:
        with QSignalBlocker(self.edit):
            self._secret.wipe()
        self._timer.stop()

    @Slot()
    def _edited(self) -> None:
        self._check()
        self._timer.start()

    @Slot()
    def _rested(self) -> None:
        token, problems = check_token(self.edit.text())
        if token is not None and not problems:
            self.flush()

    @Slot(bool)
    def _session_toggled(self, on: bool) -> None:
        self._only_session.discard(self._pbx_id)
        if on:
            self._only_session.add(self._pbx_id)
        self.flush()

    @Slot()
    def _check(self) -> None:
        problems = check_token(self.edit.text())[1] if self.edit.text() or self._missed() else ()
        copied = self._secret.copied_note()
        if copied and not any(problem.severity is Severity.ERROR for problem in problems):
            problems = ()
        foreign = not problems and not copied and bool(self._foreign_question())
        without = self._why_not_kept()
        hint = copied or self._foreign_question() or without or self._where()
        warn = foreign or (bool(without) and hint == without)
        self._field.show_problems(problems, hint, warn=warn)
        self.edit.setPlaceholderText(self._placeholder())

    def _missed(self) -> bool:
        """Whether a heartbeat could not be sent because there is no token."""
        fault = self._state.last if self._state else None
        return fault is not None and fault.outcome.code == "token_not_stored"

    def _placeholder(self) -> str:
        place = self._state.secret if self._state else SecretPlace.UNKNOWN
        if place in (SecretPlace.KEYRING, SecretPlace.SESSION):
            return "••••••••••••••••"
        return self.tr("32 digits and letters")

    def _foreign_question(self) -> str:
        place = self._state.secret if self._state else SecretPlace.UNKNOWN
        if not self._foreign or place not in (SecretPlace.KEYRING, SecretPlace.SESSION):
            return ""
        text = self.tr("This token was given for {host}. Does it belong to the new address?")
        return text.replace("{host}", self._foreign)

    def _why_not_kept(self) -> str:
        """What is wrong with the keyring, why, and what that means for the token."""
        if self._state is None or not self._state.secret_code:
            return ""
        message = secret_message(self._state.secret_code, self._state.secret_detail)
        in_memory = self._state.secret is SecretPlace.SESSION
        # Who has entered a token need not be told to.
        last = self.tr("The token is in memory until hbgui is closed.")
        return f"{message.cause} {last if in_memory else message.advice}"

    def _where(self) -> str:
        if self._state is None:
            return ""
        moves = self.tr("A heartbeat will move its reports to the target given here.")
        match self._state.secret:
            case SecretPlace.KEYRING:
                return self.tr("In the system keyring.") + " " + moves
            case SecretPlace.SESSION:
                return self.tr("In memory until hbgui is closed.") + " " + moves
            case SecretPlace.NOWHERE:
                return self.tr("Goes into the system keyring, and nowhere else.")
        return ""
