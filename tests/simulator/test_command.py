"""`hbgui simulate` as a process of its own."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from hbgui.simulator import command
from hbgui.simulator.documented import documented
from hbgui.simulator.events import name_of
from hbgui.simulator.faults import FAULTS
from patience import PATIENCE_S
from simulated import WAIT_S, md5, read_all, request_bytes, unchecked
from simulator.listening import listening

RUNNER = """
import argparse, sys
from hbgui.simulator import command
parser = argparse.ArgumentParser()
command.add_arguments(parser)
sys.exit(command.run(parser.parse_args()))
"""
SRC = Path(command.__file__).parents[2]
BODY = b'{"ipaddr":"192.0.2.10","port":"8260","url":"events","urlflag":"0"}'


@contextlib.contextmanager
def running(*options):
    """The command, its process ended in any case."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", RUNNER, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Unbuffered output would hide that the command does not flush.
        env={**os.environ, "PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": ""},
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def finished(*options):
    """Exit code, output and errors of a command that ends by itself."""
    with running(*options) as process:
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err


def ended(process, number):
    """End it with a signal; exit code and remaining output."""
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def ask(url, target, body=b""):
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port), WAIT_S) as sock:
        if parts.scheme == "https":
            sock = unchecked().wrap_socket(sock)
        with sock:
            sock.sendall(request_bytes("POST", target, body))
            return json.loads(read_all(sock).partition(b"\r\n\r\n")[2])


def beat(told, body=BODY):
    return ask(told["listening"], f"/api/v1.1.0/heartbeat?token={told['token']}", body)


def target(port, url="r"):
    return json.dumps({"ipaddr": "127.0.0.1", "port": str(port), "url": url}).encode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_json_is_one_object_and_a_signal_ends_it(number):
    with running("--json") as process:
        told = json.loads(process.stdout.readline())
        assert list(told) == ["listening", "token", "user", "password", "warnings", "problems"]
        assert (told["warnings"], told["problems"]) == ([], [])
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9][0-9]+", told["listening"])
        assert re.fullmatch(r"[0-9a-f]{32}", told["token"])
        assert beat(told) == {"status": "Success"}
        login = {"username": told["user"], "password": md5(told["password"]), "port": "1"}
        answer = ask(told["listening"], "/api/v1.1.0/login", json.dumps(login).encode())
        assert answer["status"] == "Success"
        assert ended(process, number) == (0, "", "")


def test_a_signal_ends_it_while_clients_hang():
    with running("--json", "--fault", "hang") as process:
        told = json.loads(process.stdout.readline())
        parts = urlsplit(told["listening"])
        with socket.create_connection((parts.hostname, parts.port), WAIT_S) as sock:
            sock.sendall(request_bytes("POST", "/"))
            time.sleep(0.2)
            assert ended(process, signal.SIGTERM) == (0, "", "")


def test_people_read_where_it_is_and_what_happens():
    with running("--token", "canary-token-1234", "--user", "me", "--password", "pw%s") as process:
        head = [process.stdout.readline() for _ in range(5)]
        url = head[0].split()[1]
        assert [line.split()[-1] for line in head[1:4]] == ["canary-token-1234", "me", "pw%s"]
        told = {"listening": url, "token": "canary-token-1234"}
        assert beat(told) == {"status": "Success"}
        first = process.stdout.readline()
        ask(url, "/api/v1.1.0/heartbeat/canary-token-1234?token=other")
        second = process.stdout.readline()
        code, rest, err = ended(process, signal.SIGINT)
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d  127\.0\.0\.1  POST /api/v1\.1\.0/heartbeat\?token=\*\*\*  "
        r"Success, reports go to 192\.0\.2\.10:8260/events\n",
        first,
    )
    assert second.endswith("  POST /api/v1.1.0/heartbeat/***?token=***  Failed 10003\n")
    assert (code, rest, err) == (0, "", "")


def test_the_options_reach_the_simulator():
    options = ("--token", "T", "--user", "U", "--password", "P", "--ttl", "0.2", "--json")
    with running(*options, "--fault", "failed-12345", "--bind", "::1") as process:
        told = json.loads(process.stdout.readline())
        assert told | {"listening": ""} == {
            "listening": "",
            "token": "T",
            "user": "U",
            "password": "P",
            "warnings": [],
            "problems": [],
        }
        assert told["listening"].startswith("http://[::1]:")
        assert beat(told) == {"status": "Failed", "errno": "12345"}
    with running("--token", "T", "--ttl", "0.2", "--json") as process:
        told = json.loads(process.stdout.readline())
        time.sleep(0.3)
        assert beat(told) == {"status": "Failed", "errno": "20006"}


def test_the_box_tells_what_the_options_say():
    options = ("--firmware", "30.9.0.1", "--serial", "369123", "--clock-offset", "-86400")
    with running("--json", *options) as process:
        told = json.loads(process.stdout.readline())
        path = f"/api/v1.1.0/deviceinfo/query?token={told['token']}"
        info = ask(told["listening"], path)["deviceinfo"]
        yesterday = datetime.now().astimezone() - timedelta(days=1)
        assert (info["firmwarever"], info["sn"]) == ("30.9.0.1", "369123")
        shown = datetime.strptime(info["systemtime"][:19], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
        assert abs(shown - yesterday.replace(tzinfo=None)) < timedelta(minutes=1)


@pytest.mark.parametrize("json_mode", [[], ["--json"]])
def test_the_list_is_sent_and_logged(json_mode):
    options = ("--token", "canary-token-1234", "--events", "list", "--events-every", "0.001")
    with listening() as receiver, running(*options, *json_mode) as process:
        first = process.stdout.readline()
        url = json.loads(first)["listening"] if json_mode else first.split()[1]
        told = {"listening": url, "token": "canary-token-1234"}
        # Who puts the token into the url gets it there, but nobody reads it in the log.
        beat(told, target(receiver.port, "canary-token-1234"))
        count = len(documented(""))
        assert receiver.wait(count) == documented("")
        assert receiver.raw[0].startswith(b"POST /canary-token-1234 HTTP/1.1\r\n")
        # A head of four lines is left, the heartbeat, each report, and the end of the events.
        said = [] if json_mode else [process.stdout.readline() for _ in range(4 + 1 + count + 1)]
        assert ended(process, signal.SIGTERM) == (0, "", "")
    if json_mode:
        return
    lines = [line[10:].rstrip() for line in said if "  report " in line]
    assert lines[0] == f"report BootUp to 127.0.0.1:{receiver.port}/***  200"
    assert len(lines) == count
    assert [line for line in said if line.endswith("  no more events\n")]
    assert "canary" not in "".join(said).partition("Ctrl-C")[2]


def test_a_lost_report_is_logged_as_such():
    with running("--events", "office", "--events-every", "0.01") as process:
        head = [process.stdout.readline() for _ in range(5)]
        told = {"listening": head[0].split()[1], "token": head[1].split()[1]}
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        beat(told, target(port))
        process.stdout.readline()
        line = process.stdout.readline()
        assert ended(process, signal.SIGINT)[0] == 0
    where = f"report ExtensionStatus to 127.0.0.1:{port}/r"
    assert re.fullmatch(rf"{where}  Connection refused, will be repeated\n", line[10:])


def test_a_script_is_played(tmp_path):
    script = tmp_path / "script"
    script.write_text(
        '{"report": "NewCdr"}\n{"wait": 0.2}\n{"do": "restart", "down": 0}\n{"raw": "{}"}\n'
    )
    with listening() as receiver, running("--events", str(script)) as process:
        head = [process.stdout.readline() for _ in range(5)]
        told = {"listening": head[0].split()[1], "token": head[1].split()[1]}
        beat(told, target(receiver.port))
        names = [name_of(body) for body in receiver.wait(2)]
        assert ended(process, signal.SIGINT)[0] == 0
    assert names == ["NewCdr", "BootUp"]


def test_over_tcp_nothing_is_sent():
    options = ("--transport", "tcp", "--events", "list", "--events-every", "0.001")
    with listening() as receiver, running(*options) as process:
        head = [process.stdout.readline() for _ in range(5)]
        told = {"listening": head[0].split()[1], "token": head[1].split()[1]}
        assert beat(told, target(receiver.port)) == {"status": "Success"}
        time.sleep(0.2)
        assert ended(process, signal.SIGINT)[0] == 0
        assert receiver.raw == []


def test_a_report_may_be_written_in_another_way():
    options = ("--report-style", "http10", "--events", "list", "--events-every", "0.001")
    with listening() as receiver, running("--json", *options) as process:
        beat(json.loads(process.stdout.readline()), target(receiver.port))
        receiver.wait(1)
        assert receiver.raw[0].startswith(b"POST /r HTTP/1.0\r\n")


def test_an_empty_heartbeat_may_be_taken():
    with listening() as receiver, running("--json", "--empty-heartbeat") as process:
        told = json.loads(process.stdout.readline())
        assert beat(told, target(receiver.port)) == {"status": "Success"}
        assert beat(told, b"") == {"status": "Success"}
        assert beat(told, b'{"port":"1"}')["errno"] == "10004"
    with running("--json") as process:
        told = json.loads(process.stdout.readline())
        assert beat(told, b"")["errno"] == "20007"


def test_a_report_that_needs_no_answer_is_told_as_sent():
    options = ("--events", "list", "--events-every", "0.001")
    with listening(lambda _: None) as receiver, running(*options) as it:
        head = [it.stdout.readline() for _ in range(5)]
        told = {"listening": head[0].split()[1], "token": head[1].split()[1]}
        place = {"ipaddr": "127.0.0.1", "port": receiver.port, "version": "2.0.0"}
        path = f"/api/v2.0.0/heartbeat?token={told['token']}"
        assert ask(told["listening"], path, json.dumps(place).encode()) == {"status": "Success"}
        it.stdout.readline()
        line = it.stdout.readline().rstrip()
    assert line.endswith(f"report BootUp to 127.0.0.1:{receiver.port}  sent, no answer")


def test_a_script_has_its_own_pace(tmp_path):
    script = tmp_path / "script"
    script.write_text('{"report": "NewCdr"}\n')
    code, out, err = finished("--events", str(script), "--events-every", "1")
    assert (code, out) == (2, "")
    assert err.startswith("--events-every is for office and list")


def test_a_bad_script_is_bad_input(tmp_path):
    script = tmp_path / "script"
    script.write_text('{"wait": 1}\n{"wait": "canary"}\n')
    code, out, err = finished("--events", str(script))
    assert (code, out) == (2, "")
    assert "line 2: wait needs seconds" in err
    assert "canary" not in err


@pytest.mark.parametrize(
    ("options", "version"), [(["--tls"], "TLSv1.3"), (["--fault", "old-tls"], "TLSv1.2")]
)
def test_tls(options, version):
    with running("--json", *options) as process:
        told = json.loads(process.stdout.readline())
        assert told["listening"].startswith("https://127.0.0.1:")
        old = unchecked()
        old.set_ciphers("DEFAULT")
        parts = urlsplit(told["listening"])
        with (
            socket.create_connection((parts.hostname, parts.port), WAIT_S) as sock,
            old.wrap_socket(sock) as tls,
        ):
            assert tls.version() == version
            target = f"/api/v1.1.0/heartbeat?token={told['token']}"
            tls.sendall(request_bytes("POST", target, BODY))
            assert read_all(tls).endswith(b'{"status":"Success"}')
        assert ended(process, signal.SIGTERM) == (0, "", "")


def test_a_taken_port_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, out, err = finished("--port", port)
    assert (code, out) == (3, "")
    assert f"127.0.0.1 port {port}" in err
    assert "in use" in err
    assert "free port" in err
    assert "Traceback" not in err


def test_an_address_of_another_computer_is_said():
    code, out, err = finished("--bind", "192.0.2.1")
    assert (code, out) == (3, "")
    assert "192.0.2.1" in err
    assert "address of this computer" in err


def test_other_computers_are_warned_of():
    with running("--bind", "0.0.0.0", "--json") as process:
        told = json.loads(process.stdout.readline())
        assert told["listening"].startswith("http://0.0.0.0:")
        assert told["warnings"] == ["other computers can reach this simulator."]
        assert ended(process, signal.SIGTERM) == (0, "", "")
    with running("--bind", "0.0.0.0") as process:
        assert process.stdout.readline().startswith("Listening  http://0.0.0.0:")
        assert ended(process, signal.SIGTERM)[2].startswith("Warning: other computers")


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        (("--port", "65536"), "0 to 65535"),
        (("--port", "-1"), "0 to 65535"),
        (("--port", "web"), "0 to 65535"),
        (("--bind", "999.1.1.1"), "IP address"),
        (("--bind", "pbx.example"), "IP address"),
        (("--ttl", "0"), "seconds above 0"),
        (("--ttl", "nan"), "seconds above 0"),
        (("--ttl", "inf"), "seconds above 0"),
        (("--ttl", "soon"), "seconds above 0"),
        (("--token", ""), "1 to 1200"),
        (("--token", " canary-a"), "1 to 1200"),
        (("--token", "canary" * 201), "1 to 1200"),
        (("--user", ""), "printable"),
        (("--password", "canary\n"), "printable"),
        (("--clock-offset", "soon"), "seconds between"),
        (("--clock-offset", "nan"), "seconds between"),
        (("--transport", "canary"), "http, tcp"),
        (("--events", "/canary/x"), "office, list"),
        (("--events-every", "0"), "seconds, 0.001 to 3600"),
        (("--events-every", "canary"), "seconds, 0.001"),
        (("--seed", "-1"), "whole number"),
        (("--report-style", "canary"), "documented, length, http10"),
        (("--firmware", ""), "printable"),
        (("--serial", "\n"), "printable"),
        (("--fault", "canary"), ", ".join(FAULTS)),
    ],
)
def test_bad_input_names_the_option_and_what_is_allowed(options, allowed, capsys):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(options)
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert options[0] in err
    assert allowed in err
    assert "canary" not in err


def test_the_help_lists_every_fault(capsys):
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for name, fault in FAULTS.items():
        assert re.search(rf"^  {re.escape(name)} +{re.escape(fault.text)}", out, re.MULTILINE)
    for family in ("failed-N", "redirect-N", "status-N"):
        assert f"\n  {family} " in out
