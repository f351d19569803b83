"""Host names to addresses, with a deadline: the system's own look-up knows none."""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from hbgui.adapters.net.deadline import Deadline
from hbgui.adapters.threads import POLL_S, BackgroundCall
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


class _Found(NamedTuple):
    """The addresses of a host that was asked for with `port`, or why there are none."""

    port: int
    addresses: list[Address]
    why: str

    def with_port(self, port: int) -> list[Address]:
        return [
            (family, (address[0], port, *address[2:]) if address[1] == self.port else address)
            for family, address in self.addresses
        ]


def _look_up(resolve: Callable[..., Any], host: str, port: int, flags: int = 0) -> _Found:
    why = "there is no address"
    try:
        entries = resolve(host, port, type=socket.SOCK_STREAM, flags=flags)
        return _Found(port, [(family, address) for family, _, _, _, address in entries], why)
    except socket.gaierror as error:
        return _Found(port, [], error.strerror or why)
    except (OSError, UnicodeError):
        return _Found(port, [], "the look-up failed")


def _counts(lookup: BackgroundCall[_Found]) -> bool:
    """Whether it still runs, or its answer is new enough."""
    if not lookup.ended or lookup.error:
        return not lookup.ended
    kept_s = FOUND_KEPT_S if lookup.result().addresses else UNKNOWN_KEPT_S
    return time.monotonic() - lookup.ended_s < kept_s


class Lookups:
    """Looks names up in daemon threads: one look-up for a host at a time, shared by all who wait
    for it, so that a name whose look-up hangs stops no other. Thread-safe."""

    def __init__(self, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._lookups: dict[str, BackgroundCall[_Found]] = {}

    def find(self, host: str, port: int, bounds: Deadline) -> list[Address]:
        """The addresses of a host, best first. Raises TransportError name_unknown or
        zone_unknown, Cancelled."""
        name = ascii_host(host)
        if literal_or_none(host) is not None:
            found = _look_up(socket.getaddrinfo, name, port, socket.AI_NUMERICHOST)
            if _lacks_zone(found.addresses):
                raise TransportError("zone_unknown")
        else:
            found = self._shared(name, port, bounds)
        if not found.addresses:
            raise TransportError("name_unknown", found.why)
        return found.with_port(port)

    def _shared(self, name: str, port: int, bounds: Deadline) -> _Found:
        """What a look-up of that name finds that runs or has just ended, else a new one."""
        while (lookup := self._lookup(name, port)) is None:
            if not bounds.left_s():
                raise TransportError("name_unknown", "too many look-ups hang")
            time.sleep(min(POLL_S, bounds.left_s()))
        try:
            return lookup.result(bounds.left_s(), bounds.cancel)
        except TimeoutError:
            raise TransportError("name_unknown", "the name service does not answer") from None

    def _lookup(self, name: str, port: int) -> BackgroundCall[_Found] | None:
        """None while too many hang."""
        with self._lock:
            self._lookups = {n: lookup for n, lookup in self._lookups.items() if _counts(lookup)}
            lookup = self._lookups.get(name.lower())
            if lookup is not None:
                return lookup
            if sum(not lookup.ended for lookup in self._lookups.values()) >= LOOKUPS_MAX:
                return None
            lookup = BackgroundCall(lambda: _look_up(self._resolve, name, port))
            try:
                lookup.start("look-up")
            except RuntimeError:
                why = "this computer starts no more threads"
                raise TransportError("name_unknown", why) from None
            self._lookups[name.lower()] = lookup
            return lookup
