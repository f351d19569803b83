"""What a NewCdr tells when a call has ended, in all spellings of its members."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from hbgui.core.report import Fields
from hbgui.core.report_parties import group_and_agent, text_of


class CallResult(StrEnum):
    """How a call ended."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"


_RESULTS = {
    "ANSWERED": CallResult.ANSWERED,
    "ANSWERD": CallResult.ANSWERED,
    "ANSWER": CallResult.ANSWERED,
    "NOANSWER": CallResult.NO_ANSWER,
    "NOANSWERED": CallResult.NO_ANSWER,
    "NOANSWERD": CallResult.NO_ANSWER,
    "BUSY": CallResult.BUSY,
    "FAILED": CallResult.FAILED,
    "VOICEMAIL": CallResult.VOICEMAIL,
}


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call. Durations are in seconds, None when they are not told; `talk_s` is the part after
    somebody answered. `started` is the PBX's own time without a zone. `agent` is who of a group
    answered; `direction` is the wire's word: Internal, Inbound, Outbound."""

    caller: str
    callee: str
    agent: str
    result: CallResult
    result_word: str
    duration_s: int | None
    talk_s: int | None
    started: str
    direction: str
    source_trunk: str
    trunk: str

    @property
    def extension(self) -> str:
        """The extension that the call was about, empty when none can be told."""
        inbound = self.direction.casefold() == "inbound" or bool(self.source_trunk)
        return (self.agent or self.callee) if inbound else self.caller


def call_result(word: str) -> CallResult:
    """A status word, however it is spelled."""
    return _RESULTS.get(re.sub(r"[^A-Z]", "", word.upper()), CallResult.UNKNOWN)


def call_record(fields: Fields) -> CallRecord:
    """The record in a NewCdr."""
    callee = text_of(fields, "callto")
    group, agent = group_and_agent(callee)
    word = text_of(fields, "status")
    return CallRecord(
        text_of(fields, "callfrom"),
        group or callee,
        agent,
        call_result(word),
        word,
        _seconds(text_of(fields, "callduraction", "callduration")),
        _seconds(text_of(fields, "talkduraction", "talkduration")),
        text_of(fields, "timestart"),
        text_of(fields, "type"),
        text_of(fields, "srctrunkname", "srctrcunkname"),
        text_of(fields, "desttrunkname", "dsttrcunkname", "dstrunkname", "dsttrunkname"),
    )


def _seconds(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) else None
