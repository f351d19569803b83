"""A scheduler that sends heartbeats when they are due."""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from hbgui.core import events
from hbgui.core.api import schedule
from hbgui.core.api.errors import Cancelled, MoveWithheld, SecretError
from hbgui.core.api.outcome import INTERNAL_FAULT, NEW_ADDRESS, AddressStatus, Attempt
from hbgui.core.client.pbx_client import Renewal
from hbgui.core.events import Event
from hbgui.core.pbx.address import storable
from hbgui.core.pbx.destination import ALLOW_ALL, Guard
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import check
from hbgui.core.ports import Cancel
from hbgui.core.values import Moment, Secret
from hbgui.runtime.context import Context

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlannedHeartbeat:
    """Send a heartbeat of this profile at `due_s` of the elapsed clock.

    `urgency` sorts heartbeats that are due at the same time: the elapsed clock in seconds at which
    the token expires, infinite where no token is known to be valid. `renewed` is when hbgui last
    logged in by itself, `guard` what may be announced, `address_status` what is known of
    the address.
    """

    profile: Profile
    run: int
    due_s: float
    urgency: float = math.inf
    renewed: Moment | None = None
    guard: Guard = ALLOW_ALL
    address_status: AddressStatus = NEW_ADDRESS


class _SchedulerWorker(QObject):
    """Lives in the scheduler's thread: one single-shot timer, set for what is due first."""

    def __init__(self, context: Context, send: Callable[[PlannedHeartbeat], object]) -> None:
        super().__init__()
        self._clock = context.clock
        self._post = context.post
        self._send = send
        self._plan: dict[str, PlannedHeartbeat] = {}
        self._checked_at_s = 0.0
        self._timer: QTimer | None = None

    @Slot()
    def start(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)

    @Slot()
    def stop(self) -> None:
        self._plan.clear()
        if self._timer is not None:
            self._timer.stop()
        QThread.currentThread().quit()

    @Slot(object)
    def plan(self, planned: PlannedHeartbeat) -> None:
        if not self._plan:
            self._checked_at_s = self._clock.now().elapsed_s
        self._plan[planned.profile.id] = planned
        self._set_timer()

    @Slot(str)
    def drop(self, pbx_id: str) -> None:
        self._plan.pop(pbx_id, None)
        self._set_timer()

    @Slot()
    def _tick(self) -> None:
        now = self._clock.now()
        gap_s = now.elapsed_s - self._checked_at_s
        self._checked_at_s = now.elapsed_s
        if schedule.slept(gap_s):
            # The network is not back yet. The receiver of this event plans all heartbeats again.
            self._plan.clear()
            self._post(events.ComputerSlept(now, gap_s))
        due = [p for p in self._plan.values() if p.due_s <= now.elapsed_s]
        for planned in sorted(due, key=lambda p: (p.urgency, p.due_s)):
            del self._plan[planned.profile.id]
            self._send(planned)
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is None:
            return
        if not self._plan:
            self._timer.stop()
            return
        wait_s = min(p.due_s for p in self._plan.values()) - self._clock.now().elapsed_s
        wait_s = min(max(wait_s, 0.0), schedule.TICK_S)
        self._timer.start(math.ceil(wait_s * 1000))


class _Sender:
    """Sends heartbeats in the pool. Not a QObject: the worker's thread keeps a reference to it."""

    def __init__(self, context: Context) -> None:
        self._adapters = context.adapters
        self._clock = context.clock
        self._vault = context.vault
        self._post = context.post
        self._pool = context.sends

    def send(self, planned: PlannedHeartbeat) -> bool:
        """Send soon. False, and nothing happens, while one of the same run is being sent."""
        pbx_id, run = planned.profile.id, planned.run

        def work(cancel: Cancel) -> Callable[[], None]:
            self._post(events.HeartbeatStarted(pbx_id, run))
            event = self._send(planned, cancel)
            return lambda: self._post(event)

        return self._pool.submit(work, key=(pbx_id, run), urgency=planned.urgency)

    def cancel(self, pbx_id: str, run: int) -> None:
        """Cancel the heartbeat of that run, if there is one."""
        self._pool.cancel((pbx_id, run))

    def _send(self, planned: PlannedHeartbeat, cancel: Cancel) -> Event:
        profile, run = planned.profile, planned.run
        try:
            attempt = self._attempt(planned, cancel)
        except Cancelled:
            return events.HeartbeatCancelled(profile.id, run, self._clock.now())
        except MoveWithheld as withheld:
            return events.MoveWithheld(profile.id, run, withheld.target, self._clock.now())
        except Exception:  # noqa: BLE001 - the PBX must not stay "sending" for ever
            _log.exception("heartbeat failed")
            attempt = Attempt(self._clock.now(), INTERNAL_FAULT, storable(profile.pbx))
        jitter = random.uniform(-1, 1)
        return events.HeartbeatFinished(profile.id, run, attempt, self._clock.now(), jitter)

    def _attempt(self, planned: PlannedHeartbeat, cancel: Cancel) -> Attempt:
        profile = planned.profile
        try:
            token = self._vault.token_for(profile)
        except SecretError as error:
            return Attempt(self._clock.now(), error.outcome, storable(profile.pbx))

        def keep(new: Secret) -> None:
            self._post(events.TokenRenewed(profile.id, planned.run, new))

        renewal = Renewal(planned.renewed, lambda: self._vault.password(profile.id), keep)
        return self._adapters.client.send_heartbeat(
            check(profile, None),
            token,
            cancel,
            guard=planned.guard,
            address_status=planned.address_status,
            renewal=renewal,
        )


class Scheduler(QObject):
    """Plans and sends heartbeats. Lives in the GUI thread; `send` and `cancel` may be
    called from any thread.

    Only the methods with a time-out block.
    """

    _planned = Signal(object)
    _dropped = Signal(str)
    _stopped = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        sender = _Sender(context)
        self.send, self.cancel = sender.send, sender.cancel
        self._pool = context.sends
        self._thread = QThread()
        self._thread.setObjectName("scheduler")
        self._worker = _SchedulerWorker(context, sender.send)
        self._worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._thread.started.connect(self._worker.start)
        self._planned.connect(self._worker.plan, queued)
        self._dropped.connect(self._worker.drop, queued)
        self._stopped.connect(self._worker.stop, queued)

    def start(self) -> None:
        """Start the thread. Heartbeats that are planned before wait in its queue."""
        self._thread.start()

    def plan(self, planned: PlannedHeartbeat) -> None:
        """Send it when it is due. It replaces the heartbeat that was planned for that PBX."""
        self._planned.emit(planned)

    def drop(self, pbx_id: str) -> None:
        """Remove the planned heartbeat of this PBX."""
        self._dropped.emit(pbx_id)

    def cancel_all(self) -> None:
        """Cancel all heartbeats, and send no more."""
        self._pool.close()

    def wait_for_sends(self, timeout_s: float) -> bool:
        """After `cancel_all`: whether all of them have ended within `timeout_s` seconds."""
        return self._pool.close(drain_s=timeout_s)

    def close(self, timeout_s: float) -> bool:
        """Stop the timer in its thread, then that thread, within `timeout_s` seconds.

        True when the thread has ended in time. May be called twice.
        """
        if not self._thread.isRunning():
            return True
        self._stopped.emit()
        return self._thread.wait(math.ceil(max(timeout_s, 0.0) * 1000))
