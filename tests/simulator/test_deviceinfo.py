"""What the box says about itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hbgui.simulator.pbx import system_time, uptime
from simulated import beat, call

MEMBERS = ["devicename", "sn", "hardwarever", "firmwarever", "systemtime", "uptime"]


def asked(pbx, api="v1.1.0", **how):
    return call(pbx, "deviceinfo/query", api=api, token=pbx.token, **how)


@pytest.mark.parametrize("api", ["v1.1.0", "v1.10", "v2.0.0"])
@pytest.mark.parametrize("body", [None, [], {}])
def test_the_documented_members_are_strings(simulator, api, body):
    pbx = simulator(firmware="30.9.0.1", serial="369123456789")
    answer = asked(pbx, api, body=body)
    assert answer["status"] == "Success"
    info = answer["deviceinfo"]
    assert list(info) == [*MEMBERS, "extensionstatus"]
    assert all(isinstance(value, str) for value in info.values())
    assert (info["firmwarever"], info["sn"]) == ("30.9.0.1", "369123456789")
    in_use, capacity = map(int, info["extensionstatus"].split("/"))
    assert 0 < in_use < capacity
    assert info["uptime"] in ("00:00:00", "00:00:01")


@pytest.mark.parametrize("offset_s", [0, 3600, -90.0])
def test_its_clock_may_be_wrong(simulator, offset_s):
    pbx = simulator(clock_offset_s=offset_s, utc_offset_s=0)
    shown = asked(pbx)["deviceinfo"]["systemtime"]
    told = datetime.strptime(shown, "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    assert abs(told - datetime.now(UTC) - timedelta(seconds=offset_s)) < timedelta(seconds=3)


def test_it_shows_its_own_zone(simulator):
    pbx = simulator(utc_offset_s=-8 * 3600)
    shown = asked(pbx)["deviceinfo"]["systemtime"]
    told = datetime.strptime(shown, "%Y-%m-%d %H:%M:%S UTC-8")  # noqa: DTZ007
    there = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=8)
    assert abs(told - there) < timedelta(seconds=3)


@pytest.mark.parametrize(
    ("hours", "zone"), [(0, "UTC"), (2, "UTC+2"), (-8, "UTC-8"), (5.5, "UTC+5:30"), (12, "UTC+12")]
)
def test_a_zone_is_written_as_the_box_does(hours, zone):
    when = datetime(2024, 1, 15, 9, 30, tzinfo=timezone(timedelta(hours=hours)))
    assert system_time(when) == f"2024-01-15 09:30:00 {zone}"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00:00"), (11222.9, "03:07:02"), (273462, "3days 03:57:42")]
)
def test_the_time_since_the_start(seconds, text):
    assert uptime(seconds) == text


def test_it_moves_nothing(simulator):
    pbx = simulator(ttl_s=500)
    beat(pbx)
    before, left_s = pbx.targets, pbx.tokens[pbx.token]
    assert asked(pbx, body={"ipaddr": "192.0.2.99", "port": "1"})["status"] == "Success"
    assert pbx.targets == before
    assert pbx.tokens[pbx.token] < left_s


@pytest.mark.parametrize(
    ("token", "method", "errno"),
    [("x", "POST", "20004"), ("", "POST", "20005"), (None, "GET", "20001")],
)
def test_it_needs_a_live_token(simulator, token, method, errno):
    answer = call(simulator(), "deviceinfo/query", token=token, method=method)
    assert answer == {"status": "Failed", "errno": errno}
