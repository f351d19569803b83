"""Exit code 1 is the PBX's refusal and nothing else: what is wrong here has another one."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable

import pytest

from cli.conftest import Shell
from hbgui.simulator.server import Simulator

New = Callable[..., Simulator]

TOKEN = "0f" * 16
COMMANDS = {
    "send": ("send", "--ip", "10.1.1.1"),
    "keep": ("keep", "--ip", "10.1.1.1", "--count", "1"),
    "check": ("check",),
    "diagnose": ("diagnose", "--ip", "10.1.1.1"),
    "logout": ("logout",),
    "login": ("login", "--user", "api", "--password-stdin", "--print-token"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_fault_on_this_side_is_no_refusal(shell: Shell, simulator: New, command: str) -> None:
    pbx, secret = simulator(), {"stdin": "pw"} if command == "login" else {"token": TOKEN}
    arguments = COMMANDS[command]
    typo = shell.run(*arguments, "--pbx", "http://127.0.0.1:808888", **secret)
    untrusted = simulator(tls=True)
    unbelieved = shell.run(*arguments, "--pbx", untrusted.url, **secret)
    assert (typo.returncode, unbelieved.returncode) == (2, 4)
    if command != "login":
        assert shell.run(*arguments, "--pbx", pbx.url).returncode == 5
    port = shell.run(*arguments, "--pbx", pbx.url, "--port", "70000", **secret)
    assert port.returncode == 2
    proxy = shell.run(*arguments, "--pbx", pbx.url, "--proxy", "http://127.0.0.1:1", **secret)
    assert proxy.returncode == 3
    # A diagnosis asks for no token before it looks at the links before it.
    asked = [request for request in pbx.requests if request.token or command == "login"]
    assert (asked, untrusted.received) == ([], 0)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_refusal_has_its_number(shell: Shell, simulator: New, command: str) -> None:
    pbx = simulator(fault="failed-20005")
    secret = {"stdin": "pw"} if command == "login" else {"token": TOKEN}
    ran = shell.run(*COMMANDS[command], "--pbx", pbx.url, "--json", **secret)
    assert ran.returncode == 1
    told = json.loads(ran.stdout)
    assert told["outcome"] == "refused"
    assert pbx.received


def test_a_terminal_that_closes_ends_keep_in_order(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    with shell.start(*COMMANDS["keep"][:3], "--pbx", pbx.url, token=pbx.token) as keep:
        assert pbx.wait_for(1, 20)
        keep.stdout.readline()
        keep.send_signal(signal.SIGHUP)
        _, err = keep.communicate(timeout=20)
    assert keep.returncode == 0
    assert "Traceback" not in err
