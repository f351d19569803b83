"""When which certificate dialog opens: after a click, never out of the blue."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from hbgui.core import events
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.pbx.connection import Certificate, Pin, TlsMode
from hbgui.core.pbx.profile import Profile
from hbgui.runtime.access import Accounts
from hbgui.runtime.hub import Hub

CHANGED = "certificate_changed"


class Trusting(QObject):
    """Follows what a person asked for. A first contact asks at once when it comes of a click; a
    changed certificate only by its own button. `again` repeats what was asked for."""

    def __init__(
        self,
        window: QWidget,
        hub: Hub,
        accounts: Accounts,
        chosen: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._accounts = accounts
        self._chosen = chosen
        self._asked: dict[str, Callable[[], None]] = {}
        self._looking: set[str] = set()
        hub.happened.connect(self._happened)

    def asked(self, pbx_id: str, again: Callable[[], None]) -> None:
        """A person asked for something of this PBX, and could do so `again`."""
        self._asked[pbx_id] = again

    def look(self, pbx_id: str) -> None:
        """Fetch the certificate, and open the dialog that fits."""
        self._looking.add(pbx_id)
        self._accounts.fetch_certificate(pbx_id)

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.HeartbeatFinished() | events.LoginFinished() | events.LoggedOut():
                self._finished(event.pbx_id, event.attempt)
            case events.CertificateSeen(pbx_id, seen) if pbx_id in self._looking:
                self._looking.discard(pbx_id)
                profile = self._hub.state.profile(pbx_id)
                if seen is not None and profile is not None:
                    self._show(profile, seen)

    def _finished(self, pbx_id: str, attempt: Attempt) -> None:
        first = attempt.outcome.kind is OutcomeKind.UNTRUSTED and attempt.outcome.code != CHANGED
        if not first:
            self._asked.pop(pbx_id, None)
        elif pbx_id in self._asked and pbx_id == self._chosen() and not self._looking:
            self.look(pbx_id)

    def _show(self, profile: Profile, seen: Certificate) -> None:
        again = self._asked.pop(profile.id, None)
        trusting = self._hub.state.pbxs[profile.id].trusting(profile)
        # Only one of this very address counts.
        pin = trusting.pin if trusting.link.pin else None
        if pin is not None and pin.sha256 != seen.sha256:
            self._ask_harder(profile, pin, seen)
        elif pin is not None and trusting.tls is TlsMode.PINNED and again is not None:
            again()
        else:
            lasting = profile.tls is TlsMode.PINNED and pin == profile.pin
            self._ask(profile, seen, again or (lambda: None), pin if lasting else None)

    def _ask(
        self, profile: Profile, seen: Certificate, again: Callable[[], None], known: Pin | None
    ) -> None:
        """The first contact, or with `known` a second look at what is trusted."""
        # Not needed to see the window.
        from hbgui.ui.certificate_dialogs import TrustDialog

        first = TrustDialog(self._parent(), profile.label, seen, self._alike(profile, seen), known)
        first.trust.clicked.connect(lambda: self._trust(first, profile, seen, again, lasting=True))
        first.once.clicked.connect(lambda: self._trust(first, profile, seen, again, lasting=False))
        first.open()

    def _ask_harder(self, profile: Profile, pin: Pin, seen: Certificate) -> None:
        from hbgui.ui.certificate_dialogs import ChangedDialog

        # What was trusted until hbgui is closed is replaced for as long.
        lasting = pin == profile.pin
        changed = ChangedDialog(self._parent(), profile.label, pin, seen)
        changed.replace.clicked.connect(
            lambda: self._trust(changed, profile, seen, lambda: None, lasting=lasting)
        )
        changed.open()

    def _parent(self) -> QWidget:
        """A login may be open: the question stands before that."""
        return QApplication.activeModalWidget() or self._window

    def _trust(
        self,
        dialog: QDialog,
        profile: Profile,
        seen: Certificate,
        again: Callable[[], None],
        *,
        lasting: bool,
    ) -> None:
        dialog.accept()
        self._accounts.trust_certificate(profile.id, seen.sha256, lasting=lasting)
        again()

    def _alike(self, profile: Profile, seen: Certificate) -> tuple[str, ...]:
        """Other boxes with the very same certificate."""
        return tuple(
            other.label
            for other in self._hub.state.profiles
            if other.pin is not None
            and other.pin.sha256 == seen.sha256
            and other.pin.authority != profile.authority
        )
