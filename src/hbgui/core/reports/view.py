"""The list of reports: columns, filter, export formats."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hbgui.core.reports.parties import Party, as_list, call_record, parties, text_of
from hbgui.core.reports.report import LONG, Fields, Report, known_as
from hbgui.core.values import csv_rows, iso_ms

_CALLING = ("ALERT", "ANSWERED")
_CALLED = ("RING", "ANSWER")


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a report in a list; empty if the report does not have the value."""

    extension: str = ""
    trunk: str = ""
    caller: str = ""
    callee: str = ""

    @property
    def subject(self) -> str:
        """The extension, else the trunk."""
        return self.extension or self.trunk


def columns(report: Report) -> Columns:
    """The columns of a report of any format. Parses its text each time: call it once per row."""
    return columns_of(report.decoded.event, {} if len(report.raw) > LONG else report.fields)


def columns_of(event: str, fields: Fields) -> Columns:
    """The same for members that were parsed before."""
    match known_as(event):
        case "NewCdr":
            record = call_record(fields)
            callee = f"{record.callee} ({record.agent})" if record.agent else record.callee
            trunk = record.source_trunk or record.trunk
            return Columns(record.extension, trunk, record.caller, callee)
        case "ConfigChange":
            return Columns(text_of(fields, "extid"), text_of(fields, "trunkname"))
        case "QueueAgentRingNoAnswerTimeout":
            queue = text_of(fields, "queue").removeprefix("queue-")
            return Columns(queue, "", text_of(fields, "caller"), text_of(fields, "agent"))
        case "QueueAutoPause":
            missed = [m for m in as_list(fields.get("misscall")) if isinstance(m, dict)]
            callers = ", ".join(filter(None, dict.fromkeys(text_of(m, "caller") for m in missed)))
            return Columns(text_of(fields, "agent"), "", callers, text_of(fields, "queue"))
        case "ConferenceStatus":
            seen = _of_call("", fields)
            return Columns(seen.extension, seen.trunk, "", text_of(fields, "conferencenumber"))
    return _of_call(event, fields)


def _of_call(event: str, fields: Fields) -> Columns:
    found = parties(fields)
    extensions = dict.fromkeys(p.number for p in found if p.kind == "ext")
    extension = ", ".join(filter(None, extensions))
    trunk = next((p.trunk for p in found if p.trunk), "")
    caller, callee = caller_and_callee(event, found)
    named = text_of(fields, "extension", "extnumber", "playtonum", "trunkname")
    return Columns(extension or named, trunk, caller, callee)


def caller_and_callee(event: str, found: tuple[Party, ...]) -> tuple[str, str]:
    """The caller and the callee, empty if unknown. Between extensions their state shows it: ALERT
    and ANSWERED belong to the caller, RING and ANSWER to the callee."""
    extensions = [p for p in found if p.kind == "ext"]
    for party in found:
        if party.kind == "inbound":
            return party.number, extensions[0].number if extensions else party.to
        if party.kind == "outbound":
            return party.number or (extensions[0].number if extensions else ""), party.to
    caller = next((p.number for p in extensions if _state(event, p, found) in _CALLING), "")
    callee = next((p.number for p in extensions if _state(event, p, found) in _CALLED), "")
    others = [p.number for p in extensions if p.number not in (caller, callee)]
    if len(others) == 1 and bool(caller) != bool(callee):
        return caller or others[0], callee or others[0]
    return caller, callee


def _state(event: str, party: Party, found: tuple[Party, ...]) -> str:
    """The state of a party. In version 1 the event's name is the state of the first party."""
    return party.status or (event.upper() if party is found[0] else "")


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Which reports to show; an empty or False member excludes none.

    `events` are event names in any spelling. `matching_events` are the events whose displayed name
    contains `text`; the caller looks them up, because only the texts know the displayed names.
    """

    pbx_id: str = ""
    events: frozenset[str] = frozenset()
    text: str = ""
    matching_events: frozenset[str] = frozenset()
    problems_only: bool = False
    call_id: str = ""

    def takes(self, report: Report) -> bool:
        """Whether to show the report."""
        return (
            self.pbx_id in ("", report.pbx_id)
            and self.call_id in ("", report.decoded.call_id)
            and (not self.problems_only or report.problem is not None)
            and (not self.events or _name(report.decoded.event) in set(map(_name, self.events)))
            and (not self.text or self._found(report))
        )

    def _found(self, report: Report) -> bool:
        text = self.text.casefold()
        places = (report.raw, report.sender, report.path)
        return any(text in place.casefold() for place in places) or (
            _name(report.decoded.event) in self.matching_events
        )


def _name(event: str) -> str:
    return known_as(event) or event


def members(report: Report) -> dict[str, object]:
    """The members of a report in exports; a missing value is None."""
    decoded = report.decoded
    return {
        "event": decoded.event or None,
        "format": decoded.format.value,
        "serial": decoded.serial or None,
        "call_id": decoded.call_id or None,
        "sender": report.sender,
        "sender_checked": report.sender_checked,
        "path": report.path,
        "received": iso_ms(report.received.utc),
        "repeat": report.repeat,
        "fields": report.fields if decoded.readable else None,
        "raw": report.raw,
        "problem": report.problem,
    }


def json_line(report: Report) -> str:
    """One report as one line of JSON in ASCII, without a line end."""
    return json.dumps(members(report))


def json_lines(reports: Iterable[Report]) -> Iterator[str]:
    """The reports as JSON, one object per line."""
    return (f"{json_line(report)}\n" for report in reports)


def csv_lines(reports: Iterable[Report]) -> Iterator[str]:
    """The reports as CSV with a header line; the cell `fields` contains JSON."""
    return csv_rows(_row(report) for report in reports)


def _row(report: Report) -> dict[str, object]:
    row = members(report)
    fields = row["fields"]
    return row | {"fields": None if fields is None else json.dumps(fields, ensure_ascii=False)}
