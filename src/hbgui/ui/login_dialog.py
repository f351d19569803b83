"""*Get token…*: user name and password of the API, and what the PBX says to them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from hbgui.core import events
from hbgui.core.api import errnos
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.validation import check_password, check_user
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Secret
from hbgui.runtime.access import Accounts
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.access import login_attempts_sentence
from hbgui.texts.outcomes import attempt_message
from hbgui.ui.dialog import Dialog
from hbgui.ui.field import Field
from hbgui.ui.form_layout import form_layout
from hbgui.ui.panel import button, label, named
from hbgui.ui.pressing import Pressed
from hbgui.ui.remedies import Remedy
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.secret_edit import SecretEdit
from hbgui.ui.theme import set_tone


class LoginDialog(Dialog):
    """Stays open until a login has succeeded, or somebody gives up.

    `target` is where reports are to go: who logs in below that line agrees to it. The password
    leaves the field with the dialog. `remedy` finds what one click can do about a failure.
    """

    started = Signal()
    """A login is on its way; `start` would begin another one."""

    certificate_wanted = Signal()

    def __init__(
        self,
        parent: QWidget,
        hub: Hub,
        intents: Supervisor,
        accounts: Accounts,
        clipboard: SecretClipboard,
        pbx_id: str,
        target: ReportTarget | None,
        remedy: Callable[[str, Attempt], Remedy | None],
    ) -> None:
        super().__init__(parent, "loginDialog")
        self._hub = hub
        self._intents = intents
        self._accounts = accounts
        self._pbx_id = pbx_id
        self._target = target
        self._find_remedy = remedy
        self._failure: events.LoginFinished | None = None
        self._asked = False
        self._refused = False
        self._unblocked = False
        self._build(clipboard)
        profile = hub.state.profile(pbx_id)
        self._user.setText(profile.user if profile else "")
        self._renew_box.setChecked(bool(profile and profile.renew))
        self._keep_box.setChecked(self._kept)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._refresh)
        self._tick.start()
        hub.happened.connect(self._happened)
        self.retranslate()
        accounts.look_up_account(pbx_id)
        (self._password.edit if self._user.text() else self._user).setFocus()

    @property
    def _pbx(self) -> PbxState:
        return self._hub.state.pbxs.get(self._pbx_id) or PbxState("", 0)

    @property
    def _kept(self) -> bool:
        """Whether there is a password to log in with that was given for this very host."""
        profile = self._hub.state.profile(self._pbx_id)
        foreign = profile is not None and profile.token_is_foreign
        return self._pbx.password_kept and not foreign

    def _build(self, clipboard: SecretClipboard) -> None:
        self._intro = label("muted", "loginIntro", wrap=True)
        form = form_layout()
        self._user = named(QLineEdit(), "apiUser")
        self._user_field = Field(form, self._user)
        self._password = SecretEdit("apiPassword", "showPasswordButton", clipboard)
        self._password_field = Field(form, self._password.edit, self._password)
        self._keep_box = named(QCheckBox(), "keepPassword")
        self._renew_box = named(QCheckBox(), "renewByItself")
        self._keep_box.toggled.connect(self._refresh)
        self._target_label = label("", "loginTarget", wrap=True)
        self._attempts = label("", "loginAttempts", wrap=True)
        self._result = label("", "loginResult", wrap=True)
        self._log_in = button("logInButton")
        self._log_in.setProperty("primary", True)
        self._log_in.clicked.connect(self.start)
        self._forget = button("forgetPasswordButton")
        self._forget.clicked.connect(lambda: self._accounts.forget_password(self._pbx_id))
        self._show_certificate = button("loginCertificateButton")
        self._show_certificate.clicked.connect(self.certificate_wanted)
        self._take = button("loginRemedyButton")
        self._take_pressed = Pressed(self._take, self._remedy)
        self._take.clicked.connect(self._take_remedy)
        self._free = button("unblockedButton")
        self._free.clicked.connect(self._unblock)
        self._cancel = QPushButton()
        buttons = QDialogButtonBox()
        buttons.addButton(self._log_in, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self._cancel, QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        for edit in (self._user, self._password.edit):
            edit.textChanged.connect(self._typed)
        boxes = QVBoxLayout()
        boxes.setSpacing(4)
        boxes.addWidget(self._keep_box)
        boxes.addWidget(self._renew_box)
        form.addRow("", boxes)
        freeing = QHBoxLayout()
        freeing.addWidget(self._show_certificate)
        freeing.addWidget(self._take)
        freeing.addWidget(self._free)
        freeing.addWidget(self._forget)
        freeing.addStretch()
        for widget in (self._intro, form, self._target_label, self._attempts, self._result):
            self.add(widget)
        self.add(freeing)
        self.add(buttons)
        self.setMinimumWidth(480)
        self.choose_by_enter(self._log_in)

    def retranslate(self) -> None:
        profile = self._hub.state.profile(self._pbx_id)
        name = profile.label if profile else ""
        self.setWindowTitle(self.tr("Get a token: {name}").replace("{name}", name))
        self._intro.setText(
            self.tr(
                "User name and password of the API: on the PBX, Settings > PBX > General > API. "
                "Not those of its web page."
            )
        )
        self._user_field.name(self.tr("&User name"), self.tr("API user name"))
        self._password_field.name(self.tr("&Password"), self.tr("API password"))
        self._password.speak(self.tr("Show password"), self.tr("Hide password"))
        self._keep_box.setText(self.tr("&Keep the password in the system keyring"))
        self._renew_box.setText(self.tr("Renew the token by itse&lf when it is lost"))
        self._show_certificate.setText(self.tr("Show &certificate…"))
        self._forget.setText(self.tr("&Forget the password"))
        self._free.setText(self.tr("The &block was ended on the PBX"))
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        pbx, now = self._pbx, self._intents.now()
        count = pbx.logins.at(now.utc)
        blocked = count.locked_until is not None and not self._unblocked
        busy = pbx.logging_in
        self._log_in.setText(self.tr("Logging in…") if busy else self.tr("&Log in"))
        # The PBX blocks a computer after a few wrong passwords.
        self._log_in.setEnabled(not busy and not blocked and not self._refused)
        self._cancel.setText(self.tr("Cancel"))
        self._renew_box.setEnabled(self._keep_box.isChecked())
        self._forget.setVisible(pbx.password_kept)
        self._free.setVisible(blocked)
        untrusted = self._failure is not None and (
            self._failure.attempt.outcome.kind is OutcomeKind.UNTRUSTED
        )
        self._show_certificate.setVisible(untrusted and not busy)
        remedy = None if busy else self._remedy()
        self._take.setVisible(remedy is not None)
        self._take.setText(remedy[0]() if remedy else "")
        for field in (self._user, self._password, self._keep_box):
            field.setEnabled(not busy)
        hint = self.tr("In the system keyring; leave it empty to use it.")
        self._password.edit.setPlaceholderText(hint if self._kept else "")
        self._show(self._target_label, "", self._target_words())
        self._show(self._attempts, "warn", login_attempts_sentence(count, now.utc))
        self._show(self._result, "bad", self._result_words())
        self.fit()

    def _target_words(self) -> str:
        profile = self._hub.state.profile(self._pbx_id)
        known = profile.reports_go_to if profile else None
        before = str(known) if known else self.tr("not known here")
        text = self.tr(
            "A login, too, says where the PBX sends its reports. Until now: {before}. "
            "From then on: {target}."
        )
        return text.replace("{before}", before).replace("{target}", str(self._target or "–"))

    def _result_words(self) -> str:
        if self._failure is None or self._pbx.logging_in:
            return ""
        message = attempt_message(self._failure.attempt)
        # What to do about a block stands beside its clock.
        locked = self._failure.attempt.outcome.errno == errnos.LOCKED_OUT
        advice = "" if locked else message.advice
        return " ".join(p for p in (f"{message.title}.", message.why, advice) if p)

    def _show(self, shown: QWidget, tone: str, text: str) -> None:
        if shown.text() != text:  # type: ignore[attr-defined]
            shown.setText(text)  # type: ignore[attr-defined]
        shown.setVisible(bool(text))
        set_tone(shown, "tone", tone)

    def _remedy(self) -> Remedy | None:
        """What one click can change about the PBX, so that the next login gets further."""
        if self._failure is None:
            return None
        outcome = self._failure.attempt.outcome
        changes = outcome.kind is OutcomeKind.REDIRECTED or outcome.level
        return self._find_remedy(self._pbx_id, self._failure.attempt) if changes else None

    @Slot()
    def _take_remedy(self) -> None:
        if remedy := self._take_pressed.take():
            remedy[1]()
            self._failure = None
            self._log_in.setFocus()
            self._refresh()

    @Slot()
    def _typed(self) -> None:
        self._user_field.show_problems(())
        self._password_field.show_problems(())
        self._refused = False
        self._refresh()

    @Slot()
    def _unblock(self) -> None:
        self._unblocked = True
        self._refresh()

    @Slot()
    def start(self) -> None:
        """Log in with what the fields hold, or say what is missing."""
        user, typed = self._user.text().strip(), self._password.edit.text()
        if missing := check_user(user):
            self._user_field.show_problems(missing)
            self._user.setFocus()
            return
        password: Secret | None = None
        if typed or not self._kept:
            password, problems = check_password(typed)
            if password is None:
                self._password_field.show_problems(problems)
                self._password.edit.setFocus()
                return
        self._failure = None
        self._asked = True
        self.started.emit()
        self._accounts.log_in(
            self._pbx_id,
            user,
            password,
            keep=self._keep_box.isChecked(),
            renew=self._renew_box.isChecked(),
            moves_to=self._target,
        )
        self._refresh()

    @Slot(object)
    def _happened(self, event: object) -> None:
        if getattr(event, "pbx_id", "") != self._pbx_id:
            return
        match event:
            case events.LoginFinished(attempt=attempt):
                if attempt.outcome.accepted:
                    self.accept()
                    return
                self._failed(event)
            case events.PasswordPlaced(kept=True):
                self._keep_box.setChecked(self._kept)
            case events.ProfileRemoved():
                self.reject()
        self._refresh()

    def _failed(self, event: events.LoginFinished) -> None:
        self._failure = event
        self._unblocked = False
        if not self._asked:
            return  # hbgui renews a token by itself: nobody shall lose the cursor by that
        self._asked = False
        self._refused = event.attempt.outcome.errno == errnos.WRONG_PASSWORD
        self._refresh()
        # The fields were off while the login was on its way.
        self._password.edit.setFocus()
        self._password.edit.selectAll()

    def done(self, result: int) -> None:
        if self._pbx.logging_in:
            self._accounts.cancel_login(self._pbx_id)
        self._hub.happened.disconnect(self._happened)
        self._password.wipe()
        super().done(result)
