"""The API of a PBX: what it answers to requests."""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hbgui.core.api import errnos
from hbgui.simulator.delivery import OLDEST_FORMAT, Target
from hbgui.simulator.http import Request

NO_SUCH_CALL = "10005"

TRANSPORTS = ("HTTP", "TCP")
"""How reports go, as login under v2.0.0 tells it."""

WRONG_LOGINS = 5
"""Wrong logins in a row after which the source is locked out."""

REMEMBERED = 1000
"""Tokens and sources that are remembered at most; the oldest go first."""

_PATH = re.compile(
    r"/api/(v1\.1\.0|v1\.10|v2\.0\.0)/(login|heartbeat|logout|deviceinfo/query|call/query)"
)
"""v1.10 stands in the endpoint lines of the documents, and real clients use it."""
_DEFAULT_PORT = "8260"
_DESTINATION = {"ipaddr", "port", "url"}


SERIAL = "369000000001"
FIRMWARE = "30.15.0.72"


@dataclass(frozen=True, slots=True)
class Device:
    """A small S-Series box.

    `clock_offset_s` is how far its clock is ahead of this computer's, negative when behind.
    `utc_offset_s` is its time zone in seconds east of UTC, None for this computer's.
    """

    serial: str = SERIAL
    firmware: str = FIRMWARE
    clock_offset_s: float = 0.0
    utc_offset_s: int | None = None
    name: str = "Yeastar S50"
    hardware: str = "V1.30 0000-0000"
    extensions: str = "8/9"

    def now(self) -> datetime:
        """The time that its own clock shows, with its zone."""
        zone = None if self.utc_offset_s is None else timezone(timedelta(seconds=self.utc_offset_s))
        return (datetime.now(UTC) + timedelta(seconds=self.clock_offset_s)).astimezone(zone)

    def info(self, uptime_s: float) -> dict[str, str]:
        """The documented members. All are strings."""
        return {
            "devicename": self.name,
            "sn": self.serial,
            "hardwarever": self.hardware,
            "firmwarever": self.firmware,
            "systemtime": system_time(self.now()),
            "uptime": uptime(uptime_s),
            "extensionstatus": self.extensions,
        }


def system_time(now: datetime) -> str:
    """`2024-01-15 09:30:00 UTC-8`; without a number at UTC itself."""
    minutes = int((now.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    zone = f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    return f"{now:%Y-%m-%d %H:%M:%S} UTC{zone if minutes else ''}"


def uptime(seconds: float) -> str:
    """`03:07:02`, or `3days 03:57:42` from a day on."""
    days, rest = divmod(int(seconds), 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}days {clock}" if days else clock


CALLS_MAX = 1000
"""Calls that are remembered; the oldest go first."""


class Calls:
    """Knows from the reports of v2.0.0 which calls go on, and who is in them."""

    def __init__(self) -> None:
        self._members: dict[str, list[dict[str, Any]]] = {}

    def note(self, report: bytes) -> None:
        """A CallStatus is a call until everybody has hung up; NewCdr and CallFailed end it."""
        try:
            told = json.loads(report)
            event, callid = told["event"], str(told["callid"])
            going_on = event == "CallStatus" and not _hung_up(told["members"])
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return
        if going_on:
            self._members[callid] = told["members"]
            if len(self._members) > CALLS_MAX:
                del self._members[next(iter(self._members))]
        elif event in ("CallStatus", "NewCdr", "CallFailed"):
            self._members.pop(callid, None)

    def query(self, callid: str) -> list[dict[str, Any]] | None:
        """That call, or each for `all`; None when there is no such call."""
        if callid != "all" and callid not in self._members:
            return None
        return [
            {"callid": each, "members": members}
            for each, members in self._members.items()
            if callid in ("all", each)
        ]


def _hung_up(members: list[dict[str, Any]]) -> bool:
    return all(party["memberstatus"] == "BYE" for member in members for party in member.values())


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """The API says Failed. The text is the errno."""


def seconds_now() -> float:
    """A clock that counts the computer's sleep, as the clock of a PBX next to it would."""
    if sys.platform == "linux":
        clock = time.clock_gettime(time.CLOCK_BOOTTIME)
    else:
        clock = time.monotonic()
    return clock


class Pbx:
    """Answers requests. Safe to use from several threads.

    `ttl_s` is the life of a token in seconds, `lock_s` that of a lock-out, `clock` gives
    seconds. `device` is what the box says about itself. `takes_empty`: a heartbeat that names
    no destination is taken and leaves the one that is known; the documents tell of no such one.
    """

    def __init__(
        self,
        user: str,
        password: str,
        ttl_s: float,
        lock_s: float,
        clock: Callable[[], float] = seconds_now,
        device: Device = Device(),
        takes_empty: bool = False,
    ) -> None:
        self._user = user
        # What the API wants on the wire; nothing is protected by it here.
        self._password_md5 = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
        self._ttl_s = ttl_s
        self._lock_s = lock_s
        self._clock = clock
        self.device = device
        self._takes_empty = takes_empty
        self.transport = TRANSPORTS[0]
        self._born_s = clock()
        self._lock = threading.Lock()
        self._calls = Calls()
        self._ends_s: dict[str, float] = {}
        self._targets: dict[str, Target] = {}
        self._wrong_logins: dict[str, int] = {}
        self._locked_until_s: dict[str, float] = {}

    def admit(self, token: str) -> None:
        """Make a token valid from now on."""
        with self._lock:
            self._admit(token)

    def lose_tokens(self) -> None:
        """Forget every token and its target."""
        with self._lock:
            self._ends_s.clear()
            self._targets.clear()

    def _admit(self, token: str) -> None:
        _remember(self._ends_s, token, self._clock() + self._ttl_s)
        for gone in self._targets.keys() - self._ends_s.keys():
            del self._targets[gone]

    @property
    def tokens(self) -> dict[str, float]:
        """Seconds that each token has left, 0 when it has expired."""
        with self._lock:
            now_s = self._clock()
            return {token: max(0.0, end_s - now_s) for token, end_s in self._ends_s.items()}

    @property
    def targets(self) -> dict[str, Target]:
        """The report target of each token that was told one."""
        with self._lock:
            return dict(self._targets)

    @property
    def live_targets(self) -> list[Target]:
        """The targets of the tokens that have time left."""
        with self._lock:
            now_s = self._clock()
            return [t for token, t in self._targets.items() if self._ends_s[token] > now_s]

    def restart(self) -> None:
        """Start again: no tokens, and the time since the start counts from here."""
        self.lose_tokens()
        with self._lock:
            self._calls = Calls()
            self._born_s = self._clock()

    def note(self, report: bytes) -> None:
        """Follow the calls that a report of v2.0.0 tells of."""
        with self._lock:
            self._calls.note(report)

    def answer(self, request: Request) -> dict[str, Any]:
        """What the API says to a request; tokens and targets change with it."""
        try:
            with self._lock:
                return {"status": "Success"} | self._act(request)
        except Refused as refused:
            return {"status": "Failed", "errno": str(refused)}

    def _act(self, request: Request) -> dict[str, Any]:
        """Method, path, token, body: the first that is wrong is named."""
        if request.method != "POST":
            raise Refused(errnos.NOT_POST)
        match = _PATH.fullmatch(request.path)
        if match is None:
            raise Refused(errnos.NOT_SUPPORTED)
        v2 = match[1] == "v2.0.0"
        if match[2] == "login":
            return self._login(request, v2)
        token = self._check_token(request.token)
        if match[2] == "logout":
            del self._ends_s[token]
            self._targets.pop(token, None)
        elif match[2] == "deviceinfo/query":
            # Only the heartbeat is documented to set the token's life back: this leaves it.
            return {"deviceinfo": self.device.info(self._clock() - self._born_s)}
        elif match[2] == "call/query":
            return {"Calls": self._query_calls(request.body)}
        else:
            self._heartbeat(token, request.body, v2)
        return {}

    def _check_token(self, token: str) -> str:
        if not token.strip():
            raise Refused(errnos.TOKEN_BLANK)
        if token not in self._ends_s:
            raise Refused(errnos.NO_SUCH_TOKEN)
        if self._ends_s[token] <= self._clock():
            raise Refused(errnos.TOKEN_EXPIRED)
        return token

    def _heartbeat(self, token: str, body: bytes, v2: bool) -> None:
        empty = self._takes_empty and body.strip() in (b"", b"[]")
        members = {} if empty else _members(body)
        if self._takes_empty and not members.keys() & _DESTINATION:
            self._ends_s[token] = self._clock() + self._ttl_s
            return
        ipaddr = _required(members, "ipaddr")
        port = _port(members, required=not v2)
        if v2:
            version = _text(members, "version") or OLDEST_FORMAT
        else:
            # This request has no such field under v1.1.0: the format of the login stays.
            told = self._targets.get(token)
            version = told.version if told else OLDEST_FORMAT
        self._ends_s[token] = self._clock() + self._ttl_s
        self._targets[token] = _target(members, ipaddr, port, version)

    def _query_calls(self, body: bytes) -> list[dict[str, Any]]:
        callid = _required(_members(body), "callid")
        found = self._calls.query(callid)
        if found is None:
            raise Refused(NO_SUCH_CALL)
        return found

    def _login(self, request: Request, v2: bool) -> dict[str, str]:
        members = _members(request.body)
        user, password = _required(members, "username"), _required(members, "password")
        # A real S50 took the port "0" in a login of v2.0.0: no receiver.
        port = _port(members, required=not v2, zero=v2)
        self._check_password(request.source, user, password)
        token = secrets.token_hex(16)
        self._admit(token)
        version = _text(members, "version") or OLDEST_FORMAT
        self._targets[token] = _target(members, request.source, port, version)
        return {"token": token} | ({"transport": self.transport} if v2 else {})

    def _check_password(self, source: str, user: str, password: str) -> None:
        if self._clock() < self._locked_until_s.get(source, -math.inf):
            raise Refused(errnos.LOCKED_OUT)
        if user == self._user and password == self._password_md5:
            self._wrong_logins.pop(source, None)
            return
        wrong = self._wrong_logins.pop(source, 0) + 1
        if wrong < WRONG_LOGINS:
            _remember(self._wrong_logins, source, wrong)
        else:
            _remember(self._locked_until_s, source, self._clock() + self._lock_s)
        raise Refused(errnos.WRONG_PASSWORD)


def _remember(known: dict[str, Any], key: str, value: float) -> None:
    known[key] = value
    if len(known) > REMEMBERED:
        del known[next(iter(known))]


def _members(body: bytes) -> dict[str, Any]:
    if not body.strip():
        raise Refused(errnos.DATA_BLANK)
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refused(errnos.NOT_JSON)
    return value


def _text(members: dict[str, Any], name: str) -> str:
    """A string or number as text; anything else counts as blank."""
    value = members.get(name)
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _required(members: dict[str, Any], name: str) -> str:
    text = _text(members, name)
    if not text:
        raise Refused(errnos.FIELD_BLANK)
    return text


def _port(members: dict[str, Any], *, required: bool, zero: bool = False) -> str:
    text = _required(members, "port") if required else _text(members, "port")
    if not text:
        return _DEFAULT_PORT
    lowest = 0 if zero else 1
    if not re.fullmatch(r"[0-9]{1,5}", text) or not lowest <= int(text) <= 65535:
        raise Refused(errnos.WRONG_PORT)
    return str(int(text))


def _target(members: dict[str, Any], ipaddr: str, port: str, version: str) -> Target:
    url = _text(members, "url")
    names = tuple(name for name in ("urlflag", "urltag") if name in members)
    if not url:
        return Target(ipaddr, port, version=version, url_fields=names)
    # Without the field, or with one that the PBX does not know, the url is relative.
    absolute = any(_text(members, name) == "1" for name in names)
    return Target(ipaddr, port, url, "absolute" if absolute else "relative", version, names)
