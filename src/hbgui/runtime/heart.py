"""The worker thread that knows when the next heartbeat is due."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QThread, QTimer, Signal, Slot

from hbgui.core.api import schedule
from hbgui.core.api.outcome import NEW, Standing
from hbgui.core.events import ComputerSlept, Event
from hbgui.core.pbx.destination import FREE, Guard
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Clock
from hbgui.core.values import Moment


@dataclass(frozen=True, slots=True)
class Order:
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


class _Ticker(QObject):
    """Lives in the heart's thread. One single-shot timer, armed for the earliest order."""

    def __init__(
        self, clock: Clock, send: Callable[[Order], object], post: Callable[[Event], None]
    ) -> None:
        super().__init__()
        self._clock = clock
        self._send = send
        self._post = post
        self._orders: dict[str, Order] = {}
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
    def arm(self, order: Order) -> None:
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


class Heart(QObject):
    """The handle to the worker thread. Lives in the GUI thread.

    `send` and `post` are called in the worker thread and must not block.
    """

    _started = Signal()
    _armed = Signal(object)
    _disarmed = Signal(str)
    _stopped = Signal()

    def __init__(
        self, clock: Clock, send: Callable[[Order], object], post: Callable[[Event], None]
    ) -> None:
        super().__init__()
        self._thread = QThread()
        self._thread.setObjectName("heart")
        self._ticker = _Ticker(clock, send, post)
        self._ticker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self._thread.started.connect(self._ticker.start)
        self._armed.connect(self._ticker.arm, queued)
        self._disarmed.connect(self._ticker.disarm, queued)
        self._stopped.connect(self._ticker.stop, queued)

    def start(self) -> None:
        """Start the thread. What is armed before waits in its queue."""
        self._thread.start()

    def arm(self, order: Order) -> None:
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
