"""What a report says, as lines of label and value for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hbgui.core.pbx.typed import printable
from hbgui.core.reports.parties import (
    KINDS,
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
    """Everything that a report says, in its order. A member that nobody knows has its own name
    as label: nothing is left out."""
    fields = report.fields
    word, name = event_word(report.decoded.event), printable(report.decoded.event)
    named = word if word.endswith(name) else f"{word} ({name})"
    event = translate(T("Event"))
    lines = [(event, named)] if report.decoded.event else []
    lines += [(translate(_PARTIES[party.kind]), party_words(party)) for party in parties(fields)]
    lines += _plain(fields, record=known_as(report.decoded.event) == "NewCdr")
    return tuple((printable(label), printable(value)) for label, value in lines)


def result_of_call(result: CallResult, word: str) -> str:
    """How a call ended; a word that nobody knows as it came."""
    return translate(_RESULTS[result]) if result in _RESULTS else word


def party_words(party: Party) -> str:
    """One side of a call: number, what it does, and over what."""
    told = [f"{party.number} → {party.to}" if party.to else party.number]
    if party.status:
        told.append(translate(_STATES.get(party.status, party.status)))
    for label, value in (
        (T("trunk {value}"), party.trunk),
        (T("by way of {value}"), party.path),
        (T("channel {value}"), party.channel),
    ):
        if value:
            told.append(translate(label, {"value": value}))
    return ", ".join(filter(None, told))


def _plain(fields: Fields, *, record: bool) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if name in _HIDDEN or value in ("", None, []):
            continue
        label = _LABELS.get(name.lower())
        for one in value if isinstance(value, list) else [value]:
            yield (translate(label) if label else name), _words(name.lower(), one, record)


def _words(name: str, value: Any, record: bool) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{inner}: {_words(inner, told, record)}" for inner, told in value.items())
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
