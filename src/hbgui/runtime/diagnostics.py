"""Diagnoses of a PBX in the background: each step is posted as soon as it has ended."""

from __future__ import annotations

import itertools
import logging
import random
from dataclasses import dataclass

from PySide6.QtCore import QObject, Slot

from hbgui.core import events
from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.errors import Cancelled, SecretError
from hbgui.core.api.outcome import INTERNAL_FAULT, Attempt
from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, ReceiverFacts, StepId, not_moving
from hbgui.core.pbx.address import storable
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import check
from hbgui.core.ports import Cancel
from hbgui.core.state.diagnosis_state import faulty, receiver_facts
from hbgui.runtime.context import Context

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Run:
    """A running diagnosis or check: its number, its PBX and what is known of that."""

    number: int
    profile: Profile
    beats: int
    doubtful: bool = False
    receiver: ReceiverFacts | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.profile.id, self.number


class Diagnostics(QObject):
    """The commands of the window for diagnoses and checks. GUI thread; no method blocks, except
    `close`.

    It has a pool of its own: a diagnosis that hangs must not delay logins or route look-ups.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._adapters = context.adapters
        self._hub = context.hub
        self._clock = context.clock
        self._vault = context.vault
        self._pool = context.diagnoses
        self._numbers = itertools.count(1)
        self._runs: dict[str, _Run] = {}
        self._hub.pbx_changed.connect(self._follow)
        self._hub.profiles_changed.connect(self._follow_profiles)

    def diagnose(self, pbx_id: str) -> None:
        """Check every link between this computer and arriving reports, without moving reports.

        Nothing happens while a diagnosis or a check of that PBX runs.
        """
        run = self._start(pbx_id, check_only=False)
        if run is not None:
            self._pool.submit(lambda cancel: self._diagnose(run, cancel), key=run.key)

    def check(self, pbx_id: str) -> None:
        """Ask the PBX for its facts, and whether it accepts the token. No reports are moved."""
        run = self._start(pbx_id, check_only=True)
        if run is not None:
            self._pool.submit(lambda cancel: self._check(run, cancel), key=run.key)

    def cancel(self, pbx_id: str) -> None:
        """Cancel the diagnosis or check of that PBX at once; nothing happens when there is none."""
        run = self._runs.get(pbx_id)
        if run is not None:
            # Not only when the thread has ended: it may hang in the system.
            self._hub.apply(events.DiagnosisCancelled(pbx_id, run.number, self._clock.now()))
            self._end(pbx_id)

    def close(self, timeout_s: float) -> bool:
        """Cancel all runs; whether they ended within `timeout_s` seconds. May be called twice."""
        return self._pool.close(drain_s=max(timeout_s, 0.0))

    def _start(self, pbx_id: str, *, check_only: bool) -> _Run | None:
        profile, pbx = self._hub.state.profile(pbx_id), self._hub.state.pbxs.get(pbx_id)
        if profile is None or pbx is None or pbx.diagnosis.running:
            return None
        error = self._adapters.why_not_listening(pbx.receiving) if pbx.receiving else ""
        facts = receiver_facts(pbx.receiving, pbx.arrivals, error)
        run = _Run(
            next(self._numbers), pbx.trusting(profile), pbx.run, pbx.address_status.doubtful, facts
        )
        now = self._clock.now()
        self._hub.apply(events.DiagnosisStarted(pbx_id, run.number, now, check_only))
        self._runs[pbx_id] = run
        return run

    @Slot(str)
    def _follow(self, pbx_id: str) -> None:
        """Cancel a run that the state no longer shows as running."""
        run, pbx = self._runs.get(pbx_id), self._hub.state.pbxs.get(pbx_id)
        if run is not None and pbx is not None:
            state = pbx.diagnosis
            if not (state.running and state.number == run.number):
                self._end(pbx_id)

    @Slot()
    def _follow_profiles(self) -> None:
        for pbx_id in self._runs.keys() - self._hub.state.pbxs.keys():
            self._end(pbx_id)

    def _end(self, pbx_id: str) -> None:
        run = self._runs.pop(pbx_id, None)
        if run is not None:
            self._pool.cancel(run.key)

    # --- in a worker

    def _diagnose(self, run: _Run, cancel: Cancel) -> None:
        pbx_id, steps = run.profile.id, dict[StepId, DiagnosisStep]()

        def post_step(step: DiagnosisStep) -> None:
            steps[step.id] = step
            self._hub.post(events.DiagnosisProgress(pbx_id, run.number, step))

        try:
            diagnosis = self._adapters.diagnoser.diagnose(
                check(run.profile, None),
                lambda: self._vault.token_for(run.profile),
                not_moving(run.profile),
                cancel,
                post_step,
                receiver=run.receiver,
            )
        except Cancelled:
            self._post_cancelled(run)
            return
        except Exception:  # noqa: BLE001 - the PBX must not stay "running" for ever
            _log.exception("diagnosis failed")
            diagnosis = faulty(steps, self._clock.now())
        self._post_heartbeat(run, diagnosis)
        now = self._clock.now()
        self._hub.post(events.DiagnosisFinished(pbx_id, run.number, diagnosis, now))

    def _post_heartbeat(self, run: _Run, diagnosis: Diagnosis) -> None:
        """Post the diagnosis' heartbeat like any other: token, schedule and history use it."""
        if diagnosis.heartbeat is None:
            return
        jitter = random.uniform(-1, 1)
        self._hub.post(
            events.HeartbeatFinished(
                run.profile.id,
                run.beats,
                diagnosis.heartbeat,
                self._clock.now(),
                jitter,
                from_diagnosis=True,
            )
        )

    def _check(self, run: _Run, cancel: Cancel) -> None:
        profile = run.profile
        device: DeviceInfo | None = None
        try:
            attempt, device = self._ask(run, cancel)
        except Cancelled:
            self._post_cancelled(run)
            return
        except SecretError as error:
            attempt = Attempt(self._clock.now(), error.outcome, storable(profile.pbx))
        except Exception:  # noqa: BLE001 - the same
            _log.exception("check failed")
            attempt = Attempt(self._clock.now(), INTERNAL_FAULT, storable(profile.pbx))
        now = self._clock.now()
        self._hub.post(events.DeviceChecked(profile.id, run.number, attempt, device, now))

    def _ask(self, run: _Run, cancel: Cancel) -> tuple[Attempt, DeviceInfo | None]:
        """The facts of the PBX. If something else may answer at its address, a request without the
        token is sent first. Raises SecretError and Cancelled."""
        from hbgui.core.client.device_query import query_device  # only a check needs it

        client, checked = self._adapters.client, check(run.profile, None)
        if run.doubtful:
            other = client.ask_without_token(checked, cancel)
            if other is not None:
                return other, None
        token = self._vault.token_for(run.profile)
        if cancel.cancelled:
            raise Cancelled
        reply = query_device(client, checked, token, cancel)
        return reply.attempt, reply.device

    def _post_cancelled(self, run: _Run) -> None:
        now = self._clock.now()
        self._hub.post(events.DiagnosisCancelled(run.profile.id, run.number, now))
