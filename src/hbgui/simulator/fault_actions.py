"""Faults of time, connection and size, on the wire."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from hbgui.core.api import errnos
from hbgui.simulator.connection import Connection, Ended
from hbgui.simulator.http import Answer, Request, head, page

SLOW_S = 2.0
DRIP_S = 0.3
ENDLESS_MAX = 256 * 1024 * 1024
"""Bytes after which an endless answer ends after all."""


class Exchange(NamedTuple):
    """A request to answer. `answer()` lets the PBX act on it; a fault that hides the PBX from
    the client does not call it. `elsewhere` is the URL that redirects lead to."""

    request: Request
    answer: Callable[[], Answer]
    elsewhere: str


Act = Callable[[Connection, Exchange], None]
Connect = Callable[[Connection], bool]
"""Takes a fresh connection and says whether it goes on as usual."""


def well(connection: Connection, exchange: Exchange) -> None:
    """No fault."""
    connection.send(exchange.answer().raw)


def slow(connection: Connection, exchange: Exchange) -> None:
    connection.pause(SLOW_S)
    well(connection, exchange)


def hang(connection: Connection, _exchange: Exchange) -> NoReturn:
    connection.hang()


def silent(connection: Connection) -> NoReturn:
    connection.hang()


def drip_headers(connection: Connection, exchange: Exchange) -> None:
    _drip(connection, exchange.answer().raw)


def drip_body(connection: Connection, exchange: Exchange) -> None:
    answer = exchange.answer()
    connection.send(head("200 OK", *answer.headers))
    # White space before the object, or it would be complete before any deadline.
    _drip(connection, b" " * 200 + answer.body)


def _drip(connection: Connection, data: bytes) -> None:
    for byte in data:
        connection.send(bytes([byte]))
        connection.pause(DRIP_S)


def close(_connection: Connection, _exchange: Exchange) -> NoReturn:
    raise Ended


def reset(connection: Connection, _exchange: Exchange) -> NoReturn:
    connection.reset()


def flaky(connection: Connection, exchange: Exchange) -> None:
    if exchange.request.number % 2 == 0:
        raise Ended
    well(connection, exchange)


def close_at_once(connection: Connection) -> bool:
    connection.peek()
    connection.finish()
    return False


def reset_at_once(connection: Connection) -> NoReturn:
    connection.peek()
    connection.reset()


def not_http(connection: Connection) -> bool:
    connection.send(b"SSH-2.0-OpenSSH_9.2\r\n")
    connection.finish()
    return False


def plain_400(connection: Connection) -> bool:
    if connection.peek() == b"\x16":
        return True
    connection.send(page("400 Bad Request", "The plain HTTP request was sent to HTTPS port"))
    connection.finish()
    return False


def ragged(connection: Connection, exchange: Exchange) -> NoReturn:
    well(connection, exchange)
    connection.finish(politely=False)
    raise Ended


def cut_off(connection: Connection, exchange: Exchange) -> None:
    connection.send(exchange.answer().raw[:-8])


def cut_off_headers(connection: Connection, exchange: Exchange) -> None:
    connection.send(exchange.answer().raw[:40])


def cut_off_length(connection: Connection, exchange: Exchange) -> None:
    answer = exchange.answer()
    length = f"Content-Length: {len(answer.body) + 10}"
    connection.send(head("200 OK", *answer.headers, length) + answer.body)


def cut_off_reset(connection: Connection, exchange: Exchange) -> NoReturn:
    connection.send(exchange.answer().raw[:-8])
    # So that the beginning arrives.
    connection.pause(0.2)
    connection.reset()


def too_large(connection: Connection, exchange: Exchange) -> None:
    connection.send(head("200 OK", *exchange.answer().headers))
    _endless(connection, b" " * 65536)


def too_large_length(connection: Connection, exchange: Exchange) -> None:
    connection.send(head("200 OK", *exchange.answer().headers, f"Content-Length: {10**11}"))
    _endless(connection, b" " * 65536)


def too_large_chunked(connection: Connection, exchange: Exchange) -> None:
    connection.send(head("200 OK", *exchange.answer().headers, "Transfer-Encoding: chunked"))
    _endless(connection, b"1000\r\n" + b" " * 0x1000 + b"\r\n")


def huge_headers(connection: Connection, exchange: Exchange) -> None:
    answer = exchange.answer()
    many = (f"X-Header-{n}: {'x' * 64_000}" for n in range(90))
    connection.send(head("200 OK", *answer.headers, *many) + answer.body)


def endless_continue(connection: Connection, _exchange: Exchange) -> None:
    _endless(connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


def _endless(connection: Connection, data: bytes) -> None:
    for _ in range(ENDLESS_MAX // len(data)):
        connection.send(data)


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
