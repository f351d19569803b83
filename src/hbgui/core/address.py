"""What a person types as the PBX's address, taken apart."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_PORTS = {"https": 8088, "http": 80}
"""Port when none is typed: the PBX's web interface is on 8088, its plain one on 80."""

WEB_PORTS = {"https": 443, "http": 80}
"""Port that is meant where a web server writes none."""

_PARTS = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://)?"
    r"(?P<user>[^/?#]*@)?"
    r"(?P<authority>[^/?#]*)"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)\Z")
_NUMBERS_AND_DOTS = re.compile(r"[0-9.]+\Z")


class AddressError(ValueError):
    """A typed address that cannot be one. `code` is a key of the problem texts."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class PbxAddress:
    """Where the PBX's web interface, and so its API, answers."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """`host:port`, an IPv6 host in brackets."""
        return f"{bracketed(self.host)}:{self.port}"

    @property
    def url(self) -> str:
        """`https://host:port`, without a trailing slash."""
        return f"{self.scheme}://{self.authority}"


def parse_pbx(text: str, ports: Mapping[str, int] = DEFAULT_PORTS) -> PbxAddress:
    """Take a typed or pasted address apart.

    Accepts a host, `host:port`, `[ipv6]:port` or a whole URL, whose path and query are dropped.
    Without a scheme https is meant, without a port the one in `ports`. Raises AddressError.
    """
    match = _PARTS.match(text.strip())
    assert match is not None, "every part may be empty"
    if match["user"]:
        raise AddressError("address_has_user")
    scheme = (match["scheme"] or "https").lower()
    if scheme not in DEFAULT_PORTS:
        raise AddressError("scheme_unknown")
    host, port = split_host_port(match["authority"])
    return PbxAddress(scheme, host, ports[scheme] if port is None else port)


def parse_proxy(text: str) -> PbxAddress:
    """Take the address of an HTTP proxy apart: `host:port`, with or without `http://`.

    Raises AddressError: hbgui logs in to no proxy and speaks no TLS to one.
    """
    match = _PARTS.match(text.strip())
    assert match is not None, "every part may be empty"
    if match["user"]:
        raise AddressError("proxy_has_user")
    if (match["scheme"] or "http").lower() != "http":
        raise AddressError("proxy_scheme")
    host, port = _host_and_port(match["authority"])
    if not host or port is None:
        raise AddressError("proxy_malformed")
    return PbxAddress("http", host, port)


def _host_and_port(authority: str) -> tuple[str, int | None]:
    try:
        return split_host_port(authority)
    except AddressError:
        return "", None


def host_of(text: str) -> str:
    """The host of a typed address, empty while it cannot be one."""
    try:
        return parse_pbx(text).host
    except AddressError:
        return ""


def same_pbx(one: str, other: str) -> bool:
    """Whether two typed addresses mean the same box and port, however they are written."""
    try:
        return parse_pbx(one) == parse_pbx(other)
    except AddressError:
        return one.strip() == other.strip()


def storable(text: str) -> str:
    """The typed address without user, query and fragment: those may carry a secret."""
    match = _PARTS.match(text.strip())
    assert match is not None, "every part may be empty"
    if not match["user"] and not match["rest"].strip("/"):
        return text
    scheme = f"{match['scheme']}://" if match["scheme"] else ""
    return scheme + match["authority"]


def split_host_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port` or `[ipv6]:port` as host and port. Raises AddressError."""
    host, port = _cut_port(text.strip())
    return check_host(host), None if port is None else check_port(port)


def _cut_port(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")) or ":" not in host:
            raise AddressError("host_malformed")
        return host, rest[1:] if rest else None
    if text.count(":") > 1:
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None


def check_port(text: str) -> int:
    """A TCP port from 1 to 65535. Raises AddressError.

    The PBX's documents say "0 ~ 65536", two ends that no TCP port can have.
    """
    text = text.strip()
    if not text:
        raise AddressError("port_missing")
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII):
        raise AddressError("port_not_a_number")
    port = int(text)
    if port in (0, 65536):
        raise AddressError("port_end")
    if port > 65536:
        raise AddressError("port_range")
    return port


def check_host(text: str) -> str:
    """An IPv4 or IPv6 address or a host name, as it goes on the wire. Raises AddressError."""
    host = text.strip()
    if not host:
        raise AddressError("host_missing")
    if ":" in host or _NUMBERS_AND_DOTS.match(host):
        return str(_literal(host))
    labels = host.removesuffix(".").split(".")
    if len(host) > 253 or not all(_LABEL.match(label) for label in labels):
        raise AddressError("host_malformed")
    return host


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    raise AddressError("ipv6_malformed" if ":" in host else "ipv4_malformed")


def literal_or_none(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The host as an IP address, or None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def bracketed(host: str) -> str:
    """The host as it stands in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
