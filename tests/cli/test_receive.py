"""`hbgui receive`: a line for each report, whatever becomes of its reader."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from cli.conftest import SOURCE, Shell, customised
from cli.receiving import Receiving, receive
from core.reporting import MEMBERS, report
from hbgui.cli import main
from hbgui.cli.receive import report_line
from hbgui.simulator.documented import documented
from patience import PATIENCE_S
from runtime.reporting import BODY, OTHER, free_port, post, send, status


def test_an_object_for_each_report(shell: Shell) -> None:
    with receive(shell, "--json") as here:
        assert here.url == f"http://127.0.0.1:{here.port}/"
        assert status(send(here.port, post(BODY, "/any?x"))) == 200
        told = here.object()
        assert list(told) == MEMBERS
        del told["received"]
        assert told == {
            "event": "BootUp",
            "format": "2.0.0",
            "serial": "369000000001",
            "call_id": None,
            "sender": "127.0.0.1",
            "sender_checked": False,
            "path": "/any?x",
            "repeat": 0,
            "fields": {"event": "BootUp", "sn": "369000000001"},
            "raw": BODY.decode(),
            "problem": None,
        }
        send(here.port, post(b"broken"))
        told = here.object()
        assert (told["event"], told["fields"], told["problem"]) == (None, None, "not_json")
        assert (told["format"], told["raw"]) == ("unknown", "broken")
        send(here.port, post())
        assert here.object()["repeat"] == 1
        assert here.end() == (0, "")


def test_path_and_senders_are_checked(shell: Shell) -> None:
    options = ("--path", "report", "--from", "127.0.0.1", "--from", "127.0.0.3", "--json")
    with receive(shell, *options) as here:
        assert here.url.endswith("/report")
        for source, path, code, problem in (
            ("127.0.0.1", "/report", 200, None),
            ("127.0.0.3", "/report", 200, None),
            ("127.0.0.1", "/", 404, "wrong_path"),
            (OTHER, "/report", 403, "wrong_sender"),
        ):
            assert status(send(here.port, post(path=path), source)) == code
            told = here.object()
            assert (told["sender"], told["path"], told["problem"]) == (source, path, problem)
        loaded = Path(f"/proc/{here.process.pid}/maps").read_text("utf-8")
        assert "Qt6Core" in loaded
        assert "Qt6Gui" not in loaded
        assert here.end(signal.SIGTERM) == (0, "")


def test_a_terminal_that_closes_ends_it(shell: Shell) -> None:
    with receive(shell, "--json") as here:
        assert here.end(signal.SIGHUP) == (0, "")


def test_every_documented_report_is_a_line(shell: Shell) -> None:
    with receive(shell, "--json") as here:
        for version, name in (("1.0.0", "default"), ("1.0.2", "1.0.2"), ("2.0.0", "2.0.0")):
            for body in documented(version):
                assert status(send(here.port, post(body, length=False))) == 200
                told = here.object()
                # Without parties 1.0.2 and the default form are the same.
                known = name if name != "1.0.2" or "call" in told["fields"] else "default"
                assert (told["raw"], told["problem"]) == (body.decode(), None)
                assert told["format"] == known
        assert here.end() == (0, "")


def test_a_line_each_for_a_person(shell: Shell) -> None:
    with shell.start("receive", "--port", "0", "--from", "127.0.0.1") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        port = int(first.rpartition(":")[2].partition("/")[0])
        assert first == f"Listening on http://127.0.0.1:{port}/. Ctrl-C ends it.\n"
        ring = b'{"event":"CallStatus","members":[{"ext":{"number":"1","memberstatus":"ALERT"}},'
        ring += b'{"ext":{"number":"2","memberstatus":"RING"}}]}'
        send(port, post(ring))
        line = process.stdout.readline()
        assert line.endswith("  127.0.0.1  /  CallStatus 1 → 2\n")
        send(port, post(b"\x1b[2Jbroken\n\xe2\x80\xae", "/x"), OTHER)
        line = process.stdout.readline()
        assert "\\x1b[2Jbroken\\n\\u202e" in line
        assert "Wrong sender" in line
        send(port, b"\x16\x03\x01hello")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "spoke HTTPS" in err
    assert "Traceback" not in err


def test_a_reader_that_sleeps_holds_no_pbx_up(shell: Shell) -> None:
    """A pipe takes 64 KiB; all of this is some 600."""
    with receive(shell, "--json") as here:
        codes: list[int] = []

        def burst(number: int) -> None:
            for n in range(50):
                body = b'{"event":"DTMF","infos":"%d","x":"%s"}' % (number * 50 + n, b"y" * 200)
                codes.append(status(send(here.port, post(body))))

        threads = [threading.Thread(target=burst, args=(n,)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert codes == [200] * 1000
        told = {int(here.object()["fields"]["infos"]) for _ in range(1000)}
        assert told == set(range(1000))
        assert here.end() == (0, "")


def test_a_reader_that_never_wakes_does_not_hold_the_end_up(shell: Shell) -> None:
    with shell.start("receive", "--port", "0", "--json") as process:
        assert process.stdout is not None
        port = int(json.loads(process.stdout.readline())["listening"].split(":")[2].strip("/"))
        for _ in range(40):
            send(port, post(b"{" + b" " * 9000))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
        process.stdout.close()
        assert process.stderr is not None
        assert "not printed" in process.stderr.read()


def test_it_ends_quietly_when_nobody_reads(shell: Shell) -> None:
    with receive(shell, "--json") as here:
        assert here.process.stdout is not None
        here.process.stdout.close()
        send(here.port, post())
        assert here.process.wait(60) == 0
        assert here.process.stderr is not None
        assert here.process.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="stands for a full disk")
def test_a_full_disk_is_said(shell: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "hbgui", "receive", "--port", "0", "--json"],
            env={"HOME": str(shell.home), "PYTHONPATH": str(SOURCE)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=20,
        )
    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_without_a_standard_output_it_receives_all_the_same(shell: Shell) -> None:
    port = free_port()
    command = f'exec "{sys.executable}" -m hbgui receive --port {port} >&-'
    env = {"HOME": str(shell.home), "PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]}
    with subprocess.Popen(
        ["sh", "-c", command], env=env, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert _status_once_it_listens(port) == 200
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 0
    assert "Traceback" not in err


def _status_once_it_listens(port: int) -> int:
    end_s = time.monotonic() + 20
    while time.monotonic() < end_s:
        try:
            return status(send(port, post()))
        except ConnectionRefusedError:
            time.sleep(0.05)
    return 0


def test_what_was_turned_away_is_said_beside_the_objects(shell: Shell) -> None:
    with receive(shell, "--json") as here:
        send(here.port, b"\x16\x03\x01\n\n")
        send(here.port, post())
        assert here.object()["event"]
        time.sleep(0.3)  # told at most ten times a second
        code, err = here.end()
    assert code == 0
    assert "spoke HTTPS" in err


def test_what_is_malformed_is_told_with_sender_and_reason_and_not_more_than_once(
    shell: Shell,
) -> None:
    with receive(shell, "--json") as here:
        send(here.port, b"POST / HTTP/1.1\r\n\r\n{}", OTHER)
        assert here.process.stderr is not None
        first = here.process.stderr.readline()
        assert first == f"Turned away {OTHER}: the request has no Host line (1 in all).\n"
        send(here.port, b"POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n{}")
        second = here.process.stderr.readline()
        assert second.endswith(" 127.0.0.1: the request has more than one Host line (1 in all).\n")
        for _ in range(30):
            send(here.port, b"POST / HTTP/1.1\r\n\r\n{}")
        assert here.end() == (
            0,
            "Turned away 127.0.0.1: the request has no Host line (31 in all).\n",
        )


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ('"callfrom":"2001","callto":"2002","type":"Internal"', "NewCdr 2001 → 2002 ANSWERED"),
        ('"callfrom":"2001","callto":"5","type":"Outbound"', "NewCdr 2001 → 5 ANSWERED"),
        ('"callfrom":"5","callto":"2001","type":"Inbound"', "NewCdr 5 → 2001 ANSWERED"),
        (
            '"callfrom":"5","callto":"6200(4002)","type":"Inbound","srctrunkname":"sip"',
            "NewCdr 5 → 6200 (4002) ANSWERED",
        ),
        (
            '"callfrom":"Anna <2001>","callto":"2002","type":"Internal"',
            "NewCdr Anna <2001> → 2002 ANSWERED",
        ),
        ('"callto":"2002","type":"Internal"', "NewCdr → 2002 ANSWERED"),
    ],
)
def test_nobody_stands_twice_in_a_line(record: str, told: str) -> None:
    line = report_line(report(f'{{"event":"NewCdr",{record},"status":"ANSWERED"}}'))
    assert line.endswith(f"  {told}")


def test_who_called_a_paused_agent_twice_stands_there_once() -> None:
    missed = '[{"caller":"5","callid":"1"},{"caller":"5","callid":"2"},{"caller":"6","callid":"3"}]'
    told = f'{{"event":"QueueAutoPause","queue":"6700","agent":"4002","misscall":{missed}}}'
    assert report_line(report(told)).endswith("  QueueAutoPause 4002 5, 6 → 6700")


@pytest.mark.skipif(sys.platform != "linux", reason="what a process has loaded stands in /proc")
@pytest.mark.parametrize("after_s", [0.0, 0.02, 0.05, 0.1])
def test_ctrl_c_while_it_starts_ends_it(shell: Shell, after_s: float) -> None:
    """Loading Qt must neither abort nor swallow it."""
    with shell.start("receive", "--port", "0", "--json") as process:
        maps = Path(f"/proc/{process.pid}/maps")
        while process.poll() is None and "libshiboken" not in maps.read_text():
            time.sleep(0.001)
        time.sleep(after_s)
        process.send_signal(signal.SIGINT)
        try:
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode in (0, 130, -signal.SIGINT)
    assert "Traceback" not in err
    assert "Fatal" not in err


WATCH = """
import signal, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        qt = "PySide6.QtCore" in sys.modules
        if qt and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            print("loads", name, file=sys.stderr)

sys.meta_path.insert(0, Watch())
"""


def test_nothing_is_loaded_where_ctrl_c_could_get_lost(shell: Shell, tmp_path: Path) -> None:
    """What Python raises for it is lost in many a place of its own imports."""
    env = customised(tmp_path / "site", WATCH)
    with shell.start("receive", "--port", "0", "--json", env=env) as process:
        code, err = Receiving(process).end()
    assert (code, err) == (0, "")


def test_a_port_that_is_taken_is_said_with_its_holder(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = shell.run("receive", "--port", port)
        as_json = shell.run("receive", "--port", port, "--json")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert f"Port {port} is in use by" in ran.stderr
    assert f"(process {os.getpid()})" in ran.stderr
    told = json.loads(as_json.stdout)
    assert (as_json.returncode, as_json.stderr) == (3, "")
    assert (told["outcome"], told["code"]) == ("unreachable", "port_taken")
    assert told["advice"]


def test_an_address_of_another_computer_is_said(shell: Shell) -> None:
    ran = shell.run("receive", "--bind", "192.0.2.7")
    assert ran.returncode == 3
    assert "not an address of this computer" in ran.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--bind", "pbx.example"),
        ("--port", "65536"),
        ("--port", "-1"),
        ("--port", "x"),
        ("--from", "192.168.5.0/24"),
        ("--path", "a b"),
        ("--path", "http://x/"),
        ("--pbx", "x"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["receive", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert arguments[0] in err
    assert main(["receive", "--json", *arguments]) == 2
    assert json.loads(capsys.readouterr().out)["outcome"] == "invalid"


def test_it_says_what_to_open_in_a_firewall(shell: Shell) -> None:
    with shell.start("receive", "--bind", "0.0.0.0", "--port", "0") as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "sudo ufw allow" in err
    assert "--from" in err
