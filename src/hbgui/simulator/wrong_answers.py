"""Faults of the answer: another status, another body, another place."""

from __future__ import annotations

import gzip
from collections.abc import Callable

from hbgui.core.api import errnos
from hbgui.simulator.answer import Answer, head, page
from hbgui.simulator.connection import Connection
from hbgui.simulator.misbehaviour import Act, Exchange, well


def always(raw: bytes) -> Act:
    """That answer, whatever was asked; the PBX never sees the request."""
    return lambda connection, _exchange: connection.send(raw)


def error(status: str) -> Act:
    return always(page(status, "The server could not answer this request."))


def failed(errno: str) -> Act:
    return always(Answer({"status": "Failed", "errno": errno}).raw)


def body(change: Callable[[bytes], bytes]) -> Act:
    """The right answer with another body."""

    def act(connection: Connection, exchange: Exchange) -> None:
        answer = exchange.answer()
        connection.send(head("200 OK", *answer.headers) + change(answer.body))

    return act


def redirect(number: str) -> Act:
    """To another place; the Location repeats path and query, as such servers do."""

    def act(connection: Connection, exchange: Exchange) -> None:
        location = f"Location: {exchange.elsewhere}{_url(exchange)}"
        connection.send(head(f"{number} Moved", location, "Content-Type: text/html"))

    return act


def status(number: str) -> Act:
    """A good answer under another status. One below 200 is only the first of two heads."""

    def act(connection: Connection, exchange: Exchange) -> None:
        answer = exchange.answer()
        if number < "200":
            connection.send(f"HTTP/1.1 {number} Before\r\n\r\n".encode() + answer.raw)
        else:
            connection.send(head(f"{number} Other", *answer.headers) + answer.body)

    return act


def echo_token(connection: Connection, exchange: Exchange) -> None:
    text = f"The requested URL {_url(exchange)} was not found on this server."
    connection.send(page("404 Not Found", text))


def echo_token_errno(connection: Connection, exchange: Exchange) -> None:
    failed(exchange.request.token)(connection, exchange)


def login_without_token(connection: Connection, exchange: Exchange) -> None:
    login = exchange.request.path.endswith("/login")
    (always(head() + b'{"status":"Success"}') if login else well)(connection, exchange)


def expired(connection: Connection, exchange: Exchange) -> None:
    login = exchange.request.path.endswith("/login")
    (well if login else failed(errnos.TOKEN_EXPIRED))(connection, exchange)


def without_deviceinfo(*versions: str) -> Act:
    """A box that does not know that request, under these versions of the API."""
    paths = {f"/api/{version}/deviceinfo/query" for version in versions}

    def act(connection: Connection, exchange: Exchange) -> None:
        unknown = exchange.request.path in paths
        (failed(errnos.NOT_SUPPORTED) if unknown else well)(connection, exchange)

    return act


def gzipped(connection: Connection, exchange: Exchange) -> None:
    answer = exchange.answer()
    zipped = gzip.compress(answer.body)
    connection.send(head("200 OK", *answer.headers, "Content-Encoding: gzip") + zipped)


def two_lengths(connection: Connection, exchange: Exchange) -> None:
    answer = exchange.answer()
    lengths = (f"Content-Length: {len(answer.body) + more}" for more in (0, 1))
    connection.send(head("200 OK", *answer.headers, *lengths) + answer.body)


def _url(exchange: Exchange) -> str:
    request = exchange.request
    return f"{request.path}?{request.query}" if request.query else request.path
