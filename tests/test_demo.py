"""The simulated PBX of `hbgui --demo`."""

from __future__ import annotations

import itertools
import json
from datetime import date
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from hbgui.app.demo import EVERY_S, Demo
from hbgui.simulator.office import office
from hbgui.simulator.script import even_steps
from simulator.listening import listening

DAY = date(2024, 1, 15)
COUNT = 2000
"""More than three days."""


def test_it_never_waits_longer_than_its_pace() -> None:
    """Not between two calls and not at night; and it tells what the office does."""
    steps = list(itertools.islice(even_steps(1, DAY, EVERY_S), COUNT))
    assert [s.report for s in steps] == [m.event for m in itertools.islice(office(1, DAY), COUNT)]
    waits, wait_s = [], 0.0
    for step in steps:
        wait_s += step.after_s
        # The first heartbeats of a new user ask for v1, which has no word for some events.
        if step.report.v1:
            waits.append(wait_s)
            wait_s = 0.0
    assert set(waits) == {EVERY_S} == {2.0}


def test_reports_begin_after_a_heartbeat_and_go_on_after_a_later_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hbgui.app.demo.EVERY_S", 0.05)
    demo = Demo()
    try:
        with listening() as receiver, listening() as later:
            heartbeat(demo, receiver.port)
            receiver.wait(1)
            heartbeat(demo, later.port)
            later.wait(1)
    finally:
        demo.close()
    assert not demo.paths.settings_file.parent.exists()


def heartbeat(demo: Demo, port: int) -> None:
    url = f"{demo.profile.pbx}/api/v1.1.0/heartbeat?token={demo.token.reveal()}"
    body = json.dumps({"ipaddr": "127.0.0.1", "port": str(port)}).encode()
    direct = build_opener(ProxyHandler({}))
    with direct.open(Request(url, body), timeout=20) as answer:
        assert json.load(answer) == {"status": "Success"}
