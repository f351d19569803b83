"""Look-ups of host names with a deadline, which the system's function does not have."""

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
"""Look-ups that may run at a time. One that hangs cannot be ended: its thread is abandoned."""

FOUND_KEPT_S = 2.0
"""Seconds for which addresses are kept. One heartbeat needs them twice: to choose the address that
it announces, and to connect."""

UNKNOWN_KEPT_S = 5.0
"""Seconds for which a failed look-up is kept, so that not every caller repeats it."""

Address = tuple[int, Any]
"""The address family and the socket address, as `socket.getaddrinfo` gives them."""


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
    """Whether an address needs the name of a network adapter, and has none that exists here.

    A link-local IPv6 address does: every adapter has the same network. Windows chooses an adapter
    by itself.
    """
    if not found:
        return True
    ip, *_others, scope = found[0][1]
    bare = ipaddress.ip_address(str(ip).partition("%")[0])
    return sys.platform != "win32" and bare.version == 6 and bare.is_link_local and not scope


class _LookupResult(NamedTuple):
    """The addresses from a look-up with `port`, or the reason why there are none."""

    port: int
    addresses: list[Address]
    reason: str

    def with_port(self, port: int) -> list[Address]:
        return [
            (family, (address[0], port, *address[2:]) if address[1] == self.port else address)
            for family, address in self.addresses
        ]


def _look_up(resolve: Callable[..., Any], host: str, port: int, flags: int = 0) -> _LookupResult:
    reason = "there is no address"
    try:
        entries = resolve(host, port, type=socket.SOCK_STREAM, flags=flags)
        addresses = [(family, address) for family, _, _, _, address in entries]
        return _LookupResult(port, addresses, reason)
    except socket.gaierror as error:
        return _LookupResult(port, [], error.strerror or reason)
    except (OSError, UnicodeError):
        return _LookupResult(port, [], "the look-up failed")


def _is_usable(lookup: BackgroundCall[_LookupResult]) -> bool:
    """Whether the look-up still runs, or its result is recent enough."""
    if not lookup.ended or lookup.error:
        return not lookup.ended
    lifetime_s = FOUND_KEPT_S if lookup.result().addresses else UNKNOWN_KEPT_S
    return time.monotonic() - lookup.ended_s < lifetime_s


class Lookups:
    """Looks names up in daemon threads. Thread-safe.

    There is one look-up at a time for each host, shared by all callers. A look-up that hangs does
    not delay those for other hosts.
    """

    def __init__(self, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
        self._resolve = resolve
        self._lock = threading.Lock()
        self._lookups: dict[str, BackgroundCall[_LookupResult]] = {}

    def find(self, host: str, port: int, limit: Deadline) -> list[Address]:
        """The addresses of a host, best first. Raises TransportError name_unknown or
        zone_unknown, Cancelled."""
        name = ascii_host(host)
        if literal_or_none(host) is not None:
            found = _look_up(socket.getaddrinfo, name, port, socket.AI_NUMERICHOST)
            if _lacks_zone(found.addresses):
                raise TransportError("zone_unknown")
        else:
            found = self._shared(name, port, limit)
        if not found.addresses:
            raise TransportError("name_unknown", found.reason)
        return found.with_port(port)

    def _shared(self, name: str, port: int, limit: Deadline) -> _LookupResult:
        """The result of a look-up that runs or has just ended, or of a new one."""
        while (lookup := self._lookup(name, port)) is None:
            if not limit.left_s():
                raise TransportError("name_unknown", "too many look-ups hang")
            time.sleep(min(POLL_S, limit.left_s()))
        try:
            return lookup.result(limit.left_s(), limit.cancel)
        except TimeoutError:
            raise TransportError("name_unknown", "the name service does not answer") from None

    def _lookup(self, name: str, port: int) -> BackgroundCall[_LookupResult] | None:
        """A look-up that runs or is recent, or a new one; None while too many run."""
        with self._lock:
            self._lookups = {n: lookup for n, lookup in self._lookups.items() if _is_usable(lookup)}
            lookup = self._lookups.get(name.lower())
            if lookup is not None:
                return lookup
            if sum(not lookup.ended for lookup in self._lookups.values()) >= LOOKUPS_MAX:
                return None
            lookup = BackgroundCall(lambda: _look_up(self._resolve, name, port))
            try:
                lookup.start("look-up")
            except RuntimeError:
                reason = "this computer starts no more threads"
                raise TransportError("name_unknown", reason) from None
            self._lookups[name.lower()] = lookup
            return lookup
