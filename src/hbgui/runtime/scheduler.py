"""The worker thread that knows when the next heartbeat is due."""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from hbgui.core import events
from hbgui.core.api import schedule
from hbgui.core.api.errors import Cancelled, MoveHeld, SecretError
from hbgui.core.api.outcome import NEW, Attempt, Outcome, OutcomeKind, Standing
from hbgui.core.client.pbx_client import PbxClient, Renewal
from hbgui.core.events import ComputerSlept, Event
from hbgui.core.pbx.address import storable
from hbgui.core.pbx.destination import FREE, Guard
from hbgui.core.pbx.profile import Profile
from hbgui.core.pbx.validation import check
from hbgui.core.ports import Cancel, Clock
from hbgui.core.values import Moment, Secret
from hbgui.runtime.pool import Pool
from hbgui.runtime.secrets import TokenVault


@dataclass(frozen=True, slots=True)
class PlannedHeartbeat:
    """Send a heartbeat of this profile at `due_s` of the elapsed clock.

    `urgency` sorts what is due at once: the elapsed clock at which the token dies, infinite where
    no token is known to live. `renewed` is
    when hbgui last logged in by itself, `guard` what may be announced, `standing` what is known of
    the address.
    """

    profile: Profile
    run: int
    due_s: float
    urgency: float = math.inf
    renewed: Moment | None = None
    guard: Guard = FREE
    standing: Standing = NEW


class _SchedulerWorker(QObject):
    """Lives in the heart's thread. One single-shot timer, armed for the earliest order."""

    def __init__(
        self,
        clock: Clock,
        send: Callable[[PlannedHeartbeat], object],
        post: Callable[[Event], None],
    ) -> None:
        super().__init__()
        self._clock = clock
        self._send = send
        self._post = post
        self._orders: dict[str, PlannedHeartbeat] = {}
        self._looked_at_s = 0.0
        self._timer: QTimer | None = None

    @Slot()
    def start(self) -> None:
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)

    @Slot()
    def stop(self) -> None:
        self._orders.clear()
        if self._timer is not None:
            self._timer.stop()
        QThread.currentThread().quit()

    @Slot(object)
    def arm(self, order: PlannedHeartbeat) -> None:
        if not self._orders:
            self._looked_at_s = self._clock.now().elapsed_s
        self._orders[order.profile.id] = order
        self._rearm()

    @Slot(str)
    def disarm(self, pbx_id: str) -> None:
        self._orders.pop(pbx_id, None)
        self._rearm()

    @Slot()
    def _tick(self) -> None:
        now = self._clock.now()
        gap_s = now.elapsed_s - self._looked_at_s
        self._looked_at_s = now.elapsed_s
        if schedule.slept(gap_s):
            # The network is not back yet: all is planned anew for later, by who hears of this.
            self._orders.clear()
            self._post(ComputerSlept(now, gap_s))
        due = [o for o in self._orders.values() if o.due_s <= now.elapsed_s]
        for order in sorted(due, key=lambda o: (o.urgency, o.due_s)):
            del self._orders[order.profile.id]
            self._send(order)
        self._rearm()

    def _rearm(self) -> None:
        if self._timer is None:
            return
        if not self._orders:
            self._timer.stop()
            return
        wait_s = min(o.due_s for o in self._orders.values()) - self._clock.now().elapsed_s
        wait_s = min(max(wait_s, 0.0), schedule.TICK_S)
        self._timer.start(math.ceil(wait_s * 1000))


class Scheduler(QObject):
    """The handle to the worker thread. Lives in the GUI thread.

    `send` and `post` are called in the worker thread and must not block.
    """

    _started = Signal()
    _armed = Signal(object)
    _disarmed = Signal(str)
    _stopped = Signal()

    def __init__(
        self,
        clock: Clock,
        send: Callable[[PlannedHeartbeat], object],
        post: Callable[[Event], None],
    ) -> None:
        super().__init__()
        self._thread = QThread()
        self._thread.setObjectName("heart")
        self._ticker = _SchedulerWorker(clock, send, post)
        self._ticker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._thread.started.connect(self._ticker.start)
        self._armed.connect(self._ticker.arm, queued)
        self._disarmed.connect(self._ticker.disarm, queued)
        self._stopped.connect(self._ticker.stop, queued)

    def start(self) -> None:
        """Start the thread. What is armed before waits in its queue."""
        self._thread.start()

    def arm(self, order: PlannedHeartbeat) -> None:
        """Plan a heartbeat; it takes the place of the PBX's former order."""
        self._armed.emit(order)

    def disarm(self, pbx_id: str) -> None:
        """Plan no heartbeat for this PBX."""
        self._disarmed.emit(pbx_id)

    def close(self, timeout_s: float) -> bool:
        """Stop the timer where it lives, then the thread. True when it has ended in time.

        May be called twice.
        """
        if not self._thread.isRunning():
            return True
        self._stopped.emit()
        return self._thread.wait(math.ceil(max(timeout_s, 0.0) * 1000))


_log = logging.getLogger(__name__)


class Sender:
    """Hands heartbeats to the pool. `send` and `cancel` never block and suit any thread.

    `client` is called in the pool, so that what it loads costs the window no time.
    """

    def __init__(
        self,
        pool: Pool,
        client: Callable[[], PbxClient],
        vault: TokenVault,
        clock: Clock,
        post: Callable[[Event], None],
    ) -> None:
        self._pool = pool
        self._client = client
        self._vault = vault
        self._clock = clock
        self._post = post

    def send(self, order: PlannedHeartbeat) -> bool:
        """Send soon. False, and nothing happens, while one of the same run is on its way."""
        pbx_id, run = order.profile.id, order.run

        def work(cancel: Cancel) -> Callable[[], None]:
            self._post(events.HeartbeatStarted(pbx_id, run))
            ended = self._work(order, cancel)
            return lambda: self._post(ended)

        return self._pool.submit(work, key=(pbx_id, run), urgency=order.urgency)

    def cancel(self, pbx_id: str, run: int) -> None:
        """End the heartbeat of that run, if there is one."""
        self._pool.cancel((pbx_id, run))

    def _work(self, order: PlannedHeartbeat, cancel: Cancel) -> Event:
        profile, run = order.profile, order.run
        try:
            attempt = self._attempt(order, cancel)
        except Cancelled:
            return events.HeartbeatCancelled(profile.id, run, self._clock.now())
        except MoveHeld as held:
            return events.MoveHeld(profile.id, run, held.target, self._clock.now())
        except Exception:  # noqa: BLE001 - the PBX must not stay "sending" for ever
            _log.exception("heartbeat failed")
            outcome = Outcome(OutcomeKind.UNCLEAR, "internal_fault")
            attempt = Attempt(self._clock.now(), outcome, storable(profile.pbx))
        jitter = random.uniform(-1, 1)
        return events.HeartbeatFinished(profile.id, run, attempt, self._clock.now(), jitter)

    def _attempt(self, order: PlannedHeartbeat, cancel: Cancel) -> Attempt:
        profile = order.profile
        try:
            if profile.token_is_foreign:
                raise SecretError("token_of_other_host", profile.token_host)
            token = self._vault.get(profile.id)
        except SecretError as error:
            return Attempt(self._clock.now(), error.outcome, storable(profile.pbx))

        def keep(new: Secret) -> None:
            self._post(events.TokenRenewed(profile.id, order.run, new))

        renewal = Renewal(order.renewed, lambda: self._vault.password(profile.id), keep)
        return self._client().send_heartbeat(
            check(profile, None),
            token,
            cancel,
            guard=order.guard,
            standing=order.standing,
            renewal=renewal,
        )
