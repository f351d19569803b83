"""The API of a PBX: its answers to requests."""

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
"""The transports of reports, as the answer to a login under v2.0.0 names them."""

WRONG_LOGINS = 5
"""Wrong logins in a row after which the source is locked out."""

REMEMBERED = 1000
"""Tokens and sources that are kept at most; the oldest are dropped first."""

_PATH = re.compile(
    r"/api/(v1\.1\.0|v1\.10|v2\.0\.0)/(login|heartbeat|logout|deviceinfo/query|call/query)"
)
"""The documents have v1.10 in their lists of endpoints, and real clients use it."""
_DEFAULT_PORT = "8260"
_DESTINATION = {"ipaddr", "port", "url"}


SERIAL = "369000000001"
FIRMWARE = "30.15.0.72"


@dataclass(frozen=True, slots=True)
class Device:
    """A small S-Series box.

    `clock_offset_s` is the number of seconds by which its clock is ahead of this computer's; it
    is negative when behind. `utc_offset_s` is its time zone in seconds east of UTC, None for the
    zone of this computer.
    """

    serial: str = SERIAL
    firmware: str = FIRMWARE
    clock_offset_s: float = 0.0
    utc_offset_s: int | None = None
    name: str = "Yeastar S50"
    hardware: str = "V1.30 0000-0000"
    extensions: str = "8/9"

    def now(self) -> datetime:
        """The time of its own clock, in its own time zone."""
        zone = None if self.utc_offset_s is None else timezone(timedelta(seconds=self.utc_offset_s))
        return (datetime.now(UTC) + timedelta(seconds=self.clock_offset_s)).astimezone(zone)

    def info(self, uptime_s: float) -> dict[str, str]:
        """The documented members of `deviceinfo`, which are all strings."""
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
    """The time as `2024-01-15 09:30:00 UTC-8`; in UTC itself without a number."""
    minutes = int((now.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    zone = f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    return f"{now:%Y-%m-%d %H:%M:%S} UTC{zone if minutes else ''}"


def uptime(seconds: float) -> str:
    """The duration as `03:07:02`, from one day on as `3days 03:57:42`."""
    days, rest = divmod(int(seconds), 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}days {clock}" if days else clock


CALLS_MAX = 1000
"""Calls that are kept at most; the oldest are dropped first."""


class Calls:
    """The present calls and their members, from the reports of v2.0.0. For one thread."""

    def __init__(self) -> None:
        self._members: dict[str, list[dict[str, Any]]] = {}

    def note(self, report: bytes) -> None:
        """Update the calls from a report.

        CallStatus begins or changes a call, and ends it once all members have hung up. NewCdr and
        CallFailed end it.
        """
        try:
            content = json.loads(report)
            event, callid = content["event"], str(content["callid"])
            going_on = event == "CallStatus" and not _hung_up(content["members"])
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return
        if going_on:
            self._members[callid] = content["members"]
            if len(self._members) > CALLS_MAX:
                del self._members[next(iter(self._members))]
        elif event in ("CallStatus", "NewCdr", "CallFailed"):
            self._members.pop(callid, None)

    def query(self, callid: str) -> list[dict[str, Any]] | None:
        """The call with that id, or all calls for `all`; None for an unknown id."""
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
    """The API answers Failed. The text is the errno."""


def seconds_now() -> float:
    """Seconds of a clock that goes on while the computer sleeps, as a real PBX would."""
    if sys.platform == "linux":
        clock = time.clock_gettime(time.CLOCK_BOOTTIME)
    else:
        clock = time.monotonic()
    return clock


class Pbx:
    """Answers requests. Safe to use from several threads.

    `ttl_s` is the life of a token in seconds, `lock_s` the duration of a lock-out in seconds.
    `clock` returns seconds. `device` is the source of `deviceinfo`. With `accepts_empty`, a
    heartbeat without a destination succeeds and leaves the present destination; the documents do
    not have such a heartbeat.
    """

    def __init__(
        self,
        user: str,
        password: str,
        ttl_s: float,
        lock_s: float,
        clock: Callable[[], float] = seconds_now,
        device: Device = Device(),
        accepts_empty: bool = False,
    ) -> None:
        self._user = user
        # The API requires MD5; nothing is protected by it here.
        self._password_md5 = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
        self._ttl_s = ttl_s
        self._lock_s = lock_s
        self._clock = clock
        self.device = device
        self._accepts_empty = accepts_empty
        self.transport = TRANSPORTS[0]
        self._started_s = clock()
        self._lock = threading.Lock()
        self._calls = Calls()
        self._expires_s: dict[str, float] = {}
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
            self._expires_s.clear()
            self._targets.clear()

    def _admit(self, token: str) -> None:
        _remember(self._expires_s, token, self._clock() + self._ttl_s)
        for forgotten in self._targets.keys() - self._expires_s.keys():
            del self._targets[forgotten]

    @property
    def tokens(self) -> dict[str, float]:
        """Seconds that each token has left, 0 when it has expired."""
        with self._lock:
            now_s = self._clock()
            return {token: max(0.0, end_s - now_s) for token, end_s in self._expires_s.items()}

    @property
    def targets(self) -> dict[str, Target]:
        """The report target of each token that has one, by token."""
        with self._lock:
            return dict(self._targets)

    @property
    def live_targets(self) -> list[Target]:
        """The targets of the tokens that have time left."""
        with self._lock:
            now_s = self._clock()
            return [t for token, t in self._targets.items() if self._expires_s[token] > now_s]

    def restart(self) -> None:
        """Start again: no tokens, and the time since the start counts from here."""
        self.lose_tokens()
        with self._lock:
            self._calls = Calls()
            self._started_s = self._clock()

    def note(self, report: bytes) -> None:
        """Update the present calls from a report of v2.0.0."""
        with self._lock:
            self._calls.note(report)

    def answer(self, request: Request) -> dict[str, Any]:
        """Process a request, and return the members of the answer."""
        try:
            with self._lock:
                return {"status": "Success"} | self._act(request)
        except Refused as refused:
            return {"status": "Failed", "errno": str(refused)}

    def _act(self, request: Request) -> dict[str, Any]:
        """Check method, path, token and body in this order. Raises Refused for the first error."""
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
            del self._expires_s[token]
            self._targets.pop(token, None)
        elif match[2] == "deviceinfo/query":
            # Only the heartbeat is documented to renew the token's life, so this does not.
            return {"deviceinfo": self.device.info(self._clock() - self._started_s)}
        elif match[2] == "call/query":
            return {"Calls": self._query_calls(request.body)}
        else:
            self._heartbeat(token, request.body, v2)
        return {}

    def _check_token(self, token: str) -> str:
        if not token.strip():
            raise Refused(errnos.TOKEN_BLANK)
        if token not in self._expires_s:
            raise Refused(errnos.NO_SUCH_TOKEN)
        if self._expires_s[token] <= self._clock():
            raise Refused(errnos.TOKEN_EXPIRED)
        return token

    def _heartbeat(self, token: str, body: bytes, v2: bool) -> None:
        empty = self._accepts_empty and body.strip() in (b"", b"[]")
        members = {} if empty else _members(body)
        if self._accepts_empty and not members.keys() & _DESTINATION:
            self._expires_s[token] = self._clock() + self._ttl_s
            return
        ipaddr = _required(members, "ipaddr")
        port = _port(members, required=not v2)
        if v2:
            version = _text(members, "version") or OLDEST_FORMAT
        else:
            # The heartbeat of v1.1.0 has no such field: the format of the login stays.
            target = self._targets.get(token)
            version = target.version if target else OLDEST_FORMAT
        self._expires_s[token] = self._clock() + self._ttl_s
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
        # A real S50 accepts the port "0" in a login of v2.0.0, for no receiver.
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


def _remember(values: dict[str, Any], key: str, value: float) -> None:
    values[key] = value
    if len(values) > REMEMBERED:
        del values[next(iter(values))]


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
    # Without the field, or with an unknown value in it, the url is relative.
    absolute = any(_text(members, name) == "1" for name in names)
    return Target(ipaddr, port, url, "absolute" if absolute else "relative", version, names)
