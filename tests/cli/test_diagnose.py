"""`hbgui check` and `hbgui diagnose`: what they say, their exit codes, and that nothing moves."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from adapters.servers import Server, closed_port, hang
from cli.conftest import ASIDE, MEMBERS, Shell
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.diagnosis import StepId
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.simulator.server import Simulator
from hbgui.texts.diagnosis import FINDINGS, step_name
from patience import PATIENCE_S, at_once

New = Callable[..., Simulator]

STEP = {"id", "verdict", "observation", "cause", "cure", "ms"}
DEVICE = {
    "name",
    "serial",
    "hardware",
    "firmware",
    "system_time",
    "uptime",
    "extensions_in_use",
    "extensions_capacity",
}


def diagnose(shell: Shell, *arguments: str, **how: Any) -> tuple[int, dict[str, Any]]:
    """Run with --json; the exit code and the object, its steps by id."""
    ran = shell.run("diagnose", *arguments, "--json", **how)
    assert ran.stderr == ""
    told = json.loads(ran.stdout)
    assert set(told) == {"outcome", "pbx", "message", "advice", "device", "steps", *ASIDE}
    assert [s["id"] for s in told["steps"]] == list(StepId)
    assert all(set(s) == STEP for s in told["steps"])
    told["steps"] = {s["id"]: s for s in told["steps"]}
    return ran.returncode, told


def verdicts(told: dict[str, Any]) -> dict[str, str]:
    return {name: step["verdict"] for name, step in told["steps"].items()}


def test_a_healthy_chain(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        arguments = ["--pbx", pbx.url, "--insecure", "--ip", "127.0.0.1", "--port", port]
        code, told = diagnose(shell, *arguments, token=pbx.token)
    assert (code, told["outcome"], told["pbx"]) == (0, "accepted", pbx.url)
    expected = dict.fromkeys(StepId, "ok") | {"tls": "warning", "reports": "skipped"}
    assert verdicts(told) == expected
    assert set(told["device"]) == DEVICE
    assert told["device"]["firmware"] == "30.15.0.72"
    assert told["device"]["extensions_capacity"] == 9
    assert told["steps"]["tls"]["cause"]
    assert told["steps"]["tcp"]["cure"] is None
    assert isinstance(told["steps"]["tcp"]["ms"], float)
    assert told["steps"]["reports"]["ms"] is None
    assert str(pbx.targets[pbx.token]) == f"127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("fault", "code", "outcome", "broken"),
    [
        ("expired", 1, "refused", "token"),
        ("failed-30003", 1, "refused", "api"),
        ("failed-10003", 1, "refused", "version"),
        ("reset", 3, "unreachable", "http"),
        ("html", 6, "unclear", "api"),
        ("redirect-302", 6, "redirected", "http"),
        ("error-503", 6, "unclear", "http"),
    ],
)
def test_the_exit_code_is_that_of_the_first_broken_link(
    shell: Shell, simulator: New, fault: str, code: int, outcome: str, broken: str
) -> None:
    pbx = simulator(fault=fault)
    got, told = diagnose(shell, "--pbx", pbx.url, "--ip", "127.0.0.1", token=pbx.token)
    assert (got, told["outcome"]) == (code, outcome)
    assert [n for n, v in verdicts(told).items() if v == "broken"] == [broken]
    assert told["message"].startswith(step_name(StepId(broken)))
    assert told["advice"] == told["steps"][broken]["cure"]
    assert not pbx.targets


def test_a_certificate_that_is_not_trusted(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    code, told = diagnose(shell, "--pbx", pbx.url, token=pbx.token)
    assert (code, told["steps"]["tls"]["verdict"]) == (4, "broken")
    assert "CN=localhost" in told["steps"]["tls"]["observation"]
    assert pbx.received == 0


def test_nobody_there(shell: Shell) -> None:
    code, told = diagnose(shell, "--pbx", f"127.0.0.1:{closed_port()}", token="0f" * 16)
    assert (code, told["outcome"]) == (3, "unreachable")


def test_without_a_token_it_looks_up_to_there(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    for how in ({}, {"stdin": "", "option": "--token-stdin"}):
        option = [how.pop("option")] if how else []
        code, told = diagnose(shell, "--pbx", pbx.url, *option, **how)
        assert (code, told["outcome"]) == (5, "no_secret")
        assert verdicts(told)["api"] == verdicts(told)["version"] == "ok"
        assert "--token-stdin" in told["advice"]


def test_bad_input_ends_with_2(shell: Shell) -> None:
    ran = shell.run("diagnose", "--pbx", "127.0.0.1", "--port", "65536", "--json")
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["outcome"] == "invalid"


def test_nothing_is_moved_unasked(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    code, told = diagnose(shell, "--pbx", pbx.url, token=pbx.token)
    assert (code, told["steps"]["heartbeat"]["verdict"]) == (0, "skipped")
    assert "127.0.0.1:8260" in told["steps"]["heartbeat"]["observation"]
    assert "--ip" in told["steps"]["heartbeat"]["cure"]
    assert not pbx.targets


HERE, THERE = ReportTarget("127.0.0.1", 8260), ReportTarget("192.0.2.7", 8260)


@pytest.mark.parametrize(
    ("known", "more", "sent"),
    [
        (HERE, (), True),
        (THERE, (), False),
        (None, (), False),
        (THERE, ("--ip", "auto"), True),
        (HERE, ("--port", "9000"), False),
    ],
)
def test_a_profile_says_where_reports_go_already(
    shell: Shell, simulator: New, known: ReportTarget | None, more: tuple[str, ...], sent: bool
) -> None:
    pbx = simulator()
    path = shell.home / ".config/hbgui/settings.json"
    announced = (Announced("2026-01-02T00:00:00Z", known),) if known else ()
    ProfileFile(path).save(Settings((Profile("a", "Post", pbx.url, announced=announced),), "a"))
    _code, told = diagnose(shell, "--profile", "Post", *more, token=pbx.token)
    assert (told["steps"]["heartbeat"]["verdict"] == "ok") is sent
    assert bool(pbx.targets) is sent
    (kept,) = ProfileFile(path).load().settings.profiles
    assert kept.reports_go_to == (HERE if sent else known)


def test_what_another_pbx_was_told_does_not_count(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    announced = (Announced("2026-01-02T00:00:00Z", HERE),)
    file = ProfileFile(shell.home / ".config/hbgui/settings.json")
    file.save(Settings((Profile("a", "Post", "http://127.0.0.1:9", announced=announced),), "a"))
    _code, told = diagnose(shell, "--profile", "Post", "--pbx", pbx.url, token=pbx.token)
    assert told["steps"]["heartbeat"]["verdict"] == "skipped"


def test_the_first_broken_link_is_on_top(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="expired")
    ran = shell.run("diagnose", "--pbx", pbx.url, token=pbx.token)
    lines = ran.stdout.splitlines()
    assert ran.returncode == 1
    assert lines[0] == f"{pbx.url}: Token – The token has run out"
    assert lines[2].strip().startswith("Trying again is no use.")
    words = [line.split("  ")[0] for line in lines if line and not line.startswith(" ")][1:]
    assert words[:3] == ["ok", "ok", "ok"]
    assert words[7] == "broken"
    assert words[8:] == ["not tried"] * 4 or words[8] == "not tried Clock"
    assert " ms " in lines[3]


def test_no_sentence_is_taken_for_a_secret() -> None:
    redact = Redactor().text
    for texts in FINDINGS.values():
        for step in StepId:
            said = " ".join((f"{step_name(step)} – {texts[0]}", *texts))
            assert redact(said) == said


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_at_once(shell: Shell, how: int) -> None:
    with Server(hang) as server:
        url = f"http://127.0.0.1:{server.port}"
        with shell.start("diagnose", "--pbx", url, token="0f" * 16) as process:
            end_s = time.monotonic() + 20
            while not server.requests:
                assert time.monotonic() < end_s
                time.sleep(0.01)
            # By itself it would end with the deadline, and with a result.
            process.send_signal(how)
            out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (130, "", "")


def test_the_worst_case_ends(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True, fault="silent")
    with at_once():
        code, told = diagnose(shell, "--pbx", pbx.url, token=pbx.token)
    assert (code, told["steps"]["tls"]["verdict"]) == (3, "broken")


# --- check


def check(shell: Shell, pbx: Simulator, *more: str, **how: Any) -> tuple[int, dict[str, Any]]:
    ran = shell.run("check", "--pbx", pbx.url, *more, "--json", **how)
    assert ran.stderr == ""
    told = json.loads(ran.stdout)
    assert set(told) == {*MEMBERS, "device"}
    return ran.returncode, told


@pytest.mark.parametrize("api", ["v1.1.0", "v2.0.0"])
@pytest.mark.parametrize("fault", ["none", "deviceinfo-v1-only"])
def test_a_live_token_moves_nothing(shell: Shell, simulator: New, api: str, fault: str) -> None:
    pbx = simulator(fault=fault)
    code, told = check(shell, pbx, "--api", api, token=pbx.token)
    assert (code, told["outcome"]) == (0, "accepted")
    assert told["device"]["serial"] == "369000000001"
    assert told["token_good_until"] is told["report_target"] is None
    assert "only the heartbeat is documented" in told["message"]
    assert not pbx.targets
    assert all(r.path.endswith("/deviceinfo/query") and not r.body for r in pbx.requests)


@pytest.mark.parametrize(
    ("fault", "code", "errno"),
    [("expired", 1, "20006"), ("deviceinfo-unknown", 1, "10003"), ("html", 6, None)],
)
def test_what_is_no_live_token(
    shell: Shell, simulator: New, fault: str, code: int, errno: str | None
) -> None:
    pbx = simulator(fault=fault)
    got, told = check(shell, pbx, token=pbx.token)
    assert (got, told["errno"], told["device"]) == (code, errno, None)
    assert told["advice"]


def test_check_without_a_token(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    code, told = check(shell, pbx)
    assert (code, told["device"], pbx.received) == (5, None, 0)


def test_check_in_words(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    ran = shell.run("check", "--pbx", pbx.url, token=pbx.token)
    assert ran.stdout.splitlines()[0] == f"{pbx.url}: The token is alive"
    assert "Firmware       30.15.0.72" in ran.stdout
    assert "8 in use, capacity 9" in ran.stdout
