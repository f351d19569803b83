"""The PBXs of the window: edited, kept alive, removed."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from hbgui.core import events
from hbgui.core.api.errors import SECRET_CODES_PENDING
from hbgui.core.pbx.address import same_pbx
from hbgui.core.pbx.destination import ALLOW_ALL, Guard, ReportTarget
from hbgui.core.pbx.profile import Profile, new_id
from hbgui.core.pbx.typed import name_key
from hbgui.core.ports import Settings
from hbgui.core.settings import Preview, goes_another_way
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Moment, Secret
from hbgui.runtime.context import Context
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.named_lock import NamedLock, keeper_of
from hbgui.runtime.scheduler import PlannedHeartbeat, Scheduler
from hbgui.runtime.settings import SettingsSaver, Sharing


@dataclass(frozen=True, slots=True)
class _Removed:
    profile: Profile
    index: int
    run: int


class Supervisor(QObject):
    """The commands of the window for its PBXs. GUI thread; no method blocks, except `close`.

    Results arrive through the hub. Each `pbx_id` must be that of a PBX in the state.
    """

    def __init__(
        self,
        context: Context,
        jobs: Jobs,
        scheduler: Scheduler,
        saver: SettingsSaver,
        sharing: Sharing,
    ) -> None:
        super().__init__()
        self._hub = context.hub
        self._clock = context.clock
        self._vault = context.vault
        self._lock_folder = context.adapters.lock_folder
        self._jobs = jobs
        self._scheduler = scheduler
        self._saver = saver
        self._sharing = sharing
        self._locks: dict[str, NamedLock] = {}
        self._planned: dict[str, PlannedHeartbeat] = {}
        self._removed: _Removed | None = None
        self._loaded = Settings()
        self._hub.pbx_changed.connect(self._follow)
        self._hub.happened.connect(self._happened)

    def start(self, settings: Settings) -> None:
        """Put the saved settings into the state and start the scheduler."""
        self._loaded = settings
        self._hub.apply(events.PreferencesChanged(settings.preferences))
        for profile in settings.profiles:
            self._hub.apply(events.ProfileAdded(profile))
        # Only now: a half-loaded list must never be saved.
        self._hub.profiles_changed.connect(self._save)
        self._hub.preferences_changed.connect(self._save)
        self._scheduler.start()

    def now(self) -> Moment:
        """The time, for countdowns."""
        return self._clock.now()

    def add_pbx(self, profile: Profile | None = None) -> str:
        """Add a PBX at the end, an empty one by default; its id."""
        profile = profile or Profile(new_id())
        self._hub.apply(events.ProfileAdded(profile))
        return profile.id

    def duplicate_pbx(self, pbx_id: str) -> str:
        """Add a copy below, without the token; its id."""
        profile = self._profile(pbx_id)
        names = {name_key(p.name) for p in self._hub.state.profiles}
        number = 2
        while name_key(name := f"{profile.label} {number}".strip()) in names:
            number += 1
        copy = replace(profile, id=new_id(), name=name, renew=False, token_host="")
        copy = replace(copy, announced=(), earlier=None)
        index = self._hub.state.profiles.index(profile) + 1
        self._hub.apply(events.ProfileAdded(copy, index))
        return copy.id

    def save_profile(self, profile: Profile) -> None:
        """Replace a profile by its edited version. It is saved soon after."""
        old = self._profile(profile.id)
        if old == profile:
            return
        pbx = self._hub.state.pbxs[profile.id]
        moved = not same_pbx(old.pbx, profile.pbx)
        if moved:
            self._scheduler.cancel(pbx.id, pbx.run)
            self._jobs.cancel(("login", pbx.id))
        self._hub.apply(events.ProfileChanged(profile))
        if moved:
            self._jobs.find_route(profile)
            if pbx.keeping:
                self._hub.apply(events.MessageShown("host_changed", profile.id))

    def select_pbx(self, pbx_id: str) -> None:
        """Remember which PBX is shown."""
        self._loaded = replace(self._loaded, selected=pbx_id)
        self._save()

    def remove_pbx(self, pbx_id: str) -> None:
        """Stop and remove a PBX; `undo_remove` brings it back for a while."""
        self.finish_remove()
        profile = self._profile(pbx_id)
        index = self._hub.state.profiles.index(profile)
        self._removed = _Removed(profile, index, self._hub.state.pbxs[pbx_id].run)
        self.cancel(pbx_id)
        self._hub.apply(events.ProfileRemoved(pbx_id))
        self._drop_plan(pbx_id)
        self._release(pbx_id)

    def undo_remove(self) -> str:
        """Bring back the PBX that was removed last; its id, empty when it is too late."""
        removed, self._removed = self._removed, None
        if removed is None:
            return ""
        self._hub.apply(events.ProfileAdded(removed.profile, removed.index, removed.run + 1))
        self._jobs.find_token(removed.profile.id)
        return removed.profile.id

    def finish_remove(self) -> None:
        """Delete the secrets of the removed PBX: it can no longer be brought back."""
        removed, self._removed = self._removed, None
        if removed is not None:
            self._jobs.forget_all(removed.profile.id)

    def send_now(self, pbx_id: str, allowed: ReportTarget | None = None) -> None:
        """Send one heartbeat. Nothing happens while one is being sent.

        If it would move the PBX's reports to another target than `allowed`, nothing is sent and
        the event MoveWithheld is posted.
        """
        pbx = self._hub.state.pbxs[pbx_id]
        if not pbx.sending:
            planned = self._plan_of(pbx, self._clock.now().elapsed_s)
            guard = replace(planned.guard, allowed=allowed, repeat_known=False)
            self._scheduler.send(replace(planned, guard=guard))

    def restore_target(self, pbx_id: str) -> bool:
        """Send one heartbeat that announces the earlier target; False without one, and while
        another heartbeat is on its way."""
        profile, pbx = self._profile(pbx_id), self._hub.state.pbxs[pbx_id]
        if profile.earlier is None or pbx.sending:
            return False
        if not profile.ask_before_moving:
            # Else the schedule would move the reports back without asking.
            self.save_profile(replace(profile, ask_before_moving=True))
        planned = self._plan_of(pbx, self._clock.now().elapsed_s)
        restoring = planned.profile.announcing(profile.earlier)
        return self._scheduler.send(replace(planned, profile=restoring, guard=ALLOW_ALL))

    def cancel(self, pbx_id: str) -> None:
        """Cancel the heartbeat that is being sent; the schedule goes on."""
        self._scheduler.cancel(pbx_id, self._hub.state.pbxs[pbx_id].run)

    def keep_alive(self, pbx_id: str, on: bool) -> None:
        """Start the schedule with a heartbeat at once, or stop it."""
        if on == self._hub.state.pbxs[pbx_id].keeping:
            return
        if not on:
            self.cancel(pbx_id)
            self._hub.apply(events.KeepAliveStopped(pbx_id))
        elif self._acquire(pbx_id):
            self._hub.apply(events.KeepAliveStarted(pbx_id, self._clock.now()))
        else:
            self._hub.apply(events.MessageShown("kept_elsewhere", pbx_id))

    def set_token(self, pbx_id: str, token: Secret, *, session_only: bool = False) -> None:
        """Use this token from now on; stored in the keyring unless only for the session."""
        known = self._vault.holds(pbx_id, token, session_only=session_only)
        if known or pbx_id not in self._hub.state.pbxs:
            return
        self.cancel(pbx_id)
        if self._profile(pbx_id).token_is_foreign:
            # The stored password was given for the other host.
            self._jobs.forget_password(pbx_id)
        self._vault.keep(pbx_id, token, session_only=session_only)
        self._hub.apply(events.TokenChanged(pbx_id, self._clock.now()))
        number = self._vault.number(pbx_id)
        self._hub.apply(events.SecretPlaced(pbx_id, events.SecretPlace.SESSION, number=number))
        if session_only:
            self._jobs.unstore_token(pbx_id)
        else:
            self._jobs.store_token(pbx_id)

    def look_up_token(self, pbx_id: str) -> None:
        """Find out whether the keyring holds a token for this PBX."""
        self._jobs.find_token(pbx_id)

    def look_up_route(self, pbx_id: str) -> None:
        """Find out from which address this computer reaches the PBX, and list all addresses."""
        self._jobs.find_route(self._profile(pbx_id))

    def export_profiles(self, path: Path) -> None:
        """Write all PBXs, without secrets, to a file. A note tells the result."""
        self._sharing.write(path)

    def read_import(self, path: Path) -> None:
        """Read an exported file: ImportRead follows with the changes, or a note with the error."""
        self._sharing.read(path)

    def import_profiles(self, wanted: Preview) -> None:
        """Apply a preview as if its changes were typed: a changed host has the same effects. A note
        tells what was done."""
        changed, stopped = 0, []
        for change in wanted.changed:
            now = self._hub.state.profile(change.old.id)
            if now is None:
                continue
            new = change.onto(now)
            if self._hub.state.pbxs[now.id].keeping and goes_another_way(now, new):
                # A file alone must not decide who gets the token: a person switches it on again.
                self.keep_alive(now.id, False)
                stopped.append(new.label)
            self.save_profile(new)
            changed += 1
        for profile in wanted.added:
            self.add_pbx(profile)
        values = {
            "added": str(len(wanted.added)),
            "changed": str(changed),
            "left": str(len(wanted.errors)),
            "stopped": ", ".join(stopped),
        }
        code = "imported_partly" if wanted.errors else "imported"
        code = "imported_stopped" if stopped else code
        self._hub.apply(events.MessageShown(code, values=values))

    def close(self, timeout_s: float) -> bool:
        """Stop everything within `timeout_s` seconds, in the reverse order of the start.

        True when all work has ended. May be called twice.
        """
        deadline = time.monotonic() + timeout_s
        self.finish_remove()
        self._save()
        self._hub.close()
        self._scheduler.cancel_all()
        ended = [
            self._scheduler.close(deadline - time.monotonic()),
            self._jobs.close(deadline - time.monotonic()),
            self._scheduler.wait_for_sends(deadline - time.monotonic()),
        ]
        for pbx_id in list(self._locks):
            self._release(pbx_id)
        return all(ended)

    @Slot(str)
    def _follow(self, pbx_id: str) -> None:
        """Plan the heartbeat that the state asks for."""
        pbx = self._hub.state.pbxs[pbx_id]
        if not pbx.keeping:
            self._release(pbx_id)
        if pbx.due_s is None or pbx.sending:
            self._drop_plan(pbx_id)
            return
        planned = self._plan_of(pbx, pbx.due_s)
        if self._planned.get(pbx_id) != planned:
            self._planned[pbx_id] = planned
            self._scheduler.plan(planned)

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.HeartbeatFinished(pbx_id, attempt=attempt):
                if attempt.outcome.code in SECRET_CODES_PENDING:
                    # The keyring asks a person, or hangs: find out later whether it has answered.
                    self._jobs.find_token(pbx_id)
            case events.ComputerSlept():
                # The scheduler has dropped all plans: unchanged ones must be planned again, too.
                self._planned.clear()
                for pbx_id in self._hub.state.pbxs:
                    self._follow(pbx_id)

    def _plan_of(self, pbx: PbxState, due_s: float) -> PlannedHeartbeat:
        # A token that will have expired by then is not urgent: valid ones go first.
        dies_s = pbx.token_dies_s(self._clock.now())
        dies_s = dies_s if dies_s > due_s else math.inf
        profile = pbx.trusting(self._profile(pbx.id))
        known = profile.reports_go_to if profile.ask_before_moving else None
        guard = Guard(known, repeat_known=True, present=profile.reports_go_to)
        return PlannedHeartbeat(
            profile, pbx.run, due_s, dies_s, pbx.renewed, guard, pbx.address_status
        )

    def _drop_plan(self, pbx_id: str) -> None:
        if self._planned.pop(pbx_id, None) is not None:
            self._scheduler.drop(pbx_id)

    @Slot()
    def _save(self) -> None:
        state = self._hub.state
        preferences = state.desktop.preferences
        self._saver.save(replace(self._loaded, profiles=state.profiles, preferences=preferences))

    def _profile(self, pbx_id: str) -> Profile:
        profile = self._hub.state.profile(pbx_id)
        assert profile is not None, "callers name a PBX that is shown"
        return profile

    def _acquire(self, pbx_id: str) -> bool:
        lock = NamedLock(self._lock_folder, keeper_of(pbx_id))
        if not lock.acquire():
            return False
        self._locks[pbx_id] = lock
        return True

    def _release(self, pbx_id: str) -> None:
        lock = self._locks.pop(pbx_id, None)
        if lock is not None:
            lock.release()
