"""Every documented event in every format."""

from __future__ import annotations

import json

import pytest

from hbgui.simulator.documented import NAMES, documented, event_named, reports_of
from hbgui.simulator.events import bodies, name_of

V1 = [
    "BootUp",
    "ConfigChange",
    "ExtensionStatus",
    "ALERT",
    "RING",
    "ANSWER",
    "ANSWERED",
    "BYE",
    "Tranfer",
    "CallFailed",
    "Invite",
    "Incoming",
    "DTMF",
    "NewCdr",
    "PlayPromptEnd",
    "satisfaction",
]
V2 = [
    "BootUp",
    "ConfigChange",
    "ExtensionStatus",
    "CallStatus",
    "NewCdr",
    "Tranfer",
    "Forward",
    "CallFailed",
    "Invite",
    "Incoming",
    "DTMF",
    "PlayPromptEnd",
    "satisfaction",
    "ConferenceStatus",
    "QueueAgentRingNoAnswerTimeout",
    "QueueAutoPause",
    "uacstacall",
]
FORMATS = ("", "1.0.2", "2.0.0")


def parsed(version):
    return [json.loads(body) for body in documented(version, "369000000009")]


def pairs(body):
    """Members in order, repeated names too."""
    return json.loads(body, object_pairs_hook=list)


def named(version, name):
    return [body for body in documented(version) if name_of(body) == name]


def strings(value):
    if isinstance(value, dict):
        return all(strings(inner) for inner in value.values())
    if isinstance(value, list):
        return all(strings(inner) for inner in value)
    return isinstance(value, str)


@pytest.mark.parametrize("version", FORMATS)
def test_each_event_is_there_once(version):
    told = documented(version)
    assert {name_of(body) for body in told} == set(V2 if version == "2.0.0" else V1)
    assert len(told) == len(set(told))
    assert all(strings(body) for body in parsed(version))
    assert name_of(told[0]) == "BootUp"


def test_the_first_member_tells_the_version_and_each_has_the_serial():
    assert {next(iter(body)) for body in parsed("")} == {"action"}
    assert not any("call" in body for body in parsed(""))
    assert {next(iter(body)) for body in parsed("1.0.2")} == {"action"}
    assert {next(iter(body)) for body in parsed("2.0.0")} == {"event"}
    for version in FORMATS:
        assert {body["sn"] for body in parsed(version)} == {"369000000009"}


def test_the_default_form_repeats_names():
    [ring, *_] = named("", "RING")
    assert ring == (
        b'{"action":"RING","callid":"1700001000.1","ext":{"extid":"2002"},"ext":{"extid":"2001"},'
        b'"sn":"369000000001"}'
    )
    assert documented("") == documented("1.0.0") == documented("1.0.1") == documented("nonsense")


def test_the_well_formed_set():
    [ring, *_] = named("1.0.2", "RING")
    assert json.loads(ring)["call"] == [{"ext": {"extid": "2002"}}, {"ext": {"extid": "2001"}}]
    for body in documented("1.0.2"):
        names = [name for name, _ in pairs(body)]
        assert len(names) == len(set(names))
    for name in ("CallFailed", "PlayPromptEnd"):
        assert not any("call" in json.loads(body) for body in named("1.0.2", name))
    failed = pairs(named("1.0.2", "CallFailed")[0])
    assert [name for name, _ in failed] == ["action", "reason", "callid", "outbound", "ext", "sn"]


def test_who_hears_the_ring_back_is_alone():
    for body in named("1.0.2", "ALERT"):
        assert len(json.loads(body)["call"]) == 1


def test_who_hung_up_first_is_named_first():
    first, second, *_ = (json.loads(body)["call"] for body in named("1.0.2", "BYE"))
    assert [party["ext"]["extid"] for party in first] == ["2001", "2002"]
    assert [party["ext"]["extid"] for party in second] == ["2002", "2001"]


def test_v2_tells_parties_in_members():
    status = json.loads(named("2.0.0", "CallStatus")[0])
    assert status["members"] == [
        {
            "ext": {
                "number": "2001",
                "channelid": "PJSIP/2001-00000001",
                "memberstatus": "ALERT",
            }
        },
        {"ext": {"number": "2002", "channelid": "PJSIP/2002-00000002", "memberstatus": "RING"}},
    ]
    told = [json.loads(body) for body in named("2.0.0", "CallStatus")]
    statuses = {
        inner["memberstatus"] for body in told for m in body["members"] for inner in m.values()
    }
    assert statuses == {"ALERT", "RING", "ANSWERED", "ANSWER", "HOLD", "BYE"}
    lines = [m["inbound"] for body in told for m in body["members"] if "inbound" in m]
    assert {"from", "to", "trunkname", "channelid", "memberstatus", "callpath"} == set(lines[0])


@pytest.mark.parametrize(
    ("version", "statuses"),
    [
        ("1.0.2", ["Registered", "Ringing", "Busy", "Idle", "Unregistered", "Registered"]),
        ("2.0.0", ["Registered", "Ringing", "Busy", "Unregistered"]),
    ],
)
def test_v2_knows_no_idle(version, statuses):
    told = [json.loads(body)["status"] for body in named(version, "ExtensionStatus")]
    assert told == statuses


def test_the_trunk_of_a_record_has_three_names():
    fields = ("desttrunkname", "dstrunkname", "dsttrcunkname")
    told = [set(json.loads(body)) & set(fields) for body in named("1.0.2", "NewCdr")]
    for field in fields:
        assert {field} in told
    # Real receivers read this one: the others are there for once.
    assert told.count({"dsttrcunkname"}) == len(told) - 2
    for body in named("2.0.0", "NewCdr"):
        assert set(json.loads(body)) & set(fields) == {"dsttrcunkname"}


@pytest.mark.parametrize("version", FORMATS)
def test_the_spellings_of_the_wire_stay(version):
    text = b"\n".join(documented(version))
    for word in (b"Tranfer", b"callduraction", b"talkduraction", b"6200(4002)", b"NO ANSWERED"):
        assert word in text
    assert b"Transfer" not in text


def test_an_event_is_found_by_any_name():
    assert [name_of(b) for b in bodies(event_named("RING"), "1.0.2", "1")] == ["RING"]
    assert [name_of(b) for b in bodies(event_named("RING"), "2.0.0", "1")] == ["CallStatus"]
    assert [name_of(b) for b in bodies(event_named("CallStatus"), "", "1")] == ["ALERT", "RING"]
    assert bodies(event_named("ConferenceStatus"), "1.0.2", "1") == []
    assert set(NAMES) == {*V1, *V2}
    with pytest.raises(ValueError, match=r"allowed are ALERT, .*, uacstacall"):
        event_named("Transfer")


def test_members_and_bodies_are_sent_as_they_are():
    assert reports_of(b"{broken", "2.0.0", "1") == [b"{broken"]
    assert reports_of({"action": "New", "n": 1}, "2.0.0", "1") == [b'{"action":"New","n":1}']
