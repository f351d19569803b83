"""The variables that name a proxy, and the places that are reached without one.

There is no standard for them. What curl and Go agree on is done here, and where only one of the
two knows a form, it is understood as well: rather no proxy than the token at the wrong one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from hbgui.core.pbx.address import (
    AddressError,
    PbxAddress,
    check_host,
    cut_port,
    literal_or_none,
    wire_host,
)

_Ip = ipaddress.IPv4Address | ipaddress.IPv6Address


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
        return ip is not None and _plain(ip) in network
    try:
        name, wanted_port = cut_port(entry)
    except AddressError:
        return False
    if wanted_port is not None and wanted_port != str(port):
        return False
    if ip is None:
        return _in_domain(host, name)
    named_ip = literal_or_none(name.partition("%")[0])
    return named_ip is not None and _plain(named_ip) == _plain(ip)


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if "/" not in entry:
        return None
    try:
        return ipaddress.ip_network(entry.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return None


def _plain(ip: _Ip) -> _Ip:
    """An IPv4 address that is written as an IPv6 one is the same."""
    return getattr(ip, "ipv4_mapped", None) or ip


def _in_domain(host: str, entry: str) -> bool:
    """A leading dot or none means the domain and all below it; `*.` only what is below."""
    below = entry.startswith("*.")
    try:
        domain = wire_host(check_host(entry.removeprefix("*").strip("."))).lower()
    except AddressError:
        return False
    return host.endswith(f".{domain}") or (host == domain and not below)
