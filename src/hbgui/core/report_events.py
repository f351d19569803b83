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
)
"""Each as the wire mostly spells it, "Tranfer" too."""

_OTHERWISE = {
    "transfer": "Tranfer",
    "calltransfer": "Tranfer",
    "calltranfer": "Tranfer",
    "callforward": "Forward",
    "dtmfevent": "DTMF",
}

_PLAIN = {name.lower(): name for name in KNOWN}


def known_as(event: str) -> str:
    """The usual spelling of an event, empty when it is none of the known ones."""
    plain = re.sub(r"[^a-z]", "", event.lower())
    return _PLAIN.get(plain) or _OTHERWISE.get(plain, "")
