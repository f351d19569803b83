"""Where the reports of a token go."""

from __future__ import annotations

from dataclasses import dataclass

OLDEST_FORMAT = "1.0.0"


@dataclass(frozen=True, slots=True)
class Target:
    """Where the reports of a token go: what login or heartbeat last told.

    `mode` is none, relative or absolute; `url_fields` are the names that carried it.
    `version` is the format of the reports.
    """

    ipaddr: str
    port: str
    url: str = ""
    mode: str = "none"
    version: str = OLDEST_FORMAT
    url_fields: tuple[str, ...] = ()

    @property
    def receives(self) -> bool:
        """Port 0 in a login says that nobody listens."""
        return self.mode == "absolute" or self.port != "0"

    def __str__(self) -> str:
        """The place as the PBX uses it, without scheme."""
        if self.mode == "absolute":
            return self.url
        host = f"[{self.ipaddr}]" if ":" in self.ipaddr else self.ipaddr
        path = f"/{self.url}" if self.mode == "relative" else ""
        return f"{host}:{self.port}{path}"
