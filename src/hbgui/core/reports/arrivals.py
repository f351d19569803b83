"""The reports of one PBX that arrived: counts, the proof that they do, the second lamp."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from hbgui.core.api.outcome import Attempt
from hbgui.core.reports.receiving import Place, PortHolder, TurnedAway, place_of
from hbgui.core.reports.report import Report, ReportProblem
from hbgui.core.values import Moment

EVENTS_MAX = 50
"""Names of events that are counted apart; the maker's pages know about thirty."""


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """The receiver that is on for a PBX. Reports for `place` come in at `bound`, an address of
    this computer. `code` says why it cannot listen, empty when it does, and `detail` what the
    system says of it; `holder` is the program that has the port, None when that is not known. It
    listens `since` then. `refused` counts what was turned away, and `turned_away` is what was last;
    `reachable` says whether this computer can connect to it, None while that was not tried. Reports
    of `senders` are taken: the PBX's own addresses, and those that a person allowed."""

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
        """Whether a report would be taken."""
        return not self.code


@dataclass(frozen=True, slots=True)
class Proof:
    """The first report that arrived in order where the PBX was told to send it. `latency_s` is
    counted from when the last accepted heartbeat was sent, None without one in this run."""

    at: Moment
    place: Place
    sender: str
    serial: str
    event: str
    latency_s: float | None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Reports of one PBX in this run of the program. `count` has all, `repeats` those that came
    before with the same body, `problems` what was wrong with how many, `events` how many of those
    in order told of what. `last` is the last one in order, `wrong` the last one that was not,
    `wrongs` the last one of each problem;
    `serial` is that of the first in order."""

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
        """After one more report. `accepted` is the last heartbeat that the PBX accepted."""
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
    """The counts with one more of that event. Strangers choose the names: once there are
    `EVENTS_MAX`, a new one is counted under the empty name."""
    name = event if event in events or len(events) < EVENTS_MAX else ""
    return {**events, name: events.get(name, 0) + 1}


def proof_of(report: Report, place: Place, accepted: Attempt | None) -> Proof:
    """What a report that is in order proves. A heartbeat that announced another place has nothing
    to do with it."""
    caused = accepted if announces(accepted, place) is not False else None
    latency_s = report.received.since(caused.sent) if caused else None
    decoded = report.decoded
    return Proof(report.received, place, report.sender, decoded.serial, decoded.event, latency_s)


def announces(accepted: Attempt | None, place: Place) -> bool | None:
    """Whether the last accepted heartbeat announced this place; None: that is not known."""
    if accepted is None or accepted.announced is None:
        return None
    return place_of(accepted.announced) == place


class ReportsLamp(StrEnum):
    """What the second lamp says. Only ARRIVE is green; only what is wrong is a warning."""

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
    """What the lamp of a PBX says. `tcp`: the PBX said that it sends over TCP. `token_ended`: the
    token is not good any more, and with it the reports end."""
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
    """Whether this report would not be in order now, either: senders are allowed later, too."""
    if report is None:
        return False
    stranger = report.problem is ReportProblem.WRONG_SENDER
    return not (stranger and receiving is not None and report.sender in receiving.senders)
