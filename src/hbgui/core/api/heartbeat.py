"""The heartbeat of the API: its request, the meaning of its answer."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace

from hbgui.core.api import errnos
from hbgui.core.api.json_body import Members, Objects, decode, objects_in, only, repeated
from hbgui.core.api.outcome import ACCEPTED, Outcome, OutcomeKind
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import ApiVersion, UrlField
from hbgui.core.pbx.typed import legible, printable
from hbgui.core.values import Secret

CONNECT_TIMEOUT_S = 4.0
TOTAL_TIMEOUT_S = 10.0

CONTENT_TYPE = "application/json; charset=utf-8"

WITHOUT_ERRNO = "Success"
"""Stands for the error number where a request without a token was answered with a success."""

TOKEN_LIFE_S = 1800
"""Seconds that the token lives after an accepted heartbeat, counted from its sending."""

ANSWER_MAX = 64 * 1024
"""The most bytes of an answer that are read; a real answer has about twenty."""

SHOWN_MAX = 4096
"""The most characters of an answer that are kept for people to read."""

DETAIL_MAX = 2048
"""The most characters of an unclear answer in an outcome."""

_WEB_PAGE = re.compile(
    r"[\ufeff\s]*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|script|h1)\b",
    re.IGNORECASE | re.DOTALL,
)

ERRNO_MAX = 32
"""The most characters of an error number; real ones have five."""

LOCATION_MAX = 512
"""The most characters of a redirect's location that are kept."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One POST request. The token is not part of it: the transport adds it where nothing is logged.

    `secrets` are the secrets in `body`: the transport hides them in the answer.
    """

    path: str
    body: bytes = field(repr=False)
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The answer to a request. `location` and `server` are headers; `proxy` is the proxy that was
    used, empty without one.

    `body` is UTF-8 and complete: the transport raises an error if it is cut off or too large. It
    may contain a new token.
    """

    status: int
    body: bytes = field(repr=False)
    location: str = ""
    proxy: str = ""
    server: str = ""


def build(api: ApiVersion, url_field: UrlField, target: ReportTarget) -> WireRequest:
    """The heartbeat request of v1.1.0 or v2.0.0 (the maker's pages "heartbeat_packet" and
    "heartbeat"). ipaddr and port are always there, as strings; url and its mode only together."""
    names = ("urlflag", "urltag") if url_field is UrlField.BOTH else (url_field.value,)
    body = {"ipaddr": target.ip, "port": str(target.port), **url_members(target, *names)}
    if api is ApiVersion.V2:
        # Without this member the PBX sends reports in its oldest format.
        body["version"] = "2.0.0"
    return WireRequest(f"/api/{api}/heartbeat", compact(body))


def url_members(target: ReportTarget, *names: str) -> dict[str, str]:
    """The members `url` and its mode, the mode under each of `names`; empty without a URL mode."""
    if target.url_mode is UrlMode.NONE:
        return {}
    flag = "1" if target.url_mode is UrlMode.ABSOLUTE else "0"
    return {"url": target.url, **dict.fromkeys(names, flag)}


def compact(body: dict[str, str]) -> bytes:
    """A request's body as JSON without spaces."""
    return json.dumps(body, separators=(",", ":")).encode()


def read_answer(answer: HttpAnswer) -> Outcome:
    """Read the answer to a heartbeat.

    Accepted: HTTP 200 and exactly one JSON object with exactly one `status`, which is "Success",
    and no repeated `errno`. Refused: `status` "Failed" with an `errno`, whatever the HTTP status.
    Redirected: HTTP 301, 302, 303, 307 or 308. Everything else is unclear.
    """
    outcome = judge(answer, objects_in(answer.body))
    return replace(outcome, proxy=answer.proxy) if answer.proxy else outcome


def answer_text(answer: HttpAnswer) -> str:
    """The answer for people to read, at most `SHOWN_MAX` characters of its body."""
    lines = [f"HTTP {answer.status}"]
    if answer.location:
        lines.append(f"Location: {_location(answer)}")
    return "\n".join([*lines, "", legible(decode(answer.body)[:SHOWN_MAX], "\n\t")])


def judge(answer: HttpAnswer, objects: Objects, failed: tuple[str, ...] = ("Failed",)) -> Outcome:
    """The same as `read_answer`, for an answer whose JSON was parsed before. `failed` are the
    values of `status` that mean a refusal."""
    status = only(objects.first, "status")
    if status in failed and not objects.several:
        errno = _errno(only(objects.first, "errno"))
        if errno is not None:
            return Outcome(OutcomeKind.REFUSED, "refused", errno, answer.status)
    if answer.status in REDIRECTS:
        return Outcome(
            OutcomeKind.REDIRECTED,
            "redirected" if answer.location else "redirected_nowhere",
            http_status=answer.status,
            location=_location(answer),
        )
    success = status == "Success" and not repeated(objects.first, "errno")
    if answer.status == 200 and success and objects.alone:
        return ACCEPTED
    code = _unclear(answer, objects, status)
    return Outcome(
        OutcomeKind.UNCLEAR,
        code,
        http_status=answer.status,
        detail=printable(decode(answer.body)[:SHOWN_MAX].strip()[:DETAIL_MAX]),
        final=code == "other_series",
    )


def _location(answer: HttpAnswer) -> str:
    return printable(answer.location)[:LOCATION_MAX]


def _unclear(answer: HttpAnswer, objects: Objects, status: object) -> str:
    if _is_p_series(objects.first):
        return "other_series"
    if answer.status != 200:
        return "no_api_here" if answer.status == 404 else "http_status"
    if not answer.body.strip():
        return "answer_empty"
    if objects.first is None:
        return _no_object(answer.body, objects)
    if objects.several:
        return "answer_several"
    once = "errno" if status == "Success" else "status"
    if repeated(objects.first, once):
        return "answer_repeats"
    if status == "Success":
        return "answer_has_more"
    return "failed_without_errno" if status == "Failed" else "status_unclear"


def _no_object(body: bytes, objects: Objects) -> str:
    if objects.cut_off:
        return "answer_cut_off"
    return "answer_web_page" if _WEB_PAGE.match(decode(body)) else "answer_not_json"


def _is_p_series(members: Members | None) -> bool:
    """The maker's P-Series puts these two members into every answer, and never a `status`."""
    names = {name for name, _value in members or ()}
    return {"errcode", "errmsg"} <= names and "status" not in names


def _errno(value: object) -> str | None:
    """The error number as text: real PBXs send a string, some clones a number.

    None if it is missing, of another type or longer than `ERRNO_MAX`.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = printable(str(value).strip())
    return text if 0 < len(text) <= ERRNO_MAX else None


def is_pbx_answer(outcome: Outcome) -> bool:
    """Whether this is how a PBX, and nothing else, answers a heartbeat without a token."""
    refused = outcome.kind is OutcomeKind.REFUSED and outcome.http_status == 200
    return refused and outcome.errno == errnos.TOKEN_BLANK


def judged_without_token(outcome: Outcome) -> Outcome:
    """The outcome of a heartbeat without a token that did not prove that the PBX answers."""
    if not outcome.contact_attempted or outcome.final:
        return outcome
    answered = outcome.accepted or outcome.kind is OutcomeKind.REFUSED
    if answered and outcome.errno not in errnos.MAY_PASS:
        # No token was sent, so the answer must not count as one about the token.
        detail = outcome.errno or WITHOUT_ERRNO
        outcome = Outcome(OutcomeKind.UNCLEAR, "answer_without_token", detail=detail)
    return replace(outcome, doubtful=True)


def judged_at_known_address(outcome: Outcome) -> Outcome:
    """The outcome of a heartbeat to an address at which the PBX accepted one before."""
    other = outcome.kind in (OutcomeKind.REDIRECTED, OutcomeKind.UNCLEAR)
    return replace(outcome, doubtful=True) if other and not outcome.final else outcome
