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
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

_LABELS = {
    "sn": QT_TRANSLATE_NOOP("texts", "Serial number"),
    "callid": QT_TRANSLATE_NOOP("texts", "Call id"),
    "type": QT_TRANSLATE_NOOP("texts", "Kind"),
    "operation": QT_TRANSLATE_NOOP("texts", "What was done"),
    "extid": QT_TRANSLATE_NOOP("texts", "Extension"),
    "extension": QT_TRANSLATE_NOOP("texts", "Extension"),
    "extnumber": QT_TRANSLATE_NOOP("texts", "Extension"),
    "trunkname": QT_TRANSLATE_NOOP("texts", "Trunk"),
    "status": QT_TRANSLATE_NOOP("texts", "State"),
    "registeredip": QT_TRANSLATE_NOOP("texts", "Registered from"),
    "reason": QT_TRANSLATE_NOOP("texts", "Reason"),
    "info": QT_TRANSLATE_NOOP("texts", "Key"),
    "infos": QT_TRANSLATE_NOOP("texts", "All keys"),
    "flag": QT_TRANSLATE_NOOP("texts", "Place of the key, from 0"),
    "timestart": QT_TRANSLATE_NOOP("texts", "Began (PBX time)"),
    "callfrom": QT_TRANSLATE_NOOP("texts", "Caller"),
    "callto": QT_TRANSLATE_NOOP("texts", "Called"),
    "callduraction": QT_TRANSLATE_NOOP("texts", "Duration"),
    "callduration": QT_TRANSLATE_NOOP("texts", "Duration"),
    "talkduraction": QT_TRANSLATE_NOOP("texts", "Talk"),
    "talkduration": QT_TRANSLATE_NOOP("texts", "Talk"),
    "srctrunkname": QT_TRANSLATE_NOOP("texts", "Trunk in"),
    "desttrunkname": QT_TRANSLATE_NOOP("texts", "Trunk out"),
    "dstrunkname": QT_TRANSLATE_NOOP("texts", "Trunk out"),
    "dsttrunkname": QT_TRANSLATE_NOOP("texts", "Trunk out"),
    "dsttrcunkname": QT_TRANSLATE_NOOP("texts", "Trunk out"),
    "pincode": QT_TRANSLATE_NOOP("texts", "PIN code"),
    "recording": QT_TRANSLATE_NOOP("texts", "Recording"),
    "didnumber": QT_TRANSLATE_NOOP("texts", "Number dialled (DID)"),
    "agentringtime": QT_TRANSLATE_NOOP("texts", "Rang at the agent"),
    "cdrid": QT_TRANSLATE_NOOP("texts", "Record id"),
    "prompt": QT_TRANSLATE_NOOP("texts", "Prompt"),
    "playtonum": QT_TRANSLATE_NOOP("texts", "Played to"),
    "ivr": QT_TRANSLATE_NOOP("texts", "IVR"),
    "surveyresult": QT_TRANSLATE_NOOP("texts", "Survey answer"),
    "conferencenumber": QT_TRANSLATE_NOOP("texts", "Conference"),
    "conferencename": QT_TRANSLATE_NOOP("texts", "Conference name"),
    "queue": QT_TRANSLATE_NOOP("texts", "Queue"),
    "agent": QT_TRANSLATE_NOOP("texts", "Agent"),
    "caller": QT_TRANSLATE_NOOP("texts", "Caller"),
    "misscall": QT_TRANSLATE_NOOP("texts", "Missed calls"),
    "cstacallid": QT_TRANSLATE_NOOP("texts", "uaCSTA call id"),
    "ipaddress": QT_TRANSLATE_NOOP("texts", "Phone's address"),
    "smsid": QT_TRANSLATE_NOOP("texts", "SMS id"),
    "msg": QT_TRANSLATE_NOOP("texts", "Message"),
}

_PARTIES = {
    "ext": QT_TRANSLATE_NOOP("texts", "Extension"),
    "inbound": QT_TRANSLATE_NOOP("texts", "From outside"),
    "outbound": QT_TRANSLATE_NOOP("texts", "To outside"),
}

_STATES = {
    "ALERT": QT_TRANSLATE_NOOP("texts", "hears ringing"),
    "RING": QT_TRANSLATE_NOOP("texts", "rings"),
    "ANSWER": QT_TRANSLATE_NOOP("texts", "has answered"),
    "ANSWERED": QT_TRANSLATE_NOOP("texts", "was answered"),
    "HOLD": QT_TRANSLATE_NOOP("texts", "has put the call on hold"),
    "BYE": QT_TRANSLATE_NOOP("texts", "has hung up"),
}

_RESULTS = {
    CallResult.ANSWERED: QT_TRANSLATE_NOOP("texts", "answered"),
    CallResult.NO_ANSWER: QT_TRANSLATE_NOOP("texts", "not answered"),
    CallResult.BUSY: QT_TRANSLATE_NOOP("texts", "busy"),
    CallResult.FAILED: QT_TRANSLATE_NOOP("texts", "failed"),
    CallResult.VOICEMAIL: QT_TRANSLATE_NOOP("texts", "voicemail"),
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
    event = translate("texts", QT_TRANSLATE_NOOP("texts", "Event"))
    lines = [(event, named)] if report.decoded.event else []
    lines += [(_party_label(party), party_words(party)) for party in parties(fields)]
    lines += _plain(fields, record=known_as(report.decoded.event) == "NewCdr")
    return tuple((printable(label), printable(value)) for label, value in lines)


def result_of_call(result: CallResult, word: str) -> str:
    """How a call ended; a word that nobody knows as it came."""
    return translate("texts", _RESULTS[result]) if result in _RESULTS else word


def party_words(party: Party) -> str:
    """One side of a call: number, what it does, and over what."""
    told = [f"{party.number} → {party.to}" if party.to else party.number]
    if party.status:
        told.append(translate("texts", _STATES.get(party.status, party.status)))
    for label, value in (
        (QT_TRANSLATE_NOOP("texts", "trunk {value}"), party.trunk),
        (QT_TRANSLATE_NOOP("texts", "by way of {value}"), party.path),
        (QT_TRANSLATE_NOOP("texts", "channel {value}"), party.channel),
    ):
        if value:
            told.append(translate("texts", label, {"value": value}))
    return ", ".join(filter(None, told))


def _party_label(party: Party) -> str:
    return translate("texts", _PARTIES[party.kind])


def _plain(fields: Fields, *, record: bool) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if name in _HIDDEN or value in ("", None, []):
            continue
        label = _LABELS.get(name.lower())
        for one in value if isinstance(value, list) else [value]:
            yield (translate("texts", label) if label else name), _words(name.lower(), one, record)


def _words(name: str, value: Any, record: bool) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{inner}: {_words(inner, told, record)}" for inner, told in value.items())
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if name in _SECONDS and value.isascii() and value.isdigit():
        return translate("texts", QT_TRANSLATE_NOOP("texts", "{value} s"), {"value": value})
    if name == "status" and record:
        return result_of_call(call_result(value), value)
    group, agent = group_and_agent(value) if name == "callto" else ("", "")
    if agent:
        answered = QT_TRANSLATE_NOOP("texts", "group {group}, answered by {agent}")
        return translate("texts", answered, {"group": group, "agent": agent})
    return value
