"""A day of the small office."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from datetime import date

from hbgui.simulator.events import bodies, name_of
from hbgui.simulator.office import DAY_S, office
from hbgui.simulator.script import OFFICE_SPEED, list_steps, office_steps

DAY = date(2024, 1, 15)


def day(seed=1, number=0):
    moments = itertools.takewhile(lambda m: m.at_s < (number + 1) * DAY_S, office(seed, DAY))
    return [moment for moment in moments if moment.at_s >= number * DAY_S]


def told(version, **which):
    return [body for moment in day(**which) for body in bodies(moment.event, version, "1")]


def test_the_same_seed_makes_the_same_office():
    assert day(seed=3) == day(seed=3)
    assert told("2.0.0", seed=3) != told("2.0.0", seed=4)


def test_it_goes_on_the_next_day():
    first, second = day(), day(number=1)
    assert len(second) > 100
    assert b"2024-01-15" in b"".join(told("2.0.0"))
    assert b"2024-01-16" in b"".join(told("2.0.0", number=1))
    assert [m.at_s for m in first + second] == sorted(m.at_s for m in first + second)


def test_it_knows_what_offices_do():
    names = Counter(name_of(body) for seed in range(5) for body in told("2.0.0", seed=seed))
    assert names.keys() >= {
        "ExtensionStatus", "CallStatus", "NewCdr", "DTMF", "PlayPromptEnd", "satisfaction",
        "Tranfer", "CallFailed", "ConfigChange", "ConferenceStatus",
        "QueueAgentRingNoAnswerTimeout", "QueueAutoPause",
    }  # fmt: skip
    names = Counter(name_of(body) for seed in range(5) for body in told("1.0.2", seed=seed))
    assert names.keys() >= {"ALERT", "RING", "ANSWER", "ANSWERED", "BYE", "NewCdr", "Tranfer"}
    assert names["BYE"] == 2 * names["RING"]


def test_a_call_has_an_order():
    stories = defaultdict(list)
    for body in map(json.loads, told("1.0.2")):
        if "callid" in body and body["action"] in ("ALERT", "RING", "ANSWER", "BYE", "NewCdr"):
            stories[body["callid"]].append(body["action"])
    rung = [[name for name, _ in itertools.groupby(s)] for s in stories.values() if "RING" in s]
    answered = ["ALERT", "RING", "ANSWER", "BYE", "NewCdr"]
    missed = ["ALERT", "RING", "BYE", "NewCdr"]
    assert rung.count(answered) > rung.count(missed) > 0
    assert rung.count(answered) + rung.count(missed) == len(rung) > 30


def test_nobody_is_in_two_calls_at_once():
    state = {}
    for body in map(json.loads, told("1.0.2")):
        if body["action"] == "ExtensionStatus":
            before, state[body["extension"]] = state.get(body["extension"]), body["status"]
            if body["status"] == "Ringing":
                assert before in ("Registered", "Idle")
    assert set(state.values()) <= {"Idle", "Registered", "Unregistered", "Busy"}


def test_a_call_may_come_in_and_go_out_again():
    calls = [json.loads(b) for s in range(3) for b in told("2.0.0", seed=s) if b"CallStatus" in b]
    forwarded = {
        call["callid"]
        for call in calls
        if {name for member in call["members"] for name in member} == {"inbound", "outbound"}
    }
    assert forwarded
    for version, field in (("2.0.0", "dsttrcunkname"), ("1.0.2", "dsttrcunkname")):
        all_told = [json.loads(b) for s in range(3) for b in told(version, seed=s)]
        ends = [r for r in all_told if "timestart" in r and r["callid"] in forwarded]
        assert {r["callid"] for r in ends} == forwarded
        assert {(r["srctrunkname"], r[field], r["type"]) for r in ends} == {
            ("siptrunk", "siptrunk", "Inbound")
        }


def test_who_answered_stands_in_brackets():
    groups = ("6200", "6500", "6700")
    records = [json.loads(b) for s in range(3) for b in told("1.0.2", seed=s) if b"NewCdr" in b]
    to_groups = [r for r in records if r["callto"].startswith(groups)]
    assert len(to_groups) > 20
    for record in to_groups:
        assert ("(" in record["callto"]) == (record["status"] == "ANSWERED")
        assert record["didnumber"]


def test_a_day_takes_ten_minutes():
    steps = list(itertools.islice(office_steps(1, DAY, every_s=1.0), len(day())))
    assert 550 < sum(step.after_s for step in steps) <= DAY_S / OFFICE_SPEED == 600
    fast = itertools.islice(office_steps(1, DAY, every_s=0.1), len(day()))
    assert 55 < sum(step.after_s for step in fast) <= 60
    assert min(step.after_s for step in steps) >= 0


def test_the_list_has_a_pace():
    assert {step.after_s for step in list_steps(0.25)} == {0.25}
