"""What a command prints, writes and hands on: never the token."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Shell, customised
from hbgui.simulator.server import Simulator
from leaks import ending, files, leaks

New = Callable[..., Simulator]

TOKENS = [
    "a%2Bb&amp;\"'<\N{PILE OF POO}>\\/?=#+\xfc;",
    "%(x)s{0}$HOME`9`&token=1&token=\\u0041%s%n",
]
FAULTS = [
    "none",
    "echo-token",
    "echo-token-errno",
    "redirect-302",
    "html",
    "error-500",
    "not-http",
    "cut-off",
    "reset",
    "two-lengths",
    "hang",
    "client-certificate",
    "failed-20006",
]
WAIT_S = 20.0


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    (tmp_path / "home").mkdir()
    return Shell(tmp_path / "home")


def arguments(pbx: Simulator, *more: str) -> list[str]:
    return ["--pbx", pbx.url, "--ip", "192.0.2.10", "--timeout", "1", "--insecure", *more]


def command_line(process: subprocess.Popen[str]) -> str:
    """What every user of this computer can read."""
    path = Path(f"/proc/{process.pid}/cmdline")
    if not path.exists():
        pytest.skip("no /proc here")
    end_s = time.monotonic() + WAIT_S
    # The system fills it a moment after the process has begun.
    while not (line := path.read_bytes()):
        assert time.monotonic() < end_s
    return line.replace(b"\0", b" ").decode("utf-8", "replace")


@pytest.mark.parametrize("token", TOKENS, ids=["unicode", "ascii"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_heartbeat_tells_it_to_the_pbx_only(
    shell: Shell, simulator: New, fault: str, token: str
) -> None:
    pbx = simulator(token=token, fault=fault)
    # Switches of other programs that would send it elsewhere, or write down what encrypts it.
    env = {"SSLKEYLOGFILE": str(shell.home / "keys"), "http_proxy": "http://127.0.0.1:9"}
    target = arguments(pbx)
    how: list[tuple[list[str], dict[str, Any], str]] = [
        (["send", *target, "--json", "--token-stdin"], {}, token),
        (["send", *target], {"token": token}, ""),
        (["keep", *target, "--count", "1"], {"token": token}, ""),
    ]
    with ExitStack() as stack:
        running = [
            (stack.enter_context(ending(shell.start(*args, env=env, **more))), stdin)
            for args, more, stdin in how
        ]
        seen = [command_line(process) for process, _ in running]
        assert all("hbgui" in line for line in seen)
        for process, stdin in running:
            seen += process.communicate(stdin, timeout=WAIT_S)
    assert not leaks("\n".join([*seen, files(shell.home)]), token)
    assert "Traceback" not in "".join(seen)
    assert not (shell.home / "keys").exists()
    if fault not in ("not-http", "client-certificate"):
        assert [r.token for r in pbx.requests] == [token] * 3


@pytest.mark.parametrize("token", TOKENS, ids=["unicode", "ascii"])
@pytest.mark.parametrize("fault", ["none", "echo-token", "redirect-302", "hang", "failed-20006"])
def test_a_check_and_a_diagnosis_tell_it_to_the_pbx_only(
    shell: Shell, simulator: New, fault: str, token: str
) -> None:
    pbx = simulator(token=token, fault=fault)
    target = arguments(pbx)
    seen = []
    with ExitStack() as stack:
        for command in ("check", "diagnose"):
            for more in ((), ("--json",)):
                started = shell.start(command, *target, *more, token=token)
                process = stack.enter_context(ending(started))
                seen += [command_line(process), *process.communicate(timeout=WAIT_S)]
    assert not leaks("\n".join([*seen, files(shell.home)]), token)
    assert "Traceback" not in "".join(seen)
    assert token in [r.token for r in pbx.requests]


def test_a_crash_of_the_interpreter_tells_nothing(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="hang")
    env = {"PYTHONFAULTHANDLER": "1"}
    args = arguments(pbx, "--timeout", "30")
    with ending(shell.start("send", *args, token=TOKENS[0], env=env, cwd=shell.home)) as process:
        assert pbx.wait_for(1, WAIT_S)
        process.send_signal(signal.SIGSEGV)
        out, err = process.communicate(timeout=WAIT_S)
    assert process.returncode == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in err
    assert not leaks(out + err + files(shell.home), TOKENS[0])
    assert not list(shell.home.glob("core*"))


RAISES = """
from hbgui.adapters.net.pbx_http import PbxHttp

def post(self, address, request, token, **options):
    try:
        raise OSError("first " + token.reveal())
    except OSError:
        raise ValueError({"url": f"/api?token={token.reveal()}"})

PbxHttp.post = post
"""


@pytest.mark.parametrize("token", TOKENS, ids=["unicode", "ascii"])
def test_a_mistake_of_the_program_is_shown_without_it(
    shell: Shell, tmp_path: Path, token: str
) -> None:
    env = customised(tmp_path / "site", RAISES)
    send = ("send", "--pbx", "http://127.0.0.1:9", "--ip", "192.0.2.10")
    ran = shell.run(*send, token=token, env=env)
    assert (ran.returncode, ran.stdout) == (70, "")
    assert "\nhbgui: This is a fault in hbgui itself: ValueError in sitecustomize" in ran.stderr
    assert "Traceback" not in ran.stderr
    as_json = shell.run(*send, "--json", token=token, env=env)
    told = json.loads(as_json.stdout)
    assert (as_json.returncode, as_json.stderr) == (70, "")
    assert (told["outcome"], told["problems"]) == ("internal_fault", [])
    more = shell.run(*send, token=token, env={**env, "HBGUI_DEBUG": "1"})
    assert more.returncode == 70
    assert "OSError: first ***" in more.stderr
    assert "\nValueError: {'url': '/api?token=***" in more.stderr
    said = ran.stderr + as_json.stdout + more.stdout + more.stderr
    assert not leaks(said, token)


CHILD = """
import atexit, subprocess, sys

def child():
    subprocess.run([sys.executable, "-S", "-c", "import os; print('VARIABLES', *os.environ)"])

atexit.register(child)
"""


def test_children_do_not_inherit_it(shell: Shell, simulator: New, tmp_path: Path) -> None:
    pbx = simulator()
    env = customised(tmp_path / "site", CHILD)
    for more in ([], ["--token-stdin"]):
        ran = shell.run("send", *arguments(pbx, *more), token=pbx.token, stdin="1" * 32, env=env)
        assert ran.returncode == (1 if more else 0), ran.stderr
        assert "VARIABLES" in ran.stdout
        assert " HOME" in ran.stdout
        assert "HBGUI_TOKEN" not in ran.stdout
