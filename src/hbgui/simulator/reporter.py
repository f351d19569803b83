"""Reports on their way: each target has a queue, each try is kept."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import NamedTuple

from hbgui.simulator.delivery import STYLES, Target, Undelivered, deliver, place_of
from hbgui.simulator.events import V2, name_of


@dataclass(frozen=True, slots=True)
class Report:
    """One try to deliver a report.

    `status` is that of the answer, None without one, and `problem` says why there is none where
    one is needed. `written` when the report went out whole and had the answer that it needs: under
    2.0.0 none. `repeat` is 0 for the first try. `final` when it arrived or is given up. `number`
    counts the tries from 1.
    """

    event: str
    target: Target
    body: bytes
    at: datetime
    status: int | None = None
    problem: str = ""
    written: bool = False
    repeat: int = 0
    final: bool = False
    number: int = 0

    @property
    def delivered(self) -> bool:
        """The receiver said 200, or took a report that needs no answer."""
        return self.written and self.status in (200, None)


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """Reports that arrived; tries beyond the first; reports that were given up."""

    delivered: int = 0
    repeated: int = 0
    undeliverable: int = 0


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How reports are sent: `style` is a name of STYLES; each try may take `total_timeout_s`.

    A report without a 200 is repeated `repeats` times, `repeat_every_s` apart. Under 2.0.0 it is
    sent once: the documents want the receiver to close, not to answer.
    """

    style: str = "length"
    repeats: int = 3
    repeat_every_s: float = 2.0
    total_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"unknown style; allowed are {', '.join(STYLES)}")


REPORTS_MAX = 5000
"""Tries that are kept; the oldest go first."""

WAITING_MAX = 10_000
"""Reports that wait at most."""

TARGETS_MAX = 50
"""Targets that are served at a time, each by a thread."""

CLOSE_S = 0.4


class _Waiting(NamedTuple):
    due_s: float
    order: int
    report: Report


@dataclass(eq=False)
class _Queue:
    """What waits for one target, the next one first. `closing` ends it."""

    target: Target
    closing: threading.Event
    waiting: list[_Waiting] = field(default_factory=list)


class Reporter:
    """Safe in any thread. Nothing is sent before `open` and after `close`.

    `tell` is told of each try, in the thread that made it.
    """

    def __init__(self, settings: DeliverySettings, tell: Callable[[Report], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._closing.set()
        self._queues: dict[Target, _Queue] = {}
        self._threads: set[threading.Thread] = set()
        self._order = itertools.count()
        self._tries: deque[Report] = deque(maxlen=REPORTS_MAX)
        self._tried = 0
        self._counts = ReportCounts()

    def open(self) -> None:
        """Send from now on."""
        with self._changed:
            if self._closing.is_set():
                self._closing = threading.Event()

    def close(self) -> None:
        """Drop what waits and what is under way. May be called again."""
        with self._changed:
            self._closing.set()
            self._queues.clear()
            self._changed.notify_all()
            threads = list(self._threads)
        end_s = time.monotonic() + CLOSE_S
        for thread in threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, end_s - time.monotonic()))

    def send(self, target: Target, body: bytes) -> bool:
        """Queue a report: it goes out at once unless another is on its way there. False if not."""
        report = Report(name_of(body), target, body, datetime.now(UTC))
        with self._changed:
            if self._closing.is_set():
                return False
            waiting = sum(len(queue.waiting) for queue in self._queues.values())
            room = target in self._queues or len(self._queues) < TARGETS_MAX
            if waiting < WAITING_MAX and room:
                self._enqueue(report)
                return True
        self._keep(replace(report, problem="too many reports wait", final=True))
        return False

    @property
    def reports(self) -> list[Report]:
        """The last tries, oldest first."""
        with self._changed:
            return list(self._tries)

    @property
    def counts(self) -> ReportCounts:
        """What became of all reports so far."""
        with self._changed:
            return self._counts

    def wait_for(self, tries: int, timeout_s: float) -> bool:
        """Wait until that many tries have been made in all; False when they were not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._tried >= tries, timeout_s)

    def _enqueue(self, report: Report) -> None:
        queue = self._queues.get(report.target)
        if queue is None:
            queue = self._queues[report.target] = _Queue(report.target, self._closing)
            thread = threading.Thread(
                target=self._run, args=(queue,), name="simulator-reports", daemon=True
            )
            self._threads.add(thread)
            thread.start()
        self._push(queue, report, 0.0)
        self._changed.notify_all()

    def _push(self, queue: _Queue, report: Report, wait_s: float) -> None:
        entry = _Waiting(time.monotonic() + wait_s, next(self._order), report)
        heapq.heappush(queue.waiting, entry)

    def _run(self, queue: _Queue) -> None:
        try:
            while report := self._next(queue):
                self._try(report, queue)
        finally:
            with self._changed:
                self._threads.discard(threading.current_thread())
                self._remove(queue)

    def _next(self, queue: _Queue) -> Report | None:
        """The next that is due. None when none is left: the queue is removed."""
        with self._changed:
            while queue.waiting and not queue.closing.is_set():
                left_s = queue.waiting[0].due_s - time.monotonic()
                if left_s <= 0:
                    return heapq.heappop(queue.waiting).report
                self._changed.wait(left_s)
            # Under the same lock: who queues after this starts a new thread.
            self._remove(queue)
            return None

    def _remove(self, queue: _Queue) -> None:
        if self._queues.get(queue.target) is queue:
            del self._queues[queue.target]

    def _try(self, report: Report, queue: _Queue) -> None:
        done = self._delivered(report, queue.closing)
        if queue.closing.is_set() and not done.delivered:
            return
        self._keep(done)
        with self._changed:
            if not done.final and not queue.closing.is_set():
                repeat = replace(report, repeat=report.repeat + 1)
                self._push(queue, repeat, self._settings.repeat_every_s)

    def _delivered(self, report: Report, closing: threading.Event) -> Report:
        settings, target = self._settings, report.target
        once = target.version == V2
        final = once or report.repeat >= settings.repeats
        report = replace(report, at=datetime.now(UTC), final=final)
        try:
            place = place_of(target)
        except ValueError as error:
            return replace(report, problem=str(error), final=True)
        data = STYLES[settings.style](place, report.body, target.version)
        try:
            status = deliver(place, data, closing, settings.total_timeout_s, needs_answer=not once)
        except Undelivered as undelivered:
            return replace(report, problem=str(undelivered))
        return replace(report, status=status, written=True, final=final or status == 200)

    def _keep(self, report: Report) -> None:
        with self._changed:
            self._tried += 1
            report = replace(report, number=self._tried)
            self._tries.append(report)
            old = self._counts
            self._counts = ReportCounts(
                old.delivered + report.delivered,
                old.repeated + (report.repeat > 0),
                old.undeliverable + (report.final and not report.delivered),
            )
            self._changed.notify_all()
        self._tell(report)
