"""What a sign-off report concludes: what failed, what is open, what nobody tested."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from hbgui.core.api.heartbeat import TOKEN_LIFE_S
from hbgui.core.api.login import TCP
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.diagnosis import StepId
from hbgui.core.pbx.connection import TlsMode
from hbgui.core.reports.receiving import NOWHERE, place_of
from hbgui.core.signoff.signoff import NOT_TRIED, DeviceQuery, HistoryRead, Overall, Point, SignOff
from hbgui.core.values import iso

DIAGNOSIS_OLD_S = 3600.0
"""Seconds after which a diagnosis counts as too old for the report."""

MINOR = frozenset({"device_not_asked", "device_no_answer"})
"""Points that may stay untested in a report with the verdict "passed"."""


def overall(signoff: SignOff) -> Overall:
    """The verdict. PASSED requires an accepted heartbeat and a report that arrived."""
    if failures(signoff) or signoff.accepted is None:
        return Overall.NOT_PASSED
    untested = {point.code for point in not_tested(signoff)} - MINOR
    if untested or warnings(signoff) or signoff.arrivals.proof is None:
        return Overall.OPEN
    return Overall.PASSED


def failures(signoff: SignOff) -> tuple[Point, ...]:
    """What was tested and does not work; also why the heartbeat could not be judged."""
    return tuple(_failures(signoff))


def _failures(signoff: SignOff) -> Iterator[Point]:
    step = signoff.diagnosis.first_broken if signoff.diagnosis else None
    if step is not None and step.kind is not OutcomeKind.NO_SECRET:
        yield Point("broken", step=step)
    last = signoff.last
    if last is not None and not last.outcome.accepted:
        values = {"time": iso(last.sent.utc), "code": last.outcome.code}
        yield Point("last_heartbeat_failed", values | {"errno": last.outcome.errno or ""})
    if signoff.accepted is None and signoff.history is HistoryRead.UNREADABLE:
        yield Point("heartbeats_unread")
    elif signoff.accepted is None:
        yield Point("no_heartbeat_accepted")
    arrivals = signoff.arrivals
    if arrivals.proof is not None:
        return
    if signoff.transport == TCP:
        yield Point("reports_over_tcp")
    if arrivals.problems:
        yield Point("reports_wrong", {"count": str(sum(arrivals.problems.values()))})


def warnings(signoff: SignOff) -> tuple[Point, ...]:
    """What works but needs attention."""
    return tuple(_warnings(signoff))


def _warnings(signoff: SignOff) -> Iterator[Point]:
    if signoff.profile.can_restore_target:
        values = {
            "here": str(signoff.profile.reports_go_to),
            "earlier": str(signoff.profile.earlier),
        }
        yield Point("reports_come_here", values)
    untested = {point.code for point in not_tested(signoff)}
    for step in signoff.diagnosis.warnings if signoff.diagnosis else ():
        # Missing certificate checks are listed once, among the untested points.
        if step.id is not StepId.TLS or not untested & {"tls_none", "tls_unchecked"}:
            yield Point("warned", step=step)
    earlier = signoff.attempts[:-1]
    failed = sum(not attempt.outcome.accepted for attempt in earlier)
    if failed:
        yield Point("heartbeats_failed", {"count": str(failed), "all": str(len(signoff.attempts))})
    problems = signoff.arrivals.problems
    if signoff.arrivals.proof is not None and problems:
        yield Point("reports_odd", {"count": str(sum(problems.values()))})


def not_tested(signoff: SignOff) -> tuple[Point, ...]:
    """What was not tested."""
    return (
        *_untested_arrival(signoff),
        *_untested_heartbeat(signoff),
        *_untested_links(signoff),
        *_untested_identity(signoff),
    )


def _untested_arrival(signoff: SignOff) -> Iterator[Point]:
    arrivals, receiving = signoff.arrivals, signoff.receiving
    target = signoff.profile.reports_go_to
    proof = arrivals.proof
    if proof is not None:
        if target is None or place_of(target) != proof.place:
            values = {"target": str(target or "?"), "place": proof.place.url}
            yield Point("arrival_elsewhere", values)
    elif signoff.by_command:
        yield Point("arrival_by_command")
    elif arrivals.count:
        yield Point("arrival_unproven")
    elif receiving is None or receiving.place == NOWHERE:
        yield Point("arrival_no_receiver")
    else:
        code = "arrival_none_came" if receiving.listens else "arrival_cannot_listen"
        yield Point(code, {"place": receiving.place.url})


def _untested_heartbeat(signoff: SignOff) -> Iterator[Point]:
    if signoff.history is not HistoryRead.READ:
        yield Point(f"history_{signoff.history.value}")
    accepted = signoff.accepted
    if not signoff.attempts and signoff.history is not HistoryRead.UNREADABLE:
        yield Point("heartbeat_not_sent")
    elif accepted and signoff.token_at and accepted.sent.utc < signoff.token_at:
        yield Point("heartbeat_of_old_token", {"time": iso(accepted.sent.utc)})
    elif accepted and signoff.at - accepted.sent.utc > timedelta(seconds=TOKEN_LIFE_S):
        yield Point("heartbeat_old", {"time": iso(accepted.sent.utc)})


def _untested_links(signoff: SignOff) -> Iterator[Point]:
    diagnosis = signoff.diagnosis
    if diagnosis is None:
        yield Point("diagnosis_not_run")
        return
    old = (signoff.at - diagnosis.at.utc).total_seconds() > DIAGNOSIS_OLD_S
    if old or (signoff.token_at and diagnosis.at.utc < signoff.token_at):
        yield Point("diagnosis_old", {"time": iso(diagnosis.at.utc)})
    broken = diagnosis.first_broken
    if broken is None:
        return
    links = " ".join(step.id for step in diagnosis.steps if step.code == NOT_TRIED)
    if broken.kind is OutcomeKind.NO_SECRET:
        yield Point("token_not_read", {"links": links})
    elif links:
        yield Point("links_not_tried", {"links": links, "broken": broken.id})


def _untested_identity(signoff: SignOff) -> Iterator[Point]:
    if signoff.address.startswith("http://"):
        yield Point("tls_none")
    elif signoff.profile.tls is TlsMode.INSECURE:
        yield Point("tls_unchecked")
    if signoff.device_query is not DeviceQuery.ANSWERED:
        yield Point(f"device_{signoff.device_query.value}")
