"""Who listens where for which PBX, and what the state knows of what came in."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.outcome import ACCEPTED, Attempt
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.reports.arrivals import ReceiverState, ReportsLamp
from hbgui.core.reports.receiving import ListenProblem, PortHolder
from hbgui.core.reports.report import Decoded, Report, ReportProblem
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Secret
from hbgui.runtime.reports import receiver
from hbgui.runtime.reports.clients import open_listener
from patience import PATIENCE_S, at_once, hurry
from runtime.reporting import OTHER, PBX, free_port, post, send, status
from runtime.world import FakeProbes, World, running

HERE = ServerAddress(AddressKind.FIXED, "127.0.0.1")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path, port: int) -> Iterator[World]:
    post_office = Profile("a", "Hotel Post", "http://127.0.0.1:80", server=HERE, port=str(port))
    clinic = Profile("b", "Clinic", f"http://{OTHER}", server=HERE, port=str(port))
    clinic = replace(clinic, url_mode=UrlMode.RELATIVE, url="clinic")
    with running(tmp_path, Settings((post_office, clinic), "a")) as made:
        for pbx_id in ("a", "b"):
            made.vault.keep(pbx_id, Secret("0f" * 16))
        yield made


def pbx(world: World, pbx_id: str = "a") -> PbxState:
    return world.hub.state.pbxs[pbx_id]


def receiving(world: World, pbx_id: str = "a") -> ReceiverState:
    found = pbx(world, pbx_id).receiving
    assert found is not None
    return found


def lamp(world: World, pbx_id: str = "a") -> ReportsLamp:
    return pbx(world, pbx_id).reports_lamp(world.clock.now())


def deliver(world: World, qtbot: QtBot, port: int, path: str = "/", source: str = PBX) -> int:
    """Send one report of its own; the status of the answer."""
    count = sum(p.arrivals.count for p in world.hub.state.pbxs.values())
    body = json.dumps({"event": "BootUp", "sn": f"36900000000{len(source)}", "n": count}).encode()
    got: list[bytes] = []
    thread = Thread(target=lambda: got.append(send(port, post(body, path), source)), daemon=True)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive())
    qtbot.waitUntil(lambda: sum(p.arrivals.count for p in world.hub.state.pbxs.values()) > count)
    return status(got[0])


def test_a_report_turns_the_lamp_green_after_the_heartbeat(
    world: World, qtbot: QtBot, port: int
) -> None:
    world.reception.receive("a", True)
    assert lamp(world) is ReportsLamp.UNPROVEN
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: pbx(world).accepted is not None)
    assert lamp(world) is ReportsLamp.UNPROVEN
    assert deliver(world, qtbot, port) == 200
    assert lamp(world) is ReportsLamp.ARRIVE
    proof = pbx(world).arrivals.proof
    assert proof is not None
    assert proof.place.url == f"http://127.0.0.1:{port}/"
    assert proof.latency_s is not None
    assert proof.latency_s >= 0


def test_it_tries_whether_it_can_be_reached(world: World, qtbot: QtBot) -> None:
    world.reception.receive("a", True)
    qtbot.waitUntil(lambda: receiving(world).reachable is True)
    # The look itself is no report, and nothing that was turned away.
    assert (pbx(world).arrivals.count, receiving(world).refused) == (0, 0)


def test_a_report_of_another_box_is_told(world: World, qtbot: QtBot, port: int) -> None:
    """The serial number is known from a question to the PBX, or from its first report."""
    now = world.clock.now()
    told = events.DeviceChecked(
        "a", 1, Attempt(now, ACCEPTED), DeviceInfo(serial="363000000009"), now
    )
    world.reception.receive("a", True)
    world.hub.apply(events.DiagnosisStarted("a", 1, now, check_only=True))
    world.hub.apply(told)
    assert deliver(world, qtbot, port) == 200
    assert pbx(world).arrivals.problems == {ReportProblem.WRONG_SERIAL: 1}
    assert lamp(world) is ReportsLamp.WRONG


def test_two_pbxs_share_a_port(world: World, qtbot: QtBot, port: int) -> None:
    for pbx_id in ("a", "b"):
        world.reception.receive(pbx_id, True)
    assert deliver(world, qtbot, port, "/clinic", OTHER) == 200
    assert deliver(world, qtbot, port) == 200
    assert (pbx(world).arrivals.count, pbx(world, "b").arrivals.count) == (1, 1)
    assert [r.pbx_id for r in world.reception.book.reports] == ["b", "a"]


def test_what_could_be_of_two_pbxs_proves_nothing_of_either(
    world: World, qtbot: QtBot, port: int
) -> None:
    """Two PBXs behind one router, or one that was duplicated: only a serial number tells."""
    second = replace(world.hub.state.profiles[0], id="c", name="Annex")
    world.supervisor.add_pbx(second)
    for pbx_id in ("a", "c"):
        world.reception.receive(pbx_id, True)
    book = world.reception.book
    send_one = Thread(target=lambda: send(port, post(b'{"action":"RING","callid":"1"}')))
    send_one.start()
    qtbot.waitUntil(lambda: len(book) == 1)
    book.flush()
    assert {lamp(world, "a"), lamp(world, "c")} == {ReportsLamp.UNPROVEN}
    assert book.reports[0].pbx_id == ""
    now = world.clock.now()
    world.hub.apply(events.DiagnosisStarted("c", 1, now, check_only=True))
    device = DeviceInfo(serial="369000000009")  # as `deliver` sends from 127.0.0.1
    world.hub.apply(events.DeviceChecked("c", 1, Attempt(now, ACCEPTED), device, now))
    assert deliver(world, qtbot, port) == 200
    assert (lamp(world, "a"), lamp(world, "c")) == (ReportsLamp.UNPROVEN, ReportsLamp.ARRIVE)
    send_one.join(30)


def test_another_sender_is_refused_until_a_person_allows_it(
    world: World, qtbot: QtBot, port: int
) -> None:
    world.reception.receive("a", True)
    assert deliver(world, qtbot, port, source="127.0.0.3") == 403
    assert lamp(world) is ReportsLamp.WRONG
    assert pbx(world).arrivals.problems == {ReportProblem.WRONG_SENDER: 1}
    world.reception.allow_sender("a", "127.0.0.3")
    # What was refused before says nothing any more.
    assert lamp(world) is ReportsLamp.UNPROVEN
    assert deliver(world, qtbot, port, source="127.0.0.3") == 200
    assert lamp(world) is ReportsLamp.ARRIVE


def test_a_stranger_is_none_where_that_address_belongs(
    world: World, qtbot: QtBot, port: int
) -> None:
    """Its reports went to a place that another PBX waits at: that is no wrong sender of it."""
    for pbx_id in ("a", "b"):
        world.reception.receive(pbx_id, True)
    profile = world.hub.state.profile("a")
    assert profile is not None
    world.supervisor.save_profile(replace(profile, port=str(free_port())))
    assert deliver(world, qtbot, port) == 403
    assert pbx(world).arrivals.problems == {}
    assert pbx(world, "b").arrivals.problems == {ReportProblem.WRONG_SENDER: 1}


def test_the_wrong_path_is_told(world: World, qtbot: QtBot, port: int) -> None:
    world.reception.receive("b", True)
    assert deliver(world, qtbot, port, "/", OTHER) == 404
    assert lamp(world, "b") is ReportsLamp.WRONG
    wrong = pbx(world, "b").arrivals.wrong
    assert wrong is not None
    assert wrong.path == "/"


def test_a_changed_form_is_followed(world: World, qtbot: QtBot, port: int) -> None:
    world.reception.receive("a", True)
    other = free_port()
    profile = world.hub.state.profiles[0]
    world.supervisor.save_profile(replace(profile, port=str(other)))
    assert receiving(world).place.port == other
    with pytest.raises(ConnectionRefusedError):
        send(port, post())
    assert deliver(world, qtbot, other) == 200


def test_off_means_off(world: World, port: int) -> None:
    world.reception.receive("a", True)
    world.reception.receive("a", False)
    assert pbx(world).receiving is None
    with pytest.raises(ConnectionRefusedError):
        send(port, post())
    world.reception.receive("a", True)
    world.supervisor.remove_pbx("a")
    with pytest.raises(ConnectionRefusedError):
        send(port, post())


def test_a_port_that_is_taken_is_told_and_taken_when_it_is_free(
    world: World, qtbot: QtBot, port: int
) -> None:
    with socket.create_server(("127.0.0.1", port)):
        world.reception.receive("a", True)
        assert receiving(world).code == "port_taken"
        assert lamp(world) is ReportsLamp.NO_RECEIVER
        qtbot.waitUntil(lambda: receiving(world).holder == PortHolder("node", 4120))
    hurry(world.reception)
    qtbot.waitUntil(lambda: receiving(world).listens)
    assert deliver(world, qtbot, port) == 200


def test_an_address_that_is_not_ours_is_told(world: World) -> None:
    far = ServerAddress(AddressKind.FIXED, "203.0.113.7")
    world.supervisor.save_profile(replace(world.hub.state.profiles[0], server=far))
    world.reception.receive("a", True)
    assert receiving(world).code == "address_not_ours"


def test_the_senders_of_a_name_are_looked_up(world: World, qtbot: QtBot, port: int) -> None:
    profile = replace(world.hub.state.profiles[0], pbx="http://pbx.example")
    world.supervisor.save_profile(profile)
    world.reception.receive("a", True)
    assert deliver(world, qtbot, port) == 403
    qtbot.waitUntil(lambda: receiving(world).senders == {"192.168.5.150"})


def test_an_address_that_goes_away_is_told_and_taken_again_when_it_is_back(
    world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wi-Fi off: the socket still listens, and nothing can come any more."""
    ours, wifi = {"192.168.5.20"}, ServerAddress(AddressKind.FIXED, "192.168.5.20")

    def opened(host: str, port: int) -> socket.socket | ListenProblem:
        here = host in ours
        return open_listener(PBX, port) if here else ListenProblem("address_not_ours", host, port)

    monkeypatch.setattr(receiver, "open_listener", opened)
    world.supervisor.save_profile(replace(world.hub.state.profiles[0], server=wifi))
    world.reception.receive("a", True)
    hurry(world.reception)
    qtbot.waitUntil(lambda: len(world.hub.state.addresses) == 1)
    assert receiving(world).listens
    ours.clear()
    world.hub.apply(events.LocalAddressesListed((LocalAddress("192.168.7.1", "eth1", 24),)))
    assert receiving(world).code == "address_not_ours"
    assert lamp(world) is ReportsLamp.NO_RECEIVER
    ours.add("192.168.5.20")
    qtbot.waitUntil(lambda: receiving(world).listens)


def test_an_export_keeps_no_settings_waiting_and_no_end(
    world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    begun = threading.Event()

    def drip(path: Path, lines: Iterable[bytes]) -> None:
        begun.set()
        for _line in lines:
            time.sleep(0.02)
        path.touch()

    world.adapters.write_file = drip
    report = Report(1, world.clock.now(), PBX, "/", "{}", Decoded())
    world.reception.export(tmp_path / "all.csv", [report] * 5000)
    assert begun.wait(30)
    world.supervisor.save_profile(replace(world.hub.state.profiles[0], name="Other"))
    saved = world.file.saved
    qtbot.waitUntil(lambda: bool(saved) and saved[-1].profiles[0].name == "Other", timeout=30_000)
    with at_once():
        assert world.reception.close(PATIENCE_S), "an export was left behind"
    assert not (tmp_path / "all.csv").exists()


def test_a_name_that_moved_is_found_when_receiving_begins_again(
    world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.supervisor.save_profile(replace(world.hub.state.profiles[0], pbx="http://pbx.example"))
    for ip in ("192.168.5.150", "192.168.5.151"):
        monkeypatch.setattr(FakeProbes, "resolve", lambda *_, ip=ip, **__: (ip,))
        world.reception.receive("a", True)
        qtbot.waitUntil(lambda ip=ip: receiving(world).senders == {ip})
        world.reception.receive("a", False)
