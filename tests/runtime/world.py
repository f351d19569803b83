"""A whole runtime on a transport of the test's own, with a clock that the test may move."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hbgui.core.address import PbxAddress
from hbgui.core.beat import Beater
from hbgui.core.errors import Cancelled, SecretError, StorageError, TransportError
from hbgui.core.heartbeat import HttpAnswer, WireRequest
from hbgui.core.moment import Moment
from hbgui.core.networks import LocalAddress
from hbgui.core.ports import Loaded, SecretStore, Settings, SettingsFile
from hbgui.core.secret import Secret
from hbgui.runtime.heart import Heart
from hbgui.runtime.hub import Hub
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.keep_lock import KeepLock
from hbgui.runtime.pool import Pool
from hbgui.runtime.sender import Sender
from hbgui.runtime.settings_saver import SettingsSaver
from hbgui.runtime.supervisor import Supervisor
from hbgui.runtime.token_vault import TokenVault

SUCCESS = HttpAnswer(200, b'{"status":"Success"}')


class Flag:
    """A cancel that an event waits on."""

    def __init__(self) -> None:
        self.event = threading.Event()

    @property
    def cancelled(self) -> bool:
        return self.event.is_set()

    def cancel(self) -> None:
        self.event.set()


class MovedClock:
    """The real clock plus what the test added: a sleep that takes no time."""

    def __init__(self) -> None:
        self.added_s = 0.0

    def now(self) -> Moment:
        utc = datetime.now(UTC) + timedelta(seconds=self.added_s)
        return Moment(time.monotonic() + self.added_s, utc)


@dataclass
class FakePbx:
    """Answers what the test says: an answer, an error to raise, or "hang" until cancelled."""

    reply: HttpAnswer | Exception | str = SUCCESS
    received: list[tuple[str, str, bytes, str]] = field(default_factory=list)
    delay_s: float = 0.0

    def post(
        self, address: PbxAddress, request: WireRequest, token: Secret, *, cancel: Flag, **_: object
    ) -> HttpAnswer:
        self.received.append((address.url, request.path, request.body, token.reveal()))
        wait_s = 30 if self.reply == "hang" else self.delay_s
        if wait_s and cancel.event.wait(wait_s):
            raise Cancelled
        if isinstance(self.reply, Exception):
            raise self.reply
        assert isinstance(self.reply, HttpAnswer)
        return self.reply


class FakeNetwork:
    def local_addresses(self) -> tuple[LocalAddress, ...]:
        return (LocalAddress("192.168.5.20", "eth0", 24),)

    def route_to(self, host: str, port: int, **_: object) -> LocalAddress:
        if host == "nowhere.example":
            raise TransportError("name_unknown")
        return LocalAddress("192.168.5.20", "eth0", 24)


@dataclass
class FakeKeyring:
    """A keyring in memory. `error` is raised by every call, `gate` holds them all."""

    entries: dict[str, Secret] = field(default_factory=dict)
    error: SecretError | None = None
    gate: threading.Event | None = None

    def _wait(self) -> None:
        if self.gate is not None:
            self.gate.wait(30)
        if self.error is not None:
            raise self.error

    def get(self, account: str) -> Secret | None:
        self._wait()
        return self.entries.get(account)

    def put(self, account: str, secret: Secret) -> None:
        self._wait()
        self.entries[account] = secret

    def delete(self, account: str) -> None:
        self._wait()
        self.entries.pop(account, None)


@dataclass
class FakeFile:
    """A settings file in memory."""

    saved: list[Settings] = field(default_factory=list)
    error: StorageError | None = None

    def load(self) -> Loaded:
        return Loaded(Settings())

    def save(self, settings: Settings) -> None:
        if self.error is not None:
            raise self.error
        self.saved.append(settings)


@dataclass
class World:
    """All parts of one runtime."""

    pbx: FakePbx
    keyring: FakeKeyring
    file: FakeFile | SettingsFile
    clock: MovedClock
    hub: Hub
    vault: TokenVault
    supervisor: Supervisor
    learned: list[Secret]
    jobs: Jobs


@contextmanager
def running(
    folder: Path,
    settings: Settings | None = None,
    *,
    store: SecretStore | None = None,
    file: SettingsFile | None = None,
) -> Iterator[World]:
    """Build, start, and close within a second. A real `store` or `file` replaces the fake one."""
    world = build(folder, store, file)
    world.supervisor.start(settings or Settings())
    try:
        yield world
    finally:
        if world.keyring.gate is not None:
            world.keyring.gate.set()
        assert world.supervisor.close(1.0), "something was left behind"


def build(
    folder: Path, store: SecretStore | None = None, file: SettingsFile | None = None
) -> World:
    """The composition of the program, on fakes."""
    clock, pbx, keyring, file = MovedClock(), FakePbx(), FakeKeyring(), file or FakeFile()
    hub = Hub()
    learned: list[Secret] = []
    vault = TokenVault(store or keyring, learned.append)
    sends, looks, secrets, disk = (
        Pool(name, size, Flag)
        for name, size in (("send", 8), ("job", 2), ("keyring", 1), ("disk", 1))
    )
    network = FakeNetwork()
    sender = Sender(sends, lambda: Beater(pbx, network, clock), vault, clock, hub.post)
    heart = Heart(clock, sender.send, hub.post)
    jobs = Jobs(secrets, looks, disk, vault, lambda: network, hub.post)
    saver = SettingsSaver(disk, file, hub.post, read_only=False)
    supervisor = Supervisor(
        hub, clock, heart, sends, sender, jobs, saver, lambda pbx_id: KeepLock(folder, pbx_id)
    )
    return World(pbx, keyring, file, clock, hub, vault, supervisor, learned, jobs)
