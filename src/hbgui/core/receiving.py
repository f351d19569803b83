"""Where this computer receives reports, for which PBX, and what came of it."""

from __future__ import annotations

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


def path_asked_for(request_target: str) -> str:
    """The path of a request line: some PBXs leave it empty, some write a whole URL."""
    if "://" in request_target and not request_target.startswith("/"):
        _scheme, _mark, rest = request_target.partition("://")
        slash = rest.find("/")
        return rest[slash:] if slash >= 0 else "/"
    return request_target or "/"


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


@dataclass(frozen=True, slots=True)
class Refused:
    """How often what was turned away. `last_sender` is who was turned away last."""

    counts: tuple[tuple[Refusal, int], ...] = ()
    last_sender: str = ""

    @property
    def total(self) -> int:
        """All kinds together."""
        return sum(count for _refusal, count in self.counts)

    def of(self, refusal: Refusal) -> int:
        """How often that kind."""
        return dict(self.counts).get(refusal, 0)

    def plus(self, refusal: Refusal, sender: str) -> Refused:
        """With one more."""
        counts = dict(self.counts)
        counts[refusal] = counts.get(refusal, 0) + 1
        return Refused(tuple(counts.items()), sender)
