"""The story of a call, from the reports of each format."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from core.reporting import INBOUND, ext, report, reports, v2
from hbgui.core.reports.calls import STEPS_MAX, Call, CallState, calls
from hbgui.core.reports.report import ReportProblem
from hbgui.texts.reports.fields import call_state, call_step_sentence, call_title, duration_words

CDR = (
    '{"event":"NewCdr","callid":"7.1","callfrom":"2001","callto":"2002","callduraction":"79",'
    '"talkduraction":"14","status":"ANSWERED"}'
)
V2 = (
    v2(ext("2001", "ALERT"), ext("2002", "RING")),
    v2(ext("2002", "ANSWER"), ext("2001", "ANSWERED")),
    v2(ext("2002", "HOLD"), ext("2001", "ANSWERED")),
    v2(ext("2002", "ANSWER"), ext("2001", "ANSWERED")),
    v2(ext("2001", "BYE"), ext("2002", "BYE")),
    CDR,
)


def v1(action: str, *extensions: str) -> str:
    parties = ",".join(f'"ext":{{"extid":"{number}"}}' for number in extensions)
    return f'{{"action":"{action}","callid":"7.1",{parties}}}'


V1 = (
    v1("ALERT", "2001"),
    v1("RING", "2002", "2001"),
    v1("ANSWER", "2002", "2001"),
    v1("ANSWERED", "2001", "2002"),
    v1("BYE", "2001", "2002"),
    v1("BYE", "2002", "2001"),
    CDR,
)


def only(bodies: Iterable[str]) -> Call:
    (call,) = calls(reports(bodies))
    return call


def story(call: Call) -> list[str]:
    return [call_step_sentence(step) for step in call.steps]


def test_a_call_of_version_2() -> None:
    call = only(V2)
    assert story(call) == [
        "2001 calls and hears ringing",
        "2002 rings",
        "2002 answers",
        "2001 is answered",
        "2002 puts the call on hold",
        "2002 takes the call back",
        "2001 hangs up",
        "2002 hangs up",
        "Call record: answered, 1 min 19 s in all, 14 s of talk",
    ]
    assert (call.caller, call.callee, call.state) == ("2001", "2002", CallState.ENDED)
    assert call_title(call) == "2001 → 2002: answered, 1 min 19 s in all, 14 s of talk"
    assert call.numbers == (1, 2, 3, 4, 5, 6)


def test_a_call_of_the_default_format() -> None:
    call = only(V1)
    assert story(call) == [
        "2001 calls and hears ringing",
        "2002 rings",
        "2002 answers",
        "2001 is answered",
        "2001 hangs up",
        "2002 hangs up",
        "Call record: answered, 1 min 19 s in all, 14 s of talk",
    ]


@pytest.mark.parametrize(
    ("bodies", "state"),
    [
        (V2[:1], CallState.RINGING),
        (V2[:2], CallState.TALKING),
        (V2[:3], CallState.ON_HOLD),
        (V2[:4], CallState.TALKING),
        (V2[:5], CallState.ENDED),
        ((V2[0], V2[4]), CallState.NOT_ANSWERED),
        ((V2[0], CDR.replace("ANSWERED", "NO ANSWER")), CallState.NOT_ANSWERED),
        (('{"event":"CallFailed","callid":"7.1","reason":"486"}', V2[4]), CallState.FAILED),
        (('{"event":"satisfaction","callid":"7.1","surveyresult":"5"}',), CallState.UNKNOWN),
        ((CDR,), CallState.ENDED),
    ],
)
def test_how_a_call_stands(bodies: tuple[str, ...], state: CallState) -> None:
    call = only(bodies)
    assert call.state is state
    assert call_state(call)


def of_call(event: str, **members: object) -> str:
    return json.dumps({"event": event, "callid": "7.1", **members})


ONE = {"ext": {"number": "1", "memberstatus": "ANSWER"}}
ASKED = "5550100 calls 6200; the PBX asks for 10 seconds whether to take the call"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (v2(INBOUND, event="Invite"), ASKED),
        (v2(INBOUND, event="Incoming"), "5550100 calls 6200 from outside"),
        (v2(ext("1"), ext("2"), event="Tranfer"), "1 is transferred to 2"),
        (v2(ext("1"), ext("2"), event="Transfer"), "1 is transferred to 2"),
        (v2(INBOUND, event="Forward"), "The call of 5550100 is forwarded to 6200"),
        (of_call("CallFailed", reason="User busy", **ONE), "The call of 1 fails: User busy"),
        (of_call("CallFailed"), "The call of Somebody fails: unknown"),
        (of_call("DTMF", info="#", infos="2#"), "Somebody presses #; so far 2#"),
        (
            of_call("PlayPromptEnd", playtonum="1", ivr={"ivrid": "6500"}),
            "1 has heard the prompt 6500",
        ),
        (of_call("satisfaction", surveyresult="5"), "Survey answer: 5"),
        (
            of_call("QueueAgentRingNoAnswerTimeout", queue="queue-6700", agent="Anna"),
            "Anna of the queue 6700 does not answer",
        ),
        (
            of_call("ConferenceStatus", conferencenumber="6400", members=[ONE]),
            "1 is in the conference 6400",
        ),
        (of_call("Unheard"), "Unheard"),
    ],
)
def test_each_step_has_a_sentence(body: str, sentence: str) -> None:
    assert story(only([body])) == [sentence]


def test_calls_are_kept_apart_and_the_last_one_is_first() -> None:
    other = V2[0].replace("7.1", "8.1")
    found = calls([report(V2[0], 1), report(other, 2), report(V2[0], 3, pbx_id="b")])
    assert [(call.call_id, call.pbx_id) for call in found] == [
        ("7.1", "b"),
        ("8.1", "a"),
        ("7.1", "a"),
    ]


def test_repeats_and_strangers_tell_nothing() -> None:
    found = calls(
        [
            report(V2[0], 1),
            report(V2[1], 2, repeat=1),
            report(V2[4], 3, ReportProblem.WRONG_SENDER),
            report(V2[2], 4, ReportProblem.WRONG_SERIAL),
        ]
    )
    assert [call.state for call in found] == [CallState.ON_HOLD]
    assert [call.numbers for call in found] == [(1, 4)]


def test_reports_without_a_call_are_no_story() -> None:
    assert calls(reports(['{"event":"BootUp"}', "broken"])) == ()


def test_a_call_without_end_is_bounded() -> None:
    keys = [of_call("DTMF", info=str(n)) for n in range(STEPS_MAX + 50)]
    call = only(keys)
    assert len(call.steps) == len(call.numbers) == STEPS_MAX


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min 0 s"), (3_840, "1 h 4 min")]
)
def test_durations(seconds: int, words: str) -> None:
    assert duration_words(seconds) == words
