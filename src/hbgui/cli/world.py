"""The adapters that a command needs, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hbgui.adapters.clock import SystemClock
from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.secrets.keyring_store import KeyringStore
from hbgui.adapters.secrets.process_output import redact_process_output
from hbgui.adapters.secrets.redact import Redactor
from hbgui.cli.memory import Memory
from hbgui.core.client.diagnoser import Diagnoser
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.ports import Cancel, Clock, SettingsFile

if TYPE_CHECKING:
    from hbgui.adapters.files.history_db import HistoryDb
    from hbgui.adapters.files.paths import Paths


@dataclass(frozen=True)
class World:
    """What lies outside the program."""

    client: PbxClient
    diagnoser: Diagnoser
    secrets: KeyringStore
    settings: SettingsFile
    clock: Clock
    new_cancel: Callable[[], Cancel]
    redactor: Redactor
    lock_folder: Path
    folders: dict[str, Path]
    history_file: Path
    memory: Memory


def real_world() -> World:
    """The real one. Nothing is opened or connected yet."""
    from hbgui.adapters.files.history_db import read_heartbeats
    from hbgui.adapters.files.login_counts import LoginCountFile
    from hbgui.adapters.files.paths import Paths
    from hbgui.adapters.files.profile_file import ProfileFile
    from hbgui.adapters.net.dns import Lookups
    from hbgui.adapters.net.local import SystemNetwork
    from hbgui.adapters.net.pbx_http import PbxHttp
    from hbgui.adapters.net.probes import NetworkProbes
    from hbgui.adapters.threads import DaemonThreads

    redactor = Redactor()
    redact_process_output(redactor)
    clock, lookups, paths = SystemClock(), Lookups(), Paths.for_user()
    client = PbxClient(
        PbxHttp(redactor, lookups),
        SystemNetwork(lookups),
        clock,
        LoginCountFile(paths.logins_file),
        redactor.add,
        redactor.text,
    )
    return World(
        client,
        Diagnoser(client, NetworkProbes(lookups), DaemonThreads()),
        KeyringStore(),
        ProfileFile(paths.settings_file, moves_damaged=False),
        clock,
        WireCancel,
        redactor,
        paths.lock_folder,
        {"settings": paths.settings_file.parent, "state": paths.window_file.parent},
        paths.history_file,
        Memory(
            lambda: _new_history(paths, redactor),
            lambda: read_heartbeats(paths.history_file, "", 1),
            WireCancel,
        ),
    )


def _new_history(paths: Paths, redactor: Redactor) -> HistoryDb:
    from hbgui.adapters.files.history_db import HistoryDb

    def window_is_closed() -> bool:
        """An open window puts a damaged file aside itself."""
        from hbgui.runtime.named_lock import (
            WINDOW,
            NamedLock,  # it loads Qt
        )

        lock = NamedLock(paths.lock_folder, WINDOW)
        free = lock.acquire()
        lock.release()
        return free

    return HistoryDb(paths.history_file, redactor.text, window_is_closed)
