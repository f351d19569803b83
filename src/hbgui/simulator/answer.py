"""Answers as the PBX's web server writes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

_SERVER = "Server: Boa/0.94.14rc21"
_CORS = (
    "Access-control-allow-origin: *",
    "Access-control-allow-methods: GET, POST, OPTIONS, PUT, DELETE",
)


def head(status: str = "200 OK", *headers: str) -> bytes:
    """Status line and headers up to the blank line. The body ends with the connection."""
    lines = (f"HTTP/1.1 {status}", _SERVER, "Accept-Ranges: bytes", "Connection: close", *headers)
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("latin-1")


def page(status: str, text: str) -> bytes:
    """A whole answer with a small HTML page."""
    title = status.partition(" ")[2]
    html = (
        f"<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n"
        f"<body><h1>{title}</h1><p>{text}</p></body></html>\n"
    )
    return head(status, "Content-Type: text/html; charset=utf-8") + html.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API says. `members` stays out of no repr: wrap it before you log it."""

    members: dict[str, Any]
    headers: tuple[str, ...] = _CORS

    @property
    def body(self) -> bytes:
        """The JSON object."""
        return json.dumps(self.members, separators=(",", ":")).encode()

    @property
    def raw(self) -> bytes:
        """The whole answer."""
        return head("200 OK", *self.headers) + self.body


def api_answer(path: str, members: dict[str, Any]) -> Answer:
    """The published examples show a content type under v2.0.0, none under v1.1.0."""
    kind = ("Content-Type: application/json",) if path.startswith("/api/v2.0.0/") else ()
    return Answer(members, (*kind, *_CORS))
