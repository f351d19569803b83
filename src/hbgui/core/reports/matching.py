"""Matching a report: which PBX it belongs to, whether it is a repetition."""

from __future__ import annotations

import hashlib
import re
import string
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hbgui.core.pbx.address import literal_or_none, unmapped
from hbgui.core.reports.receiving import Refusal, Subscription
from hbgui.core.reports.report import Decoded, ReportFormat, ReportProblem
from hbgui.core.reports.request import BODY_MAX, STRANGER_BODY_MAX, Head
from hbgui.core.values import Moment

REPEAT_WINDOW_S = 60.0
REPEAT_BODIES = 256
"""The most bodies that are remembered: the newest ones."""

REPEAT_TIMES = 1000
"""The most arrival times that are remembered of each body: the count stops there."""


def plain_ip(text: str) -> str:
    """An IP address in normal form for comparing: without the name of an adapter, and an IPv4
    address from an IPv6 socket (`::ffff:192.168.5.150`) as IPv4."""
    ip = literal_or_none(text.partition("%")[0])
    return str(unmapped(ip)) if ip else text


_ESCAPE = re.compile(r"%([0-9a-f]{2})", re.IGNORECASE)
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
_PRINTED = frozenset(map(chr, range(0x21, 0x7F)))


def on_the_wire(path: str) -> str:
    """The path in normal form for comparing (RFC 3986, 6.2.2): only characters that are not
    printable ASCII are percent-encoded, with capital digits."""
    path = path.removesuffix("?")
    path = path if path.startswith("/") else f"/{path}"
    path = "".join(c if c in _PRINTED else "".join(f"%{b:02X}" for b in c.encode()) for c in path)
    return _ESCAPE.sub(_escaped, path)


def _escaped(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else found[0].upper()


@dataclass(frozen=True, slots=True)
class Match:
    """The subscriptions that match a sender and path. `fitting` is empty if there is a problem.
    `checked` is False if the allowed senders are not known."""

    fitting: tuple[Subscription, ...] = ()
    problem: ReportProblem | None = None
    pbx_id: str = ""
    checked: bool = True

    def owner(self, decoded: Decoded) -> tuple[str, ReportProblem | None]:
        """The id of the PBX that sent the report, and the report's problem.

        PBXs with the same address and path are told apart by the serial number. If that is not
        possible, the id is empty: the report must not count as a proof for the wrong PBX.
        """
        if self.problem is not None:
            return self.pbx_id, self.problem
        problem = _unreadable(decoded)
        named = [s for s in self.fitting if s.serial and s.serial == decoded.serial]
        # The default format has no serial number, so every subscription is possible.
        open_ = [s for s in self.fitting if not s.serial or not decoded.serial]
        if not named and not open_:
            problem = problem or ReportProblem.WRONG_SERIAL
        whose = {s.pbx_id for s in named or open_ or self.fitting}
        return (whose.pop() if len(whose) == 1 else ""), problem


def _unreadable(decoded: Decoded) -> ReportProblem | None:
    if not decoded.readable:
        return ReportProblem.NOT_JSON
    if decoded.format is ReportFormat.P_SERIES:
        return ReportProblem.P_SERIES
    return None if decoded.event else ReportProblem.NO_EVENT


class Matcher:
    """Finds the subscriptions of one address and port that match a request."""

    def __init__(self, subscriptions: Iterable[Subscription] = ()) -> None:
        self._all = tuple(map(_plain, subscriptions))

    def listed(self, sender: str) -> bool:
        """Whether a subscription names this address as an allowed sender."""
        return any(s.senders is not None and sender in s.senders for s in self._all)

    def allowed(self, sender: str) -> bool:
        """Whether reports of this address are accepted at any path."""
        return any(s.senders is None or sender in s.senders for s in self._all)

    def match(self, sender: str, path: str) -> Match:
        """Match the sender and path of a request."""
        mine = [s for s in self._all if s.senders is None or sender in s.senders]
        checked = self.listed(sender)
        if not mine:
            return Match(problem=ReportProblem.WRONG_SENDER)
        wanted = on_the_wire(path)
        fitting = tuple(s for s in mine if s.any_path or s.place.path == wanted)
        if fitting:
            # Subscriptions that name the sender come before those that accept every sender.
            named = tuple(s for s in fitting if s.senders is not None)
            return Match(named or fitting, checked=bool(named))
        pbx_id = mine[0].pbx_id if len(mine) == 1 else ""
        return Match(problem=ReportProblem.WRONG_PATH, pbx_id=pbx_id, checked=checked)


def _plain(subscription: Subscription) -> Subscription:
    senders, place = subscription.senders, subscription.place
    plain = None if senders is None else frozenset(map(plain_ip, senders))
    return replace(subscription, senders=plain, place=replace(place, path=on_the_wire(place.path)))


@dataclass(frozen=True, slots=True)
class RequestVerdict:
    """The decision on a request: the HTTP status, the refusal to count (None for a report), and
    how many bytes of body to read before the answer."""

    status: int
    match: Match
    refusal: Refusal | None = None
    body_max: int = BODY_MAX


def judge(matcher: Matcher, sender: str, head: Head) -> RequestVerdict:
    """Decide on a request before its body is read."""
    match = matcher.match(sender, head.path)
    post = head.method == "POST"
    if head.from_browser:
        return RequestVerdict(403, match, Refusal.BROWSER, 0)
    if match.problem is ReportProblem.WRONG_SENDER:
        return RequestVerdict(403, match, Refusal.WRONG_SENDER, STRANGER_BODY_MAX if post else 0)
    if not post:
        return RequestVerdict(405, match, Refusal.NOT_POST, 0)
    if match.problem is ReportProblem.WRONG_PATH:
        return RequestVerdict(404, match, Refusal.WRONG_PATH)
    return RequestVerdict(200, match)


class Repeats:
    """Recognises repeated bodies: API version 1.1.0 repeats a report until it gets status 200."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, bytes], deque[float]] = OrderedDict()

    def count(self, sender: str, body: bytes, now: Moment) -> int:
        """How often this sender sent the same body in the 60 s before; this one is remembered."""
        key = (sender, hashlib.sha256(body).digest())
        times = self._seen.setdefault(key, deque(maxlen=REPEAT_TIMES))
        self._seen.move_to_end(key)
        while times and now.elapsed_s - times[0] > REPEAT_WINDOW_S:
            times.popleft()
        before = len(times)
        times.append(now.elapsed_s)
        if len(self._seen) > REPEAT_BODIES:
            self._seen.popitem(last=False)
        return before
