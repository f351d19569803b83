"""The events by name, in every spelling that the documents and real receivers have."""

from __future__ import annotations

import re

KNOWN = (
    "BootUp",
    "ConfigChange",
    "ExtensionStatus",
    "ALERT",
    "RING",
    "ANSWER",
    "ANSWERED",
    "BYE",
    "CallStatus",
    "Tranfer",
    "Forward",
    "CallFailed",
    "Invite",
    "Incoming",
    "DTMF",
    "NewCdr",
    "PlayPromptEnd",
    "satisfaction",
    "ConferenceStatus",
    "QueueAgentRingNoAnswerTimeout",
    "QueueAutoPause",
    "uacstacall",
    "sms-send",
)
"""Each as the wire mostly spells it, "Tranfer" too."""

_OTHERWISE = {
    "transfer": "Tranfer",
    "calltransfer": "Tranfer",
    "calltranfer": "Tranfer",
    "callforward": "Forward",
    "dtmfevent": "DTMF",
}


def _plain(event: str) -> str:
    return re.sub(r"[^a-z]", "", event.lower())


_PLAIN = {_plain(name): name for name in KNOWN}


def known_as(event: str) -> str:
    """The usual spelling of an event, empty when it is none of the known ones."""
    plain = _plain(event)
    return _PLAIN.get(plain) or _OTHERWISE.get(plain, "")
