"""The target of a PBX's event reports, with the guard against changing it without consent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hbgui.core.pbx.address import authority_of, split_host_port


class UrlMode(StrEnum):
    """How the PBX interprets `url`."""

    NONE = "none"
    RELATIVE = "relative"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """Where the PBX shall send its event reports: validated, as it goes into the request."""

    ip: str
    port: int
    url_mode: UrlMode = UrlMode.NONE
    url: str = ""

    def __str__(self) -> str:
        """The target in the form that the PBX uses, without scheme."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        match self.url_mode:
            case UrlMode.ABSOLUTE:
                return self.url
            case UrlMode.RELATIVE:
                return f"{host}:{self.port}/{self.url}"
            case UrlMode.NONE:
                return f"{host}:{self.port}"

    @property
    def host(self) -> str:
        """The host that receives the reports."""
        return self.place[0]

    @property
    def place(self) -> tuple[str, int, str]:
        """Host, port and path at which the reports arrive."""
        if self.url_mode is not UrlMode.ABSOLUTE:
            return self.ip, self.port, f"/{self.url}" if self.url_mode is UrlMode.RELATIVE else "/"
        authority = authority_of(self.url)
        host, port = split_host_port(authority)
        return host, port or 80, self.url.removeprefix(authority) or "/"

    def same_place(self, other: ReportTarget | None) -> bool:
        """Whether reports arrive at the same address, port and path, in whatever form."""
        return other is not None and str(self) == str(other)


@dataclass(frozen=True, slots=True)
class Announced:
    """A target that the PBX accepted. `at` is the time, as ISO 8601 in UTC; `to_this_computer` is
    True when the target was this computer."""

    at: str
    target: ReportTarget
    to_this_computer: bool = False


ANNOUNCED_MAX = 20
"""The number of targets that a profile remembers."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a heartbeat may announce.

    - `known`: the current target of the reports. None if it is unknown, or if the user has turned
      the question off: then any target may be announced.
    - `allowed`: the new target that the user has confirmed.
    - `repeat_known`: what to do when the wanted target is neither `known` nor `allowed`. True:
      announce `known` again, so that the token stays alive. False: send nothing.
    - `present`: the current target, even if the question is off. It is announced again when the
      wanted target cannot be found out.
    """

    known: ReportTarget | None = None
    allowed: ReportTarget | None = None
    repeat_known: bool = False
    present: ReportTarget | None = None

    @property
    def fallback(self) -> ReportTarget | None:
        """What to announce when the wanted target is not known."""
        return self.present or self.known

    def announces(self, wanted: ReportTarget) -> ReportTarget | None:
        """The target to announce: `wanted`, or `known` in its place; None if the user must confirm
        `wanted` first."""
        if self.known is None or wanted.same_place(self.known) or wanted.same_place(self.allowed):
            return wanted
        return self.known if self.repeat_known else None


ALLOW_ALL = Guard()
"""Allows every target. Unlike `guard=None`, the attempt records what was announced."""
