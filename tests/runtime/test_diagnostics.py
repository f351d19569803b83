"""Diagnosis and check in the background: what the PBX is asked, and what the state keeps."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.errors import SecretError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.diagnosis import StepId, StepVerdict
from hbgui.core.pbx.destination import Announced, ReportTarget
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.state.diagnosis_state import DiagnosisState
from hbgui.core.values import Secret
from patience import PATIENCE_S, at_once
from runtime.world import World, running

TOKEN = Secret("0a" * 16)
HERE = ReportTarget("192.168.5.20", 8260)
FIXED = ServerAddress(AddressKind.FIXED, "192.168.5.20")
PROFILE = Profile(
    "a",
    "Hotel Post",
    "http://192.168.5.150",
    server=FIXED,
    announced=(Announced("2026-01-02T12:00:00Z", HERE, to_this_computer=True),),
)
ASKED_WITHOUT = HttpAnswer(200, b'{"status":"Failed","errno":"10001"}')
LOST = HttpAnswer(200, b'{"status":"Failed","errno":"20004"}')
BOX = {"devicename": "S50", "sn": "369152000001", "firmwarever": "30.15.0.10"}
TOLD = HttpAnswer(200, json.dumps({"status": "Success", "deviceinfo": BOX}).encode())


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    with running(tmp_path, Settings((PROFILE,))) as built:
        built.vault.keep("a", TOKEN)
        built.pbx.replies["query"] = [ASKED_WITHOUT, TOLD]
        yield built


def found(world: World) -> DiagnosisState:
    return world.hub.state.pbxs["a"].diagnosis


def diagnose(world: World, qtbot: QtBot) -> DiagnosisState:
    world.diagnostics.diagnose("a")
    qtbot.waitUntil(lambda: not found(world).running)
    return found(world)


def verdict(state: DiagnosisState, link: StepId) -> StepVerdict:
    assert state.diagnosis is not None
    return state.diagnosis.step(link).verdict


def calls(world: World) -> list[str]:
    return [path.rpartition("/")[2] for _url, path, _body, _token in world.pbx.received]


def test_each_link_is_told_while_it_is_looked_at(world: World, qtbot: QtBot) -> None:
    told: list[events.DiagnosisProgress] = []
    world.hub.happened.connect(
        lambda event: told.append(event) if isinstance(event, events.DiagnosisProgress) else None
    )
    state = diagnose(world, qtbot)
    seen = [(each.step.id, each.step.verdict is StepVerdict.RUNNING) for each in told]
    assert seen == [(link, running) for link in StepId for running in (True, False)]
    assert state.diagnosis is not None
    assert state.diagnosis.first_broken is None
    assert world.hub.state.pbxs["a"].device == state.diagnosis.device
    assert state.diagnosis.device is not None
    assert state.diagnosis.device.serial == "369152000001"


def test_its_heartbeat_counts_and_moves_nothing(world: World, qtbot: QtBot) -> None:
    state = diagnose(world, qtbot)
    assert verdict(state, StepId.HEARTBEAT) is StepVerdict.OK
    assert calls(world) == ["query", "query", "heartbeat"]
    assert json.loads(world.pbx.received[-1][2]) == {"ipaddr": "192.168.5.20", "port": "8260"}
    pbx = world.hub.state.pbxs["a"]
    assert pbx.accepted is not None
    assert len(pbx.marks) == 1


@pytest.mark.parametrize("profile", [replace(PROFILE, port="9000"), replace(PROFILE, announced=())])
def test_nobodys_reports_are_moved(world: World, qtbot: QtBot, profile: Profile) -> None:
    world.supervisor.save_profile(profile)
    state = diagnose(world, qtbot)
    assert verdict(state, StepId.HEARTBEAT) is StepVerdict.SKIPPED
    assert calls(world) == ["query", "query"]
    assert world.hub.state.pbxs["a"].marks == ()


def test_a_check_asks_once_and_moves_nothing(world: World, qtbot: QtBot) -> None:
    world.pbx.replies["query"] = [TOLD]
    world.diagnostics.check("a")
    qtbot.waitUntil(lambda: found(world).checked is not None)
    assert [(path, body, token) for _url, path, body, token in world.pbx.received] == [
        ("/api/v1.1.0/deviceinfo/query", b"", TOKEN.reveal())
    ]
    checked = found(world).checked
    assert checked is not None
    assert checked.attempt.outcome.code == "token_alive"
    # A question is no heartbeat: the token's clock does not move.
    pbx = world.hub.state.pbxs["a"]
    assert (pbx.accepted, pbx.marks) == (None, ())
    assert pbx.device is not None


def test_a_check_says_why_the_token_is_not_alive(world: World, qtbot: QtBot) -> None:
    world.pbx.replies["query"] = [LOST]
    world.diagnostics.check("a")
    qtbot.waitUntil(lambda: found(world).checked is not None)
    checked = found(world).checked
    assert checked is not None
    assert checked.attempt.outcome.token_lost


def test_a_token_of_another_host_stays_here(world: World, qtbot: QtBot) -> None:
    world.supervisor.save_profile(replace(PROFILE, token_host="192.168.5.99"))
    state = diagnose(world, qtbot)
    assert verdict(state, StepId.TOKEN) is StepVerdict.BROKEN
    world.diagnostics.check("a")
    qtbot.waitUntil(lambda: found(world).checked is not None)
    assert {token for _url, _path, _body, token in world.pbx.received} == {""}


def test_what_the_links_before_break_is_not_tried(world: World, qtbot: QtBot) -> None:
    world.probes.errors["connect"] = TransportError("connection_refused")
    state = diagnose(world, qtbot)
    assert state.diagnosis is not None
    broken = state.diagnosis.first_broken
    assert broken is not None
    assert (broken.id, broken.code) == (StepId.TCP, "connection_refused")
    assert world.pbx.received == []


def test_cancel_is_at_once_even_when_the_keyring_hangs(world: World, qtbot: QtBot) -> None:
    world.vault.drop("a")
    world.keyring.gate = threading.Event()
    world.diagnostics.check("a")
    qtbot.wait(50)
    with at_once():
        world.diagnostics.cancel("a")
        assert found(world).cancelled
    world.keyring.entries["a"] = TOKEN
    world.keyring.gate.set()
    qtbot.wait(100)
    assert found(world).cancelled
    assert world.pbx.received == []


def test_the_next_run_need_not_wait_for_the_hung_one(world: World, qtbot: QtBot) -> None:
    world.probes.hang = True
    world.diagnostics.diagnose("a")
    qtbot.waitUntil(lambda: any(s.verdict is StepVerdict.RUNNING for s in found(world).steps))
    number = found(world).number
    world.diagnostics.diagnose("a")
    world.diagnostics.check("a")
    assert found(world).number == number
    world.diagnostics.cancel("a")
    world.probes.hang = False
    state = diagnose(world, qtbot)
    assert state.number == number + 1
    assert state.diagnosis is not None


def test_quitting_ends_a_hung_diagnosis(world: World, qtbot: QtBot) -> None:
    world.probes.hang = True
    world.diagnostics.diagnose("a")
    qtbot.waitUntil(lambda: any(s.verdict is StepVerdict.RUNNING for s in found(world).steps))
    assert world.diagnostics.close(PATIENCE_S)


@pytest.mark.parametrize("gone", [True, False])
def test_a_run_ends_with_what_it_is_about(world: World, qtbot: QtBot, gone: bool) -> None:
    world.probes.hang = True
    world.diagnostics.diagnose("a")
    qtbot.waitUntil(lambda: any(s.verdict is StepVerdict.RUNNING for s in found(world).steps))
    if gone:
        world.supervisor.remove_pbx("a")
    else:
        world.supervisor.save_profile(replace(PROFILE, pbx="http://192.168.5.151"))
    qtbot.waitUntil(lambda: world.probes.cancelled > 0)


def test_a_keyring_that_says_no_is_a_broken_link(world: World, qtbot: QtBot) -> None:
    world.vault.drop("a")
    world.keyring.error = SecretError("keyring_locked")
    state = diagnose(world, qtbot)
    assert state.diagnosis is not None
    broken = state.diagnosis.first_broken
    assert broken is not None
    assert (broken.id, broken.code) == (StepId.TOKEN, "keyring_locked")


def test_a_mistake_of_hbgui_ends_the_run(
    world: World, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    world.pbx.replies["query"] = [ZeroDivisionError(), ZeroDivisionError()]
    state = diagnose(world, qtbot)
    assert state.diagnosis is not None
    assert state.diagnosis.first_broken is not None
    assert state.diagnosis.first_broken.code == "internal_fault"
    world.diagnostics.check("a")
    qtbot.waitUntil(lambda: not found(world).running)
    checked = found(world).checked
    assert checked is not None
    assert checked.attempt.outcome.code == "internal_fault"
    assert [record.getMessage() for record in caplog.records] == [
        "diagnosis failed",
        "check failed",
    ]


def test_a_check_gives_no_token_to_what_answers_in_place_of_the_pbx(
    world: World, qtbot: QtBot
) -> None:
    portal = HttpAnswer(302, b"", "http://login.hotel.example/")
    world.pbx.replies["heartbeat"] = [portal, portal]
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["a"].address_status.doubtful)
    world.diagnostics.check("a")
    qtbot.waitUntil(lambda: found(world).checked is not None)
    assert [token for *_, token in world.pbx.received] == [TOKEN.reveal(), ""]
    checked = found(world).checked
    assert checked is not None
    assert checked.attempt.outcome.another_answers
    # The PBX is back: it says that a heartbeat without a token has none.
    world.pbx.replies["heartbeat"] = [HttpAnswer(200, b'{"status":"Failed","errno":"20005"}')]
    world.pbx.replies["query"] = [TOLD]
    world.diagnostics.check("a")
    qtbot.waitUntil(lambda: found(world).checked not in (None, checked))
    assert calls(world)[-2:] == ["heartbeat", "query"]
    assert [token for *_, token in world.pbx.received[-2:]] == ["", TOKEN.reveal()]
