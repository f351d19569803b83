"""`hbgui keep`: again and again, until there is a reason to end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import MEMBERS, SOURCE, Shell
from hbgui.adapters.files.paths import Paths
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.runtime.named_lock import NamedLock, keeper_of
from hbgui.simulator.server import Simulator
from patience import PATIENCE_S

New = Callable[..., Simulator]
OFTEN = ["--ip", "127.0.0.1", "--every", "0.2s"]


def objects(text: str) -> list[dict]:
    found = [json.loads(line) for line in text.splitlines()]
    assert all(set(told) == MEMBERS for told in found)
    return found


def test_count_heartbeats_and_no_more(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    ran = shell.run("keep", "--pbx", pbx.url, *OFTEN, "--count", "3", "--json", token=pbx.token)
    assert ran.returncode == 0, ran.stderr
    assert [told["outcome"] for told in objects(ran.stdout)] == ["accepted"] * 3
    assert pbx.received == 3


def test_one_line_each_for_a_person(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    ran = shell.run("keep", "--pbx", pbx.url, *OFTEN, "--count", "2", token=pbx.token)
    lines = ran.stdout.splitlines()
    assert len(lines) == 2
    assert all(pbx.url in line and "Accepted" in line for line in lines)
    assert "next at" in lines[0]
    assert "next at" not in lines[1]


@pytest.mark.parametrize(
    ("fault", "code", "sent"),
    [
        ("failed-20006", 1, 1),
        ("failed-20008", 1, 1),
        ("redirect-302", 6, 1),
        ("failed-20010", 1, 3),
        ("failed-99999", 1, 3),
        ("html", 6, 3),
        ("close", 3, 3),
    ],
)
def test_what_may_pass_is_tried_again_and_the_rest_ends(
    shell: Shell, simulator: New, fault: str, code: int, sent: int
) -> None:
    pbx = simulator(fault=fault)
    ran = shell.run("keep", "--pbx", pbx.url, *OFTEN, "--count", "3", "--json", token=pbx.token)
    assert ran.returncode == code, ran.stderr
    assert len(objects(ran.stdout)) == sent


@pytest.mark.parametrize("fault", ["redirect-302", "html", "not-found"])
def test_a_guest_wifi_does_not_end_it_and_gets_no_token(
    shell: Shell, simulator: New, fault: str
) -> None:
    """The PBX was accepted at this address; something else answers for a while."""
    pbx = simulator()
    arguments = ["keep", "--pbx", pbx.url, *OFTEN, "--json"]
    with shell.start(*arguments, token=pbx.token) as keep:
        assert keep.stdout is not None
        assert json.loads(keep.stdout.readline())["outcome"] == "accepted"
        pbx.fault = fault
        told = [json.loads(keep.stdout.readline()) for _ in range(3)]
        away = [one for one in told if one["outcome"] != "accepted"]
        assert len(away) >= 2
        assert all("guest Wi-Fi?" in one["message"] for one in away)
        asked = pbx.received
        json.loads(keep.stdout.readline())
        assert pbx.received > asked
        since = pbx.requests[asked:]
        assert not [request for request in since if request.token]
        pbx.fault = "none"
        while json.loads(keep.stdout.readline())["outcome"] != "accepted":
            pass
        keep.send_signal(signal.SIGINT)
        _out, err = keep.communicate(timeout=60)
    assert keep.returncode == 0, err


def test_an_untrusted_certificate_ends_it(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    ran = shell.run("keep", "--pbx", pbx.url, *OFTEN, "--json", token=pbx.token)
    assert ran.returncode == 4
    assert pbx.received == 0


def test_the_count_ends_with_the_last_outcome(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="flaky")
    ran = shell.run("keep", "--pbx", pbx.url, *OFTEN, "--count", "4", "--json", token=pbx.token)
    outcomes = [told["outcome"] for told in objects(ran.stdout)]
    assert set(outcomes) == {"accepted", "unreachable"}
    assert ran.returncode == (0 if outcomes[-1] == "accepted" else 3)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("fault", ["none", "hang", "drip-headers"])
def test_a_signal_ends_it_with_0_at_once(
    shell: Shell, simulator: New, how: signal.Signals, fault: str
) -> None:
    pbx = simulator(fault=fault)
    with shell.start("keep", "--pbx", pbx.url, "--ip", "127.0.0.1", token=pbx.token) as keep:
        assert pbx.wait_for(1, 20)
        time.sleep(0.2)
        keep.send_signal(how)
        out, err = keep.communicate(timeout=PATIENCE_S)
    assert keep.returncode == 0, err
    assert err == ""
    assert "Traceback" not in out


def test_an_interrupted_send_says_so_by_its_code(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="hang")
    with shell.start("send", "--pbx", pbx.url, "--ip", "127.0.0.1", token=pbx.token) as send:
        assert pbx.wait_for(1, 20)
        send.send_signal(signal.SIGINT)
        out, err = send.communicate(timeout=60)
    assert (send.returncode, out, err) == (130, "", "")


@pytest.mark.parametrize(
    ("pbx", "every", "code"),
    [
        ("192.0.2.7", "29s", 2),
        ("192.0.2.7", "0.5s", 2),
        ("http://127.0.0.1:1", "0", 2),
        ("http://127.0.0.1:1", "soon", 2),
        ("http://127.0.0.1:1", "0.1s", 3),
        ("http://[::1]:1", "0.1s", 3),
        ("http://localhost:1", "0.1s", 3),
    ],
)
def test_a_real_pbx_is_not_hammered(shell: Shell, pbx: str, every: str, code: int) -> None:
    ran = shell.run(
        "keep", "--pbx", pbx, "--ip", "127.0.0.1", "--every", every, "--count", "1", token="0f" * 16
    )
    assert ran.returncode == code, ran.stdout
    if code == 2:
        assert "--every" in ran.stderr


@pytest.mark.parametrize(("every", "warned"), [("30s", False), ("25m", False), ("1501", True)])
def test_the_shortest_and_the_longest_interval_are_taken(
    shell: Shell, every: str, warned: bool
) -> None:
    """By way of a proxy that is not there, so that nothing leaves this computer."""
    given = ("--pbx", "192.0.2.7", "--ip", "127.0.0.1", "--proxy", "127.0.0.1:1", "--count", "1")
    ran = shell.run("keep", *given, "--every", every, token="0f" * 16)
    assert ran.returncode == 3, ran.stderr
    assert ("above 25 minutes" in ran.stderr) is warned


@pytest.mark.parametrize("count", ["0", "-1", "x", "1.5"])
def test_a_count_is_a_whole_number(shell: Shell, count: str) -> None:
    ran = shell.run("keep", "--pbx", "127.0.0.1", "--count", count, token="0f" * 16)
    assert ran.returncode == 2
    assert "--count" in ran.stderr


def test_a_reader_that_goes_away_is_no_fault(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    with shell.start("keep", "--pbx", pbx.url, *OFTEN, token=pbx.token) as keep:
        assert keep.stdout is not None
        keep.stdout.readline()
        keep.stdout.close()
        assert keep.wait(60) == 0
        assert keep.stderr is not None
        assert keep.stderr.read() == ""


# --- profiles of the window


def store(home: Path, *profiles: Profile) -> Paths:
    paths = Paths(
        home / ".config" / "hbgui" / "settings.json",
        home / "window.ini",
        home / ".local" / "state" / "hbgui" / "locks",
        home / ".local" / "state" / "hbgui" / "logins.json",
        home / ".local" / "state" / "hbgui" / "history.db",
    )
    ProfileFile(paths.settings_file).save(Settings(profiles))
    return paths


def profile(pbx: Simulator, name: str = "Hotel Post", pbx_id: str = "p1") -> Profile:
    return Profile(
        pbx_id,
        name,
        pbx.url,
        api=ApiVersion.V2,
        server=ServerAddress(AddressKind.FIXED, "10.1.1.1"),
        port="9001",
        url_mode=UrlMode.RELATIVE,
        url="from/profile",
    )


def test_a_profile_supplies_what_is_left_out(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    store(shell.home, profile(pbx))
    ran = shell.run("send", "--profile", "hotel post", token=pbx.token)
    assert ran.returncode == 0, ran.stderr
    assert "Hotel Post" in ran.stdout
    assert str(pbx.targets[pbx.token]) == "10.1.1.1:9001/from/profile"
    assert pbx.requests[-1].path == "/api/v2.0.0/heartbeat"


def test_options_override_the_profile(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    store(shell.home, profile(pbx))
    ran = shell.run(
        "send",
        "--profile",
        "p1",
        "--ip",
        "10.2.2.2",
        "--port",
        "9002",
        "--url",
        "mine",
        "--api",
        "v1.1.0",
        token=pbx.token,
    )
    assert ran.returncode == 0, ran.stderr
    assert str(pbx.targets[pbx.token]) == "10.2.2.2:9002/mine"
    assert pbx.requests[-1].path == "/api/v1.1.0/heartbeat"


def test_an_ambiguous_name_is_refused(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    store(shell.home, profile(pbx), profile(pbx, pbx_id="p2"))
    ran = shell.run("send", "--profile", "Hotel Post", token=pbx.token)
    assert ran.returncode == 2
    assert "p1" in ran.stderr
    assert "p2" in ran.stderr


def test_without_a_keyring_a_profile_has_no_token(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    store(shell.home, profile(pbx))
    code, told = shell.json("send", "--profile", "Hotel Post")
    assert (code, told["outcome"]) == (5, "no_secret")
    assert "keyring" in told["message"]


def test_a_pbx_that_is_kept_already_is_refused(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    paths = store(shell.home, profile(pbx))
    lock = NamedLock(paths.lock_folder, keeper_of("p1"))
    assert lock.acquire()
    arguments = ["keep", "--profile", "Hotel Post", "--every", "0.2s", "--count", "1"]
    ran = shell.run(*arguments, token=pbx.token)
    assert ran.returncode == 2
    assert "Hotel Post" in ran.stderr
    assert pbx.received == 0
    lock.release()
    assert shell.run(*arguments, token=pbx.token).returncode == 0


def test_keep_loads_no_window(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    store(shell.home, profile(pbx))
    script = (
        "import sys; from hbgui.app import main; main(sys.argv[1:]);"
        "print([m for m in sys.modules if m in ('PySide6.QtWidgets', 'PySide6.QtGui')])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "keep", "--profile", "p1", "--every", "1s", "--count", "1"],
        env={"PYTHONPATH": str(SOURCE), "HBGUI_TOKEN": pbx.token, "HOME": str(shell.home)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ran.stdout.splitlines()[-1] == "[]", ran.stderr


def test_retries_come_sooner_than_a_long_interval(shell: Shell) -> None:
    """A closed port, then a PBX: the first retry after 15 s must not wait for the interval."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with shell.start(
        "keep",
        "--pbx",
        f"http://127.0.0.1:{port}",
        "--ip",
        "127.0.0.1",
        "--every",
        "10m",
        "--count",
        "2",
        "--json",
        token="0f" * 16,
    ) as keep:
        assert keep.stdout is not None
        assert json.loads(keep.stdout.readline())["outcome"] == "unreachable"
        with Simulator(port=port, token="0f" * 16):
            second = json.loads(keep.stdout.readline())
        assert second["outcome"] == "accepted"
        assert keep.wait(60) == 0


SLEEPER = """
import sys, threading, time
from datetime import timedelta
from hbgui.adapters.clock import SystemClock
from hbgui.app import main
from hbgui.core.api import schedule
from hbgui.core.values import Moment

real, slept_s = SystemClock.now, 0

def now(self):
    moment = real(self)
    return Moment(moment.elapsed_s + slept_s, moment.utc + timedelta(seconds=slept_s))

def sleep():
    global slept_s
    sys.stdin.readline()
    print(time.time(), file=sys.stderr, flush=True)
    slept_s = 7200

SystemClock.now = now
schedule.SETTLE_S, schedule.TICK_S = 3.0, 0.05
threading.Thread(target=sleep, daemon=True).start()
sys.exit(main(sys.argv[1:]))
"""


def test_after_a_sleep_the_network_gets_a_moment_to_come_back(shell: Shell, simulator: New) -> None:
    """Else the heartbeat that was missed meets a network that is not there yet."""
    pbx = simulator()
    env = {"HOME": str(shell.home), "PYTHONPATH": str(SOURCE), "HBGUI_TOKEN": pbx.token}
    arguments = ["keep", "--pbx", pbx.url, "--ip", "127.0.0.1", "--every", "1h", "--count", "2"]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    with subprocess.Popen(
        [sys.executable, "-c", SLEEPER, *arguments], env=env, text=True, **pipes
    ) as keep:
        assert keep.stdout is not None
        assert keep.stdout.readline()
        _out, err = keep.communicate("sleep\n", timeout=60)
    assert keep.returncode == 0, err
    slept_at = next(float(line) for line in err.splitlines() if line[:1].isdigit())
    assert pbx.requests[1].at.timestamp() - slept_at >= 2.9
