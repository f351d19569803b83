"""The program's state and the one function that changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hbgui.core import events
from hbgui.core.address import same_pbx
from hbgui.core.desktop import DesktopState, reduce_desktop
from hbgui.core.events import Attempt, Event
from hbgui.core.moment import Moment, iso
from hbgui.core.networks import LocalAddress
from hbgui.core.pbx_reducer import held, pause, reduce_pbx, resume, wake, with_interval
from hbgui.core.pbx_state import PbxState as PbxState
from hbgui.core.pbx_state import Phase as Phase
from hbgui.core.profile import Profile
from hbgui.core.target import Announced


@dataclass(frozen=True, slots=True)
class AppState:
    """All PBXs in the order of the sidebar, their states by id, and this computer's addresses."""

    profiles: tuple[Profile, ...] = ()
    pbxs: dict[str, PbxState] = field(default_factory=dict)
    addresses: tuple[LocalAddress, ...] = ()
    not_saved: events.SettingsNotSaved | None = None
    desktop: DesktopState = field(default_factory=DesktopState)

    def profile(self, pbx_id: str) -> Profile | None:
        """The profile of that id, None when it is gone."""
        return next((p for p in self.profiles if p.id == pbx_id), None)


def reduce(state: AppState, event: Event) -> AppState:
    """The state after the event. Answers of an old run and of a deleted PBX change nothing."""
    match event:
        case events.ProfileAdded() | events.ProfileChanged() | events.ProfileRemoved():
            return _reduce_profiles(state, event)
        case events.ComputerSlept() | events.Paused() | events.Resumed():
            return _reduce_all(state, event)
        case events.PreferencesChanged() | events.NotificationsSnoozed():
            return replace(state, desktop=reduce_desktop(state.desktop, event))
        case (
            events.LocalAddressesListed()
            | events.SettingsNotSaved()
            | events.SettingsSaved()
            | events.Noted()
            | events.ImportRead()
            | events.SendersFound()
            | events.PortHolderFound()
            | events.ReceiverReached()
        ):
            return _reduce_program(state, event)
    pbx = state.pbxs.get(event.pbx_id)
    if pbx is None:
        return state
    state = _with(state, reduce_pbx(pbx, event))
    if isinstance(event, events.HeartbeatFinished) and event.run == pbx.run:
        return _remember(state, event.pbx_id, event.attempt)
    return state


def _reduce_all(
    state: AppState, event: events.ComputerSlept | events.Paused | events.Resumed
) -> AppState:
    """What concerns every PBX."""
    match event:
        case events.ComputerSlept(at):
            return _each(state, lambda pbx: wake(pbx, at))
        case events.Paused(until_s):
            return _each(state, lambda pbx: pause(pbx, until_s))
        case events.Resumed(at):
            return _each(state, lambda pbx: resume(pbx, at))


def _reduce_program(state: AppState, event: Event) -> AppState:
    """What concerns this computer and no PBX."""
    match event:
        case events.LocalAddressesListed(addresses):
            return replace(state, addresses=addresses)
        case events.SettingsNotSaved():
            return replace(state, not_saved=event)
        case events.SettingsSaved():
            return replace(state, not_saved=None)
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
    return replace(state, pbxs={**state.pbxs, pbx.id: held(pbx)})


def _each(state: AppState, change: Callable[[PbxState], PbxState]) -> AppState:
    return replace(state, pbxs={k: held(change(pbx)) for k, pbx in state.pbxs.items()})


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
        return _with(state, pbx)
    if old.interval_s != profile.interval_s:
        pbx = with_interval(pbx, profile.interval_s)
    if (old.tls, old.pin) != (profile.tls, profile.pin):
        # What a person chooses now counts, not what was trusted for the time being.
        pbx = replace(pbx, session_pin=None)
    return _with(state, pbx)


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
