"""The state of the whole program: its PBXs, this computer's addresses, the desktop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hbgui.core import events
from hbgui.core.api.outcome import AddressStatus, Attempt
from hbgui.core.events import Event
from hbgui.core.pbx.address import host_of, same_pbx, storable
from hbgui.core.pbx.destination import Announced
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import Profile
from hbgui.core.settings import Preferences
from hbgui.core.state.pbx_reducer import pause, reduce_pbx, resume, wake, with_interval, with_pause
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.values import Moment, iso


@dataclass(frozen=True, slots=True)
class DesktopState:
    """The preferences, and the point of the elapsed clock until which notifications are off."""

    preferences: Preferences = field(default_factory=Preferences)
    snoozed_until_s: float = 0.0

    def may_notify(self, now: Moment) -> bool:
        """Whether a notification may be shown now."""
        return self.preferences.notifications and not self.snoozed(now)

    def snoozed(self, now: Moment) -> bool:
        """Whether the user has turned notifications off for now."""
        return now.elapsed_s < self.snoozed_until_s


def reduce_desktop(desktop: DesktopState, event: events.DesktopEvent) -> DesktopState:
    """The state after the event."""
    match event:
        case events.PreferencesChanged(preferences):
            return replace(desktop, preferences=preferences)
        case events.NotificationsSnoozed(until_s):
            return replace(desktop, snoozed_until_s=until_s)


@dataclass(frozen=True, slots=True)
class AppState:
    """All PBXs in the order of the sidebar, their states by id, and this computer's addresses."""

    profiles: tuple[Profile, ...] = ()
    pbxs: dict[str, PbxState] = field(default_factory=dict)
    addresses: tuple[LocalAddress, ...] = ()
    not_saved: events.SettingsNotSaved | None = None
    desktop: DesktopState = field(default_factory=DesktopState)

    def profile(self, pbx_id: str) -> Profile | None:
        """The profile with that id, None if there is none any more."""
        return next((p for p in self.profiles if p.id == pbx_id), None)


def reduce(state: AppState, event: Event) -> AppState:
    """The state after the event; the same state if the event is outdated."""
    return counted(state, event) or state


def counted(state: AppState, event: Event) -> AppState | None:
    """The state after the event; None if the event is outdated and listeners must not get it: it
    belongs to an old run, an earlier address or token, or a removed PBX."""
    match event:
        case events.ProfileAdded():
            return _add(state, event)
        case events.ProfileChanged(profile):
            return _change(state, profile)
        case events.ComputerSlept() | events.Paused() | events.Resumed():
            return _reduce_all(state, event)
        case events.PreferencesChanged() | events.NotificationsSnoozed():
            return replace(state, desktop=reduce_desktop(state.desktop, event))
    if not isinstance(event, events.PbxEvent):
        return _reduce_program(state, event)
    pbx = state.pbxs.get(event.pbx_id)
    if pbx is None or _of_another_address(state, event):
        return None
    if isinstance(event, events.ProfileRemoved):
        return _remove(state, event.pbx_id)
    changed = reduce_pbx(pbx, event)
    return None if changed is None else _remember(_with(state, changed), event)


def _of_another_address(state: AppState, event: Event) -> bool:
    """Whether this is the end of a login or logout at an earlier address of the PBX."""
    match event:
        case events.LoginFinished(pbx_id, attempt) | events.LoggedOut(pbx_id, attempt):
            profile = state.profile(pbx_id)
            return profile is not None and not same_pbx(attempt.address, storable(profile.pbx))
    return False


def _reduce_all(
    state: AppState, event: events.ComputerSlept | events.Paused | events.Resumed
) -> AppState:
    """Events that concern every PBX."""
    match event:
        case events.ComputerSlept(at):
            return _each(state, lambda pbx: wake(pbx, at))
        case events.Paused(until_s):
            return _each(state, lambda pbx: pause(pbx, until_s))
        case events.Resumed(at):
            return _each(state, lambda pbx: resume(pbx, at))


def _reduce_program(state: AppState, event: Event) -> AppState:
    """Events that concern this computer and no PBX."""
    match event:
        case events.LocalAddressesListed(addresses):
            return replace(state, addresses=addresses)
        case events.SettingsNotSaved():
            return replace(state, not_saved=event)
        case events.SettingsSaved():
            return replace(state, not_saved=None)
    return state


def _remember(state: AppState, event: Event) -> AppState:
    """Store in the profile what must outlast the program: the report target, the token's host."""
    match event:
        case events.HeartbeatFinished(pbx_id, attempt=attempt) if attempt.outcome.accepted:
            profile = state.profile(pbx_id)
            return state if profile is None else _with_profile(state, _accepted(profile, attempt))
        case events.LoginFinished(pbx_id, attempt) if attempt.outcome.accepted:
            profile = state.profile(pbx_id)
            if profile is not None:
                host = host_of(attempt.address)
                logged_in = replace(profile, user=event.user, renew=event.renew, token_host=host)
                return _with_profile(state, logged_in)
        case events.TokenChanged(pbx_id):
            profile = state.profile(pbx_id)
            if profile is not None:
                # A password that was stored for another host must not be sent to this one.
                renew = profile.renew and not profile.token_is_foreign
                host = host_of(profile.pbx)
                return _with_profile(state, replace(profile, renew=renew, token_host=host))
    return state


def _accepted(profile: Profile, attempt: Attempt) -> Profile:
    """The profile after its PBX has accepted a heartbeat."""
    if not profile.token_host:
        profile = replace(profile, token_host=host_of(attempt.address))
    if attempt.announced is None:
        return profile
    announced = Announced(iso(attempt.sent.utc), attempt.announced, attempt.to_this_computer)
    return profile.with_announced(announced)


def _with(state: AppState, pbx: PbxState) -> AppState:
    return replace(state, pbxs={**state.pbxs, pbx.id: with_pause(pbx)})


def _each(state: AppState, change: Callable[[PbxState], PbxState]) -> AppState:
    return replace(state, pbxs={k: with_pause(change(pbx)) for k, pbx in state.pbxs.items()})


def _with_profile(state: AppState, profile: Profile) -> AppState:
    if state.profile(profile.id) is profile:
        return state
    profiles = tuple(profile if p.id == profile.id else p for p in state.profiles)
    return replace(state, profiles=profiles)


def _add(state: AppState, event: events.ProfileAdded) -> AppState | None:
    profile, index = event.profile, event.index
    if profile.id in state.pbxs:
        return None
    at = len(state.profiles) if index is None else index
    profiles = (*state.profiles[:at], profile, *state.profiles[at:])
    address_status = AddressStatus(known=bool(profile.announced))
    added = PbxState(profile.id, profile.interval_s, event.run, address_status=address_status)
    return _with(replace(state, profiles=profiles), added)


def _remove(state: AppState, pbx_id: str) -> AppState:
    profiles = tuple(p for p in state.profiles if p.id != pbx_id)
    pbxs = {k: v for k, v in state.pbxs.items() if k != pbx_id}
    return replace(state, profiles=profiles, pbxs=pbxs)


def _change(state: AppState, profile: Profile) -> AppState | None:
    old = state.profile(profile.id)
    if old is None:
        return None
    state = _with_profile(state, profile)
    pbx = state.pbxs[profile.id]
    if not same_pbx(old.pbx, profile.pbx):
        # It is another PBX: forget what was known of the old one, and send nothing by itself.
        state = _with_profile(state, replace(profile, announced=(), earlier=None))
        fresh = PbxState(pbx.id, profile.interval_s, pbx.run + 1)
        fresh = replace(fresh, secret=pbx.secret, secret_code=pbx.secret_code)
        fresh = replace(fresh, secret_detail=pbx.secret_detail)
        pbx = replace(fresh, password_kept=pbx.password_kept)
        return _with(state, pbx)
    if old.interval_s != profile.interval_s:
        pbx = with_interval(pbx, profile.interval_s)
    if (old.tls, old.pin) != (profile.tls, profile.pin):
        # The new choice replaces a certificate that was trusted for this session.
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
"""The phases, from the most urgent one, for the summary and the sidebar."""


def worst(state: AppState, now: Moment) -> Phase:
    """The most urgent phase of all PBXs."""
    phases = {pbx.phase(now) for pbx in state.pbxs.values()}
    return next((phase for phase in WORST_FIRST if phase in phases), Phase.OFF)
