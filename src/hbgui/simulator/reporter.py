"""The queues of reports, one per target, and the record of all tries to deliver them."""

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

    `status` is the HTTP status of the answer, None without one. `problem` says why a needed answer
    is missing. `written` is true when the whole report was sent and has the answer that it needs;
    under 2.0.0 it needs none. `repeat` is 0 for the first try. `final` is true when the report
    arrived or is given up. `number` counts all tries from 1.
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
        """Whether the receiver answered 200, or got a report that needs no answer."""
        return self.written and self.status in (200, None)


@dataclass(frozen=True, slots=True)
class ReportCounts:
    """Numbers of reports that arrived, of repeated tries, and of reports that were given up."""

    delivered: int = 0
    repeated: int = 0
    undeliverable: int = 0


@dataclass(frozen=True, slots=True)
class DeliverySettings:
    """How reports are sent.

    `style` is a name of STYLES. One try may take `total_timeout_s` seconds. A report without the
    answer 200 is sent up to `repeats` more times, `repeat_every_s` seconds apart. Under 2.0.0 it is
    sent once: the documents say that the receiver closes without an answer. Raises ValueError for
    an unknown style.
    """

    style: str = "length"
    repeats: int = 3
    repeat_every_s: float = 2.0
    total_timeout_s: float = 5.0

    def __post_init__(self) -> None:
        if self.style not in STYLES:
            raise ValueError(f"unknown style; allowed are {', '.join(STYLES)}")


REPORTS_MAX = 5000
"""Tries that are kept; the oldest are dropped first."""

WAITING_MAX = 10_000
"""Reports that wait at most, for all targets together."""

TARGETS_MAX = 50
"""Targets that can have a queue, and with it a thread, at a time."""

CLOSE_S = 0.4


class _Waiting(NamedTuple):
    due_s: float
    sequence: int
    report: Report


@dataclass(eq=False)
class _Queue:
    """The reports that wait for one target, as a heap. Setting `closing` ends its thread."""

    target: Target
    closing: threading.Event
    waiting: list[_Waiting] = field(default_factory=list)


class Reporter:
    """Sends reports in the background. Thread-safe. Sends only between `open` and `close`.

    `on_try` is called after each try, in the thread that made it.
    """

    def __init__(self, settings: DeliverySettings, on_try: Callable[[Report], None]) -> None:
        self._settings = settings
        self._on_try = on_try
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._closing.set()
        self._queues: dict[Target, _Queue] = {}
        self._threads: set[threading.Thread] = set()
        self._sequence = itertools.count()
        self._tries: deque[Report] = deque(maxlen=REPORTS_MAX)
        self._tries_made = 0
        self._counts = ReportCounts()

    def open(self) -> None:
        """Begin to send."""
        with self._changed:
            if self._closing.is_set():
                self._closing = threading.Event()

    def close(self) -> None:
        """Stop sending, and drop all reports that have not arrived. May be called again."""
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
        """Queue a report for a target. Returns False when it is closed or the queues are full."""
        report = Report(name_of(body), target, body, datetime.now(UTC))
        with self._changed:
            if self._closing.is_set():
                return False
            waiting = sum(len(queue.waiting) for queue in self._queues.values())
            has_room = target in self._queues or len(self._queues) < TARGETS_MAX
            if waiting < WAITING_MAX and has_room:
                self._enqueue(report)
                return True
        self._record(replace(report, problem="too many reports wait", final=True))
        return False

    @property
    def reports(self) -> list[Report]:
        """The last tries, oldest first."""
        with self._changed:
            return list(self._tries)

    @property
    def counts(self) -> ReportCounts:
        """The numbers for all reports so far."""
        with self._changed:
            return self._counts

    def wait_for(self, tries: int, timeout_s: float) -> bool:
        """Wait up to `timeout_s` seconds until `tries` tries have been made since the start.

        Returns whether they have.
        """
        with self._changed:
            return self._changed.wait_for(lambda: self._tries_made >= tries, timeout_s)

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
        entry = _Waiting(time.monotonic() + wait_s, next(self._sequence), report)
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
        """Wait for the next due report. Removes the queue and returns None when it is empty."""
        with self._changed:
            while queue.waiting and not queue.closing.is_set():
                left_s = queue.waiting[0].due_s - time.monotonic()
                if left_s <= 0:
                    return heapq.heappop(queue.waiting).report
                self._changed.wait(left_s)
            # Under the same lock, so that the next report for the target starts a new thread.
            self._remove(queue)
            return None

    def _remove(self, queue: _Queue) -> None:
        if self._queues.get(queue.target) is queue:
            del self._queues[queue.target]

    def _try(self, report: Report, queue: _Queue) -> None:
        result = self._deliver(report, queue.closing)
        if queue.closing.is_set() and not result.delivered:
            return
        self._record(result)
        with self._changed:
            if not result.final and not queue.closing.is_set():
                repeat = replace(report, repeat=report.repeat + 1)
                self._push(queue, repeat, self._settings.repeat_every_s)

    def _deliver(self, report: Report, closing: threading.Event) -> Report:
        settings, target = self._settings, report.target
        needs_answer = target.version != V2
        final = not needs_answer or report.repeat >= settings.repeats
        report = replace(report, at=datetime.now(UTC), final=final)
        try:
            place = place_of(target)
        except ValueError as error:
            return replace(report, problem=str(error), final=True)
        data = STYLES[settings.style](place, report.body, target.version)
        try:
            status = deliver(
                place, data, closing, settings.total_timeout_s, needs_answer=needs_answer
            )
        except Undelivered as undelivered:
            return replace(report, problem=str(undelivered))
        return replace(report, status=status, written=True, final=final or status == 200)

    def _record(self, report: Report) -> None:
        with self._changed:
            self._tries_made += 1
            report = replace(report, number=self._tries_made)
            self._tries.append(report)
            counts = self._counts
            self._counts = ReportCounts(
                counts.delivered + report.delivered,
                counts.repeated + (report.repeat > 0),
                counts.undeliverable + (report.final and not report.delivered),
            )
            self._changed.notify_all()
        self._on_try(report)
