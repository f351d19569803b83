"""The HTTP proxy in front of a PBX: which one to use, the tunnel through it.

There is no standard for the environment variables that name a proxy. Every form of `no_proxy` that
curl or Go understands is understood here, so that the token does not go to a wrong proxy.
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


def any_named(variables: Mapping[str, str]) -> bool:
    """Whether the environment variables name any proxy for http or https."""
    return any(_value(variables, f"{kind}_proxy") for kind in ("http", "https", "all"))


def proxy_for(address: PbxAddress, variables: Mapping[str, str]) -> str:
    """The proxy for this PBX, as the variables spell it; empty for a direct connection."""
    if bypassed(address, _value(variables, "no_proxy")):
        return ""
    return _value(variables, f"{address.scheme}_proxy") or _value(variables, "all_proxy")


def _value(variables: Mapping[str, str], name: str) -> str:
    """The value of a variable: its lower-case name has priority over the upper-case one."""
    found = [value.strip() for key in (name, name.upper()) if (value := variables.get(key, ""))]
    if name == "http_proxy" and "REQUEST_METHOD" in variables:
        # In a CGI program, HTTP_PROXY comes from a header of the client.
        found = [variables.get(name, "").strip()]
    return next(filter(None, found), "")


def bypassed(address: PbxAddress, no_proxy: str) -> bool:
    """Whether the list `no_proxy` contains the PBX.

    An entry is a host name, a domain, an IP address or a network, each with or without a port.
    """
    entries = re.split(r"[\s,]+", no_proxy.strip())
    host = wire_host(address.host).rstrip(".").lower()
    return any(_matches(entry, host, address.port) for entry in entries if entry)


def _matches(entry: str, host: str, port: int) -> bool:
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
    """Whether the host is in the domain. With `*.` before it, the domain itself is excluded."""
    below = entry.startswith("*.")
    try:
        domain = wire_host(check_host(entry.removeprefix("*").strip("."))).lower()
    except AddressError:
        return False
    return host.endswith(f".{domain}") or (host == domain and not below)


HEAD_MAX = 16 * 1024
"""Bytes of a proxy's answer to CONNECT at most."""

KIND_MAX = 10
"""Characters of an unknown kind of proxy that an error repeats."""

_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})\b")


def choose(setting: str, address: PbxAddress) -> PbxAddress | None:
    """The proxy for this PBX by the profile's `setting`; None for a direct connection.

    PROXY_SYSTEM uses the environment variables or, on Windows and macOS, the system's settings.
    Raises TransportError when the proxy cannot be used.
    """
    if setting == PROXY_SYSTEM:
        setting = _system_proxy(address)
    if not setting:
        return None
    try:
        return parse_proxy(setting)
    except AddressError as error:
        # The setting may contain a password: only the kind of proxy is repeated.
        code = error.code if error.code in TRANSPORT_CODES else "proxy_malformed"
        failure = TransportError(code, error.values.get("kind", "")[:KIND_MAX])
    raise failure


def _system_proxy(address: PbxAddress) -> str:
    if any_named(os.environ):
        return proxy_for(address, os.environ)
    # The settings of Windows or macOS; other systems have the variables only.
    only_variables = urllib.request.getproxies is urllib.request.getproxies_environment
    if only_variables or urllib.request.proxy_bypass(address.host):
        return ""
    proxies = urllib.request.getproxies()
    return proxies.get(address.scheme) or proxies.get("all") or proxies.get("socks") or ""


def open_tunnel(stream: TcpStream, authority: str) -> None:
    """Ask the proxy for a tunnel to `authority`, `host:port`. Raises TransportError, Cancelled."""
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
        answer = f"HTTP {status}" if status else "nothing that is HTTP"
        raise TransportError("proxy_refused", answer, status)
