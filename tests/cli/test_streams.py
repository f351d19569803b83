"""Commands whose standard streams are closed, full, not read or of the wrong kind."""

from __future__ import annotations

import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.conftest import SOURCE, Shell
from hbgui.cli import streams as line_writer
from hbgui.simulator.server import Simulator
from patience import PATIENCE_S
from runtime.reporting import free_port, post, send, status
from simulated import beat

New = Callable[..., Simulator]

FAULT = 70
WAIT_S = 30.0
OFTEN = ("--ip", "127.0.0.1", "--every", "0.1s")


def run(shell: Shell, redirected: str, *arguments: str, token: str = "", **env: str):
    """Run it in a shell that redirects; what a pipe of ours got of the rest."""
    command = f'exec "$0" -X dev -W error -m hbgui "$@" {redirected}'
    environment = {
        "HOME": str(shell.home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "HBGUI_TOKEN": token,
        **env,
    }
    return subprocess.run(
        ["sh", "-c", command, sys.executable, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_S,
    )


# --- closed ones


def test_a_secret_from_a_closed_standard_input_is_none(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    usual = ("--pbx", pbx.url, "--ip", "127.0.0.1")
    ran = run(shell, "<&-", "send", *usual, "--token-stdin")
    assert ran.returncode == 5
    assert "Traceback" not in ran.stderr
    assert ran.stdout
    login = ("login", "--pbx", pbx.url, "--user", "api", "--print-token")
    for more in (("--password-stdin",), ()):
        ran = run(shell, "<&-", *login, *more)
        assert ran.returncode == 2
        assert "--password-stdin" in ran.stderr
        assert "Traceback" not in ran.stderr
    assert pbx.received == 0


@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", "2</dev/null", "<&- 2>&-"])
def test_a_warning_that_nobody_can_read_stops_no_heartbeat(
    shell: Shell, simulator: New, redirected: str
) -> None:
    pbx = simulator()
    ran = run(shell, redirected, "send", "--pbx", pbx.url, "--ip", "0.0.0.0", token=pbx.token)
    assert (ran.returncode, pbx.received) == (0, 1)
    assert "Accepted" in ran.stdout or "accepted" in ran.stdout
    ran = run(shell, redirected, "send", "--pbx", pbx.url, "--ip", "", token=pbx.token)
    assert (ran.returncode, ran.stdout, pbx.received) == (2, "", 1)


@pytest.mark.parametrize("redirected", [">&-", "<&- >&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["send", "keep"])
def test_the_heartbeat_goes_out_without_any_stream(
    shell: Shell, simulator: New, command: str, redirected: str
) -> None:
    pbx = simulator()
    more = ("--count", "2", "--every", "0.1s") if command == "keep" else ()
    ran = run(
        shell, redirected, command, "--pbx", pbx.url, "--ip", "0.0.0.0", *more, token=pbx.token
    )
    assert ran.returncode == 0
    assert pbx.received == (2 if more else 1)
    assert "Traceback" not in ran.stderr


def test_notes_of_receive_never_land_among_its_lines(shell: Shell) -> None:
    port = free_port()
    command = f'exec "$0" -m hbgui receive --port {port} --json 2>&-'
    env = {"HOME": str(shell.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(
        ["sh", "-c", command, sys.executable], env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert json.loads(process.stdout.readline())["listening"]
            send(port, b"\x16\x03\x01\n\n")
            assert status(send(port, post())) == 200
            assert json.loads(process.stdout.readline())["event"]
            process.send_signal(signal.SIGINT)
            rest, _ = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert (process.returncode, rest) == (0, "")


# --- standard output that takes nothing


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))


@pytest.mark.parametrize("how", ["read-only", "full", "limit"])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_an_accepted_heartbeat_that_cannot_be_told_is_no_refusal(
    shell: Shell, simulator: New, tmp_path: Path, how: str, more: tuple[str, ...]
) -> None:
    pbx = simulator()
    path = {"read-only": "/dev/null", "full": "/dev/full"}.get(how) or str(tmp_path / "out")
    with Path(path).open("r" if how == "read-only" else "w") as out:
        ran = shell.run(
            *("send", "--pbx", pbx.url, "--ip", "127.0.0.1", *more),
            token=pbx.token,
            stdout=out,
            preexec_fn=limited if how == "limit" else None,
        )
    assert (ran.returncode, pbx.received) == (2, 1)
    assert "cannot be written" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("arguments", [("--help",), ("send", "--help"), ("--version",)])
def test_help_that_cannot_be_written_is_said(shell: Shell, arguments: tuple[str, ...]) -> None:
    ran = run(shell, ">/dev/full", *arguments)
    assert ran.returncode == 2
    assert "cannot be written" in ran.stderr


def test_a_full_disk_ends_no_token(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    ran = run(
        shell, ">/dev/full", "keep", "--pbx", pbx.url, *OFTEN, "--count", "3", token=pbx.token
    )
    assert (ran.returncode, pbx.received) == (2, 3)
    assert "cannot be written" in ran.stderr


# --- nobody reads


@contextmanager
def full_pipe() -> Iterator[int]:
    """An end to write to in which there is no room."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(write, True)
    try:
        yield write
    finally:
        os.close(write)
        os.close(read)


@contextmanager
def unread(shell: Shell, streams: str, *arguments: str, token: str = "") -> Iterator:
    """The command with full pipes for these streams, and what else there is to read."""
    with full_pipe() as full:
        out = full if "out" in streams else subprocess.PIPE
        err = full if "err" in streams else subprocess.PIPE
        env = {"HOME": str(shell.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
        with subprocess.Popen(
            [sys.executable, "-m", "hbgui", *arguments],
            env={**env, "HBGUI_TOKEN": token},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.mark.parametrize("streams", ["out", "err", "out err"])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_keep_goes_on_when_nobody_reads(
    shell: Shell, simulator: New, streams: str, more: tuple[str, ...]
) -> None:
    pbx = simulator()
    arguments = ("keep", "--pbx", pbx.url, "--ip", "0.0.0.0", "--every", "0.05s", *more)
    with unread(shell, streams, *arguments, token=pbx.token) as keep:
        assert pbx.wait_for(30, WAIT_S)
        keep.send_signal(signal.SIGTERM)
        assert keep.wait(WAIT_S) == 0
        if streams == "out":
            assert "not printed" in keep.stderr.read()


@pytest.mark.parametrize("command", ["send", "check", "diagnose"])
def test_a_warning_that_nobody_reads_stops_no_request(
    shell: Shell, simulator: New, command: str
) -> None:
    pbx = simulator()
    settings = shell.home / ".config/hbgui/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{,")  # each command warns of it before it does anything
    arguments = (command, "--pbx", pbx.url, *(("--ip", "127.0.0.1") if command == "send" else ()))
    with unread(shell, "err", *arguments, token=pbx.token) as once:
        assert once.wait(WAIT_S) == 0
        assert pbx.received
        assert once.stdout.read()


def test_keep_goes_on_at_a_paused_terminal(shell: Shell, simulator: New) -> None:
    import pty
    import termios

    pbx = simulator()
    ours, theirs = pty.openpty()
    try:
        env = {"HOME": str(shell.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
        with subprocess.Popen(
            [sys.executable, "-m", "hbgui", "keep", "--pbx", pbx.url, *OFTEN],
            env={**env, "HBGUI_TOKEN": pbx.token},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        ) as keep:
            try:
                assert pbx.wait_for(1, WAIT_S)
                termios.tcflow(theirs, termios.TCOOFF)  # Ctrl-S
                assert pbx.wait_for(pbx.received + 20, WAIT_S)
                keep.send_signal(signal.SIGINT)
                assert keep.wait(WAIT_S) == 0
            finally:
                keep.kill()
    finally:
        os.close(theirs)
        os.close(ours)


def test_what_waited_is_read_later(shell: Shell, simulator: New) -> None:
    """Nothing is lost while the reader only pauses."""
    pbx = simulator()
    read, write = os.pipe()
    size = fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096) if hasattr(fcntl, "F_SETPIPE_SZ") else 65536
    count = size // 300 + 20
    arguments = ("keep", "--pbx", pbx.url, "--ip", "127.0.0.1", "--every", "0.02s", "--json")
    env = {"HOME": str(shell.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    with subprocess.Popen(
        [sys.executable, "-m", "hbgui", *arguments, "--count", str(count + 100)],
        env={**env, "HBGUI_TOKEN": pbx.token},
        stdin=subprocess.DEVNULL,
        stdout=write,
    ) as keep:
        os.close(write)
        try:
            assert pbx.wait_for(count, WAIT_S)
            with os.fdopen(read) as lines:
                outcomes = [json.loads(line)["outcome"] for line in lines]
            assert outcomes == ["accepted"] * (count + 100)
            assert keep.wait(WAIT_S) == 0
        finally:
            keep.kill()


def test_a_pipe_that_does_not_block_gets_all_lines(shell: Shell) -> None:
    """Who started us may have made it so."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    with shell.start("simulate", "--help", stdout=write) as process:
        os.close(write)
        threading.Event().wait(1)
        with os.fdopen(read) as lines:
            told = lines.read()
        assert process.wait(WAIT_S) == 0
    assert "status-N" in told


@pytest.mark.parametrize("streams", ["out", "err", "out err"])
def test_receive_answers_when_nobody_reads(shell: Shell, streams: str) -> None:
    port = free_port()
    with unread(shell, streams, "receive", "--port", str(port)) as process:
        _until_it_listens(port)
        for _ in range(50):
            send(port, b"\x16\x03\x01\n\n")
            assert status(send(port, post())) == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0


def _until_it_listens(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            threading.Event().wait(0.05)
    raise AssertionError("nobody listens")


def test_the_simulator_answers_when_nobody_reads(shell: Shell) -> None:
    port = free_port()
    token = "canary-token-1234"
    options = ("simulate", "--port", str(port), "--token", token)
    with unread(shell, "out err", *options) as process:
        _until_it_listens(port)
        pbx = Remote(("127.0.0.1", port), token)
        for _ in range(30):
            assert beat(pbx, token) == {"status": "Success"}  # type: ignore[arg-type]
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_S) == 0


class Remote:
    """A simulator in another process, as far as `beat` knows one."""

    tls = False

    def __init__(self, address: tuple[str, int], token: str) -> None:
        self.address = address
        self.token = token


def test_strangers_fill_no_disk_with_notes(shell: Shell) -> None:
    with shell.start("receive", "--port", "0", "--json") as process:
        assert process.stdout is not None
        port = int(json.loads(process.stdout.readline())["listening"].split(":")[2].strip("/"))
        for _ in range(40):
            send(port, b"\x16\x03\x01\n\n")
            send(port, b"rubbish\r\n\r\n")
        assert status(send(port, post())) == 200
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=WAIT_S)
    lines = [line for line in err.splitlines() if "Turned away" in line]
    assert len(lines) <= 4, "the first of each kind, and the rest at the end"
    assert sum("(40 in all)" in line for line in lines) == 2


def test_what_was_read_makes_room_for_more_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_writer, "BYTES_MAX", 20)
    read, write = os.pipe()
    with os.fdopen(read, "rb") as reader, os.fdopen(write, "w") as stream:
        lines = line_writer.LineWriter(stream)
        for number in range(10):
            lines.write(f"line {number}")
            assert lines.left_out == 0
            assert reader.readline() == f"line {number}\n".encode()
        assert lines.close(PATIENCE_S) == 0


def test_a_line_that_was_begun_and_not_read_is_counted_as_lost() -> None:
    read, write = os.pipe()
    with os.fdopen(write, "w") as stream:
        lines = line_writer.LineWriter(stream)
        lines.write("x" * 2**20)
        lines.write("y")
        with os.fdopen(read, "rb") as reader:
            assert reader.read(1) == b"x"  # it is at work
            assert lines.close(0.05) == 2
        assert lines.close(PATIENCE_S) == 0  # its reader has gone
