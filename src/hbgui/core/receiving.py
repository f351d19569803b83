"""Where this computer receives reports, for which PBX, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from hbgui.core.address import bracketed
from hbgui.core.target import ReportTarget


@dataclass(frozen=True, slots=True)
class Place:
    """Where reports arrive: an address, a port and a path that begins with a slash."""

    host: str
    port: int
    path: str = "/"

    @property
    def url(self) -> str:
        """`http://host:port/path`."""
        return f"http://{bracketed(self.host)}:{self.port}{self.path}"


NOWHERE = Place("", 0)
"""Where nothing arrives: what a form announces is missing or wrong."""


def place_of(target: ReportTarget) -> Place:
    """Where reports for a target that was announced arrive."""
    return Place(*target.place)


_WHOLE_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:\[[^]/?]*\]|[^/:?]+):[0-9]{1,5}(?=[/?]|\Z)")


def path_asked_for(request_target: str) -> str:
    """The path of a request line: some PBXs leave it or its slash out, some write a whole URL, or
    one without its scheme, as it is announced."""
    for place in (_WHOLE_URL, _AUTHORITY):
        if found := place.match(request_target):
            request_target = request_target[found.end() :]
            break
    path = request_target.removesuffix("?")
    return path if path.startswith("/") else f"/{path}"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one PBX's reports look like: where they arrive, from which addresses, None: from
    anywhere. `pbx_id` is empty where there is no PBX of the window behind it. `serial` is the
    box's own, empty while it is not known. With `any_path` the path of `place` does not matter."""

    place: Place
    pbx_id: str = ""
    senders: frozenset[str] | None = None
    serial: str = ""
    any_path: bool = False


@dataclass(frozen=True, slots=True)
class PortHolder:
    """The program that has a port. `name` is empty where the system does not tell it."""

    name: str
    pid: int


PLACE_UNKNOWN = "place_unknown"
LISTEN_CODES = frozenset(
    {"port_taken", "port_privileged", "address_not_ours", "listen_failed", PLACE_UNKNOWN}
)


@dataclass(frozen=True, slots=True)
class ListenProblem:
    """Why reports cannot be received at `host` and `port`. `code` is one of LISTEN_CODES;
    `detail` is what the system says."""

    code: str
    host: str
    port: int
    detail: str = ""


class Refusal(StrEnum):
    """What the receiver turned away. Most of it leaves nothing in the list of reports."""

    WRONG_SENDER = "wrong_sender"
    WRONG_PATH = "wrong_path"
    NOT_POST = "not_post"
    BROWSER = "browser"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    MALFORMED = "malformed"
    TLS = "tls"
    TOO_MANY = "too_many"

    @property
    def is_listed(self) -> bool:
        """Whether it is among the reports, too."""
        return self in (Refusal.WRONG_SENDER, Refusal.WRONG_PATH, Refusal.NOT_POST)


class Fault(StrEnum):
    """What is wrong with a request that is malformed."""

    NO_HOST = "no_host"
    TWO_HOSTS = "two_hosts"
    REQUEST_LINE = "request_line"
    HEADER_LINE = "header_line"
    LENGTH = "length"
    TWO_LENGTHS = "two_lengths"
    CHUNKS = "chunks"
    CUT_OFF = "cut_off"
    SHORT_BODY = "short_body"
    NOT_HTTP = "not_http"


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """What was turned away for one reason: how often, and who came last. `fault` says
    more of what is malformed or does not end."""

    refusal: Refusal
    fault: Fault | None
    sender: str
    count: int = 1

    @property
    def kind(self) -> tuple[Refusal, Fault | None]:
        """What is counted together."""
        return self.refusal, self.fault


@dataclass(frozen=True, slots=True)
class Refused:
    """What was turned away, each reason once; the one that happened last is the last."""

    kinds: tuple[TurnedAway, ...] = ()

    @property
    def last(self) -> TurnedAway | None:
        """The last one, with how often it happened for this reason."""
        return self.kinds[-1] if self.kinds else None

    @property
    def counts(self) -> tuple[tuple[Refusal, int], ...]:
        """How often each refusal, whatever its fault."""
        found: dict[Refusal, int] = {}
        for kind in self.kinds:
            found[kind.refusal] = found.get(kind.refusal, 0) + kind.count
        return tuple(found.items())

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(count for _refusal, count in self.counts)

    def of(self, refusal: Refusal) -> int:
        """How often that kind."""
        return dict(self.counts).get(refusal, 0)

    def plus(self, refusal: Refusal, sender: str, fault: Fault | None = None) -> Refused:
        """With one more."""
        same = [kind for kind in self.kinds if kind.kind == (refusal, fault)]
        others = tuple(kind for kind in self.kinds if kind not in same)
        count = sum(kind.count for kind in same) + 1
        return Refused((*others, TurnedAway(refusal, fault, sender, count)))
