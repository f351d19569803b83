"""Access to a PBX by clicks: sending, tokens and certificates, with the dialogs they need."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from hbgui.runtime.access import Accounts
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.moving import Moving
from hbgui.ui.panel import named
from hbgui.ui.pbx_form import PbxForm
from hbgui.ui.remedies import Remedies
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.trusting import Trusting


class Access(QObject):
    """Between what a person clicks and the intents: a changed certificate comes first."""

    def __init__(
        self,
        window: QWidget,
        hub: Hub,
        intents: Supervisor,
        accounts: Accounts,
        form: PbxForm,
        clipboard: SecretClipboard,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._intents = intents
        self._accounts = accounts
        self._form = form
        self._clipboard = clipboard
        self._trusting = Trusting(window, hub, accounts, lambda: form.shown)
        self._moving = Moving(window, hub, intents, form.flush_all)
        self.remedies = Remedies(
            window,
            hub,
            intents,
            self._trusting.look,
            self.get_token,
            self._moving.ask,
            form.flush_all,
        )
        form.token_actions.get_wanted.connect(self.get_token_of_shown)
        form.token_actions.log_out_wanted.connect(self.log_out)
        form.certificate_wanted.connect(self.look)

    def send(self, pbx_id: str) -> None:
        """Send a heartbeat."""
        self._ask(pbx_id, lambda: self._intents.send_now(pbx_id))

    def keep(self, pbx_id: str, on: bool) -> None:
        """Start or stop the schedule."""
        if on:
            self._ask(pbx_id, lambda: self._intents.keep_alive(pbx_id, True))
        else:
            self._intents.keep_alive(pbx_id, False)

    def _ask(self, pbx_id: str, do: Callable[[], None]) -> None:
        if self._hub.state.pbxs[pbx_id].certificate_changed:
            # Until that is decided nothing is sent: the click opens the question.
            self._look_again(pbx_id, do)
            return
        self._trusting.asked(pbx_id, do)
        self._moving.asked(pbx_id)
        do()

    @Slot()
    def look(self) -> None:
        """Show the certificate of the PBX that is shown."""
        self._form.flush_all()
        if self._form.shown:
            self._trusting.look(self._form.shown)

    @Slot()
    def get_token_of_shown(self) -> None:
        """Open the login for the PBX that is shown."""
        if self._form.shown:
            self.get_token(self._form.shown)

    def get_token(self, pbx_id: str) -> None:
        """Open the login."""
        from hbgui.ui.login_dialog import LoginDialog  # not needed to see the window

        self._form.flush_all()
        target = self._form.target if pbx_id == self._form.shown else None
        dialog = LoginDialog(
            self._window,
            self._hub,
            self._intents,
            self._accounts,
            self._clipboard,
            pbx_id,
            target,
            self.remedies.find,
        )
        # With an untrusted certificate the question comes first, then the login again.
        dialog.started.connect(lambda: self._trusting.asked(pbx_id, dialog.start))
        # The heartbeat that follows may want to move reports.
        dialog.started.connect(lambda: self._moving.asked(pbx_id))
        dialog.certificate_wanted.connect(lambda: self._look_again(pbx_id, dialog.start))
        dialog.open()

    def targets(self, pbx_id: str) -> None:
        """Show where reports go, where they went, and what was announced."""
        from hbgui.ui.targets_dialog import TargetsDialog  # not needed to see the window

        profile = self._hub.state.profile(pbx_id)
        if profile is not None:
            TargetsDialog(self._window, self._hub, self._intents, profile).open()

    def _look_again(self, pbx_id: str, again: Callable[[], None]) -> None:
        self._trusting.asked(pbx_id, again)
        self._trusting.look(pbx_id)

    @Slot()
    def log_out(self) -> None:
        """Ask, then end the token of the PBX that is shown."""
        profile = self._hub.state.profile(self._form.shown)
        if profile is None:
            return
        pbx_id = profile.id
        box = named(QMessageBox(self._window), "logOutDialog")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setIcon(QMessageBox.Icon.Question)
        box.setText(self.tr("Log out of {name}?").replace("{name}", profile.label))
        box.setInformativeText(
            self.tr(
                "The PBX ends this token, and with it its event reports. A program that uses the "
                "same token stops working. Keep alive is switched off."
            )
        )
        yes = box.addButton(self.tr("&Log out"), QMessageBox.ButtonRole.AcceptRole)
        yes.setObjectName("confirmLogOutButton")
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        yes.clicked.connect(lambda: self._accounts.log_out(pbx_id))
        box.open()
