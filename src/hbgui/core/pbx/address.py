"""Parsing of typed addresses: PBX, proxy, host, port."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hbgui.core.pbx.typed import invisible, named, plain, trimmed

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

DEFAULT_PORTS = {"https": 8088, "http": 80}
"""The port if none is typed: the PBX's web interface is on 8088, without TLS on 80."""

WEB_PORTS = {"https": 443, "http": 80}
"""The standard ports of web servers, for URLs without a port."""

_PARTS = re.compile(
    r"(?:(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://)?"
    r"(?P<user>[^/?#]*@)?"
    r"(?P<authority>[^/?#]*)"
    r"(?P<rest>.*)",
    re.DOTALL,
)
_SCHEME_SLIP = re.compile(
    r":?[/\\]{2}|h?t+ps?\s*(?:[:;.]?\s*[/\\]+|[:;](?![0-9]+(?:[/?#]|\Z)))", re.IGNORECASE
)
_LABEL = re.compile(r"(?!-)[a-zA-Z0-9_-]{1,63}(?<!-)\Z")
_NUMBERS_AND_DOTS = re.compile(r"[0-9.]+\Z")
_ENDS_IN_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?\Z")
"""Not a host name: systems read these as an IPv4 address in an old notation."""

_ZONE = re.compile(r"[A-Za-z0-9._~-]+")
_TOKEN = re.compile(r"(?![0-9]{24,31}\Z)[0-9a-fA-F]{24,63}")
_DIVIDED = re.compile(r"[0-9a-fA-F]{32}(?::[0-9]*)?")
_TOKEN_INSIDE = re.compile(r"(?<![0-9a-zA-Z])[0-9a-fA-F]{32}(?![0-9a-zA-Z])")


class AddressError(ValueError):
    """A typed address is invalid. `code` is a key of the problem texts, `values` fill in its
    placeholders."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class PbxAddress:
    """The address of the PBX's web interface, which also serves its API."""

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


class _Parts(NamedTuple):
    scheme: str
    user: str
    authority: str
    rest: str


def _parts(text: str) -> _Parts:
    match = _PARTS.match(trimmed(text))
    assert match is not None, "every part may be empty"
    parts = _Parts(*(match[name] or "" for name in _Parts._fields))
    before, at, after = parts.rest.rpartition("@")
    if at and not _is_host_port(parts.authority):
        # A password may contain a slash or a question mark.
        user = f"{parts.user}{parts.authority}{before}@"
        again = _PARTS.match(after)
        assert again is not None, "every part may be empty"
        return _Parts(parts.scheme, user, again["authority"], again["rest"])
    return parts


def _is_host_port(authority: str) -> bool:
    try:
        split_host_port(authority)
    except AddressError:
        return False
    return True


def parse_pbx(text: str, ports: Mapping[str, int] = DEFAULT_PORTS) -> PbxAddress:
    """Parse a typed or pasted address.

    Accepts a host, `host:port`, `[ipv6]:port` or a whole URL, whose path and query are ignored.
    The default scheme is https, the default port is the one in `ports`. Raises AddressError.
    """
    scheme_of(text)
    parts = _parts(text)
    if parts.user:
        raise AddressError("address_has_user")
    scheme = (parts.scheme or "https").lower()
    if scheme not in DEFAULT_PORTS:
        raise AddressError("scheme_unknown")
    try:
        host, port = split_host_port(parts.authority)
    except AddressError as error:
        raise AddressError(_OF_PBX.get(error.code, error.code), **error.values) from None
    return PbxAddress(scheme, host, ports[scheme] if port is None else port)


_OF_PBX = {"port_missing": "pbx_port_missing", "port_end": "port_range"}
"""Codes that have another text for the PBX's own port than for the port of reports."""


def scheme_of(text: str) -> tuple[str, str]:
    """Split off the scheme: the scheme in lower case, empty without one, and the rest.

    Raises AddressError if `http://` or `https://` is mistyped or occurs twice.
    """
    text = trimmed(text)
    scheme, mark, rest = text.partition("://")
    if not mark or not re.fullmatch("[a-zA-Z][a-zA-Z0-9+.-]*", scheme):
        scheme, rest = "", text
    if _SCHEME_SLIP.match(rest) or (scheme.lower() in DEFAULT_PORTS and rest.startswith("/")):
        raise AddressError("scheme_mistyped")
    return scheme.lower(), rest


def parse_proxy(text: str) -> PbxAddress:
    """Parse the address of an HTTP proxy: `host:port`, with or without `http://`.

    Raises AddressError, also for a user name or https: hbgui supports neither for proxies.
    """
    if "@" in text:
        raise AddressError("proxy_has_user")
    scheme_of(text)
    parts = _parts(text)
    if (parts.scheme or "http").lower() != "http":
        raise AddressError("proxy_scheme", kind=parts.scheme.lower())
    try:
        host, port = split_host_port(parts.authority)
    except AddressError as error:
        code = error.code if error.code in CAUSES else "proxy_malformed"
        raise AddressError(code, **error.values) from None
    if port is None:
        raise AddressError("proxy_malformed")
    return PbxAddress("http", host, port)


def pbx_or_none(text: str) -> PbxAddress | None:
    """The result of `parse_pbx`, None if the address is invalid."""
    try:
        return parse_pbx(text)
    except AddressError:
        return None


def host_of(text: str) -> str:
    """The host of a typed address, empty if the address is invalid."""
    address = pbx_or_none(text)
    return address.host if address else ""


def same_pbx(one: str, other: str) -> bool:
    """Whether two typed addresses mean the same PBX and port, even if written differently."""
    address = pbx_or_none(one)
    return address == pbx_or_none(other) if address else trimmed(one) == trimmed(other)


def storable(text: str) -> str:
    """The typed address without user, path, query and fragment, which may contain a secret. Empty
    if all of it looks like a token."""
    parts = _parts(text)
    if looks_like_token(parts.authority):
        return ""
    if _mistyped(text):
        # It is unclear which part is the host.
        return "" if parts.user or _TOKEN_INSIDE.search(text) else re.split("[?#]", text)[0]
    if not parts.user and not parts.rest.strip("/"):
        return text
    scheme = f"{parts.scheme}://" if parts.scheme else ""
    return scheme + parts.authority


def _mistyped(text: str) -> bool:
    try:
        scheme_of(text)
    except AddressError:
        return True
    return False


def looks_like_token(text: str) -> bool:
    """Whether a typed host, with or without a port, is a token in the wrong field.

    A part of a token counts too: the user may still be typing. A host name may contain 32 hex
    digits as one of its labels, but not consist of them.
    """
    bare = trimmed(text)
    if _TOKEN.fullmatch(bare.partition(":")[0]) or _DIVIDED.fullmatch(bare.replace("-", "")):
        return True
    return _TOKEN_INSIDE.search(bare) is not None and not _is_name(bare.partition(":")[0])


def _is_name(host: str) -> bool:
    return all(map(_LABEL.match, host.removesuffix(".").split(".")))


def split_host_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port` or `[ipv6]:port` as host and port. Raises AddressError."""
    host, port = cut_port(trimmed(text))
    return check_host(host), None if port is None else check_port(port)


def cut_port(text: str) -> tuple[str, str | None]:
    """`host`, `host:port` or `[ipv6]:port` as two texts. Raises AddressError."""
    if text.startswith("["):
        host, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")) or ":" not in host:
            raise AddressError("host_malformed")
        return host, rest[1:] if rest else None
    if text.count(":") > 1 and re.match("[0-9a-fA-F]{0,4}:", text):
        return text, None
    host, colon, port = text.partition(":")
    return host, port if colon else None


def check_port(text: str) -> int:
    """A TCP port from 1 to 65535. Raises AddressError.

    The PBX's documents say "0 ~ 65536", two ends that no TCP port can have.
    """
    text = trimmed(text)
    if not text:
        raise AddressError("port_missing")
    check_plain(text)
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise AddressError("port_not_a_number")
    port = int(text)
    if port in (0, 65536):
        raise AddressError("port_end")
    if port > 65536:
        raise AddressError("port_range")
    return port


def check_host(text: str) -> str:
    """Check an IPv4 address, an IPv6 address with or without a zone, or a host name. Returns it in
    normal form. Raises AddressError."""
    host = unicodedata.normalize("NFC", trimmed(text))
    if not host:
        raise AddressError("host_missing")
    check_plain(host)
    if looks_like_token(host):
        raise AddressError("address_is_token")
    if ":" in host or _NUMBERS_AND_DOTS.match(host):
        return str(_literal(host))
    name = wire_host(host)
    if "%" in host or not _is_name(name) or len(name) > 253:
        raise AddressError("host_malformed")
    if _ENDS_IN_NUMBER.match(name):
        raise AddressError("ipv4_malformed")
    return host


def absolute_url(text: str) -> tuple[str, str]:
    """Split an absolute URL into its scheme and the rest, in the form that is announced. Raises
    AddressError."""
    scheme, rest = scheme_of(text)
    authority = authority_of(rest)
    host, port = split_host_port(authority)
    place = bracketed(wire_host(host)) + ("" if port is None else f":{port}")
    return scheme, place + rest.removeprefix(authority)


def authority_of(url: str) -> str:
    """The host and port of a URL without scheme, as text."""
    return re.split("[/?#]", url, maxsplit=1)[0]


CAUSES = frozenset({"character_odd", "character_invisible", "address_is_token", "scheme_mistyped"})
"""Codes whose text fits every kind of address."""


def check_plain(text: str) -> None:
    """Check for invisible and look-alike characters. Raises AddressError if there is one."""
    char = next((c for c in text if not plain(c)), None)
    if char is not None:
        code = "character_invisible" if invisible(char) else "character_odd"
        raise AddressError(code, character=named(char))


def wire_host(host: str) -> str:
    """A checked host in the form that is sent: a name in ASCII ("A-labels"), an IPv6 address
    without its zone, which is the name of an adapter of this computer."""
    bare = host.partition("%")[0]
    return bare if bare.isascii() else ".".join(map(_ascii_label, bare.split(".")))


def _ascii_label(label: str) -> str:
    if label.isascii():
        return label
    small = unicodedata.normalize("NFC", label.lower())
    if unicodedata.category(small[0])[0] == "M" or "-" in (small[0], small[-1]):
        return ""  # invalid: it begins with a combining mark, or has a hyphen at an end
    return f"xn--{small.encode('punycode').decode()}"


def _literal(host: str) -> IpAddress:
    bare, mark, zone = host.partition("%")
    if zone.startswith("25") and len(zone) > 2:
        zone = zone[2:]  # in a URL the percent sign is encoded as %25
    if not mark or _ZONE.fullmatch(zone):
        found = literal_or_none(bare + mark + zone)
        if found is not None:
            return found
    raise AddressError("ipv6_malformed" if ":" in host else "ipv4_malformed")


def unmapped(ip: IpAddress) -> IpAddress:
    """Convert an IPv4 address in IPv6 form (`::ffff:192.0.2.1`) to IPv4."""
    return getattr(ip, "ipv4_mapped", None) or ip


def literal_or_none(host: str) -> IpAddress | None:
    """The host as an IP address, None if it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def bracketed(host: str) -> str:
    """The host as written in a URL: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
