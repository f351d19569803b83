"""The HTTP proxy in front of a PBX: which one is meant, the tunnel through it.

There is no standard for the variables that name one. What curl and Go agree on is done here, and
where only one of the two knows a form, it is understood as well: rather no proxy than the token at
the wrong one.
"""

from __future__ import annotations

import ipaddress
import os
import re
import urllib.request
from collections.abc import Mapping

from hbgui.adapters.net.tcp import TcpStream
from hbgui.core.api.errors import TRANSPORT_CODES, TransportError
from hbgui.core.pbx.address import (
    AddressError,
    PbxAddress,
    check_host,
    cut_port,
    literal_or_none,
    parse_proxy,
    unmapped,
    wire_host,
)
from hbgui.core.pbx.connection import PROXY_SYSTEM


def named(variables: Mapping[str, str]) -> bool:
    """Whether the variables say anything of proxies for web addresses."""
    return any(_first(variables, f"{kind}_proxy") for kind in ("http", "https", "all"))


def proxy_for(address: PbxAddress, variables: Mapping[str, str]) -> str:
    """The proxy that the variables mean for this PBX, as it stands there; empty for none."""
    if bypassed(address, _first(variables, "no_proxy")):
        return ""
    return _first(variables, f"{address.scheme}_proxy") or _first(variables, "all_proxy")


def _first(variables: Mapping[str, str], name: str) -> str:
    """The first that is not empty, small letters before capitals."""
    found = [value.strip() for key in (name, name.upper()) if (value := variables.get(key, ""))]
    if name == "http_proxy" and "REQUEST_METHOD" in variables:
        # To a CGI program HTTP_PROXY is a header of whoever asks.
        found = [variables.get(name, "").strip()]
    return next(filter(None, found), "")


def bypassed(address: PbxAddress, no_proxy: str) -> bool:
    """Whether the list names the PBX: by its name or a domain it is in, by its address, or by a
    network; each perhaps with a port."""
    entries = re.split(r"[\s,]+", no_proxy.strip())
    host = wire_host(address.host).rstrip(".").lower()
    return any(_fits(entry, host, address.port) for entry in entries if entry)


def _fits(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    ip = literal_or_none(host)
    network = _network(entry)
    if network is not None:
        return ip is not None and unmapped(ip) in network
    try:
        name, wanted_port = cut_port(entry)
    except AddressError:
        return False
    if wanted_port is not None and wanted_port != str(port):
        return False
    if ip is None:
        return _in_domain(host, name)
    named_ip = literal_or_none(name.partition("%")[0])
    return named_ip is not None and unmapped(named_ip) == unmapped(ip)


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if "/" not in entry:
        return None
    try:
        return ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None


def _in_domain(host: str, entry: str) -> bool:
    """A leading dot or none means the domain and all below it; `*.` only what is below."""
    below = entry.startswith("*.")
    try:
        domain = wire_host(check_host(entry.removeprefix("*").strip("."))).lower()
    except AddressError:
        return False
    return host.endswith(f".{domain}") or (host == domain and not below)


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
    if named(os.environ):
        return proxy_for(address, os.environ)
    # What Windows and macOS are set to; elsewhere there are the variables only.
    of_variables = urllib.request.getproxies is urllib.request.getproxies_environment
    if of_variables or urllib.request.proxy_bypass(address.host):
        return ""
    found = urllib.request.getproxies()
    return found.get(address.scheme) or found.get("all") or found.get("socks") or ""


def open_tunnel(stream: TcpStream, authority: str) -> None:
    """Make a proxy pass everything on to `host:port`. Raises TransportError, Cancelled."""
    stream.send(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        data = stream.recv(4096)
        head += data
        if not data or len(head) > HEAD_MAX:
            raise TransportError("proxy_refused", "nothing that is HTTP")
    match = _STATUS.match(head)
    if match is None or match[1] != b"200":
        status = int(match[1]) if match else None
        said = f"HTTP {status}" if status else "nothing that is HTTP"
        raise TransportError("proxy_refused", said, status)
