"""What a PBX tells of itself, read leniently; and which firmware has which API."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hbgui.core.api.device import DeviceInfo, build, needed, read_answer, read_time, supports
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.pbx.profile import ApiVersion
from hbgui.texts.access import device_facts

TOLD = {
    "devicename": "S50",
    "sn": "369000000001",
    "hardwarever": "V1.10 0000",
    "firmwarever": "30.14.0.127",
    "systemtime": "2026-01-15 09:30:00 UTC-8",
    "uptime": "3days 03:57:42",
    "extensionstatus": "12/40",
}


def answer(told: object, **members: object) -> HttpAnswer:
    return HttpAnswer(
        200, json.dumps({"status": "Success", "deviceinfo": told, **members}).encode()
    )


def read(told: object) -> DeviceInfo:
    device = read_answer(answer(told)).device
    assert device is not None
    return device


def test_all_of_it() -> None:
    said = read_answer(answer(TOLD))
    assert (said.outcome.kind, said.outcome.code) == (OutcomeKind.ACCEPTED, "token_alive")
    eight_west = timezone(timedelta(hours=-8))
    assert said.device == DeviceInfo(
        "S50",
        "369000000001",
        "V1.10 0000",
        "30.14.0.127",
        datetime(2026, 1, 15, 9, 30, tzinfo=eight_west),
        "3days 03:57:42",
        "12/40",
        12,
        40,
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("8/9", "8 in use, capacity 9"),
        ("7 / 100", "7 in use, capacity 100"),
        ("0/0", "0 in use, capacity 0"),
        ("8", "8"),
        ("8 of 9", "8 of 9"),
        ("8/9/10", "8/9/10"),
        (8, "8"),
    ],
)
def test_extensions_are_in_use_of_a_capacity_or_as_the_pbx_writes_it(
    told: object, said: str
) -> None:
    assert dict(device_facts(read(TOLD | {"extensionstatus": told})))["Extensions"] == said


@pytest.mark.parametrize("name", sorted(TOLD))
@pytest.mark.parametrize("odd", [None, [], {}, True, "", "\x1b[31m\u202e", "9" * 5000])
def test_an_odd_or_missing_value_spoils_no_other(name: str, odd: object) -> None:
    whole = read(TOLD)
    for told in (TOLD | {name: odd}, {k: v for k, v in TOLD.items() if k != name}):
        device = read(told)
        same = [f for f in DeviceInfo.__slots__ if getattr(device, f) == getattr(whole, f)]
        assert len(same) >= len(DeviceInfo.__slots__) - 3
        assert all(len(t) <= 80 and t.isprintable() for t in (device.name, device.firmware))


@pytest.mark.parametrize("told", [None, "S50", [], ["sn"], 5, {}])
def test_a_success_without_facts_is_a_live_token_all_the_same(told: object) -> None:
    said = read_answer(answer(told))
    assert said.outcome.code == "token_alive"
    assert said.device == DeviceInfo()


@pytest.mark.parametrize(
    ("text", "offset_h"),
    [
        ("2026-01-15 09:30:00 UTC", 0),
        ("2026-01-15 09:30:00 UTC-8", -8),
        ("2026-01-15 09:30:00 UTC+8", 8),
        ("2026-01-15 09:30:00 UTC+05:30", 5.5),
        ("2026-01-15 09:30:00 UTC-03:30", -3.5),
        ("2026-01-15 09:30:00 UTC+0530", 5.5),
        ("2026-1-15 9:30:00 gmt + 1", None),
        ("2026-01-15T09:30:00 GMT+1", 1),
        ("2026-01-15 09:30:00UTC", 0),
        ("2026-01-15 09:30:00", None),
        ("2026-02-30 09:30:00 UTC", None),
        ("0001-01-01 00:00:00 UTC+14", None),
        ("2026-01-15 09:30:00 UTC+99", None),
        ("2026-01-15 09:30:00 CET", None),
        ("", None),
    ],
)
def test_times(text: str, offset_h: float | None) -> None:
    moment = read_time(text)
    if offset_h is None:
        assert moment is None
        return
    assert moment is not None
    local = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    assert moment == local - timedelta(hours=offset_h)


@pytest.mark.parametrize("body", [b'{"status":"Failed","errno":"20006"}', b"<html>", b""])
def test_all_else_is_no_live_token(body: bytes) -> None:
    said = read_answer(HttpAnswer(200, body))
    assert said.device is None
    assert said.outcome.code != "token_alive"


@pytest.mark.parametrize("api", list(ApiVersion))
def test_the_question_carries_nothing_that_could_move(api: ApiVersion) -> None:
    request = build(api)
    assert request.path == f"/api/{api}/deviceinfo/query"
    assert request.body == b""


@pytest.mark.parametrize(
    ("firmware", "v1", "v2"),
    [
        ("30.10.0.58", False, False),
        ("30.10.0.59", True, False),
        ("30.13.0.29", True, False),
        ("30.13.0.30", True, True),
        ("30.9.0.99", False, False),
        ("31.1.0.1", None, None),
        ("81.13.0.30", None, None),
        ("30.14", None, None),
        ("", None, None),
        ("30.14.0.127-beta", None, None),
    ],
)
def test_which_firmware_has_which_api(firmware: str, v1: bool | None, v2: bool | None) -> None:
    assert supports(firmware, ApiVersion.V1) is v1
    assert supports(firmware, ApiVersion.V2) is v2


def test_what_is_needed_is_said() -> None:
    assert needed(ApiVersion.V1) == "30.10.0.59"
    assert needed(ApiVersion.V2) == "30.13.0.30"
