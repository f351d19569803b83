"""The form of one PBX: edits are saved by themselves, and nothing that was typed is lost."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, QTimer, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout

from hbgui.core.pbx.address import host_of
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import ValidatedProfile, check
from hbgui.runtime.access import Accounts
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.first_run import FirstRun
from hbgui.ui.panel import named
from hbgui.ui.pbx_card import PbxCard
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.server_card import ServerCard
from hbgui.ui.vertical_scroll import FocusFollower, SteadyScroll

DEBOUNCE_MS = 500
NARROW = 760
"""Pixels below which the two halves stand one above the other."""


class PbxForm(SteadyScroll):
    """Shows the profile of one PBX and hands edits over half a second after the last one."""

    checked_anew = Signal()
    """What the fields hold was looked at anew: `checked` may be another."""

    def __init__(
        self, hub: Hub, intents: Supervisor, accounts: Accounts, clipboard: SecretClipboard
    ) -> None:
        super().__init__()
        self._hub = hub
        self._intents = intents
        self._pbx_id = ""
        self.checked: ValidatedProfile | None = None
        self._accounts = accounts
        self._pbx = PbxCard(intents, accounts, clipboard)
        self.token_actions = self._pbx.token_actions
        self.certificate_wanted = self._pbx.certificate_wanted
        self.host_typed = self._pbx.host_typed
        self._server = ServerCard()
        page = named(QFrame(), "page")
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setSpacing(14)
        self._cards.addWidget(self._pbx, 1)
        self._cards.addWidget(self._server, 1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 12, 0, 12)
        self._first = FirstRun()
        layout.setSpacing(12)
        layout.addWidget(self._first)
        layout.addLayout(self._cards)
        layout.addStretch()
        self.setWidget(page)
        # It scrolls: what is above it must not be squeezed in a small window.
        self.setMinimumHeight(40)
        self._follower = FocusFollower(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self.flush)
        for card in (self._pbx, self._server):
            card.edited.connect(self._edited)
        hub.pbx_changed.connect(self._changed)
        hub.addresses_changed.connect(self._show_state)

    @property
    def profile(self) -> Profile | None:
        """The profile as the fields hold it now; None while none is shown."""
        stored = self._hub.state.profile(self._pbx_id)
        return self._server.read(self._pbx.read(stored)) if stored else None

    @property
    def shown(self) -> str:
        """The id of the PBX that is shown, empty without one."""
        return self._pbx_id

    @property
    def target(self) -> ReportTarget | None:
        """Where reports are to go by the fields; None while they do not say."""
        return self.checked.target if self.checked else None

    def show_pbx(self, pbx_id: str) -> None:
        """Show another PBX; what was typed for the one before is saved first."""
        self.flush_all()
        self._pbx_id = pbx_id
        self._load()
        if pbx_id:
            self._intents.look_up_token(pbx_id)
            self._intents.look_up_route(pbx_id)
            self._accounts.look_up_account(pbx_id)

    def flush_all(self) -> None:
        """Hand over fields and token now: before sending, switching and closing."""
        self.flush()
        if self._hub.state.profile(self._pbx_id) is not None:
            # A deleted PBX gets no token any more.
            self._pbx.token.flush()

    def focus_first(self) -> None:
        """Put the cursor where filling in begins."""
        self._pbx.focus_first()

    def show_host(self, text: str) -> None:
        """Put another text into the field of the address."""
        self._pbx.show_host(text)

    def take(self, profile: Profile) -> None:
        """Put another profile of this PBX in the place of what the fields hold."""
        self._timer.stop()
        self._intents.save_profile(profile)
        self._load()

    @Slot()
    def flush(self) -> None:
        """Hand over what the fields hold."""
        self._timer.stop()
        profile = self.profile
        if profile is not None:
            self._intents.save_profile(profile)

    @Slot()
    def _edited(self) -> None:
        self._timer.start()
        self._show_state()

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        if pbx_id != self._pbx_id:
            return
        if self._timer.isActive():
            self._show_state()
        else:
            self._load()

    def _load(self) -> None:
        profile = self._hub.state.profile(self._pbx_id)
        if profile is not None:
            self._pbx.load(profile)
            self._server.load(profile)
        self._show_state()

    @Slot()
    def _show_state(self) -> None:
        pbx = self._hub.state.pbxs.get(self._pbx_id)
        profile = self.profile
        if profile is None:
            return
        self._first.setVisible(not profile.pbx and len(self._hub.state.profiles) == 1)
        host = host_of(profile.pbx)
        self._server.addresses.show_addresses(pbx, host, self._hub.state.addresses)
        checked = check(profile, self._server.addresses.ip, self._hub.state.addresses)
        self.checked = checked
        self._pbx.show_state(pbx, profile, checked.problems)
        due = pbx.due_s if pbx else None
        due_at = None if due is None else self._intents.now().utc_of(due)
        self._server.show_state(checked.target, profile.reports_go_to, checked.problems, due_at)
        self.checked_anew.emit()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """As narrow as the cards are when they stand one above the other."""
        width = max(card.minimumSizeHint().width() for card in (self._pbx, self._server))
        return QSize(width + self.bar_width, 40)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        self._arrange()
        super().resizeEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        if event.type() == QEvent.Type.LanguageChange:
            # After the cards have got their new texts.
            QTimer.singleShot(0, self, self._speak_anew)
        super().changeEvent(event)

    @Slot()
    def _speak_anew(self) -> None:
        self._show_state()
        self._arrange()

    @Slot()
    def _arrange(self) -> None:
        needed = sum(card.minimumSizeHint().width() for card in (self._pbx, self._server))
        narrow = self.viewport().width() < max(needed + self._cards.spacing(), NARROW)
        direction = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._cards.direction() != direction:
            self._cards.setDirection(direction)
