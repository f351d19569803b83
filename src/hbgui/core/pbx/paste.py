"""Reading a pasted text as PBX settings: a web address, `host:port`, or a cURL command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hbgui.core.pbx.address import (
    AddressError,
    check_host,
    check_port,
    parse_pbx,
    scheme_of,
    split_host_port,
    storable,
)
from hbgui.core.pbx.connection import TlsMode
from hbgui.core.pbx.curl import CURL, cmd, command, posix, powershell
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.pbx.typed import trimmed
from hbgui.core.pbx.validation import check_token
from hbgui.core.values import Secret

TEXT_MAX = 8192
"""The most characters of a text that is examined."""

_PLACEHOLDER = re.compile(r"[$%<*{[]")
_MODES = {"0": UrlMode.RELATIVE, "1": UrlMode.ABSOLUTE}


@dataclass(frozen=True, slots=True)
class Pasted:
    """The settings in a pasted text. A member is empty or None if the text does not contain it.

    `body_unread`: the command has a body that could not be read; it may contain a report target.
    """

    pbx: str
    api: ApiVersion | None = None
    insecure: bool = False
    server_ip: str = ""
    port: str = ""
    url_mode: UrlMode | None = None
    url: str = ""
    url_field: UrlField | None = None
    token: Secret | None = None
    body_unread: bool = False

    def onto(self, profile: Profile) -> Profile:
        """The profile with these settings applied."""
        changed = replace(profile, pbx=self.pbx, api=self.api or profile.api)
        if self.insecure:
            changed = replace(changed, tls=TlsMode.INSECURE)
        if self.server_ip or self.body_unread:
            # If the body is unreadable, leave the address empty: an automatic one would be a guess.
            changed = replace(changed, server=ServerAddress(AddressKind.FIXED, self.server_ip))
        if self.port:
            changed = replace(changed, port=self.port)
        if self.url_mode is not None:
            changed = replace(
                changed, url_mode=self.url_mode, url=self.url, url_field=self.url_field
            )
        return changed


def read(text: str) -> Pasted | None:
    """Read a pasted text; None if it is neither an address nor a command."""
    if len(text) > TEXT_MAX:
        return None
    if is_command(text):
        return _curl(text)
    bare = trimmed(text)
    if len(bare.split()) != 1:
        return None
    return _address(bare) or _address(bare.lstrip(_OPENING).rstrip(_CLOSING))


def is_command(text: str) -> bool:
    """Whether the text is a cURL command rather than an address."""
    return CURL.search(_from_first(text[:TEXT_MAX])) is not None


def shows_secret(text: str) -> bool:
    """Whether a pasted address must not stay visible, because it is a command or has a token in its
    path or query."""
    return is_command(text) or _WITH_TOKEN.search(text) is not None


_WITH_TOKEN = re.compile(
    r"token(?:\W{1,3}|%3d)\w{16} | [^/:][/?\#].*(?<![0-9a-z])[0-9a-f]{32}(?![0-9a-z])",
    re.IGNORECASE | re.VERBOSE,
)


def _from_first(text: str) -> str:
    """The text without invisible characters before it. Spaces after it stay: they distinguish the
    command `curl ` from a host."""
    return trimmed(f"{text}.")[:-1]


_OPENING = "<(\"'“‘«„`"
_CLOSING = ".,;:!?)>\"'”’»“`…。，；"
"""Punctuation around a URL in a sentence."""


def _address(text: str) -> Pasted | None:
    """A web address or a host, perhaps with the path and the query of an API call."""
    pbx = storable(text)
    try:
        parse_pbx(pbx)
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except (AddressError, ValueError):
        return None
    if "@" in parts.netloc:
        return None  # the part before the @ may be a password
    api = next((v for v in ApiVersion if f"/{v}/" in f"{parts.path}/"), None)
    given = trimmed(parse_qs(parts.query).get("token", [""])[0].rstrip(f"{_CLOSING}]}}"))
    token = check_token(given)[0] if given and not _PLACEHOLDER.match(given) else None
    return Pasted(pbx, api, token=token)


def _curl(text: str) -> Pasted | None:
    """The result of the first shell's rules that make the whole command readable, else of the
    first ones that make its URL readable."""
    found = [pasted for pasted in _readings(_from_first(text)) if pasted is not None]
    return min(found, key=lambda pasted: pasted.body_unread, default=None)


def _readings(text: str) -> Iterator[Pasted | None]:
    match = CURL.search(text)
    assert match is not None, "it is a command"
    rest = trimmed(text[match.end() :])
    for typed in dict.fromkeys((rest, rest.translate(_QUOTES))):
        for shell in (posix, cmd, powershell):
            yield _reading(typed, shell)


_QUOTES = str.maketrans("“”„‟″‘’‚‛′", "\"\"\"\"\"'''''")
"""Word processors and web pages replace straight quotation marks by curved ones."""


def _reading(text: str, shell: Callable[[str], list[str]]) -> Pasted | None:
    try:
        curl = command(shell(text))
    except ValueError:
        return None
    url = curl.url
    pasted = (_address(url) or _address(url.rstrip(_CLOSING))) if url else None
    if pasted is None:
        return None
    pasted = replace(pasted, insecure=curl.insecure)
    target = None if curl.unread else _target(curl.body)
    return replace(pasted, body_unread=True) if target is None else replace(pasted, **target)


def _target(body: str) -> dict[str, Any] | None:
    """The report target in the body of a heartbeat; None if it cannot be read completely."""
    if not body.strip():
        return {}
    members = next(_objects(body), None)
    try:
        return None if members is None else _place(members) | _url(members)
    except (AddressError, KeyError, TypeError):
        return None


_KEY = re.compile(r"([{,]\s*)([A-Za-z]\w*)(\s*:)", re.ASCII)


def _objects(body: str) -> Iterator[dict[str, Any]]:
    """The JSON object in a body, also if it is not quite JSON, as in the PBX's manual or after a
    shell: backslashes before quotation marks, names without them, unusual spaces."""
    plain = " ".join(body.split()).translate(_QUOTES)
    for text in (body, plain, plain.replace('\\"', '"'), plain.replace("'", '"')):
        for spelled in (text, _KEY.sub(r'\1"\2"\3', text)):
            try:
                members = json.loads(spelled)
            except (ValueError, RecursionError):
                continue
            if isinstance(members, dict):
                yield members


def _place(members: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if members.get("ipaddr"):
        found["server_ip"] = check_host(str(members["ipaddr"]))
    if "port" in members:
        found["port"] = str(check_port(str(members["port"])))
    return found


def _url(members: dict[str, Any]) -> dict[str, Any]:
    """The URL and its mode; the default mode is relative. If `ipaddr` is missing, host and port are
    those of an absolute URL."""
    if not members.get("url"):
        return {}
    url, names = members["url"], [name for name in ("urlflag", "urltag") if name in members]
    mode = _MODES[str(members[names[0]])] if names else UrlMode.RELATIVE
    flag = UrlField.BOTH if len(names) > 1 else UrlField(names[0]) if names else None
    if not isinstance(url, str):
        raise TypeError("no text")
    found: dict[str, Any] = {"url_mode": mode, "url": url, "url_field": flag}
    if mode is UrlMode.ABSOLUTE:
        host, port = split_host_port(re.split("[/?#]", scheme_of(url)[1], maxsplit=1)[0])
        if not members.get("ipaddr"):
            found |= {"server_ip": host, "port": str(members.get("port") or port or 80)}
    return found
