"""Validation of a profile: problems per field. Errors prevent sending, warnings do not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from hbgui.core.pbx.address import (
    CAUSES,
    AddressError,
    PbxAddress,
    absolute_url,
    authority_of,
    bracketed,
    check_host,
    check_plain,
    check_port,
    cut_port,
    literal_or_none,
    parse_pbx,
    parse_proxy,
    scheme_of,
    split_host_port,
    wire_host,
)
from hbgui.core.pbx.connection import PROXY_SYSTEM
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.networks import LocalAddress, address_warnings
from hbgui.core.pbx.profile import INTERVAL_MIN, AddressKind, Profile, ServerAddress
from hbgui.core.pbx.typed import trimmed, unsendable
from hbgui.core.values import Secret

TOKEN_MAX = 1200
"""The most characters that the Windows credential store can hold."""

URL_MAX = 1024

BLANKS = " \t\r\n"
"""Characters that are removed around a user name; other invisible ones are an error."""

_USUAL_TOKEN = re.compile(r"[0-9a-fA-F]{32}")
_QUOTES = "\"'`\u00b4\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a"


class Severity(StrEnum):
    """An ERROR prevents sending, a WARNING does not; a NOTE says what was changed."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Field(StrEnum):
    """The fields of the form, and the options of the same names on the command line."""

    PBX = "pbx"
    TOKEN = "token"  # noqa: S105 - the name of a field
    IP = "ip"
    PORT = "port"
    URL = "url"
    INTERVAL = "interval"
    PROXY = "proxy"
    USER = "user"
    PASSWORD = "password"  # noqa: S105 - the name of a field


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem. `code` is a key of the texts; `values` fill in its placeholders."""

    field: Field
    severity: Severity
    code: str
    values: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ValidatedProfile:
    """A checked profile: its problems, and the values to send if there are no errors.

    `address`, `port` and `url` are None if the text in the profile is invalid. `target` consists
    of `port`, `url` and the application server's address, and is None while that is unknown.
    """

    profile: Profile
    problems: tuple[Problem, ...]
    address: PbxAddress | None = None
    port: int | None = None
    url: str | None = None
    target: ReportTarget | None = None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that prevent sending."""
        return errors_of(self.problems)

    @property
    def pbx_url(self) -> str:
        """`https://host:port` of the PBX, empty if its address is invalid."""
        return self.address.url if self.address else ""

    def with_ip(self, ip: str, local: tuple[LocalAddress, ...] = ()) -> ValidatedProfile:
        """The result with `ip` as the application server's address, if the profile has *auto* or
        *adapter* there, with the problems of that address. `local` are this computer's
        addresses."""
        problems = list(self.problems)
        host = _ip(ip, problems)
        checked = dataclasses.replace(self, problems=tuple(problems))
        return checked._announcing(host, local) if host else checked

    def _announcing(self, host: str, local: tuple[LocalAddress, ...]) -> ValidatedProfile:
        target, problems = None, list(self.problems)
        if self.port and self.url is not None:
            target = ReportTarget(host, self.port, self.profile.url_mode, self.url)
            problems += _mismatch(target)
        pbx_host = self.address.host if self.address else None
        problems += (
            _warning(Field.IP, code, ip=host) for code in address_warnings(host, pbx_host, local)
        )
        return dataclasses.replace(self, problems=tuple(problems), target=target)


def errors_of(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems that prevent sending."""
    return tuple(p for p in problems if p.severity is Severity.ERROR)


def check(
    profile: Profile, ip: str | None, local: tuple[LocalAddress, ...] = ()
) -> ValidatedProfile:
    """Check a whole profile.

    `ip` is the application server's address if the profile has *auto* or *adapter* there, None
    while unknown; a fixed address is in the profile. `local` are this computer's addresses.
    """
    problems: list[Problem] = []
    address = _address(profile.pbx, problems)
    if profile.server.kind is AddressKind.FIXED:
        ip = profile.server.value
    host = _ip(ip, problems) if ip is not None else None
    port = _port(profile.port, problems)
    url = _url(profile, problems)
    problems += _interval(profile.interval_min)
    problems += _proxy(trimmed(profile.proxy))
    checked = ValidatedProfile(profile, tuple(problems), address, port, url)
    return checked._announcing(host, local) if host else checked


def _error(field_: Field, code: str, **values: str) -> Problem:
    return Problem(field_, Severity.ERROR, code, values)


def _warning(field_: Field, code: str, **values: str) -> Problem:
    return Problem(field_, Severity.WARNING, code, values)


def _address(text: str, problems: list[Problem]) -> PbxAddress | None:
    try:
        return parse_pbx(text)
    except AddressError as error:
        problems.append(_error(Field.PBX, error.code, **error.values))
    return None


def _ip(text: str, problems: list[Problem]) -> str | None:
    """The host in the form that is announced: without a zone, which is valid on this computer
    only."""
    bare = trimmed(text)
    if bare.startswith("[") and bare.endswith("]"):
        bare = bare[1:-1]
    try:
        host = check_host(bare)
    except AddressError as error:
        problems.append(_error(Field.IP, _why_no_ip(bare, error.code), **error.values))
        return None
    announced = wire_host(host)
    if zone := host.partition("%")[2]:
        note = Problem(Field.IP, Severity.NOTE, "ip_zone_taken_off", {"zone": f"%{zone}"})
        problems.append(note)
    return announced


def _why_no_ip(text: str, code: str) -> str:
    """The code of why it is not a host: a URL or a host with a port has its own code."""
    if code in CAUSES:
        return code
    if "://" in text or "/" in text or code == "scheme_mistyped":
        return "ip_is_url"
    if code == "host_missing":
        return "ip_missing"
    try:
        port = cut_port(text)[1]
    except AddressError:
        return "ip_has_port" if "]:" in text else code
    return code if port is None else "ip_has_port"


def _port(text: str, problems: list[Problem]) -> int | None:
    try:
        return check_port(text)
    except AddressError as error:
        problems.append(_error(Field.PORT, error.code, **error.values))
    return None


def _url(profile: Profile, problems: list[Problem]) -> str | None:
    """The URL in the form that is sent, empty without a URL mode; None if it is invalid."""
    if profile.url_mode is UrlMode.NONE:
        return ""
    text = trimmed(profile.url)
    try:
        check_plain(text)
    except AddressError as error:
        problems.append(_error(Field.URL, error.code, **error.values))
        return None
    if not text:
        problems.append(_error(Field.URL, "url_missing"))
    elif len(text) > URL_MAX:
        problems.append(_error(Field.URL, "url_long", max=str(URL_MAX)))
    elif any(c.isspace() or not c.isprintable() for c in text):
        problems.append(_error(Field.URL, "url_characters"))
    else:
        reads = _relative if profile.url_mode is UrlMode.RELATIVE else _absolute
        url = reads(text, problems)
        if url is not None and not url.isascii():
            problems.append(_not_ascii(url))
        return url
    return None


def _not_ascii(url: str) -> Problem:
    char = next(c for c in url if not c.isascii())
    return _warning(Field.URL, "url_not_ascii", character=char, encoded=quote(char))


def _relative(text: str, problems: list[Problem]) -> str:
    if _looks_absolute(text):
        problems.append(_warning(Field.URL, "url_looks_absolute"))
    stripped = text.lstrip("/")
    if stripped != text:
        problems.append(Problem(Field.URL, Severity.NOTE, "url_slash_taken_off"))
    return stripped


_PAGE = re.compile(r"\.(?:php[0-9]?|s?html?|aspx?|ashx|jspx?|cgi|pl|py|do|json|xml|js)\Z", re.I)


def _looks_absolute(text: str) -> bool:
    """Whether a relative URL begins like an absolute one: with a scheme or a host."""
    try:
        scheme, rest = scheme_of(text)
    except AddressError:
        return not text.startswith("/") or text.startswith("//")
    place = authority_of(rest)
    if scheme or place.startswith("["):
        return True
    host, colon, port = place.rpartition(":")
    if colon:
        return bool(host) and port.isdecimal()
    if literal_or_none(place) is not None or place.casefold() == "localhost":
        return True
    name = re.fullmatch(r"(?:[\w-]+\.)+[a-zA-Z-]{2,}", place) is not None
    return name and not _PAGE.search(place)


def _absolute(text: str, problems: list[Problem]) -> str | None:
    try:
        scheme, url = absolute_url(text)
        if scheme not in ("", *_TAKEN_OFF):
            raise AddressError("url_scheme")
    except AddressError as error:
        code = error.code if error.code in (*CAUSES, "url_scheme") else "url_host"
        problems.append(_error(Field.URL, code, **error.values))
        return None
    if scheme:
        problems.append(Problem(Field.URL, *_TAKEN_OFF[scheme]))
    return url


_TAKEN_OFF = {
    "http": (Severity.NOTE, "url_scheme_taken_off"),
    "https": (Severity.WARNING, "url_https"),
}


def _mismatch(target: ReportTarget) -> Iterator[Problem]:
    """Warn if an absolute URL has another host or port than the fields: the maker's own example has
    8280 in the url and 8260 as the port."""
    if target.url_mode is not UrlMode.ABSOLUTE:
        return
    host, port = split_host_port(authority_of(target.url))
    if host.casefold() != target.ip.casefold() or (port or 80) != target.port:
        mine = f"{bracketed(target.ip)}:{target.port}"
        yield _warning(Field.URL, "url_mismatch", url=authority_of(target.url), target=mine)


def _interval(minutes: int) -> Iterator[Problem]:
    low, high = INTERVAL_MIN
    if not low <= minutes <= high:
        yield _error(Field.INTERVAL, "interval_range", low=str(low), high=str(high))
    elif minutes > 20:
        yield _warning(Field.INTERVAL, "interval_long")


def _proxy(setting: str) -> Iterator[Problem]:
    if setting in ("", PROXY_SYSTEM):
        return
    try:
        parse_proxy(setting)
    except AddressError as error:
        yield _error(Field.PROXY, error.code, **error.values)


def check_user(text: str) -> tuple[Problem, ...]:
    """Check a typed user name of the API."""
    if not text.strip():
        return (_error(Field.USER, "user_missing"),)
    if wrong := unsendable(text.strip(BLANKS)):
        return (_error(Field.USER, "user_characters", character=wrong),)
    return ()


def check_password(text: str) -> tuple[Secret | None, tuple[Problem, ...]]:
    """Check a typed API password. It is not trimmed: surrounding spaces may belong to it."""
    if not text:
        return None, (_error(Field.PASSWORD, "password_missing"),)
    if len(text) > TOKEN_MAX:
        return None, (_error(Field.PASSWORD, "password_long", max=str(TOKEN_MAX)),)
    if wrong := unsendable(text):
        return None, (_error(Field.PASSWORD, "password_characters", character=wrong),)
    return Secret(text), ()


def check_token(text: str) -> tuple[Secret | None, tuple[Problem, ...]]:
    """Check a typed or stored token. Returns it trimmed, None if it cannot be sent.

    The PBX's tokens are 32 hex digits; another form causes a warning only.
    """
    token = text.strip()
    if not token:
        return None, (_error(Field.TOKEN, "token_missing"),)
    if len(token) > TOKEN_MAX:
        return None, (_error(Field.TOKEN, "token_long", max=str(TOKEN_MAX)),)
    if wrong := unsendable(token):
        return None, (_error(Field.TOKEN, "token_characters", character=wrong),)
    if _USUAL_TOKEN.fullmatch(token):
        return Secret(token), ()
    bare = token.strip(_QUOTES)
    if _USUAL_TOKEN.fullmatch(bare):
        return Secret(bare), (Problem(Field.TOKEN, Severity.NOTE, "token_quotes_taken_off"),)
    unusual = _warning(Field.TOKEN, "token_unusual")
    quoted = () if bare == token else (_warning(Field.TOKEN, "token_quoted"),)
    return Secret(token), (*quoted, unusual)


def parse_target(text: str) -> tuple[ReportTarget | None, tuple[Problem, ...]]:
    """Parse `ip:port` or `ip:port/path`, with or without `http://`: the target, or its problems."""
    try:
        scheme, bare = scheme_of(text)
        if scheme not in ("", "http"):
            return None, (_error(Field.URL, "url_scheme"),)
        place, _slash, path = bare.partition("/")
        host, port = split_host_port(place)
    except AddressError as error:
        field_ = Field.PORT if error.code.startswith("port") else Field.IP
        code = "ip_missing" if error.code == "host_missing" else error.code
        return None, (_error(field_, code, **error.values),)
    mode = UrlMode.RELATIVE if path else UrlMode.NONE
    server = ServerAddress(AddressKind.FIXED, host)
    typed = Profile("", server=server, port=str(port or ""), url_mode=mode, url=path)
    checked = check(typed, None)
    wrong = tuple(p for p in checked.errors if p.field is not Field.PBX)
    return (None, wrong) if wrong else (checked.target, ())
