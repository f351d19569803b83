"""The whole chain without a window: login or token, heartbeat, reports in each format."""

from __future__ import annotations

import pytest

from cli.conftest import Shell
from cli.receiving import receive
from hbgui.simulator.pbx import SERIAL
from hbgui.simulator.script import ScriptStep
from hbgui.simulator.server import Simulator

CALLS = ("ALERT", "RING", "ANSWER", "RING")
"""One report each in every format."""


@pytest.mark.parametrize("format_", ["default", "1.0.2", "2.0.0"])
def test_what_was_announced_is_what_comes(shell: Shell, format_: str) -> None:
    with Simulator() as pbx, receive(shell, "--json", "--from", "127.0.0.1") as receiving:
        api = "v2.0.0" if format_ == "2.0.0" else "v1.1.0"
        options = ["--pbx", pbx.url, "--api", api]
        options += ["--ip", "127.0.0.1", "--port", str(receiving.port), "--url", "events"]
        token = pbx.token
        if format_ == "1.0.2":
            # Under v1.1.0 only a login says which format is wanted.
            user = ["--user", pbx.user, "--password-stdin", "--print-token"]
            told = shell.run("login", *options, *user, stdin=pbx.password)
            token = told.stdout.strip()
        assert shell.run("send", *options, token=token).returncode == 0
        # Calls: what tells of no parties reads the same in the default form and in 1.0.2.
        pbx.play(ScriptStep(0.01, report=name) for name in CALLS)
        reports = [receiving.object() for _ in CALLS]
        assert receiving.end()[0] == 0
    assert {report["path"] for report in reports} == {"/events"}
    assert {report["problem"] for report in reports} == {None}
    assert {report["format"] for report in reports} == {format_}
    sender = {(report["sender"], report["sender_checked"]) for report in reports}
    assert sender == {("127.0.0.1", True)}
    assert {report["serial"] for report in reports} == {SERIAL}
