"""An event report of a PBX: what came in, and what can be read of it.

The formats and names are those of the maker's pages "api-reports" and "event-*": the default form
with members that occur twice, 1.0.2 and 2.0.0.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hbgui.core.api import json_body
from hbgui.core.api.json_body import OBJECTS_MAX, Found, Members, read_objects
from hbgui.core.values import Moment

Fields = dict[str, Any]
"""Members by name; one that occurs more than once is a list of its values."""

DEPTH_MAX = 32
"""Objects and lists inside each other; the documented ones have four."""

LONG = 16 * 1024
"""Characters beyond which a report is only shown as it came and in full: reading some hundreds of
them for a list or a call would take minutes. The longest documented one has less than 2 KiB."""

_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))

_HALF = re.compile("[\ud800-\udfff]")


class ReportFormat(StrEnum):
    """How the PBX was told to write reports. The words are part of the command line's JSON."""

    DEFAULT = "default"
    V1 = "1.0.2"
    V2 = "2.0.0"
    P_SERIES = "p-series"
    UNKNOWN = "unknown"


class ReportProblem(StrEnum):
    """What is wrong with a report, or with how it came. Only the first three are not answered
    with 200."""

    WRONG_PATH = "wrong_path"
    WRONG_SENDER = "wrong_sender"
    NOT_A_REPORT = "not_a_report"
    WRONG_SERIAL = "wrong_serial"
    NOT_JSON = "not_json"
    WRONG_LENGTH = "wrong_length"
    TOO_MANY = "too_many"
    NO_EVENT = "no_event"
    P_SERIES = "p_series"


NOT_ANSWERED = frozenset(
    {ReportProblem.WRONG_PATH, ReportProblem.WRONG_SENDER, ReportProblem.NOT_A_REPORT}
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The body of a report. `event` is spelled as on the wire; texts are empty where there is
    none. `readable` says whether it was a JSON object at all."""

    event: str = ""
    format: ReportFormat = ReportFormat.UNKNOWN
    serial: str = ""
    call_id: str = ""
    readable: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One report as it came in. `path` is what was asked for, "/" when nothing was; `sender` an
    IP address. `repeat` counts how often the same body came from the same sender in the last 60 s
    before this one. `problem` is None for what a PBX in order sends. `pbx_id` is whose report it
    is, empty when that is not known. `number` counts what this run of the program received.
    `sender_checked` is False where nobody has said which senders are the right ones."""

    number: int
    received: Moment
    sender: str
    path: str
    raw: str
    decoded: Decoded
    headers: tuple[tuple[str, str], ...] = ()
    repeat: int = 0
    problem: ReportProblem | None = None
    pbx_id: str = ""
    sender_checked: bool = True

    @property
    def fields(self) -> Fields:
        """All members, read anew each time: kept for thousands of reports they would take many
        times the memory of the text."""
        return _read(self.raw) or {}

    @property
    def answered(self) -> bool:
        """Whether it got the 200 that a PBX waits for."""
        return self.problem not in NOT_ANSWERED

    @property
    def size(self) -> int:
        """Bytes of memory that its texts take."""
        headers = sum(sys.getsizeof(n) + sys.getsizeof(v) for n, v in self.headers)
        return sys.getsizeof(self.raw) + headers


def read_fields(body: bytes) -> Fields | None:
    """The members of a report's body, None when it is no JSON object or nested absurdly deep."""
    return _read(json_body.decode(body))


def _read(text: str) -> Fields | None:
    members = read_objects(text).first
    try:
        return None if members is None else _fields(members, DEPTH_MAX)
    except RecursionError:
        return None


def decode(body: bytes) -> Decoded:
    """What can be read of a report's body; nothing is ever an error."""
    found = read_objects(json_body.decode(body)).found
    return decoded_object(found[0]) if found else Decoded()


def decoded_object(found: Found) -> Decoded:
    """What can be read of an object. Only the outermost members are looked at: 256 KiB of small
    ones inside take a tenth of a second, and they are many."""
    if _too_deep(found.text.encode("utf-8", "replace")):
        return Decoded()
    fields = _by_name(found.members)
    event, action = _text(fields, "event"), _text(fields, "action")
    named = event or action
    p_series = "" if named else _p_series(fields)
    return Decoded(
        named or p_series,
        ReportFormat.P_SERIES if p_series else _format(fields, event, action),
        _text(fields, "sn"),
        _text(fields, "callid"),
        readable=True,
    )


def _too_deep(body: bytes) -> bool:
    marks = _TEXT.sub(b"", body).translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(DEPTH_MAX):
        marks = marks.replace(b"[]", b"")  # all the innermost ones
    return b"[]" in marks


def is_p_series(event: str) -> bool:
    """Whether an event is one of the numbers that the P-Series has, whose API is another one."""
    return re.fullmatch(r"30[0-9]{3}", event, re.ASCII) is not None


def _p_series(fields: Fields) -> str:
    number = _text(fields, "type")
    return number if "msg" in fields and is_p_series(number) else ""


def _format(fields: Fields, event: str, action: str) -> ReportFormat:
    """A serial number does not tell 1.0.2: boxes that were asked for no version send it, too."""
    if event:
        return ReportFormat.V2
    if not action:
        return ReportFormat.UNKNOWN
    return ReportFormat.V1 if "call" in fields else ReportFormat.DEFAULT


def _fields(members: Members, depth: int) -> Fields:
    return _by_name((name, _value(value, depth - 1)) for name, value in members)


def _by_name(members: Iterable[tuple[str, Any]]) -> Fields:
    found: dict[str, list[Any]] = {}
    for name, value in members:
        found.setdefault(_clean(name), []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _value(value: Any, depth: int) -> Any:
    if depth < 0:
        raise RecursionError("nested deeper than any report")
    if isinstance(value, Members):
        return _fields(value, depth)
    if isinstance(value, list):
        return [_value(v, depth - 1) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # 1e999: JSON that other programs read has no such number
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    """Half a surrogate pair can be neither shown nor written."""
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(fields: Fields, name: str) -> str:
    """A text or number as text. Of members that occur twice the first one."""
    value = fields.get(name)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _clean(str(value)).strip()


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
"""The events, each as most PBXs spell it, "Tranfer" included."""

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


_BETWEEN = "\ufeff \t\r\n\0\x1a\x1e,;[]"
"""Stands around objects and says nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One report of a body. `problem` is why it cannot be read, where more is known of that."""

    raw: str
    decoded: Decoded
    problem: ReportProblem | None = None


def as_it_came(body: bytes, charset: str = "") -> str:
    """A body as text, with its byte order mark if it has one; what cannot be read is escaped."""
    mark = "\ufeff" if body.startswith(b"\xef\xbb\xbf") else ""
    return mark + json_body.decode(body, charset)


def whole(text: str) -> Part:
    """All of a body as one report."""
    found = read_objects(text).found
    return Part(text, decoded_object(found[0]) if found else Decoded())


def parts_of(text: str, *, wrong_length: bool = False) -> Iterator[Part]:
    """Each object in a body, in lists too, and what is between them and says something, or is left.

    `wrong_length` says that the body's end was not where its length told.
    """
    objects = read_objects(text)
    if objects.alone:
        yield Part(text, decoded_object(objects.found[0]))
        return
    found: list[Part] = []
    rest = text.strip(_BETWEEN)
    while rest and len(found) < OBJECTS_MAX:
        begin = rest.find("{")
        objects = read_objects(rest[max(begin, 0) :])
        if not objects.found:
            # Nothing is looked for inside of a broken one: what stands there is no report.
            break
        if begin > 0:
            found.append(Part(rest[:begin], Decoded()))
        found += [Part(one.text, decoded_object(one)) for one in objects.found]
        rest = objects.rest.strip(_BETWEEN)
    yield from found
    if rest or not found:
        many = len(found) >= OBJECTS_MAX
        problem = ReportProblem.WRONG_LENGTH if wrong_length else None
        left = rest if found else text
        yield Part(left, Decoded(), ReportProblem.TOO_MANY if many else problem)
