"""The program's state and the one function that changes it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from hbgui.core import events, schedule
from hbgui.core.address import same_pbx
from hbgui.core.beats import Beat, joined
from hbgui.core.events import Attempt, Event, SecretPlace
from hbgui.core.link import Pin, TlsMode
from hbgui.core.login_count import LoginCount
from hbgui.core.moment import Moment, iso
from hbgui.core.networks import LocalAddress
from hbgui.core.outcome import OutcomeKind
from hbgui.core.profile import Profile
from hbgui.core.target import Announced, ReportTarget


class Phase(StrEnum):
    """The state of one PBX in a word."""

    OFF = "off"
    STARTING = "starting"
    ALIVE = "alive"
    FAILING = "failing"
    REFUSED = "refused"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PbxState:
    """What is known of one PBX.

    `run` grows whenever earlier answers no longer count. `due_s` is the elapsed clock at the next
    heartbeat, None when none is planned. `accepted` is the last success of the present token,
    `renewed` when hbgui last logged in by itself, `transport` the reports' way as the last login
    told it. `session_pin` is a certificate that is trusted until the program ends.
    `moving` is where a heartbeat would have moved the reports to: a person has to decide.
    `beats` are the last heartbeats, those of earlier runs of the program too.
    """

    id: str
    interval_s: float
    run: int = 0
    keeping: bool = False
    sending: bool = False
    due_s: float | None = None
    failures: int = 0
    last: Attempt | None = None
    accepted: Attempt | None = None
    secret: SecretPlace = SecretPlace.UNKNOWN
    secret_code: str = ""
    route: LocalAddress | None = None
    route_code: str = ""
    renewed: Moment | None = None
    transport: str = ""
    password_kept: bool = False
    logging_in: bool = False
    logins: LoginCount = field(default_factory=LoginCount)
    session_pin: Pin | None = None
    moving: ReportTarget | None = None
    beats: tuple[Beat, ...] = ()

    def phase(self, now: Moment) -> Phase:
        """The state now: old news decays to unknown by itself."""
        if self.last is None:
            return Phase.STARTING if self.keeping or self.sending else Phase.OFF
        outcome = self.last.outcome
        if outcome.kind is OutcomeKind.REFUSED and not outcome.may_pass:
            return Phase.REFUSED
        if not outcome.accepted and not outcome.may_pass:
            return Phase.STOPPED
        if schedule.token_left_s(now.since(self.last.sent)) <= 0:
            return Phase.UNKNOWN
        return Phase.ALIVE if outcome.accepted else Phase.FAILING

    def token_left_s(self, now: Moment) -> float | None:
        """Seconds that the token is good for, by the last accepted heartbeat; None: unknown."""
        if self.token_dead:
            return 0.0
        if self.accepted is None:
            return None
        return schedule.token_left_s(now.since(self.accepted.sent))

    @property
    def token_dead(self) -> bool:
        """Whether the PBX has said that it does not take this token any more."""
        return self.last is not None and self.last.outcome.token_lost

    @property
    def certificate_changed(self) -> bool:
        """Whether a person must compare certificates before anything is sent again."""
        return self.last is not None and self.last.outcome.code == "certificate_changed"

    def trusting(self, profile: Profile) -> Profile:
        """The profile with the certificate that is trusted until the program ends."""
        pin = self.session_pin
        if pin is None or pin.authority != profile.authority:
            return profile
        return replace(profile, tls=TlsMode.PINNED, pin=pin)


@dataclass(frozen=True, slots=True)
class AppState:
    """All PBXs in the order of the sidebar, their states by id, and this computer's addresses."""

    profiles: tuple[Profile, ...] = ()
    pbxs: dict[str, PbxState] = field(default_factory=dict)
    addresses: tuple[LocalAddress, ...] = ()
    not_saved: events.SettingsNotSaved | None = None

    def profile(self, pbx_id: str) -> Profile | None:
        """The profile of that id, None when it is gone."""
        return next((p for p in self.profiles if p.id == pbx_id), None)


def reduce(state: AppState, event: Event) -> AppState:
    """The state after the event. Answers of an old run and of a deleted PBX change nothing."""
    match event:
        case events.ProfileAdded() | events.ProfileChanged() | events.ProfileRemoved():
            return _reduce_profiles(state, event)
        case events.ComputerSlept(at):
            pbxs = {k: _wake(p, at) for k, p in state.pbxs.items()}
            return replace(state, pbxs=pbxs)
        case events.LocalAddressesListed(addresses):
            return replace(state, addresses=addresses)
        case events.SettingsNotSaved():
            return replace(state, not_saved=event)
        case events.SettingsSaved():
            return replace(state, not_saved=None)
        case events.Noted() | events.ImportRead():
            return state
    pbx = state.pbxs.get(event.pbx_id)
    if pbx is None:
        return state
    state = _with(state, _reduce_pbx(pbx, event))
    if isinstance(event, events.HeartbeatFinished) and event.run == pbx.run:
        return _remember(state, event.pbx_id, event.attempt)
    return state


def _remember(state: AppState, pbx_id: str, attempt: Attempt) -> AppState:
    """Keep with the profile where its reports go now."""
    profile = state.profile(pbx_id)
    if profile is None or attempt.announced is None or not attempt.outcome.accepted:
        return state
    announced = Announced(iso(attempt.sent.utc), attempt.announced, attempt.here)
    kept = profile.with_announced(announced)
    return state if kept is profile else _with_profile(state, kept)


def _with(state: AppState, pbx: PbxState) -> AppState:
    return replace(state, pbxs={**state.pbxs, pbx.id: pbx})


def _with_profile(state: AppState, profile: Profile) -> AppState:
    profiles = tuple(profile if p.id == profile.id else p for p in state.profiles)
    return replace(state, profiles=profiles)


def _reduce_profiles(
    state: AppState,
    event: events.ProfileAdded | events.ProfileChanged | events.ProfileRemoved,
) -> AppState:
    match event:
        case events.ProfileAdded(profile, index, run):
            at = len(state.profiles) if index is None else index
            profiles = (*state.profiles[:at], profile, *state.profiles[at:])
            added = PbxState(profile.id, profile.interval_s, run)
            return _with(replace(state, profiles=profiles), added)
        case events.ProfileChanged(profile):
            return _change(state, profile)
        case events.ProfileRemoved(pbx_id):
            profiles = tuple(p for p in state.profiles if p.id != pbx_id)
            pbxs = {k: v for k, v in state.pbxs.items() if k != pbx_id}
            return replace(state, profiles=profiles, pbxs=pbxs)


def _change(state: AppState, profile: Profile) -> AppState:
    old = state.profile(profile.id)
    if old is None:
        return state
    state = _with_profile(state, profile)
    pbx = state.pbxs[profile.id]
    if not same_pbx(old.pbx, profile.pbx):
        # Another box: nothing that was known of the old one holds, and nothing is sent unasked.
        state = _with_profile(state, replace(profile, announced=(), earlier=None))
        fresh = PbxState(pbx.id, profile.interval_s, pbx.run + 1)
        fresh = replace(fresh, secret=pbx.secret, secret_code=pbx.secret_code)
        pbx = replace(fresh, password_kept=pbx.password_kept)
    elif old.interval_s != profile.interval_s:
        pbx = _with_interval(pbx, profile.interval_s)
    return _with(state, pbx)


def _with_interval(pbx: PbxState, interval_s: float) -> PbxState:
    """A changed interval counts from the last attempt at once, unless a retry is planned."""
    due_s = pbx.due_s
    if due_s is not None and pbx.last is not None:
        planned = pbx.last.sent.elapsed_s + interval_s
        due_s = min(due_s, planned) if pbx.failures else planned
    return replace(pbx, interval_s=interval_s, due_s=due_s)


def _wake(pbx: PbxState, at: Moment) -> PbxState:
    """After a sleep: one heartbeat soon, whatever was missed, and the patience of a fresh start."""
    if pbx.due_s is None:
        return pbx
    return replace(pbx, failures=0, due_s=at.elapsed_s + schedule.SETTLE_S)


def _reduce_pbx(pbx: PbxState, event: Event) -> PbxState:
    match event:
        case events.KeepAliveStarted(at=at):
            due_s = None if pbx.sending else at.elapsed_s
            return replace(pbx, keeping=True, due_s=due_s, failures=0)
        case events.KeepAliveStopped():
            return replace(pbx, run=pbx.run + 1, keeping=False, sending=False, due_s=None)
        case (
            events.HeartbeatStarted(run=run)
            | events.HeartbeatCancelled(run=run)
            | events.MoveHeld(run=run)
            | events.HeartbeatFinished(run=run)
        ):
            return _reduce_heartbeat(pbx, event) if run == pbx.run else pbx
        case events.TokenChanged(at=at):
            return _with_new_token(pbx, at)
        case events.SecretPlaced(place=place, code=code):
            return replace(pbx, secret=place, secret_code=code)
        case events.RouteFound(route=route, code=code):
            return replace(pbx, route=route, route_code=code)
        case events.CertificateTrusted(pin=pin):
            return replace(pbx, session_pin=pin)
        case events.BeatsRecalled(beats=beats):
            return replace(pbx, beats=joined(beats, pbx.beats))
    return _reduce_login(pbx, event)


def _reduce_heartbeat(
    pbx: PbxState,
    event: events.HeartbeatStarted
    | events.HeartbeatCancelled
    | events.MoveHeld
    | events.HeartbeatFinished,
) -> PbxState:
    match event:
        case events.HeartbeatStarted():
            return replace(pbx, sending=True, due_s=None)
        case events.HeartbeatCancelled(at=at):
            due_s = at.elapsed_s + pbx.interval_s if pbx.keeping else None
            return replace(pbx, sending=False, due_s=due_s)
        case events.MoveHeld(target=target, at=at):
            # The schedule keeps the token alive without moving anything.
            due_s = at.elapsed_s if pbx.keeping else None
            return replace(pbx, sending=False, due_s=due_s, moving=target)
        case events.HeartbeatFinished():
            return _finished(pbx, event)


def _reduce_login(pbx: PbxState, event: Event) -> PbxState:
    match event:
        case events.LoginStarted():
            return replace(pbx, logging_in=True)
        case events.LoginCancelled():
            return replace(pbx, logging_in=False)
        case events.LoginCounted(count=count):
            return replace(pbx, logins=count)
        case events.LoginFinished(attempt=attempt, count=count, transport=transport, at=at):
            pbx = replace(pbx, logging_in=False, logins=count)
            if not attempt.outcome.accepted:
                return pbx
            return replace(_with_new_token(pbx, at), transport=transport, renewed=None)
        case events.LoggedOut(attempt=attempt):
            ended = attempt.outcome.accepted or attempt.outcome.token_lost
            return _without_token(pbx) if ended else pbx
        case events.PasswordPlaced(kept=kept):
            return replace(pbx, password_kept=kept)
    return pbx


def _without_token(pbx: PbxState) -> PbxState:
    """Nothing is known of a token that there is not; nothing is sent any more."""
    off = replace(pbx, run=pbx.run + 1, keeping=False, sending=False, due_s=None)
    return replace(off, accepted=None, last=None, secret=SecretPlace.NOWHERE, transport="")


def _with_new_token(pbx: PbxState, at: Moment) -> PbxState:
    """An answer on its way is for the old token; the schedule goes on with the new one."""
    planned = at.elapsed_s + pbx.interval_s if pbx.keeping else None
    due_s = planned if pbx.due_s is None else pbx.due_s
    cleared = replace(pbx, accepted=None, last=None, sending=False)
    return replace(cleared, run=pbx.run + 1, due_s=due_s)


def _finished(pbx: PbxState, event: events.HeartbeatFinished) -> PbxState:
    attempt = event.attempt
    outcome = attempt.outcome
    beat = Beat(attempt.sent.utc, outcome.kind, attempt.latency_ms, outcome.code)
    beats = joined(pbx.beats, (beat,))
    pbx = replace(pbx, sending=False, last=attempt, moving=attempt.held, beats=beats)
    if attempt.renewed is not None:
        pbx = replace(pbx, renewed=attempt.renewed, transport=attempt.transport, accepted=None)
    if outcome.accepted:
        pbx = replace(pbx, accepted=attempt, failures=0)
        due_s = attempt.sent.elapsed_s + pbx.interval_s
    elif outcome.may_pass:
        pbx = replace(pbx, failures=pbx.failures + 1)
        delay_s = schedule.retry_delay_s(pbx.failures, pbx.interval_s, event.jitter)
        due_s = event.done.elapsed_s + delay_s
    else:
        return replace(pbx, failures=pbx.failures + 1, keeping=False, due_s=None)
    return replace(pbx, due_s=due_s if pbx.keeping else None)


WORST_FIRST = (
    Phase.REFUSED,
    Phase.STOPPED,
    Phase.FAILING,
    Phase.UNKNOWN,
    Phase.STARTING,
    Phase.ALIVE,
    Phase.OFF,
)
"""How a summary and the sidebar rank the phases."""


def worst(state: AppState, now: Moment) -> Phase:
    """The phase that a summary of all PBXs shows: the worst one wins."""
    phases = {pbx.phase(now) for pbx in state.pbxs.values()}
    return next((phase for phase in WORST_FIRST if phase in phases), Phase.OFF)
