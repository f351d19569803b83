"""An event report of a PBX: the received text and its decoded members.

The formats and names are those of the maker's pages "api-reports" and "event-*": the default
format, in which members occur twice, 1.0.2 and 2.0.0.
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
"""Members by name; the value of one that occurs several times is a list."""

DEPTH_MAX = 32
"""The deepest nesting of objects and lists; documented reports have four levels."""

LONG = 16 * 1024
"""The most characters of a report that is decoded for lists and calls: decoding hundreds of longer
ones would take minutes. The longest documented report has less than 2 KiB."""

_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"{}[]"))

_HALF = re.compile("[\ud800-\udfff]")


class ReportFormat(StrEnum):
    """The format of a report. The values are part of the command line's JSON."""

    DEFAULT = "default"
    V1 = "1.0.2"
    V2 = "2.0.0"
    P_SERIES = "p-series"
    UNKNOWN = "unknown"


class ReportProblem(StrEnum):
    """What is wrong with a report or its request. All but the first three are answered with
    status 200."""

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
    """The decoded body of a report. `event` is spelled as the PBX sent it; missing texts are empty.
    `readable`: the body was a JSON object."""

    event: str = ""
    format: ReportFormat = ReportFormat.UNKNOWN
    serial: str = ""
    call_id: str = ""
    readable: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One received report.

    - `number`: counts the reports of this run of the program.
    - `path`: the requested path, "/" if there was none; `sender`: an IP address.
    - `repeat`: how often this sender sent the same body in the 60 s before.
    - `problem`: None if the report is valid.
    - `pbx_id`: the PBX that sent it, empty if unknown.
    - `sender_checked`: False if the allowed senders are not known.
    """

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
        """All members, parsed each time: they take many times the memory of the text, too much to
        keep for thousands of reports."""
        return _read(self.raw) or {}

    @property
    def answered(self) -> bool:
        """Whether it was answered with status 200, which the PBX waits for."""
        return self.problem not in NOT_ANSWERED

    @property
    def size(self) -> int:
        """Bytes of memory that its texts take."""
        headers = sum(sys.getsizeof(n) + sys.getsizeof(v) for n, v in self.headers)
        return sys.getsizeof(self.raw) + headers


def read_fields(body: bytes) -> Fields | None:
    """The members of a report's body, None if it is not a JSON object or nested too deeply."""
    return _read(json_body.decode(body))


def _read(text: str) -> Fields | None:
    members = read_objects(text).first
    try:
        return None if members is None else _fields(members, DEPTH_MAX)
    except RecursionError:
        return None


def decode(body: bytes) -> Decoded:
    """Decode a report's body. Never raises."""
    found = read_objects(json_body.decode(body)).found
    return decoded_object(found[0]) if found else Decoded()


def decoded_object(found: Found) -> Decoded:
    """Decode one JSON object. Only the outermost members are decoded: 256 KiB of small inner ones
    would take a tenth of a second per report."""
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
    """Whether an event is a number of the P-Series, which has another API."""
    return re.fullmatch(r"30[0-9]{3}", event, re.ASCII) is not None


def _p_series(fields: Fields) -> str:
    number = _text(fields, "type")
    return number if "msg" in fields and is_p_series(number) else ""


def _format(fields: Fields, event: str, action: str) -> ReportFormat:
    """The format of a report. A serial number does not prove 1.0.2: PBXs also send it in the
    default format."""
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
        return str(value)  # for instance 1e999, which is not valid in exported JSON
    return _clean(value) if isinstance(value, str) else value


def _clean(text: str) -> str:
    """Replace half surrogate pairs, which can be neither shown nor written."""
    return _HALF.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(fields: Fields, name: str) -> str:
    """A text or number as text. If a member occurs several times, it is the first value."""
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
"""The event names as most PBXs spell them, including "Tranfer"."""

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
    """The usual spelling of an event, empty if it is unknown."""
    plain = _plain(event)
    return _PLAIN.get(plain) or _OTHERWISE.get(plain, "")


_BETWEEN = "\ufeff \t\r\n\0\x1a\x1e,;[]"
"""Characters between objects that carry no information."""


@dataclass(frozen=True, slots=True)
class Part:
    """One report in a body. `problem` is the special reason why it is unreadable, if known."""

    raw: str
    decoded: Decoded
    problem: ReportProblem | None = None


def as_it_came(body: bytes, charset: str = "") -> str:
    """A body as text, with its byte order mark; undecodable bytes are escaped."""
    mark = "\ufeff" if body.startswith(b"\xef\xbb\xbf") else ""
    return mark + json_body.decode(body, charset)


def whole(text: str) -> Part:
    """The whole body as one report."""
    found = read_objects(text).found
    return Part(text, decoded_object(found[0]) if found else Decoded())


def parts_of(text: str, *, wrong_length: bool = False) -> Iterator[Part]:
    """Each JSON object in a body, also those in lists, and the text between and after them, if it
    is more than separators.

    `wrong_length`: the body did not end where its length says.
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
            # Do not search inside a broken object: its inner objects are not reports.
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
