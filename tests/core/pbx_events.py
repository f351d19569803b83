"""Events of one PBX, and its state after them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.events import Event
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.pbx.profile import Profile
from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import place_of
from hbgui.core.reports.report import Report, ReportProblem, decode
from hbgui.core.state.app_state import AppState, reduce
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Moment

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
PROFILE = Profile("a", "Hotel Post", "192.168.5.150")

EXPIRED = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)
BUSY = Outcome(OutcomeKind.REFUSED, "refused", "20010", 200)
DEAD = Outcome(OutcomeKind.UNREACHABLE, "timed_out")
REDIRECTED = Outcome(OutcomeKind.REDIRECTED, "redirected", http_status=302)
UNKNOWN = Outcome(OutcomeKind.REFUSED, "refused", "20004", 200)


def at(seconds: float) -> Moment:
    return Moment(seconds, NOON + timedelta(seconds=seconds))


def finished(
    outcome: Outcome, sent: float = 0, done: float | None = None, run: int = 0, jitter: float = 0
) -> Event:
    end = at(sent + 1 if done is None else done)
    return events.HeartbeatFinished("a", run, Attempt(at(sent), outcome), end, jitter)


def after(*happened: Event, start: AppState | None = None) -> AppState:
    state = start or reduce(AppState(), events.ProfileAdded(PROFILE))
    for event in happened:
        state = reduce(state, event)
    return state


def pbx(*happened: Event) -> PbxState:
    return after(*happened).pbxs["a"]


KEEP = events.KeepAliveStarted("a", at(0))
STARTED = events.HeartbeatStarted("a", 0)

HERE = ReportTarget("192.168.5.20", 8260)
ELSEWHERE = ReportTarget("192.168.5.122", 8260)
LISTENS = events.ReceiverChanged("a", ReceiverState(place_of(HERE)))
OFF = events.ReceiverChanged("a", None)


def beat(sent: float, target: ReportTarget = HERE, outcome: Outcome = ACCEPTED) -> Event:
    attempt = Attempt(at(sent), outcome, announced=target)
    return events.HeartbeatFinished("a", 0, attempt, at(sent), 0)


def report(seconds: float, problem: ReportProblem | None = None, repeat: int = 0) -> Report:
    raw = '{"event":"BootUp","sn":"369000000001"}'
    decoded = decode(raw.encode())
    place = ("192.168.5.150", "/")
    return Report(1, at(seconds), *place, raw, decoded, repeat=repeat, problem=problem, pbx_id="a")


def came(seconds: float, problem: ReportProblem | None = None, repeat: int = 0) -> Event:
    return events.ReportsArrived("a", (report(seconds, problem, repeat),))
