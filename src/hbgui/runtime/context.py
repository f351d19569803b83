"""The context that the services of the window share: state, time, threads, adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hbgui.core.api.errors import SecretError
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.ports import (
    Cancel,
    Clock,
    History,
    LoginStart,
    Network,
    Probes,
    ProfileSharing,
    SecretStore,
    SettingsFile,
)
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import PortHolder
from hbgui.core.values import Secret
from hbgui.runtime.hub import Hub
from hbgui.runtime.pool import Pool
from hbgui.runtime.secrets import TokenVault

if TYPE_CHECKING:
    from hbgui.core.client.diagnoser import Diagnoser

SENDS = 8
"""How many heartbeats are sent at once: a dead host keeps a thread waiting for long."""

DIAGNOSES = 4
"""How many diagnoses run at once."""


class Redactor(Protocol):
    """Hides secrets. Callable from any thread."""

    def add(self, secret: Secret) -> None:
        """Hide this secret from now on."""

    def text(self, text: str) -> str:
        """The text with `***` in the place of each secret."""

    def data(self, data: bytes) -> bytes:
        """The same for bytes."""


class AdaptersPort(Protocol):
    """The adapters that the services use. A member may be loaded when it is first read: those of
    the network are read in workers only, so that loading does not delay the first paint."""

    keyring_answered_late: Callable[[SecretError | None], None]
    """Called in the keyring's thread when it answered after the time-out: with its error, or
    None."""

    @property
    def clock(self) -> Clock: ...
    @property
    def redactor(self) -> Redactor: ...
    @property
    def secrets(self) -> SecretStore: ...
    @property
    def settings_file(self) -> SettingsFile: ...
    @property
    def sharing(self) -> ProfileSharing: ...
    @property
    def history(self) -> History: ...
    @property
    def login_start(self) -> LoginStart | None: ...
    @property
    def lock_folder(self) -> Path: ...
    @property
    def network(self) -> Network: ...
    @property
    def client(self) -> PbxClient: ...
    @property
    def probes(self) -> Probes: ...
    @property
    def diagnoser(self) -> Diagnoser: ...

    def new_cancel(self) -> Cancel:
        """A new object that can cancel one call."""

    def write_file(self, path: Path, pieces: Iterable[bytes]) -> None:
        """Put a file in place, all or nothing. Blocking. Raises OSError."""

    def port_holder(self, host: str, port: int) -> PortHolder | None:
        """The program that has a port; None when that cannot be found out. Blocking."""

    def why_not_listening(self, receiving: ReceiverState) -> str:
        """Why a receiver does not listen, in words; empty when it does."""


class Context:
    """Created in the GUI thread, where the hub lives. Clock, `post`, vault and pools can be used in
    any thread.

    In a demo tokens are kept in memory only, and nothing starts at login. `Services` starts the
    pools that are not started here.
    """

    def __init__(self, adapters: AdaptersPort, *, in_demo: bool = False) -> None:
        self.adapters = adapters
        self.clock = adapters.clock
        self.hub = Hub()
        self.post = self.hub.post
        self.vault = TokenVault(None if in_demo else adapters.secrets, adapters.redactor.add)
        self.login_start = None if in_demo else adapters.login_start
        new_cancel = adapters.new_cancel
        self.sends = Pool("send", SENDS, new_cancel)
        self.diagnoses = Pool("diagnosis", DIAGNOSES, new_cancel)
        self.secrets = Pool("keyring", 1, new_cancel, started=False)
        self.lookups = Pool("job", 2, new_cancel, started=False)
        self.disk = Pool("disk", 1, new_cancel, started=False)
        self.records = Pool("history", 1, new_cancel, started=False)
        # A pool of its own: a slow export must not delay settings, and is cancelled at the end.
        self.exports = Pool("export", 1, new_cancel)
