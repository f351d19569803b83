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
    """All that reaches the outside of the program, and the client of the PBX that uses it.

    Each member is made, and what it needs is loaded, when it is first asked for; nothing is opened
    or connected by that. Any thread: two that ask first at the same moment may get one each, which
    does no harm.
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
        """Where the locks between programs are."""
        return self.paths.lock_folder

    @cached_property
    def secrets(self) -> KeyringStore:
        """The keyring of the operating system."""
        return KeyringStore(on_late_result=lambda error: self.keyring_answered_late(error))

    @cached_property
    def settings_file(self) -> ProfileFile:
        """The file with the profiles; a damaged one is put aside."""
        return ProfileFile(self.paths.settings_file)

    @cached_property
    def sharing(self) -> ProfileSharing:
        """Files with profiles for other people's hbgui."""
        from hbgui.adapters.files.profile_share import ProfileShare

        return ProfileShare(self.redactor.text)

    @cached_property
    def history(self) -> HistoryDb:
        """The requests that were sent."""
        from hbgui.adapters.files.history_db import HistoryDb

        return HistoryDb(self.paths.history_file, self.redactor.text)

    def read_heartbeats(self, pbx_id: str, size: int) -> list[Attempt] | None:
        """Up to `size` heartbeats of a PBX, from a history that this program does not write; see
        `history_db.read_heartbeats`."""
        try:
            self.paths.history_file.lstat()
        except FileNotFoundError:
            return None  # SQLite costs time
        except OSError:
            pass  # it will be told by who reads
        from hbgui.adapters.files.history_db import read_heartbeats

        return read_heartbeats(self.paths.history_file, pbx_id, size)

    @cached_property
    def login_start(self) -> LoginStart | None:
        """What starts hbgui at login; None where the system has no such thing."""
        from hbgui.adapters.files.paths import user_autostart

        return user_autostart()

    @cached_property
    def lookups(self) -> Lookups:
        """One for all: it bounds how many look-ups may hang."""
        from hbgui.adapters.net.dns import Lookups

        return Lookups()

    @cached_property
    def network(self) -> Network:
        """This computer's addresses."""
        from hbgui.adapters.net.local import SystemNetwork

        return SystemNetwork(self.lookups)

    @cached_property
    def probes(self) -> Probes:
        """The single links of a diagnosis."""
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
        """Looks at each link from here to the reports of a PBX."""
        from hbgui.adapters.threads import DaemonThreads
        from hbgui.core.client.diagnoser import Diagnoser

        return Diagnoser(self.client, self.probes, DaemonThreads())

    def port_holder(self, host: str, port: int) -> PortHolder | None:
        """The program that has a port; None when that cannot be found out. Blocking."""
        from hbgui.adapters.net.local import port_holder

        return port_holder(host, port)

    def why_not_listening(self, receiving: ReceiverState) -> str:
        """Why a receiver does not listen, in words; empty when it does."""
        from hbgui.texts.reports.receiving import not_listening_message

        return "" if receiving.listens else not_listening_message(receiving).title
