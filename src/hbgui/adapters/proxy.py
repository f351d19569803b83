"""The HTTP proxy on the way to a PBX, when a profile wants one."""

from __future__ import annotations

import os
import re
import urllib.request

from hbgui.adapters import proxy_variables
from hbgui.adapters.pipe import Pipe
from hbgui.core.api.errors import TRANSPORT_CODES, TransportError
from hbgui.core.pbx.address import AddressError, PbxAddress, parse_proxy
from hbgui.core.pbx.connection import PROXY_SYSTEM

HEAD_MAX = 16 * 1024
"""Bytes that a proxy may say before the tunnel."""

KIND_MAX = 10
"""Characters of a kind of proxy that are repeated."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")


def choose(setting: str, address: PbxAddress) -> PbxAddress | None:
    """The proxy that a profile's setting means for this PBX; None: go there directly.

    The system's setting comes from the variables or, on Windows and macOS, from the system.
    Raises TransportError when it is none that can be used.
    """
    if setting == PROXY_SYSTEM:
        setting = _of_system(address)
    if not setting:
        return None
    try:
        return parse_proxy(setting)
    except AddressError as error:
        # What was set may hold a password: no more than its kind is repeated.
        code = error.code if error.code in TRANSPORT_CODES else "proxy_malformed"
        failure = TransportError(code, error.values.get("kind", "")[:KIND_MAX])
    raise failure


def _of_system(address: PbxAddress) -> str:
    if proxy_variables.named(os.environ):
        return proxy_variables.proxy_for(address, os.environ)
    # What Windows and macOS are set to; elsewhere there are the variables only.
    of_variables = urllib.request.getproxies is urllib.request.getproxies_environment
    if of_variables or urllib.request.proxy_bypass(address.host):
        return ""
    found = urllib.request.getproxies()
    return found.get(address.scheme) or found.get("all") or found.get("socks") or ""


def open_tunnel(pipe: Pipe, authority: str) -> None:
    """Make a proxy pass everything on to `host:port`. Raises TransportError, Cancelled."""
    pipe.send(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        data = pipe.recv(4096)
        head += data
        if not data or len(head) > HEAD_MAX:
            raise TransportError("proxy_refused", "nothing that is HTTP")
    match = _STATUS.match(head)
    if match is None or match[1] != b"200":
        status = int(match[1]) if match else None
        said = f"HTTP {status}" if status else "nothing that is HTTP"
        raise TransportError("proxy_refused", said, status)
