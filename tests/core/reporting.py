"""Reports to read, as they would have come in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hbgui.core.reports.report import Report, ReportProblem, decode
from hbgui.core.values import Moment

MEMBERS = [
    *("event", "format", "serial", "call_id", "sender", "sender_checked", "path"),
    *("received", "repeat", "fields", "raw", "problem"),
]
"""Of a report as JSON."""

BEGAN = datetime(2026, 1, 2, 3, 4, 5, 678_901, tzinfo=UTC)


def report(
    raw: str | bytes,
    number: int = 1,
    problem: ReportProblem | None = None,
    repeat: int = 0,
    sender: str = "192.168.5.150",
    pbx_id: str = "a",
) -> Report:
    body = raw.encode() if isinstance(raw, str) else raw
    at = Moment(number, BEGAN + timedelta(seconds=number))
    text = body.decode("utf-8", "replace")
    found = decode(body)
    return Report(
        number, at, sender, "/", text, found, repeat=repeat, problem=problem, pbx_id=pbx_id
    )


def reports(bodies: Iterable[str | bytes]) -> list[Report]:
    return [report(body, number) for number, body in enumerate(bodies, 1)]


def v2(*members: str, event: str = "CallStatus") -> str:
    return f'{{"event":"{event}","callid":"7.1","members":[{",".join(members)}]}}'


def ext(number: str, status: str = "") -> str:
    return f'{{"ext":{{"number":"{number}","memberstatus":"{status}"}}}}'


INBOUND = '{"inbound":{"from":"5550100","to":"6200","trunkname":"sip","memberstatus":"ALERT"}}'
