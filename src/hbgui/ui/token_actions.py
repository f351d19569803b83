"""What can be done about a token besides typing it."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from hbgui.core.events import SecretPlace
from hbgui.core.pbx.profile import Profile
from hbgui.core.state.pbx_state import PbxState
from hbgui.runtime.access import Accounts
from hbgui.ui.panel import Panel, button, named


class TokenActions(Panel):
    """Get one, end it, renew it by itself; and the question whether it belongs to a new host."""

    get_wanted = Signal()
    log_out_wanted = Signal()

    def __init__(self, accounts: Accounts) -> None:
        super().__init__()
        self._accounts = accounts
        self._pbx_id = ""
        self._get = button("getTokenButton")
        self._get.clicked.connect(self.get_wanted)
        self._log_out = button("logOutButton")
        self._log_out.clicked.connect(self.log_out_wanted)
        self._renew = named(QCheckBox(), "renewToken")
        self._renew.toggled.connect(self._renewal)
        self._question = QWidget()
        self._belongs = button("tokenBelongsButton")
        self._belongs.clicked.connect(lambda: self._accounts.claim_token(self._pbx_id))
        self._forget = button("tokenForgetButton")
        self._forget.clicked.connect(lambda: self._accounts.disown_token(self._pbx_id))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._question)
        question = QHBoxLayout(self._question)
        row = QHBoxLayout()
        for line, widgets in (
            (question, (self._belongs, self._forget)),
            (row, (self._get, self._log_out)),
        ):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(8)
            for widget in widgets:
                line.addWidget(widget)
            line.addStretch()
        column.addLayout(row)
        column.addWidget(self._renew)
        self.retranslate()

    def show_pbx(self, pbx: PbxState | None, profile: Profile) -> None:
        """Show what can be done for this PBX now."""
        self._pbx_id = profile.id
        place = pbx.secret if pbx else SecretPlace.UNKNOWN
        has_token = place in (SecretPlace.KEYRING, SecretPlace.SESSION)
        kept = bool(pbx and pbx.password_kept)
        self._log_out.setEnabled(has_token and not profile.token_is_foreign)
        self._question.setVisible(has_token and profile.token_is_foreign)
        self._renew.setVisible(kept or profile.renew)
        if self._renew.isChecked() != profile.renew:
            with QSignalBlocker(self._renew):
                self._renew.setChecked(profile.renew)

    def retranslate(self) -> None:
        self._get.setText(self.tr("Get token…"))
        self._log_out.setText(self.tr("Log out…"))
        self._renew.setText(self.tr("Renew by itself when it is lost"))
        self._belongs.setText(self.tr("Yes, it belongs here"))
        self._forget.setText(self.tr("No, forget it"))

    @Slot(bool)
    def _renewal(self, on: bool) -> None:
        self._accounts.set_renewal(self._pbx_id, on)
