"""What a pasted text says of a PBX: a web address, `host:port`, or a cURL command."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hbgui.core.address import AddressError, check_host, check_port, parse_pbx, storable
from hbgui.core.link import TlsMode
from hbgui.core.profile import AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.secret import Secret
from hbgui.core.target import UrlMode
from hbgui.core.validation import check_token

TEXT_MAX = 8192
"""Characters; a longer text is none of these."""

_CURL = re.compile(r"\s*(?:\$\s+)?curl(?:\.exe)?\s")
_CONTINUED = re.compile(r"[\\^]\s+")
_BREAK = re.compile(r"[\r\n\u2028\u2029]+")
_DATA = frozenset({"-d", "--data", "--data-raw", "--data-binary", "--data-ascii", "--json"})
_WITH_VALUE = frozenset(
    {
        *("-H", "--header", "-X", "--request", "-A", "--user-agent", "-m", "--max-time"),
        *("--connect-timeout", "-x", "--proxy", "--noproxy", "-u", "--user", "-o", "--output"),
        *("--tls-max", "--ciphers", "-b", "--cookie", "-e", "--referer", "--cacert"),
        *("--resolve", "--retry", "-w", "--write-out"),
    }
)
_PLACEHOLDER = re.compile(r"[$%<*]")
_MODES = {"0": UrlMode.RELATIVE, "1": UrlMode.ABSOLUTE}


@dataclass(frozen=True, slots=True)
class Pasted:
    """What was understood. Empty or None: the text says nothing of it."""

    pbx: str
    api: ApiVersion | None = None
    insecure: bool = False
    server_ip: str = ""
    port: str = ""
    url_mode: UrlMode | None = None
    url: str = ""
    url_field: UrlField | None = None
    token: Secret | None = None

    def onto(self, profile: Profile) -> Profile:
        """The profile with what was understood."""
        changed = replace(profile, pbx=self.pbx, api=self.api or profile.api)
        if self.insecure:
            changed = replace(changed, tls=TlsMode.INSECURE)
        if self.server_ip:
            changed = replace(changed, server=ServerAddress(AddressKind.FIXED, self.server_ip))
        if self.port:
            changed = replace(changed, port=self.port)
        if self.url_mode is not None:
            changed = replace(
                changed, url_mode=self.url_mode, url=self.url, url_field=self.url_field
            )
        return changed


def read(text: str) -> Pasted | None:
    """What the text says; None when it is nothing of use."""
    if len(text) > TEXT_MAX:
        return None
    if _CURL.match(text):
        return _curl(text)
    bare = text.strip()
    return None if not bare or len(bare.split()) != 1 else _address(bare)


def is_command(text: str) -> bool:
    """Whether the text is a cURL command rather than an address."""
    return _CURL.match(text) is not None


def _address(text: str) -> Pasted | None:
    """A web address or a host, perhaps with the path and the query of an API call."""
    try:
        parse_pbx(storable(text))
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except (AddressError, ValueError):
        return None
    if "@" in parts.netloc:
        return None  # what stands before it may be a password
    api = next((v for v in ApiVersion if f"/{v}/" in f"{parts.path}/"), None)
    given = parse_qs(parts.query).get("token", [""])[0]
    token = check_token(given)[0] if given and not _PLACEHOLDER.match(given) else None
    return Pasted(storable(text), api, token=token)


def _curl(text: str) -> Pasted | None:
    """Without the line breaks, however the field or the shell spells them."""
    try:
        words = shlex.split(_BREAK.sub(" ", _CONTINUED.sub(" ", text)))
    except ValueError:
        return None
    url, data, insecure = "", "", False
    rest = iter(words[words.index(next(w for w in words if w.startswith("curl"))) + 1 :])
    for word in rest:
        option, equals, value = word.partition("=")
        if word in ("-k", "--insecure"):
            insecure = True
        elif word == "--url":
            url = next(rest, "")
        elif word in _DATA:
            data = next(rest, "")
        elif option in _DATA and equals:
            data = value
        elif word in _WITH_VALUE:
            next(rest, "")
        elif not word.startswith("-"):
            url = url or word
    pasted = _address(url) if url else None
    return None if pasted is None else replace(pasted, insecure=insecure, **_target(data))


def _target(data: str) -> dict[str, Any]:
    """The report target in the body of a heartbeat; only what can be one."""
    try:
        members = json.loads(data) if data else {}
    except (ValueError, RecursionError):
        members = {}
    if not isinstance(members, dict):
        return {}
    found: dict[str, Any] = {}
    try:
        found["server_ip"] = check_host(str(members["ipaddr"]))
        found["port"] = str(check_port(str(members["port"])))
    except (KeyError, AddressError):
        pass
    names = [name for name in ("urlflag", "urltag") if name in members]
    mode = _MODES.get(str(members[names[0]])) if names else None
    if mode is not None and isinstance(members.get("url"), str):
        flag = UrlField.BOTH if len(names) > 1 else UrlField(names[0])
        found |= {"url_mode": mode, "url": members["url"], "url_field": flag}
    return found
