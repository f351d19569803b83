"""Receiving reports on this computer: places, senders, refusals, firewall rules."""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from enum import StrEnum

from hbgui.core.pbx.address import bracketed, literal_or_none
from hbgui.core.pbx.destination import ReportTarget


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
"""No place: the report target in the form is missing or invalid."""


def place_of(target: ReportTarget) -> Place:
    """The place at which reports for an announced target arrive."""
    return Place(*target.place)


_WHOLE_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*", re.IGNORECASE)
_AUTHORITY = re.compile(r"(?:\[[^]/?]*\]|[^/:?]+):[0-9]{1,5}(?=[/?]|\Z)")


def path_asked_for(request_target: str) -> str:
    """The path in a request line. Some PBXs omit it or its slash; some send a whole URL, or a URL
    without its scheme, as it was announced."""
    for place in (_WHOLE_URL, _AUTHORITY):
        if found := place.match(request_target):
            request_target = request_target[found.end() :]
            break
    path = request_target.removesuffix("?")
    return path if path.startswith("/") else f"/{path}"


@dataclass(frozen=True, slots=True)
class Subscription:
    """How to recognise one PBX's reports: the place, and the `senders`' addresses (None: any).
    `pbx_id` is empty if it belongs to no PBX in the window. `serial` is the PBX's serial number,
    empty while unknown. With `any_path` the path of `place` is ignored."""

    place: Place
    pbx_id: str = ""
    senders: frozenset[str] | None = None
    serial: str = ""
    any_path: bool = False


@dataclass(frozen=True, slots=True)
class PortHolder:
    """The program that uses a port. `name` is empty if the system does not tell it."""

    name: str
    pid: int


PLACE_UNKNOWN = "place_unknown"
LISTEN_CODES = frozenset(
    {"port_taken", "port_privileged", "address_not_ours", "listen_failed", PLACE_UNKNOWN}
)


@dataclass(frozen=True, slots=True)
class ListenProblem:
    """Why reports cannot be received at `host` and `port`. `code` is one of LISTEN_CODES;
    `detail` is the system's message."""

    code: str
    host: str
    port: int
    detail: str = ""


class Refusal(StrEnum):
    """Why the receiver rejected a request. Most of these requests are not listed as reports."""

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
        """Whether such a request is also listed as a report."""
        return self in (Refusal.WRONG_SENDER, Refusal.WRONG_PATH, Refusal.NOT_POST)


class Fault(StrEnum):
    """What is wrong with a malformed request."""

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
    """The requests that were rejected for one reason: their number and the last sender. `fault`
    gives details of a malformed or unfinished request."""

    refusal: Refusal
    fault: Fault | None
    sender: str
    count: int = 1

    @property
    def kind(self) -> tuple[Refusal, Fault | None]:
        """The key under which requests are counted together."""
        return self.refusal, self.fault


@dataclass(frozen=True, slots=True)
class RefusalCounts:
    """The rejected requests by reason; the most recent reason is the last."""

    kinds: tuple[TurnedAway, ...] = ()

    @property
    def last(self) -> TurnedAway | None:
        """The most recent reason with its count."""
        return self.kinds[-1] if self.kinds else None

    @property
    def counts(self) -> tuple[tuple[Refusal, int], ...]:
        """The count of each refusal, all faults together."""
        found: dict[Refusal, int] = {}
        for kind in self.kinds:
            found[kind.refusal] = found.get(kind.refusal, 0) + kind.count
        return tuple(found.items())

    @property
    def total(self) -> int:
        """The count of all rejected requests."""
        return sum(count for _refusal, count in self.counts)

    def of(self, refusal: Refusal) -> int:
        """The count of this refusal."""
        return dict(self.counts).get(refusal, 0)

    def plus(self, refusal: Refusal, sender: str, fault: Fault | None = None) -> RefusalCounts:
        """The counts after one more rejected request."""
        same = [kind for kind in self.kinds if kind.kind == (refusal, fault)]
        others = tuple(kind for kind in self.kinds if kind not in same)
        count = sum(kind.count for kind in same) + 1
        return RefusalCounts((*others, TurnedAway(refusal, fault, sender, count)))


@dataclass(frozen=True, slots=True)
class FirewallRule:
    """A command that opens a port in a firewall. `firewall` is its proper name; the command needs a
    terminal with administrator rights."""

    firewall: str
    command: str


def firewall_rules(
    platform: str, port: int, sender: str = "", program: str = ""
) -> tuple[FirewallRule, ...]:
    """The possible rules for a platform, named as in `sys.platform`: the user knows which firewall
    is in use. With `sender`, an IP address, they allow only that one. `program` is the path of the
    program that listens: macOS has rules for programs and not for ports."""
    ip = literal_or_none(sender)
    if platform == "win32":
        return (FirewallRule("Windows", _windows(port, str(ip or ""))),)
    if platform == "darwin":
        return (FirewallRule("macOS", _macos(program)),) if program else ()
    return (
        FirewallRule("ufw", _ufw(port, str(ip or ""))),
        FirewallRule("firewalld", _firewalld(port, str(ip or ""), ip.version if ip else 4)),
    )


def rule(port: int, sender: str = "", platform: str = sys.platform) -> str:
    """All rules of a platform as one text, each below the name of its firewall."""
    rules = firewall_rules(platform, port, sender, sys.executable)
    return "\n".join(f"# {rule.firewall}\n{rule.command}" for rule in rules)


def _ufw(port: int, sender: str) -> str:
    if sender:
        return f"sudo ufw allow proto tcp from {sender} to any port {port}"
    return f"sudo ufw allow {port}/tcp"


def _firewalld(port: int, sender: str, version: int) -> str:
    """The rule holds until a restart; with --permanent it would apply only after a reload."""
    if not sender:
        return f"sudo firewall-cmd --add-port={port}/tcp"
    rule = (
        f'rule family="ipv{version}" source address="{sender}" '
        f'port port="{port}" protocol="tcp" accept'
    )
    return f"sudo firewall-cmd --add-rich-rule={shlex.quote(rule)}"


def _windows(port: int, sender: str) -> str:
    remote = f" -RemoteAddress {sender}" if sender else ""
    return (
        f'New-NetFirewallRule -DisplayName "hbgui reports {port}" -Direction Inbound '
        f"-Protocol TCP -LocalPort {port}{remote} -Action Allow"
    )


def _macos(program: str) -> str:
    tool = "/usr/libexec/ApplicationFirewall/socketfilterfw"
    path = shlex.quote(program)
    return f"sudo {tool} --add {path} --unblockapp {path}"
