"""A simulator that does something by itself: steps, a restart, lost tokens."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from hbgui.simulator.documented import documented
from hbgui.simulator.events import name_of
from hbgui.simulator.reporter import DeliverySettings
from hbgui.simulator.script import ScriptStep, list_steps, office_steps
from patience import PATIENCE_S, at_once
from simulated import WAIT_S, beat, call, connect, login
from simulator.listening import dead_port, listening


def register(pbx, port, token=None):
    assert beat(pbx, token, ipaddr="127.0.0.1", port=str(port)) == {"status": "Success"}


def until(true):
    end_s = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.01)


@pytest.mark.parametrize("version", ["1.0.0", "1.0.2", "2.0.0"])
def test_the_whole_list_arrives_once_in_order(simulator, version):
    pbx = simulator()
    with listening() as receiver:
        body = {"ipaddr": "127.0.0.1", "port": str(receiver.port), "version": version}
        call(pbx, "heartbeat", body, api="v2.0.0", token=pbx.token)
        player = pbx.play(list_steps(every_s=0))
        expected = documented(version)
        assert receiver.wait(len(expected)) == expected
        assert player.wait(WAIT_S)
        assert pbx.wait_for_reports(len(expected), WAIT_S)
    assert pbx.report_counts.delivered == len(expected)


def test_nothing_happens_before_a_target_is_registered(simulator):
    pbx = simulator()
    done = []
    pbx.play(
        [
            ScriptStep(act=done.append, description=""),
            ScriptStep(report="BootUp"),
            ScriptStep(report="NewCdr"),
        ]
    )
    with listening() as receiver:
        time.sleep(0.2)
        assert (pbx.reports, done) == ([], [])
        register(pbx, receiver.port)
        assert [name_of(body) for body in receiver.wait(2)] == ["BootUp", "NewCdr"]


def test_steps_take_their_time(simulator):
    pbx = simulator()
    with listening() as receiver:
        register(pbx, receiver.port)
        began_s = time.monotonic()
        pbx.play(
            [
                ScriptStep(report="BootUp"),
                ScriptStep(0.2, "RING"),
                ScriptStep(0.1),
                ScriptStep(report="NewCdr"),
            ]
        )
        receiver.wait(3)
    _first_s, second_s, third_s = receiver.times_s
    assert second_s - began_s >= 0.2
    assert third_s - began_s >= 0.3


def test_reports_wait_while_nobody_is_registered(simulator):
    pbx = simulator()
    told = []
    with listening() as receiver:
        register(pbx, receiver.port)
        lose = ScriptStep(act=lambda stage: stage.lose_tokens(), description="loses its tokens")
        player = pbx.play(
            [ScriptStep(report="BootUp"), ScriptStep(0.1), lose, ScriptStep(report="RING")],
            told.append,
        )
        until(lambda: told)
        assert beat(pbx)["errno"] == "20004"
        assert not player.wait(0.2)
        assert login(pbx, port=receiver.port)["status"] == "Success"
        assert [name_of(body) for body in receiver.wait(2)] == ["BootUp", "RING"]
        assert player.wait(WAIT_S)
    assert told == ["loses its tokens", "no more events"]


def test_a_deed_that_fails_is_told_and_the_rest_goes_on(simulator):
    pbx = simulator()
    told = []
    with listening() as receiver:
        register(pbx, receiver.port)
        bad = ScriptStep(
            act=lambda stage: setattr(stage, "fault", "old-tls"), description="fault old-tls"
        )
        pbx.play([bad, ScriptStep(report="BootUp")], told.append)
        receiver.wait(1)
    assert told[0] == "fault old-tls"
    assert told[1].startswith("that failed: old-tls needs")


def test_the_office_sends_what_it_makes_up(simulator):
    pbx = simulator()
    with listening() as receiver:
        register(pbx, receiver.port)
        pbx.play(office_steps(1, pbx.today, every_s=0.001))
        names = {name_of(body) for body in receiver.wait(200)}
        pbx.close()
    assert names >= {"ExtensionStatus", "RING", "BYE", "NewCdr"}
    assert any(str(pbx.today).encode() in body for body in receiver.bodies)


def test_it_dies_and_comes_back(simulator):
    pbx = simulator(fault="none", delivery=DeliverySettings(repeat_every_s=60))
    address = pbx.address
    with listening() as receiver, dead_port() as port:
        register(pbx, receiver.port)
        other = login(pbx)["token"]
        register(pbx, port, other)
        call(pbx, "logout", token=other)
        with connect(pbx) as sock:
            until(lambda: pbx.connections == 5)
            began_s = time.monotonic()
            thread = threading.Thread(target=pbx.restart, args=(0.3,))
            thread.start()
            until(lambda: refused(address))
            assert sock.recv(1) == b""
            thread.join(WAIT_S)
        assert time.monotonic() - began_s >= 0.3
        assert pbx.address == address
        assert beat(pbx) == {"status": "Failed", "errno": "20004"}
        assert receiver.wait(1) == [b'{"action":"BootUp","sn":"369000000001"}']
        assert pbx.wait_for_reports(1, WAIT_S)
        assert len(pbx.reports) == 1
        token = login(pbx)["token"]
        info = call(pbx, "deviceinfo/query", token=token)["deviceinfo"]
        assert info["uptime"] == "00:00:00"


def refused(address):
    try:
        socket.create_connection(address, 1).close()
    except OSError:
        return True
    return False


def test_a_restart_forgets_what_waits(simulator):
    pbx = simulator(delivery=DeliverySettings(repeat_every_s=0.3))
    with listening(lambda _: None) as receiver:
        register(pbx, receiver.port)
        pbx.send_report("RING")
        receiver.wait(1)
        assert pbx.wait_for_reports(1, WAIT_S)
        pbx.restart(0)
        receiver.wait(3)
    assert [name_of(body) for body in receiver.bodies] == ["RING", "BootUp", "BootUp"]


def test_over_tcp_no_boot_is_reported(simulator):
    pbx = simulator(transport="TCP")
    with listening() as receiver:
        register(pbx, receiver.port)
        pbx.restart(0)
        time.sleep(0.1)
        assert (pbx.reports, receiver.raw) == ([], [])


def test_closing_ends_a_restart_for_good(simulator):
    pbx = simulator()
    thread = threading.Thread(target=pbx.restart, args=(60,))
    thread.start()
    until(lambda: refused(pbx.address))
    with at_once():
        pbx.close()
        thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert refused(pbx.address)
    pbx.restart(0)
    assert refused(pbx.address)


def test_a_restart_without_the_port_is_an_error(simulator):
    pbx = simulator()
    with pytest.raises(OSError, match="in use"):
        taken_while_away(pbx)


def taken_while_away(pbx):
    errors = []

    def restart():
        try:
            pbx.restart(0.3)
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=restart)
    thread.start()
    until(lambda: refused(pbx.address))
    with socket.create_server(pbx.address):
        thread.join(WAIT_S)
    raise errors[0]


def test_closing_ends_what_is_played(simulator):
    pbx = simulator()
    with listening() as receiver:
        register(pbx, receiver.port)
        pbx.play([ScriptStep(report="BootUp"), ScriptStep(60), ScriptStep(report="RING")])
        receiver.wait(1)
        pbx.play([ScriptStep(act=lambda stage: stage.restart(60), description="restarts")])
        until(lambda: refused(pbx.address))
        with at_once():
            pbx.close()
        assert not [t for t in threading.enumerate() if t.name.startswith("simulator")]


def test_a_hundred_reports_and_clients_at_once(simulator):
    pbx = simulator()
    with listening() as receiver:
        register(pbx, receiver.port)
        threads = [
            threading.Thread(target=lambda: [pbx.send_report("BootUp") for _ in range(10)])
            for _ in range(10)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT_S)
        assert len(receiver.wait(100)) == 100
        assert pbx.wait_for_reports(100, WAIT_S)
    assert [report.number for report in pbx.reports] == list(range(1, 101))
