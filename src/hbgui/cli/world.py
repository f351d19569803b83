"""The adapters that a command needs, put together once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hbgui.adapters.cancel import WireCancel
from hbgui.adapters.clock import SystemClock
from hbgui.adapters.redact import Redactor
from hbgui.adapters.ways_out import close_ways_out
from hbgui.core.beat import Beater
from hbgui.core.ports import Cancel, Clock, Loaded, SecretStore


@dataclass(frozen=True)
class World:
    """What lies outside the program. `load` reads the settings."""

    beater: Beater
    secrets: SecretStore
    load: Callable[[], Loaded]
    clock: Clock
    new_cancel: Callable[[], Cancel]
    redactor: Redactor
    lock_folder: Path


def real_world() -> World:
    """The real one. Nothing is opened or connected yet."""
    from hbgui.adapters.keyring_store import KeyringStore
    from hbgui.adapters.lookup import Lookups
    from hbgui.adapters.network import SystemNetwork
    from hbgui.adapters.paths import Paths
    from hbgui.adapters.pbx_http import PbxHttp
    from hbgui.adapters.profile_file import ProfileFile

    redactor = Redactor()
    close_ways_out(redactor)
    clock, lookups, paths = SystemClock(), Lookups(), Paths.for_user()
    return World(
        Beater(PbxHttp(redactor, lookups), SystemNetwork(lookups), clock),
        KeyringStore(),
        ProfileFile(paths.settings_file).load,
        clock,
        WireCancel,
        redactor,
        paths.lock_folder,
    )
