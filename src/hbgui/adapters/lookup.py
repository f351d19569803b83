"""Host names to addresses, with a deadline: the system's own look-up knows none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

from hbgui.adapters.bounds import LOOK_S, Bounds
from hbgui.core.address import literal_or_none, wire_host
from hbgui.core.errors import TransportError

LOOKUPS_MAX = 8
"""Look-ups that may hang at a time. Nothing can end them, so they are left behind."""

Address = tuple[int, Any]
"""Family and socket address."""


class Lookups:
    """Looks names up in daemon threads, at most `LOOKUPS_MAX` at a time. Thread-safe."""

    def __init__(self, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._resolve = resolve
        self._free = threading.BoundedSemaphore(LOOKUPS_MAX)

    def find(self, host: str, port: int, bounds: Bounds) -> list[Address]:
        """The addresses of a host, best first. Raises TransportError name_unknown, Cancelled."""
        job = _Job(host if ":" in host else wire_host(host), port)
        if literal_or_none(host) is not None:
            job.run(socket.getaddrinfo, socket.AI_NUMERICHOST)
        else:
            self._run_aside(job, bounds)
        if not job.found:
            raise TransportError("name_unknown", job.why)
        return job.found

    def _run_aside(self, job: _Job, bounds: Bounds) -> None:
        while not self._free.acquire(timeout=min(LOOK_S, bounds.left_s())):
            if not bounds.left_s():
                raise TransportError("name_unknown", "too many look-ups hang")
        threading.Thread(target=self._look, args=(job,), name="look-up", daemon=True).start()
        while not job.done.wait(min(LOOK_S, bounds.left_s())):
            if not bounds.left_s():
                raise TransportError("name_unknown", "the name service does not answer")

    def _look(self, job: _Job) -> None:
        try:
            job.run(self._resolve, 0)
        finally:
            self._free.release()


class _Job:
    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self.found: list[Address] = []
        self.why = ""
        self.done = threading.Event()

    def run(self, resolve: Callable[..., Any], flags: int) -> None:
        try:
            entries = resolve(self._host, self._port, type=socket.SOCK_STREAM, flags=flags)
            self.found = [(family, address) for family, _, _, _, address in entries]
        except socket.gaierror as error:
            self.why = error.strerror or ""
        except (OSError, UnicodeError):
            self.why = "the look-up failed"
        finally:
            self.done.set()
