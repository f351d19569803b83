"""Look-ups: one for a host, shared; a name that hangs stops no other."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from adapters.servers import SUCCESS, Server
from hbgui.adapters.clock import SystemClock
from hbgui.adapters.net import dns
from hbgui.adapters.net.deadline import WireCancel, deadline
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.local import SystemNetwork
from hbgui.adapters.net.pbx_http import PbxHttp
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.api.errors import TransportError
from hbgui.core.api.outcome import Attempt
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import check
from hbgui.core.values import Secret


class Names:
    """A name service. Names that begin with "dead" hang until the end, those with "none" are not
    known, all others are this computer."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.threads: list[threading.Thread] = []
        self.gate = threading.Event()

    def __call__(self, host: str, port: int, **_options: object) -> list[tuple[object, ...]]:
        self.asked.append(host)
        self.threads.append(threading.current_thread())
        if host.startswith("dead"):
            self.gate.wait(30)
        if host.startswith(("dead", "none")):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]


@pytest.fixture
def names() -> Iterator[Names]:
    service = Names()
    yield service
    service.gate.set()
    for thread in service.threads:
        thread.join(10)


def find(lookups: Lookups, host: str, port: int = 80, timeout_s: float = 30.0) -> object:
    """The first socket address, or why there is none."""
    try:
        with deadline(timeout_s, WireCancel()) as bounds:
            return lookups.find(host, port, bounds)[0][1]
    except TransportError as error:
        return error.detail


@pytest.mark.parametrize("hanging", [8, 9, 60])
def test_names_that_hang_stop_no_other(names: Names, hanging: int) -> None:
    lookups = Lookups(names)
    for number in range(hanging):
        said = find(lookups, f"dead{number}.example", timeout_s=0.01)
        assert said == "the name service does not answer"
    assert find(lookups, "alive.example") == ("127.0.0.1", 80)
    assert all(thread.daemon for thread in names.threads)


def test_one_name_hangs_once_however_often_it_is_asked_for(names: Names) -> None:
    lookups = Lookups(names)
    for host in ("dead.example", "DEAD.example", "dead.Example") * 5:
        find(lookups, host, timeout_s=0.01)
    assert names.asked == ["dead.example"]


def test_there_is_an_end_to_look_ups_that_hang(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "LOOKUPS_MAX", 3)
    lookups = Lookups(names)
    for number in range(3):
        find(lookups, f"dead{number}.example", timeout_s=0.01)
    assert find(lookups, "alive.example", timeout_s=0.1) == "too many look-ups hang"
    assert find(lookups, "127.0.0.1") == ("127.0.0.1", 80), "a literal needs none"
    names.gate.set()
    assert find(lookups, "alive.example") == ("127.0.0.1", 80)


def test_all_who_wait_share_one_look_up(names: Names) -> None:
    lookups = Lookups(names)
    said: list[object] = []
    askers = [
        threading.Thread(target=lambda p=port: said.append(find(lookups, "dead.example", p)))
        for port in range(81, 89)
    ]
    for asker in askers:
        asker.start()
    names.gate.set()
    for asker in askers:
        asker.join(10)
    assert said == ["no such name"] * 8
    assert names.asked == ["dead.example"]


def test_who_shares_gets_the_own_port(names: Names) -> None:
    lookups = Lookups(names)
    assert [find(lookups, "a.example", port) for port in (80, 8088)] == [
        ("127.0.0.1", 80),
        ("127.0.0.1", 8088),
    ]
    assert names.asked == ["a.example"]


@pytest.mark.parametrize(
    ("host", "kept"), [("a.example", "FOUND_KEPT_S"), ("none.example", "UNKNOWN_KEPT_S")]
)
def test_what_was_told_is_remembered_briefly(
    names: Names, monkeypatch: pytest.MonkeyPatch, host: str, kept: str
) -> None:
    lookups = Lookups(names)
    monkeypatch.setattr(dns, kept, 30.0)
    first = find(lookups, host)
    assert find(lookups, host) == first
    assert names.asked == [host]
    monkeypatch.setattr(dns, kept, 0.0)
    assert find(lookups, host) == first
    assert names.asked == [host, host]


def test_a_name_that_was_not_known_is_found_later(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns, "UNKNOWN_KEPT_S", 0.01)
    answers = [socket.gaierror(socket.EAI_AGAIN, "try again"), None]

    def resolve(*args: object, **options: object) -> object:
        if error := answers.pop(0):
            raise error
        return names(*args, **options)

    lookups = Lookups(resolve)
    assert find(lookups, "a.example") == "try again"
    time.sleep(0.05)
    assert find(lookups, "a.example") == ("127.0.0.1", 80)


@pytest.mark.parametrize("error", [OSError("no"), UnicodeError("no"), socket.gaierror(-2, "")])
def test_a_failure_always_has_words(error: Exception) -> None:
    def resolve(*_args: object, **_options: object) -> object:
        raise error

    assert str(find(Lookups(resolve), "a.example")).strip()
    assert find(Lookups(lambda *_a, **_o: []), "a.example") == "there is no address"


def send(transport: PbxHttp, lookups: Lookups, authority: str) -> Attempt:
    client = PbxClient(transport, SystemNetwork(lookups), SystemClock(), None, str, str)
    checked = check(Profile("a", pbx=f"http://{authority}"), None)
    return client.send_heartbeat(checked, Secret("0f" * 16), WireCancel())


def test_a_heartbeat_looks_its_name_up_once(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dns, "FOUND_KEPT_S", 30.0)  # for a busy machine
    lookups = Lookups(names)
    with Server() as server:
        attempt = send(PbxHttp(Redactor(), lookups), lookups, f"pbx.example:{server.port}")
    assert attempt.outcome.accepted
    assert server.requests[0].startswith(b"POST /api/v1.1.0/heartbeat")
    assert names.asked == ["pbx.example"]


def test_a_heartbeat_gets_through_while_eight_names_hang(names: Names) -> None:
    lookups = Lookups(names)
    transport = PbxHttp(Redactor(), lookups)
    for number in range(8):
        find(lookups, f"dead{number}.example", timeout_s=0.01)
    with Server() as server:
        attempt = send(transport, lookups, f"alive.example:{server.port}")
    assert attempt.outcome.accepted
    assert SUCCESS.decode() in attempt.answer
