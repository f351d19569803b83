"""How events change the state of one PBX."""

from __future__ import annotations

from dataclasses import replace
from math import inf

from hbgui.core import events
from hbgui.core.api import schedule
from hbgui.core.api.outcome import AddressStatus, Attempt, HeartbeatMark, joined
from hbgui.core.events import Event, SecretPlace
from hbgui.core.reports.arrivals import announces
from hbgui.core.state.diagnosis_state import DiagnosisEvent, reduce_diagnosis
from hbgui.core.state.pbx_state import Outage, PbxState
from hbgui.core.values import Moment

_HeartbeatEvent = (
    events.HeartbeatStarted
    | events.HeartbeatCancelled
    | events.MoveWithheld
    | events.HeartbeatFinished
)
_ReportsEvent = events.ReceiverChanged | events.ReportsArrived
_Learned = (
    events.SecretPlaced | events.RouteFound | events.CertificateTrusted | events.HeartbeatsRecalled
)


def with_pause(pbx: PbxState) -> PbxState:
    """Move a planned heartbeat to the end of the pause. Without a schedule there is no pause."""
    if not pbx.keeping:
        idle = not pbx.paused_until_s and pbx.outage is None
        return pbx if idle else replace(pbx, paused_until_s=0.0, outage=None)
    if pbx.due_s is None or pbx.due_s >= pbx.paused_until_s < inf:
        return pbx
    return replace(pbx, due_s=None if pbx.paused_until_s == inf else pbx.paused_until_s)


def pause(pbx: PbxState, until_s: float) -> PbxState:
    if not pbx.keeping:
        return pbx
    return replace(pbx, paused_until_s=until_s, due_s=None if pbx.sending else until_s)


def resume(pbx: PbxState, at: Moment) -> PbxState:
    """Plan one heartbeat for now, unless one is on its way."""
    if not pbx.keeping or pbx.paused_until_s == 0.0:
        return pbx
    return replace(pbx, paused_until_s=0.0, due_s=None if pbx.sending else at.elapsed_s)


def with_interval(pbx: PbxState, interval_s: float) -> PbxState:
    """A changed interval counts from the last attempt at once, unless a retry is planned."""
    due_s = pbx.due_s
    if due_s is not None and pbx.last is not None:
        planned = pbx.last.sent.elapsed_s + interval_s
        due_s = min(due_s, planned) if pbx.failures else planned
    return replace(pbx, interval_s=interval_s, due_s=due_s)


def wake(pbx: PbxState, at: Moment) -> PbxState:
    """After a sleep: plan one heartbeat soon and reset the count of failures."""
    if pbx.due_s is None:
        return pbx
    return replace(pbx, failures=0, due_s=at.elapsed_s + schedule.SETTLE_S)


def reduce_pbx(pbx: PbxState, event: Event) -> PbxState | None:
    """The state after the event; None if the event is outdated."""
    match event:
        case events.KeepAliveStarted(at=at):
            due_s = None if pbx.sending else at.elapsed_s
            return replace(pbx, keeping=True, due_s=due_s, failures=0, paused_until_s=0.0)
        case events.KeepAliveStopped():
            return replace(pbx, run=pbx.run + 1, keeping=False, sending=False, due_s=None)
        case events.TokenRenewed(run=run):
            return pbx if run == pbx.run else None
        case events.TokenChanged(at=at):
            return _with_new_token(pbx, at)
    if isinstance(event, _HeartbeatEvent):
        return _reduce_heartbeat(pbx, event) if event.run == pbx.run else None
    if isinstance(event, _ReportsEvent):
        return _reduce_reports(pbx, event)
    if isinstance(event, DiagnosisEvent):
        return _reduce_diagnosis(pbx, event)
    if isinstance(event, _Learned):
        return _learn(pbx, event)
    return _reduce_login(pbx, event)


def _learn(pbx: PbxState, event: _Learned) -> PbxState | None:
    """Store what was looked up or what the user decided."""
    match event:
        case events.SecretPlaced(place=place, number=number):
            if number < pbx.secret_number:
                return None  # it belongs to an earlier token
            return replace(
                pbx,
                secret=place,
                secret_code=event.code,
                secret_detail=event.detail,
                secret_number=number,
            )
        case events.RouteFound(route=route):
            return replace(pbx, route=route)
        case events.CertificateTrusted(pin=pin):
            return replace(pbx, session_pin=pin)
        case events.HeartbeatsRecalled(marks=marks):
            return replace(pbx, marks=joined(marks, pbx.marks))


def _reduce_heartbeat(pbx: PbxState, event: _HeartbeatEvent) -> PbxState:
    match event:
        case events.HeartbeatStarted():
            return replace(pbx, sending=True, due_s=None)
        case events.HeartbeatCancelled(at=at):
            due_s = at.elapsed_s + pbx.interval_s if pbx.keeping else None
            return replace(pbx, sending=False, due_s=due_s)
        case events.MoveWithheld(target=target, at=at):
            # If the schedule runs, it sends the old target again, so that the token stays alive.
            due_s = at.elapsed_s if pbx.keeping else None
            return replace(pbx, sending=False, due_s=due_s, moving=target)
        case events.HeartbeatFinished():
            return _finished(pbx, event)


def _reduce_login(pbx: PbxState, event: Event) -> PbxState | None:
    match event:
        case events.LoginStarted():
            return replace(pbx, logging_in=True)
        case events.LoginCancelled() | events.LoginFinished() if not pbx.logging_in:
            return None
        case events.LoginCancelled():
            return replace(pbx, logging_in=False)
        case events.LoginCounted(count=count):
            return replace(pbx, logins=count)
        case events.LoginFinished(attempt=attempt, count=count, transport=transport, at=at):
            pbx = replace(pbx, logging_in=False, logins=count)
            if not attempt.outcome.accepted:
                return pbx
            address_status = replace(pbx.address_status, doubtful=False)
            pbx = replace(_with_new_token(pbx, at), transport=transport, renewed=None)
            return replace(pbx, address_status=address_status)
        case events.LoggedOut(attempt=attempt):
            if pbx.token_at is not None and attempt.sent.since(pbx.token_at) < 0:
                return None  # it ended an earlier token
            ended = attempt.outcome.accepted or attempt.outcome.token_lost
            return _without_token(pbx) if ended else pbx
        case events.PasswordPlaced(kept=kept):
            return replace(pbx, password_kept=kept)
    return pbx


def _reduce_reports(pbx: PbxState, event: _ReportsEvent) -> PbxState:
    match event:
        case events.ReceiverChanged(receiving=receiving):
            same = pbx.receiving and receiving and pbx.receiving.place == receiving.place
            pbx = replace(pbx, receiving=receiving)
            return pbx if same else _unproven(pbx)
        case events.ReportsArrived(reports=reports):
            arrivals = pbx.arrivals
            for report in reports:
                arrivals = arrivals.with_report(report, pbx.receiving, pbx.accepted)
            return replace(pbx, arrivals=arrivals)


def _reduce_diagnosis(pbx: PbxState, event: DiagnosisEvent) -> PbxState | None:
    diagnosis = reduce_diagnosis(pbx.diagnosis, event)
    if diagnosis is pbx.diagnosis:
        return None
    ended = diagnosis.checked or diagnosis.diagnosis
    device = ended.device if ended else None
    return replace(pbx, diagnosis=diagnosis, device=device or pbx.device)


def _unproven(pbx: PbxState) -> PbxState:
    """Forget the proof of arrival: it does not hold for another place or token."""
    return replace(pbx, arrivals=replace(pbx.arrivals, proof=None, wrong=None, wrongs={}))


def _without_token(pbx: PbxState) -> PbxState:
    """After the token was ended: forget what was known of it, and stop the schedule."""
    off = replace(pbx, run=pbx.run + 1, keeping=False, sending=False, due_s=None)
    return replace(
        _unproven(off),
        accepted=None,
        lost=None,
        last=None,
        last_contact_attempt=None,
        secret=SecretPlace.NOWHERE,
        transport="",
    )


def _with_new_token(pbx: PbxState, at: Moment) -> PbxState:
    """Continue the schedule with the new token; a pending answer belongs to the old one."""
    planned = at.elapsed_s + pbx.interval_s if pbx.keeping else None
    due_s = planned if pbx.due_s is None else pbx.due_s
    pbx = replace(_unproven(pbx), accepted=None, lost=None, last=None, last_contact_attempt=None)
    return replace(pbx, run=pbx.run + 1, sending=False, due_s=due_s, token_at=at)


def _finished(pbx: PbxState, event: events.HeartbeatFinished) -> PbxState:
    attempt = event.attempt
    outcome = attempt.outcome
    pbx = replace(pbx, sending=pbx.sending and event.from_diagnosis, last=attempt)
    if outcome.contact_attempted:
        mark = HeartbeatMark(attempt.sent.utc, outcome.kind, attempt.latency_ms, outcome.code)
        pbx = replace(pbx, last_contact_attempt=attempt, marks=joined(pbx.marks, (mark,)))
        status = AddressStatus(pbx.address_status.known or outcome.accepted, outcome.doubtful)
        pbx = replace(pbx, moving=attempt.withheld_target, address_status=status)
    if attempt.renewed is not None:
        pbx = replace(pbx, renewed=attempt.renewed, transport=attempt.transport)
        pbx = replace(pbx, accepted=None, lost=None)
    if outcome.token_lost:
        pbx = replace(pbx, lost=attempt)
    if outcome.accepted:
        pbx = replace(pbx, accepted=attempt, lost=None, failures=0, outage=None)
        proof = pbx.arrivals.proof
        if proof is not None and announces(attempt, proof.place) is False:
            pbx = _unproven(pbx)
        due_s = attempt.sent.elapsed_s + pbx.interval_s
    elif outcome.may_pass:
        pbx = replace(pbx, failures=pbx.failures + 1, outage=_longer(pbx.outage, attempt))
        delay_s = schedule.retry_delay_s(pbx.failures, pbx.interval_s, event.jitter)
        due_s = event.done.elapsed_s + delay_s
    else:
        return replace(pbx, failures=pbx.failures + 1, keeping=False, due_s=None)
    return replace(pbx, due_s=due_s if pbx.keeping else None)


def _longer(outage: Outage | None, attempt: Attempt) -> Outage:
    return replace(outage, missed=outage.missed + 1) if outage else Outage(attempt.sent)
