"""The heartbeat on the wire: what goes out, and what the answer means."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hbgui.core.outcome import ACCEPTED, Outcome, OutcomeKind
from hbgui.core.profile import ApiVersion, ReportTarget, UrlField, UrlMode

CONTENT_TYPE = "application/json; charset=utf-8"

TOKEN_LIFE_S = 1800
"""Seconds that an accepted heartbeat prolongs the token by, from when it was sent."""

ANSWER_MAX = 64 * 1024
"""Bytes of answer that are read at most; a real one has about twenty."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One POST. The token is not part of it: the transport adds it below every log."""

    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back. `location` is the header of that name, empty without one.

    `body` is complete: the transport raises when it was cut off or too large.
    """

    status: int
    body: bytes
    location: str = ""


def build(api: ApiVersion, url_field: UrlField, target: ReportTarget) -> WireRequest:
    """The heartbeat request of v1.1.0 or v2.0.0 (the maker's pages "heartbeat_packet" and
    "heartbeat"): ipaddr and port always, both as strings; url and its mode only together."""
    body = {"ipaddr": target.ip, "port": str(target.port)}
    if target.url_mode is not UrlMode.NONE:
        flag = "1" if target.url_mode is UrlMode.ABSOLUTE else "0"
        body["url"] = target.url
        names = ("urlflag", "urltag") if url_field is UrlField.BOTH else (url_field.value,)
        body.update(dict.fromkeys(names, flag))
    if api is ApiVersion.V2:
        # Without it the PBX falls back to reports in the oldest format.
        body["version"] = "2.0.0"
    return WireRequest(f"/api/{api}/heartbeat", json.dumps(body, separators=(",", ":")).encode())


def read_answer(answer: HttpAnswer) -> Outcome:
    """What the PBX said.

    Accepted only for status 200 and a JSON object whose only `status` is exactly "Success";
    refused for "Failed" with an errno, whatever the HTTP status; redirected for a 3xx that
    names a place; all else is unclear.
    """
    members = _object(answer.body)
    status = _only(members, "status")
    if status == "Failed":
        errno = _errno(_only(members, "errno"))
        if errno is not None:
            return Outcome(OutcomeKind.REFUSED, "refused", errno, answer.status)
    if answer.status in REDIRECTS:
        return Outcome(
            OutcomeKind.REDIRECTED,
            "redirected" if answer.location else "redirected_nowhere",
            http_status=answer.status,
            location=answer.location,
        )
    if answer.status == 200 and status == "Success":
        return ACCEPTED
    return _unclear(answer, members, status)


def _unclear(answer: HttpAnswer, members: list[tuple[str, Any]] | None, status: object) -> Outcome:
    if answer.status != 200:
        code = "no_api_here" if answer.status == 404 else "http_status"
    elif not answer.body.strip():
        code = "answer_empty"
    elif members is None:
        code = "answer_not_json"
    elif status == "Failed":
        code = "failed_without_errno"
    else:
        code = "status_unclear"
    return Outcome(
        OutcomeKind.UNCLEAR,
        code,
        http_status=answer.status,
        detail=_printable(answer.body[:2048].decode("utf-8", "replace")),
    )


def _printable(text: str) -> str:
    """The text with control and direction marks as escapes: it is shown to people as it came."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text.strip())


class _Members(list[tuple[str, Any]]):
    """An object with every member kept, repeated names too."""


def _object(body: bytes) -> list[tuple[str, Any]] | None:
    """The members of the JSON object that the body begins with, None when there is none.

    A byte order mark, white space and rubbish after the object do not matter.
    """
    text = body.decode("utf-8-sig", "replace").lstrip()
    decoder = json.JSONDecoder(object_pairs_hook=_Members, parse_constant=_no_constant)
    try:
        value, _end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, _Members) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _only(members: list[tuple[str, Any]] | None, name: str) -> object:
    """The value of a member that occurs once, else None."""
    values = [value for key, value in members or () if key == name]
    return values[0] if len(values) == 1 else None


def _errno(value: object) -> str | None:
    """The error number as text: real PBXs send a string, some clones a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and 0 < len(value.strip()) <= 32:
        return value.strip()
    return None
