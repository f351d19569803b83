"""Builds the adapters, for the window and for the command line: each when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from hbgui.adapters.clock import SystemClock
from hbgui.adapters.files.atomic_write import write_pieces_atomically
from hbgui.adapters.files.paths import Paths
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.secrets.keyring_store import KeyringStore
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.client.pbx_client import PbxClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hbgui.adapters.files.history_db import HistoryDb
    from hbgui.adapters.net.dns import Lookups
    from hbgui.core.api.errors import SecretError
    from hbgui.core.api.outcome import Attempt
    from hbgui.core.client.diagnoser import Diagnoser
    from hbgui.core.ports import LoginStart, Network, Probes, ProfileSharing
    from hbgui.core.reports.arrivals import ReceiverState
    from hbgui.core.reports.receiving import PortHolder


class Adapters:
    """The adapters to files, network, keyring and clock, and the PBX client that uses them.

    Each member is made at its first use, which also imports its modules; that opens no file and no
    connection. Any thread may use them. Two threads that use a member first at the same time may
    get one object each, which does no harm.
    """

    def __init__(self, paths: Paths, redactor: Redactor) -> None:
        self.paths = paths
        self.redactor = redactor
        self.clock = SystemClock()
        self.new_cancel = WireCancel
        self.write_file = write_pieces_atomically
        self.keyring_answered_late: Callable[[SecretError | None], None] = lambda _error: None
        """Called as the `on_late_result` of `KeyringStore`, in its thread."""

    @property
    def lock_folder(self) -> Path:
        """The folder of the lock files, with which programs exclude each other."""
        return self.paths.lock_folder

    @cached_property
    def secrets(self) -> KeyringStore:
        """The keyring of the operating system."""
        return KeyringStore(on_late_result=lambda error: self.keyring_answered_late(error))

    @cached_property
    def settings_file(self) -> ProfileFile:
        """The file with the profiles. Loading it moves a damaged file aside."""
        return ProfileFile(self.paths.settings_file)

    @cached_property
    def sharing(self) -> ProfileSharing:
        """Reads and writes files with profiles for other people."""
        from hbgui.adapters.files.profile_share import ProfileShare

        return ProfileShare(self.redactor.text)

    @cached_property
    def history(self) -> HistoryDb:
        """The store of the requests that were sent."""
        from hbgui.adapters.files.history_db import HistoryDb

        return HistoryDb(self.paths.history_file, self.redactor.text)

    def read_heartbeats(self, pbx_id: str, size: int) -> list[Attempt] | None:
        """Up to `size` heartbeats of a PBX, read without opening the history for writing.

        See `history_db.read_heartbeats`.
        """
        try:
            self.paths.history_file.lstat()
        except FileNotFoundError:
            return None  # spares the time of loading SQLite
        except OSError:
            pass  # read_heartbeats reports the error
        from hbgui.adapters.files.history_db import read_heartbeats

        return read_heartbeats(self.paths.history_file, pbx_id, size)

    @cached_property
    def login_start(self) -> LoginStart | None:
        """Switches the start of hbgui at login; None where the system has no autostart files."""
        from hbgui.adapters.files.paths import user_autostart

        return user_autostart()

    @cached_property
    def lookups(self) -> Lookups:
        """Look-ups of host names, shared by all so that the limit of hanging ones applies once."""
        from hbgui.adapters.net.dns import Lookups

        return Lookups()

    @cached_property
    def network(self) -> Network:
        """This computer's addresses."""
        from hbgui.adapters.net.local import SystemNetwork

        return SystemNetwork(self.lookups)

    @cached_property
    def probes(self) -> Probes:
        """Tests of single steps on the way to a PBX, for the diagnosis."""
        from hbgui.adapters.net.connection import NetworkProbes

        return NetworkProbes(self.lookups)

    @cached_property
    def client(self) -> PbxClient:
        """Sends heartbeats, logs in and out."""
        from hbgui.adapters.files.login_counts import LoginCountFile
        from hbgui.adapters.net.pbx_http import PbxHttp

        redactor = self.redactor
        transport = PbxHttp(redactor, self.lookups)
        counts = LoginCountFile(self.paths.logins_file)
        return PbxClient(transport, self.network, self.clock, counts, redactor.add, redactor.text)

    @cached_property
    def diagnoser(self) -> Diagnoser:
        """Checks each step of the way to a PBX and of its reports back."""
        from hbgui.adapters.threads import DaemonThreads
        from hbgui.core.client.diagnoser import Diagnoser

        return Diagnoser(self.client, self.probes, DaemonThreads())

    def port_holder(self, host: str, port: int) -> PortHolder | None:
        """The program that listens on a port; None when the system does not say. Blocking."""
        from hbgui.adapters.net.local import port_holder

        return port_holder(host, port)

    def why_not_listening(self, receiving: ReceiverState) -> str:
        """The sentence why a receiver does not listen; empty when it listens."""
        from hbgui.texts.reports.receiving import not_listening_message

        return "" if receiving.listens else not_listening_message(receiving).title
