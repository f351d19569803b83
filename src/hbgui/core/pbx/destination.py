"""The destination of a PBX's event reports, with the guard against moving it unasked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hbgui.core.pbx.address import authority_of, split_host_port


class UrlMode(StrEnum):
    """How the PBX shall read `url`."""

    NONE = "none"
    RELATIVE = "relative"
    ABSOLUTE = "absolute"


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """Where the PBX is told to send its event reports: checked, ready for the wire."""

    ip: str
    port: int
    url_mode: UrlMode = UrlMode.NONE
    url: str = ""

    def __str__(self) -> str:
        """The target as the PBX will use it, without scheme."""
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
        """The host that gets the reports."""
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
        """Whether reports arrive at the same address, port and path, however it is announced."""
        return other is not None and str(self) == str(other)


@dataclass(frozen=True, slots=True)
class Announced:
    """A target that the PBX accepted. `at` is when, as ISO 8601 in UTC; `here` says that it was
    this computer."""

    at: str
    target: ReportTarget
    here: bool = False


ANNOUNCED_MAX = 20
"""Targets that a profile remembers."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What a heartbeat may announce.

    `known` is where reports go now, as far as that is known, and None when nothing may be asked.
    `allowed` is what a person has agreed to. With `hold` a heartbeat that would move reports
    announces `known` once more, so that the token lives on; without it nothing is sent.
    `present` is where reports go now, asked or not: it is announced once more when the target that
    is wanted cannot be found out.
    """

    known: ReportTarget | None = None
    allowed: ReportTarget | None = None
    hold: bool = False
    present: ReportTarget | None = None

    @property
    def resort(self) -> ReportTarget | None:
        """What to announce when the wanted target is not known."""
        return self.present or self.known

    def announces(self, wanted: ReportTarget) -> ReportTarget | None:
        """The target to announce; None when a person must be asked first."""
        if self.known is None or wanted.same_place(self.known) or wanted.same_place(self.allowed):
            return wanted
        return self.known if self.hold else None


FREE = Guard()
"""Anything may be announced; where reports go then is found out all the same."""
