"""What one click can do about a failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.pbx.address import WEB_PORTS, AddressError, PbxAddress, host_of, parse_pbx
from hbgui.core.pbx.connection import TlsLevel
from hbgui.core.pbx.profile import Profile
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.translation import filled
from hbgui.ui.pressing import ask_once_more
from hbgui.ui.trusting import CHANGED

Remedy = tuple[Callable[[], str], Callable[[], None]]
"""The text of a button, and what it does."""

_NEEDS_TOKEN = frozenset(
    {"token_not_stored", "token_shared", "login_refused_before", "login_count_unknown"}
)


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
        intents: Supervisor,
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
        if attempt.withheld_target is not None:
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
                lambda: self._lower(pbx_id, attempt.address, level),
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
        if to is None or to.url == attempt.address or self._takes_others_too(pbx_id, to.host):
            return None
        url = to.url
        return (
            lambda: self.tr("Use {address}").replace("{address}", url),
            lambda: self._move(pbx_id, attempt.address, to),
        )

    def _takes_others_too(self, pbx_id: str, host: str) -> bool:
        """Whether another PBX is sent to that host as well, and neither lives there: it is the
        log-in page of a network, and no PBX's new address."""
        state = self._hub.state
        return all(host_of(p.pbx) != host for p in state.profiles) and any(
            _sent_to(pbx.last_contact_attempt) == host
            for pbx in state.pbxs.values()
            if pbx.id != pbx_id
        )

    def _lower(self, pbx_id: str, address: str, level: TlsLevel) -> None:
        text = self.tr(
            "Use the TLS level “{level}” for {address} from now on?\n\nThe encryption gets weaker. "
            "Somebody between hbgui and the PBX could have made the better one fail."
        )
        self._ask(
            "levelDialog",
            filled(text, {"level": level.value, "address": address}),
            lambda: self._change(pbx_id, lambda p: replace(p, tls_level=level)),
        )

    def _move(self, pbx_id: str, before: str, to: PbxAddress) -> None:
        text = self.tr(
            "{before} sends us on to another address: {after}.\n\nUse that one for this PBX from "
            "now on? The token is not sent to another host until you say that it belongs there."
        )
        self._ask(
            "redirectDialog",
            filled(text, {"before": before, "after": to.url}),
            lambda: self._change(pbx_id, lambda p: replace(p, pbx=to.url)),
        )

    def _ask(self, name: str, text: str, do: Callable[[], None]) -> None:
        # A login may be open: the question stands before that.
        ask_once_more(QApplication.activeModalWidget() or self._window, name, text, do)

    def _change(self, pbx_id: str, change: Callable[[Profile], Profile]) -> None:
        self._flush()
        profile = self._hub.state.profile(pbx_id)
        if profile is not None:
            self._intents.save_profile(change(profile))


def _sent_to(attempt: Attempt | None) -> str:
    """The host that a PBX was redirected to, empty when it was not."""
    location = attempt.outcome.location if attempt else ""
    return host_of(location) if "://" in location else ""
