"""Host names to addresses, with a deadline: the system's own look-up knows none."""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from hbgui.adapters.net.deadline import Deadline
from hbgui.adapters.threads import LOOK_S
from hbgui.core.api.errors import TransportError
from hbgui.core.pbx.address import literal_or_none

LOOKUPS_MAX = 256
"""Look-ups that may hang at a time. Nothing can end them, so they are left behind."""

FOUND_KEPT_S = 2.0
"""So that one heartbeat looks a name up once: to choose the address that it announces, and to
connect."""

UNKNOWN_KEPT_S = 5.0
"""A name without an address is not asked for anew by each of those who need it."""

Address = tuple[int, Any]
"""Family and socket address."""


def ascii_host(host: str) -> str:
    """The host as name services, certificates and headers spell it. Raises TransportError."""
    if host.isascii():
        return host
    # Imported late: few hosts need it, and it takes long.
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        return parse_url(f"//{host}").host or host
    except LocationParseError:
        pass
    raise TransportError("name_unknown", "not a name that a host can have")


def _lacks_zone(found: list[Address]) -> bool:
    """Whether it is not clear which adapter leads to this IP address: it names none of this
    computer, or none at all where the same network is behind each. Windows chooses one itself."""
    if not found:
        return True
    ip, *_others, scope = found[0][1]
    bare = ipaddress.ip_address(str(ip).partition("%")[0])
    return sys.platform != "win32" and bare.version == 6 and bare.is_link_local and not scope


class Lookups:
    """Looks names up in daemon threads: one look-up for a host at a time, shared by all who wait
    for it, so that a name whose look-up hangs stops no other. Thread-safe."""

    def __init__(self, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}

    def find(self, host: str, port: int, bounds: Deadline) -> list[Address]:
        """The addresses of a host, best first. Raises TransportError name_unknown or
        zone_unknown, Cancelled."""
        name = ascii_host(host)
        if literal_or_none(host) is not None:
            job = _Job(name, port)
            job.run(socket.getaddrinfo, socket.AI_NUMERICHOST)
            if _lacks_zone(job.found):
                raise TransportError("zone_unknown")
        else:
            job = self._shared(name, port, bounds)
            while not job.done.wait(min(LOOK_S, bounds.left_s())):
                if not bounds.left_s():
                    raise TransportError("name_unknown", "the name service does not answer")
        if not job.found:
            raise TransportError("name_unknown", job.why)
        return job.addresses(port)

    def _shared(self, name: str, port: int, bounds: Deadline) -> _Job:
        """The look-up of that name that runs or has just ended, else a new one."""
        while True:
            with self._lock:
                self._jobs = {n: job for n, job in self._jobs.items() if job.counts}
                job = self._jobs.get(name.lower())
                if job is not None:
                    return job
                if sum(not job.done.is_set() for job in self._jobs.values()) < LOOKUPS_MAX:
                    return self._start(name, port)
            if not bounds.left_s():
                raise TransportError("name_unknown", "too many look-ups hang")
            time.sleep(min(LOOK_S, bounds.left_s()))

    def _start(self, name: str, port: int) -> _Job:
        job = _Job(name, port)
        try:
            threading.Thread(
                target=job.run, args=(self._resolve, 0), name="look-up", daemon=True
            ).start()
        except RuntimeError:
            raise TransportError("name_unknown", "this computer starts no more threads") from None
        self._jobs[name.lower()] = job
        return job


class _Job:
    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._ended_s = 0.0
        self.found: list[Address] = []
        self.why = "there is no address"
        self.done = threading.Event()

    @property
    def counts(self) -> bool:
        """Whether it runs, or what it told is new enough."""
        kept_s = FOUND_KEPT_S if self.found else UNKNOWN_KEPT_S
        return not self.done.is_set() or time.monotonic() - self._ended_s < kept_s

    def addresses(self, port: int) -> list[Address]:
        """What was found, with that port in place of the one that was asked with."""
        return [
            (family, (address[0], port, *address[2:]) if address[1] == self._port else address)
            for family, address in self.found
        ]

    def run(self, resolve: Callable[..., Any], flags: int) -> None:
        try:
            entries = resolve(self._host, self._port, type=socket.SOCK_STREAM, flags=flags)
            self.found = [(family, address) for family, _, _, _, address in entries]
        except socket.gaierror as error:
            self.why = error.strerror or self.why
        except (OSError, UnicodeError):
            self.why = "the look-up failed"
        finally:
            self._ended_s = time.monotonic()
            self.done.set()
