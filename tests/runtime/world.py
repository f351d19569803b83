"""A whole runtime on a transport of the test's own, with a clock that the test may move."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hbgui.adapters.files.atomic_write import write_pieces_atomically
from hbgui.adapters.files.history_db import HistoryDb
from hbgui.adapters.files.paths import XdgAutostart
from hbgui.adapters.files.profile_share import ProfileShare
from hbgui.adapters.net.connection import NetworkProbes
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.secrets.redact import Redactor
from hbgui.adapters.threads import DaemonThreads
from hbgui.core.api.errors import Cancelled, SecretError, StorageError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer, WireRequest
from hbgui.core.api.login import LoginCount
from hbgui.core.client.diagnoser import Diagnoser
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.pbx.address import PbxAddress
from hbgui.core.pbx.connection import Certificate, ConnectionSettings
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.ports import History, Loaded, Network, SecretStore, Settings, SettingsFile
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import PortHolder
from hbgui.core.values import Moment, Secret
from hbgui.runtime.services import Services

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
    """Answers what the test says: an answer, an error to raise, or "hang" until cancelled.

    `replies` come first, one each, by the last word of the path. `hold` keeps an answer back,
    cancelled or not, until it is set.
    """

    reply: HttpAnswer | Exception | str = SUCCESS
    received: list[tuple[str, str, bytes, str]] = field(default_factory=list)
    delay_s: float = 0.0
    hold: threading.Event | None = None
    replies: dict[str, list[HttpAnswer | Exception]] = field(default_factory=dict)
    links: list[ConnectionSettings] = field(default_factory=list)
    cancelled: int = 0
    shows: Certificate | TransportError = field(default_factory=lambda: Certificate("ab" * 32))

    @property
    def announced(self) -> list[str]:
        """Where it was told to send its reports, heartbeat by heartbeat."""
        return [json.loads(body)["ipaddr"] for _, _, body, _ in self.received]

    def certificate(self, address: PbxAddress, **_: object) -> Certificate:
        if isinstance(self.shows, TransportError):
            raise self.shows
        return self.shows

    def post(
        self,
        address: PbxAddress,
        request: WireRequest,
        token: Secret | None,
        *,
        link: ConnectionSettings,
        cancel: Flag,
        **_: object,
    ) -> HttpAnswer:
        typed = token.reveal() if token else ""
        self.received.append((address.url, request.path, request.body, typed))
        self.links.append(link)
        if self.hold is not None:
            assert self.hold.wait(30), "nobody let the answer go"
        replies = self.replies.get(request.path.rpartition("/")[2])
        if replies:
            reply = replies.pop(0)
            if isinstance(reply, Exception):
                raise reply
            return reply
        wait_s = 30 if self.reply == "hang" else self.delay_s
        if wait_s and cancel.event.wait(wait_s):
            self.cancelled += 1
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


class FakeProbes(NetworkProbes):
    """The real ones, but for names."""

    def __init__(self) -> None:
        super().__init__(Lookups())

    def resolve(self, host: str, port: int, **_: object) -> tuple[str, ...]:
        return ("192.168.5.150",)


@dataclass
class FakeLinks:
    """Every link holds but the one whose error is given; with `hang` none ends before it is
    cancelled. `heard` are ports on which somebody listens."""

    errors: dict[str, TransportError] = field(default_factory=dict)
    hang: bool = False
    heard: set[int] = field(default_factory=set)
    cancelled: int = 0

    def _ask(self, what: str, cancel: Flag) -> None:
        if self.hang and cancel.event.wait(30):
            self.cancelled += 1
            raise Cancelled
        if what in self.errors:
            raise self.errors[what]

    def proxy(self, _address: PbxAddress, _link: ConnectionSettings) -> PbxAddress | None:
        return None

    def resolve(self, host: str, _port: int, *, cancel: Flag, **_: object) -> tuple[str, ...]:
        self._ask("resolve", cancel)
        return (host,)

    def connect(self, ips: Sequence[str], _port: int, *, cancel: Flag, **_: object) -> str:
        self._ask("connect", cancel)
        return ips[0]

    def listens(self, _ip: str, port: int, *, cancel: Flag, **_: object) -> bool:
        self._ask("listens", cancel)
        return port in self.heard


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

    def look(self, account: str) -> Secret | bool:
        return self.get(account) or False

    def put(self, account: str, secret: Secret) -> None:
        self._wait()
        self.entries[account] = secret

    def delete(self, account: str) -> None:
        self._wait()
        self.entries.pop(account, None)


class FakeCounts:
    """Wrong logins in memory."""

    def __init__(self) -> None:
        self.counts: dict[str, LoginCount] = {}

    def get(self, authority: str) -> LoginCount:
        return self.counts.get(authority, LoginCount())

    def put(self, authority: str, count: LoginCount) -> None:
        self.counts[authority] = count

    def update(self, authority: str, change: Callable[[LoginCount], LoginCount]) -> LoginCount:
        self.put(authority, change(self.get(authority)))
        return self.counts[authority]


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


class RecordingRedactor(Redactor):
    """Remembers in `learned` what it was told to hide."""

    def __init__(self) -> None:
        super().__init__()
        self.learned: list[Secret] = []

    def add(self, secret: Secret) -> None:
        self.learned.append(secret)
        super().add(secret)


class FakeAdapters:
    """The program's adapters, but for PBX, network, keyring, settings file and clock."""

    def __init__(
        self, folder: Path, store: SecretStore | None = None, file: SettingsFile | None = None
    ) -> None:
        self.keyring_answered_late: Callable[[SecretError | None], None] = lambda _error: None
        self.lock_folder = folder
        self.clock = MovedClock()
        self.redactor = RecordingRedactor()
        self.pbx = FakePbx()
        self.keyring = FakeKeyring()
        self.secrets: SecretStore = store or self.keyring
        self.settings_file: FakeFile | SettingsFile = file or FakeFile()
        self.sharing = ProfileShare(self.redactor.text)
        self.history: History = HistoryDb(folder / "history.db", self.redactor.text)
        self.login_start = XdgAutostart(folder, ["hbgui", "--minimized"])
        self.network: Network = FakeNetwork()
        self.counts = FakeCounts()
        self.client = PbxClient(
            self.pbx, self.network, self.clock, self.counts, self.redactor.add, str
        )
        self.links = FakeLinks()
        self.probes = FakeProbes()
        self.diagnoser = Diagnoser(self.client, self.links, DaemonThreads())
        self.new_cancel = Flag
        self.write_file: Callable[[Path, Iterable[bytes]], None] = write_pieces_atomically

    def port_holder(self, host: str, port: int) -> PortHolder:
        return PortHolder("node", 4120)

    def why_not_listening(self, receiving: ReceiverState) -> str:
        return receiving.code


class World(Services):
    """The services on fakes."""

    def __init__(
        self, folder: Path, store: SecretStore | None = None, file: SettingsFile | None = None
    ) -> None:
        self.adapters = FakeAdapters(folder, store, file)
        super().__init__(self.adapters)
        self.clock, self.pbx = self.adapters.clock, self.adapters.pbx
        self.keyring, self.file = self.adapters.keyring, self.adapters.settings_file
        self.learned, self.probes = self.adapters.redactor.learned, self.adapters.links
        self.counts, self.store = self.adapters.counts, self.adapters.history
        self.vault, self.secrets = self.context.vault, self.context.secrets
        self.records = self.context.records

    def start(self, settings: Settings) -> None:
        """As the program does around the first paint."""
        self.supervisor.start(settings)
        self.allow_saving()
        self.wake()


@contextmanager
def running(
    folder: Path,
    settings: Settings | None = None,
    *,
    store: SecretStore | None = None,
    file: SettingsFile | None = None,
) -> Iterator[World]:
    """Build, start, and close in time. A real `store` or `file` replaces the fake one."""
    world = World(folder, store, file)
    world.start(settings or Settings())
    try:
        yield world
    finally:
        if world.keyring.gate is not None:
            world.keyring.gate.set()
        assert world.close(30), "something was left behind"
