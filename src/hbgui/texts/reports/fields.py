"""The fields of reports and calls as lines for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hbgui.core.pbx.typed import printable
from hbgui.core.reports.calls import Call, CallState, CallStep, StepKind
from hbgui.core.reports.parties import (
    KINDS,
    CallRecord,
    CallResult,
    Party,
    call_result,
    group_and_agent,
    parties,
)
from hbgui.core.reports.report import Fields, Report, known_as
from hbgui.texts.reports.reports import event_word
from hbgui.texts.translation import T, translate

_LABELS = {
    "sn": T("Serial number"),
    "callid": T("Call id"),
    "type": T("Kind"),
    "operation": T("What was done"),
    "extid": T("Extension"),
    "extension": T("Extension"),
    "extnumber": T("Extension"),
    "trunkname": T("Trunk"),
    "status": T("State"),
    "registeredip": T("Registered from"),
    "reason": T("Reason"),
    "info": T("Key"),
    "infos": T("All keys"),
    "flag": T("Place of the key, from 0"),
    "timestart": T("Began (PBX time)"),
    "callfrom": T("Caller"),
    "callto": T("Called"),
    "callduraction": T("Duration"),
    "callduration": T("Duration"),
    "talkduraction": T("Talk"),
    "talkduration": T("Talk"),
    "srctrunkname": T("Trunk in"),
    "desttrunkname": T("Trunk out"),
    "dstrunkname": T("Trunk out"),
    "dsttrunkname": T("Trunk out"),
    "dsttrcunkname": T("Trunk out"),
    "pincode": T("PIN code"),
    "recording": T("Recording"),
    "didnumber": T("Number dialled (DID)"),
    "agentringtime": T("Rang at the agent"),
    "cdrid": T("Record id"),
    "prompt": T("Prompt"),
    "playtonum": T("Played to"),
    "ivr": T("IVR"),
    "surveyresult": T("Survey answer"),
    "conferencenumber": T("Conference"),
    "conferencename": T("Conference name"),
    "queue": T("Queue"),
    "agent": T("Agent"),
    "caller": T("Caller"),
    "misscall": T("Missed calls"),
    "cstacallid": T("uaCSTA call id"),
    "ipaddress": T("Phone's address"),
    "smsid": T("SMS id"),
    "msg": T("Message"),
}

_PARTIES = {"ext": T("Extension"), "inbound": T("From outside"), "outbound": T("To outside")}

_STATES = {
    "ALERT": T("hears ringing"),
    "RING": T("rings"),
    "ANSWER": T("has answered"),
    "ANSWERED": T("was answered"),
    "HOLD": T("has put the call on hold"),
    "BYE": T("has hung up"),
}

_RESULTS = {
    CallResult.ANSWERED: T("answered"),
    CallResult.NO_ANSWER: T("not answered"),
    CallResult.BUSY: T("busy"),
    CallResult.FAILED: T("failed"),
    CallResult.VOICEMAIL: T("voicemail"),
}

_SECONDS = frozenset(
    {"callduraction", "callduration", "talkduraction", "talkduration", "agentringtime"}
)

_HIDDEN = frozenset({"event", "action", "call", "members", *KINDS})
"""Shown in another way."""


def report_lines(report: Report) -> tuple[tuple[str, str], ...]:
    """Label and text of every member of a report, in its order. The label of an unknown member is
    its own name: nothing is left out."""
    fields = report.fields
    word, name = event_word(report.decoded.event), printable(report.decoded.event)
    named = word if word.endswith(name) else f"{word} ({name})"
    event = translate(T("Event"))
    lines = [(event, named)] if report.decoded.event else []
    lines += [(translate(_PARTIES[party.kind]), party_words(party)) for party in parties(fields)]
    lines += _plain(fields, record=known_as(report.decoded.event) == "NewCdr")
    return tuple((printable(label), printable(value)) for label, value in lines)


def result_of_call(result: CallResult, word: str) -> str:
    """How a call ended; an unknown word is returned as it is."""
    return translate(_RESULTS[result]) if result in _RESULTS else word


def party_words(party: Party) -> str:
    """One side of a call: number, what it does, and over what."""
    words = [f"{party.number} → {party.to}" if party.to else party.number]
    if party.status:
        words.append(translate(_STATES.get(party.status, party.status)))
    for label, value in (
        (T("trunk {value}"), party.trunk),
        (T("by way of {value}"), party.path),
        (T("channel {value}"), party.channel),
    ):
        if value:
            words.append(translate(label, {"value": value}))
    return ", ".join(filter(None, words))


def _plain(fields: Fields, *, record: bool) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if name in _HIDDEN or value in ("", None, []):
            continue
        label = _LABELS.get(name.lower())
        for one in value if isinstance(value, list) else [value]:
            yield (translate(label) if label else name), _words(name.lower(), one, record)


def _words(name: str, value: Any, record: bool) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{inner}: {_words(inner, part, record)}" for inner, part in value.items())
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if name in _SECONDS and value.isascii() and value.isdigit():
        return translate(T("{value} s"), {"value": value})
    if name == "status" and record:
        return result_of_call(call_result(value), value)
    group, agent = group_and_agent(value) if name == "callto" else ("", "")
    if agent:
        return translate(T("group {group}, answered by {agent}"), {"group": group, "agent": agent})
    return value


_STEPS = {
    StepKind.OFFERED: T("{who} calls {to}; the PBX asks for 10 seconds whether to take the call"),
    StepKind.COMES_IN: T("{who} calls {to} from outside"),
    StepKind.RINGS: T("{who} rings"),
    StepKind.HEARS_RINGING: T("{who} calls and hears ringing"),
    StepKind.ANSWERED: T("{who} answers"),
    StepKind.WAS_ANSWERED: T("{who} is answered"),
    StepKind.PUT_ON_HOLD: T("{who} puts the call on hold"),
    StepKind.RESUMED: T("{who} takes the call back"),
    StepKind.TRANSFERRED: T("{who} is transferred to {to}"),
    StepKind.FORWARDED: T("The call of {who} is forwarded to {to}"),
    StepKind.KEY: T("{who} presses {key}; so far {keys}"),
    StepKind.PROMPT_ENDED: T("{who} has heard the prompt {prompt}"),
    StepKind.JOINED: T("{who} is in the conference {conference}"),
    StepKind.NOT_TAKEN: T("{who} of the queue {queue} does not answer"),
    StepKind.FAILED: T("The call of {who} fails: {reason}"),
    StepKind.HUNG_UP: T("{who} hangs up"),
    StepKind.RATED: T("Survey answer: {result}"),
    StepKind.OTHER: "{event}",
}

_CALL_STATES = {
    CallState.RINGING: T("rings"),
    CallState.TALKING: T("talking"),
    CallState.ON_HOLD: T("on hold"),
    CallState.ENDED: T("ended"),
    CallState.NOT_ANSWERED: T("not answered"),
    CallState.FAILED: T("failed"),
    CallState.UNKNOWN: T("in progress"),
}

_UNKNOWN = T("unknown")


def call_step_sentence(step: CallStep) -> str:
    """One thing that happened in a call."""
    if step.record is not None:
        return translate(T("Call record: {result}"), {"result": _result(step.record)})
    if step.kind is StepKind.OTHER:
        return event_word(step.values["event"])
    unknown = translate(_UNKNOWN)
    values = {name: value or unknown for name, value in step.values.items()}
    who = step.who or translate(T("Somebody"))
    return translate(_STEPS[step.kind], values | {"who": who})


def call_title(call: Call) -> str:
    """Who calls whom, and the state of the call, in a line."""
    unknown = translate(_UNKNOWN)
    between = f"{call.caller or unknown} → {call.callee or unknown}"
    if call.record is not None and call.record.agent:
        between += f" ({call.record.agent})"
    return f"{between}: {call_state(call)}"


def call_state(call: Call) -> str:
    """The state of a call; if it has a record, its result and duration."""
    if call.record is None:
        return translate(_CALL_STATES[call.state])
    return _result(call.record)


def _result(record: CallRecord) -> str:
    words = [result_of_call(record.result, record.result_word)]
    talked = record.result in (CallResult.ANSWERED, CallResult.UNKNOWN, CallResult.VOICEMAIL)
    if record.duration_s is not None:
        words.append(
            translate(T("{duration} in all"), {"duration": duration_words(record.duration_s)})
        )
    if record.talk_s and talked:
        words.append(
            translate(T("{duration} of talk"), {"duration": duration_words(record.talk_s)})
        )
    return ", ".join(filter(None, words))


def duration_words(seconds: int) -> str:
    """`19 s`, `2 min 5 s`, `1 h 4 min`."""
    minutes, rest_s = divmod(seconds, 60)
    hours, rest_min = divmod(minutes, 60)
    if hours:
        return f"{hours} h {rest_min} min"
    return f"{minutes} min {rest_s} s" if minutes else f"{rest_s} s"
