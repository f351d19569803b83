"""The HTTP proxy on the way to a PBX, when a profile wants one."""

from __future__ import annotations

import contextlib
import re
import urllib.request

from hbgui.adapters.pipe import Pipe
from hbgui.core.address import PbxAddress, parse_proxy
from hbgui.core.errors import TransportError
from hbgui.core.link import PROXY_SYSTEM

HEAD_MAX = 16 * 1024
"""Bytes that a proxy may say before the tunnel."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")


def choose(setting: str, address: PbxAddress) -> PbxAddress | None:
    """The proxy that a profile's setting means for this PBX; None: go there directly.

    The system's setting comes from the variables or, on Windows and macOS, from the system.
    Raises TransportError when it is none that can be used.
    """
    if not setting:
        return None
    if setting == PROXY_SYSTEM:
        setting = _of_system(address)
        if not setting:
            return None
    with contextlib.suppress(ValueError):
        return parse_proxy(setting)
    # What was set may hold a password: it is not repeated.
    raise TransportError("proxy_unreachable", proxy="?")


def _of_system(address: PbxAddress) -> str:
    if urllib.request.proxy_bypass(address.host):
        return ""
    return urllib.request.getproxies().get(address.scheme, "")


def open_tunnel(pipe: Pipe, authority: str) -> None:
    """Make a proxy pass everything on to `host:port`. Raises TransportError, Cancelled."""
    pipe.send(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        data = pipe.recv(4096)
        head += data
        if not data or len(head) > HEAD_MAX:
            raise TransportError("proxy_refused")
    match = _STATUS.match(head)
    if match is None or match[1] != b"200":
        status = int(match[1]) if match else None
        raise TransportError("proxy_refused", f"HTTP {status}" if status else "", status)
