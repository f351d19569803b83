"""What a simulator has received."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import replace

from hbgui.simulator.request import Request

REQUESTS_MAX = 2000
"""Requests that are kept; the oldest go first."""


class Seen:
    """The last requests, and how many there were. Safe in any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._requests: deque[Request] = deque(maxlen=REQUESTS_MAX)
        self._received = self._connections = 0

    @property
    def requests(self) -> list[Request]:
        """The last requests as they came over the wire, oldest first."""
        with self._changed:
            return list(self._requests)

    @property
    def received(self) -> int:
        """How many requests came, those no longer kept included."""
        with self._changed:
            return self._received

    @property
    def connections(self) -> int:
        """How many connections came, those without a request included."""
        with self._changed:
            return self._connections

    def wait_for(self, received: int, timeout_s: float) -> bool:
        """Wait until that many requests have come in all; False when they did not in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self._received >= received, timeout_s)

    def connected(self) -> None:
        """Count a connection."""
        with self._changed:
            self._connections += 1

    def keep(self, request: Request) -> Request:
        """Keep a request; it gets its number."""
        with self._changed:
            self._received += 1
            request = replace(request, number=self._received)
            self._requests.append(request)
            self._changed.notify_all()
        return request
