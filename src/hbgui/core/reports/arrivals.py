"""The arrived reports of one PBX: counts, the proof of arrival, the state of the reports lamp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hbgui.core.api.outcome import Attempt
from hbgui.core.reports.receiving import Place, PortHolder, TurnedAway, place_of
from hbgui.core.reports.report import Report, ReportProblem
from hbgui.core.values import Moment

EVENTS_MAX = 50
"""The most event names that are counted separately; the maker documents about thirty."""


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """The receiver that is on for a PBX.

    - `place`: where reports are to arrive; `bound`: this computer's address that it listens on.
    - `code`: why it cannot listen, empty if it does; `detail`: the system's message.
    - `holder`: the other program that uses the port, None if unknown.
    - `since`: since when it listens.
    - `refused`: the number of rejected requests; `turned_away`: the last one.
    - `reachable`: whether this computer can connect to it, None before that was tried.
    - `senders`: the allowed senders: the PBX's own addresses, and those that the user allowed.
    """

    place: Place
    code: str = ""
    holder: PortHolder | None = None
    bound: str = ""
    since: Moment | None = None
    refused: int = 0
    turned_away: TurnedAway | None = None
    reachable: bool | None = None
    senders: frozenset[str] = frozenset()
    detail: str = ""

    @property
    def listens(self) -> bool:
        """Whether it can receive reports."""
        return not self.code


@dataclass(frozen=True, slots=True)
class Proof:
    """The first valid report that arrived at the announced place. `latency_s` are the seconds since
    the last accepted heartbeat was sent, None if there was none in this run."""

    at: Moment
    place: Place
    sender: str
    serial: str
    event: str
    latency_s: float | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The reports of one PBX in this run of the program.

    - `count`: all reports; `repeats`: those with the same body as an earlier one.
    - `problems`: the number of reports with each problem; `events`: the number of valid reports
      with each event name.
    - `last`: the last valid report; `serial`: the serial number of the first valid one.
    - `wrong`: the last report with a problem; `wrongs`: the last one with each problem.
    """

    count: int = 0
    repeats: int = 0
    problems: Mapping[ReportProblem, int] = field(default_factory=dict)
    last: Report | None = None
    wrong: Report | None = None
    serial: str = ""
    proof: Proof | None = None
    wrongs: Mapping[ReportProblem, Report] = field(default_factory=dict)
    events: Mapping[str, int] = field(default_factory=dict)

    def with_report(
        self, report: Report, receiving: ReceiverState | None, accepted: Attempt | None
    ) -> Arrivals:
        """The value after one more report. `accepted` is the last accepted heartbeat."""
        counted = replace(self, count=self.count + 1, repeats=self.repeats + bool(report.repeat))
        if report.problem is not None:
            problems = {**self.problems, report.problem: self.problems.get(report.problem, 0) + 1}
            wrongs = {**self.wrongs, report.problem: report}
            return replace(counted, problems=problems, wrong=report, wrongs=wrongs)
        serial = self.serial or report.decoded.serial
        events = _counted(self.events, report.decoded.event)
        counted = replace(counted, last=report, serial=serial, events=events)
        if self.proof is None and receiving and announces(accepted, receiving.place) is not False:
            counted = replace(counted, proof=proof_of(report, receiving.place, accepted))
        return counted


def _counted(events: Mapping[str, int], event: str) -> Mapping[str, int]:
    """The counts with one more of that event. A hostile sender could send any number of names, so
    after `EVENTS_MAX` names a new one is counted under the empty name."""
    name = event if event in events or len(events) < EVENTS_MAX else ""
    return {**events, name: events.get(name, 0) + 1}


def proof_of(report: Report, place: Place, accepted: Attempt | None) -> Proof:
    """The proof from a valid report. Without `latency_s` if the last accepted heartbeat announced
    another place."""
    caused = accepted if announces(accepted, place) is not False else None
    latency_s = report.received.since(caused.sent) if caused else None
    decoded = report.decoded
    return Proof(report.received, place, report.sender, decoded.serial, decoded.event, latency_s)


def announces(accepted: Attempt | None, place: Place) -> bool | None:
    """Whether the last accepted heartbeat announced this place; None if unknown."""
    if accepted is None or accepted.announced is None:
        return None
    return place_of(accepted.announced) == place


class ReportsLamp(StrEnum):
    """The states of the reports lamp. Only ARRIVE is green."""

    NOT_HERE = "not_here"
    TCP = "tcp"
    NO_RECEIVER = "no_receiver"
    ELSEWHERE = "elsewhere"
    UNPROVEN = "unproven"
    WRONG = "wrong"
    ARRIVE = "arrive"
    ENDED = "ended"


def reports_lamp(
    arrivals: Arrivals,
    receiving: ReceiverState | None,
    accepted: Attempt | None,
    *,
    tcp: bool,
    token_ended: bool,
) -> ReportsLamp:
    """The state of the reports lamp. `tcp`: the PBX sends reports over TCP, by its own answer.
    `token_ended`: the token has expired, so the PBX sends no more reports."""
    if tcp and arrivals.proof is None:
        return ReportsLamp.TCP
    if receiving is None:
        return ReportsLamp.NOT_HERE
    if not receiving.listens:
        return ReportsLamp.NO_RECEIVER
    if announces(accepted, receiving.place) is False:
        return ReportsLamp.ELSEWHERE
    if arrivals.proof is not None:
        return ReportsLamp.ENDED if token_ended else ReportsLamp.ARRIVE
    return ReportsLamp.WRONG if still_wrong(arrivals.wrong, receiving) else ReportsLamp.UNPROVEN


def still_wrong(report: Report | None, receiving: ReceiverState | None) -> bool:
    """Whether the report would still have its problem: the sender may have been allowed since."""
    if report is None:
        return False
    stranger = report.problem is ReportProblem.WRONG_SENDER
    return not (stranger and receiving is not None and report.sender in receiving.senders)
