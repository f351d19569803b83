"""The heartbeat on the wire: its request, the meaning of the answer."""

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
"""What an answer said to a question without a token, where it was no error number."""

TOKEN_LIFE_S = 1800
"""Seconds that an accepted heartbeat prolongs the token by, from when it was sent."""

ANSWER_MAX = 64 * 1024
"""Bytes of answer that are read at most; a real one has about twenty."""

SHOWN_MAX = 4096
"""Characters of an answer that are kept for people to read."""

DETAIL_MAX = 2048
"""Characters of an unclear answer that an outcome carries."""

_WEB_PAGE = re.compile(
    r"[\ufeff\s]*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|script|h1)\b",
    re.IGNORECASE | re.DOTALL,
)

ERRNO_MAX = 32
"""Characters of an error number; real ones have five."""

LOCATION_MAX = 512
"""Characters of a redirect's place that are kept."""

REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class WireRequest:
    """One POST. The token is not part of it: the transport adds it below every log.

    `secrets` are those in the body, for the transport to hide in what comes back.
    """

    path: str
    body: bytes = field(repr=False)
    secrets: tuple[Secret, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back. `location` and `server` are the headers of those names, `proxy` the one
    that was used.

    `body` is in UTF-8, and complete as far as its length tells: the transport raises when it was
    cut off or too large. It may hold a new token.
    """

    status: int
    body: bytes = field(repr=False)
    location: str = ""
    proxy: str = ""
    server: str = ""


def build(api: ApiVersion, url_field: UrlField, target: ReportTarget) -> WireRequest:
    """The heartbeat request of v1.1.0 or v2.0.0 (the maker's pages "heartbeat_packet" and
    "heartbeat"): ipaddr and port always, both as strings; url and its mode only together."""
    names = ("urlflag", "urltag") if url_field is UrlField.BOTH else (url_field.value,)
    body = {"ipaddr": target.ip, "port": str(target.port), **url_members(target, *names)}
    if api is ApiVersion.V2:
        # Without it the PBX falls back to reports in the oldest format.
        body["version"] = "2.0.0"
    return WireRequest(f"/api/{api}/heartbeat", compact(body))


def url_members(target: ReportTarget, *names: str) -> dict[str, str]:
    """`url` and its mode under each of `names`; nothing without a URL mode."""
    if target.url_mode is UrlMode.NONE:
        return {}
    flag = "1" if target.url_mode is UrlMode.ABSOLUTE else "0"
    return {"url": target.url, **dict.fromkeys(names, flag)}


def compact(body: dict[str, str]) -> bytes:
    """A request's body as it goes on the wire."""
    return json.dumps(body, separators=(",", ":")).encode()


def read_answer(answer: HttpAnswer) -> Outcome:
    """What the PBX said.

    Accepted only for status 200 and one JSON object, alone, whose only `status` is exactly
    "Success", without a repeated errno; refused for "Failed" with an errno, whatever the HTTP
    status; redirected for a 3xx that names a place; all else is unclear.
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
    """What an answer says whose JSON was read already, as `read_answer`. `failed` are the words of
    `status` that mean a refusal."""
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
    said = status == "Success" and not repeated(objects.first, "errno")
    if answer.status == 200 and said and objects.alone:
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
    """The maker's P-Series answers everything with these two, and never with a `status`."""
    names = {name for name, _value in members or ()}
    return {"errcode", "errmsg"} <= names and "status" not in names


def _errno(value: object) -> str | None:
    """The error number as text: real PBXs send a string, some clones a number.

    None when it is none: a longer one than any would fill the window.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = printable(str(value).strip())
    return text if 0 < len(text) <= ERRNO_MAX else None


def is_back(outcome: Outcome) -> bool:
    """Whether this is a PBX's answer to a heartbeat without a token: nothing else says that."""
    refused = outcome.kind is OutcomeKind.REFUSED and outcome.http_status == 200
    return refused and outcome.errno == errnos.TOKEN_BLANK


def still_doubtful(outcome: Outcome) -> Outcome:
    """The end of a heartbeat without a token that did not show the PBX."""
    if not outcome.contact_attempted or outcome.final:
        return outcome
    answered = outcome.accepted or outcome.kind is OutcomeKind.REFUSED
    if answered and outcome.errno not in errnos.MAY_PASS:
        # Neither a success nor a refusal is about a token that was not sent.
        said = outcome.errno or WITHOUT_ERRNO
        outcome = Outcome(OutcomeKind.UNCLEAR, "answer_without_token", detail=said)
    return replace(outcome, doubtful=True)


def doubted(outcome: Outcome) -> Outcome:
    """The end of a heartbeat to where the PBX was accepted before."""
    other = outcome.kind in (OutcomeKind.REDIRECTED, OutcomeKind.UNCLEAR)
    return replace(outcome, doubtful=True) if other and not outcome.final else outcome
