"""A request's head: what goes on the wire is what the window shows, since both ask here."""

from __future__ import annotations

from hbgui.core.address import DEFAULT_PORTS, bracketed
from hbgui.core.heartbeat import CONTENT_TYPE


def headers(host: str, port: int, agent: str, *, secured: bool) -> dict[str, str]:
    """The headers of every request but `Content-Length`, in their order on the wire.

    `host` is in ASCII, `agent` says who we are. `secured` says whether it goes through TLS.
    """
    usual = 443 if secured else DEFAULT_PORTS["http"]
    bare = bracketed(host)
    return {
        "Host": bare if port == usual else f"{bare}:{port}",
        "User-Agent": agent,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": CONTENT_TYPE,
        "Connection": "close",
    }
