"""The faults by name, with the misbehaviour of each.

`hbgui simulate --help` lists the tables.
"""

from __future__ import annotations

import gzip
import re
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from hbgui.core.api import errnos
from hbgui.core.pbx.address import bracketed
from hbgui.simulator.connection import Connection, Ended
from hbgui.simulator.http import Answer, Request, head, page
from hbgui.simulator.tls import TlsStyle

SLOW_S = 2.0
DRIP_S = 0.3
ENDLESS_MAX = 256 * 1024 * 1024
"""Bytes after which an endless answer ends."""


class Exchange(NamedTuple):
    """A request that needs an answer. `host` is the PBX's IP address.

    `answer()` lets the PBX process the request; some faults do not call it.
    """

    request: Request
    answer: Callable[[], Answer]
    host: str


Act = Callable[[Connection, Exchange], None]
Connect = Callable[[Connection], bool]
"""Handles a new connection before TLS. Returns whether it is served as usual afterwards."""


def answer_correctly(connection: Connection, exchange: Exchange) -> None:
    """Send the right answer, without a fault."""
    connection.send(exchange.answer().raw)


def slow(connection: Connection, exchange: Exchange) -> None:
    connection.pause(SLOW_S)
    answer_correctly(connection, exchange)


def hang(connection: Connection, *_: Exchange) -> NoReturn:
    connection.hang()


def drip_headers(connection: Connection, exchange: Exchange) -> None:
    _drip(connection, exchange.answer().raw)


def drip_body(connection: Connection, exchange: Exchange) -> None:
    answer = exchange.answer()
    connection.send(head("200 OK", *answer.headers))
    # White space before the object, so that it is not complete before the deadline.
    _drip(connection, b" " * 200 + answer.body)


def _drip(connection: Connection, data: bytes) -> None:
    for byte in data:
        connection.send(bytes([byte]))
        connection.pause(DRIP_S)


def close(_connection: Connection, _exchange: Exchange) -> NoReturn:
    raise Ended


def flaky(connection: Connection, exchange: Exchange) -> None:
    if exchange.request.number % 2 == 0:
        raise Ended
    answer_correctly(connection, exchange)


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


def without_close_notify(connection: Connection, exchange: Exchange) -> NoReturn:
    answer_correctly(connection, exchange)
    connection.finish(politely=False)
    raise Ended


def cut_off_reset(connection: Connection, exchange: Exchange) -> NoReturn:
    connection.send(exchange.answer().raw[:-8])
    # Time for the beginning to arrive, before the reset discards it.
    connection.pause(0.2)
    connection.reset()


def endless_body(header: str, data: bytes) -> Act:
    """An answer with that header, unless it is empty, and with `data` repeated without end."""

    def act(connection: Connection, exchange: Exchange) -> None:
        connection.send(head("200 OK", *exchange.answer().headers, *filter(None, [header])))
        _endless(connection, data)

    return act


def _endless(connection: Connection, data: bytes) -> None:
    for _ in range(ENDLESS_MAX // len(data)):
        connection.send(data)


def always(raw: bytes) -> Act:
    """The same answer to every request, which the PBX does not get."""
    return lambda connection, _exchange: connection.send(raw)


def error(status: str) -> Act:
    return always(page(status, "The server could not answer this request."))


def failed(errno: str) -> Act:
    return always(Answer({"status": "Failed", "errno": errno}).raw)


def wrong_lengths(*extra: int) -> Act:
    """The right answer with one or more Content-Lengths, each too large by one of the numbers."""
    return altered(headers=lambda body: [f"Content-Length: {len(body) + n}" for n in extra])


def cut_off(end: int) -> Act:
    """The right answer up to this byte."""
    return lambda connection, exchange: connection.send(exchange.answer().raw[:end])


def altered(
    body: Callable[[bytes], bytes] = bytes, headers: Callable[[bytes], Iterable[str]] = lambda _: ()
) -> Act:
    """The right answer with a changed body, or with more headers, made from the right body."""

    def act(connection: Connection, exchange: Exchange) -> None:
        answer = exchange.answer()
        lines = (*answer.headers, *headers(answer.body))
        connection.send(head("200 OK", *lines) + body(answer.body))

    return act


def replaced(old: bytes, new: bytes) -> Act:
    """The right answer with the first `old` in its body replaced by `new`."""
    return altered(lambda body: body.replace(old, new, 1))


def on_path(end: str, act: Act, other: Act = answer_correctly) -> Act:
    """`act` for requests whose path ends with `end`, `other` for the rest."""

    def chosen(connection: Connection, exchange: Exchange) -> None:
        (act if exchange.request.path.endswith(end) else other)(connection, exchange)

    return chosen


def redirect(number: str) -> Act:
    """A redirect to the usual HTTPS port. Its Location repeats path and query, as servers do."""

    def act(connection: Connection, exchange: Exchange) -> None:
        location = f"Location: https://{bracketed(exchange.host)}:8088{_url(exchange)}"
        connection.send(head(f"{number} Moved", location, "Content-Type: text/html"))

    return act


def status(number: str) -> Act:
    """The right answer with another status. One below 200 is sent before the right answer."""

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


def _url(exchange: Exchange) -> str:
    request = exchange.request
    return f"{request.path}?{request.query}" if request.query else request.path


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of misbehaviour; `text` describes it in one line.

    `act` answers each request, also login and logout. `connect` handles the connection before TLS
    and the request. `tls` switches TLS on, with this style.
    """

    text: str
    act: Act = answer_correctly
    connect: Connect | None = None
    tls: TlsStyle | None = None


NONE = "none"

_NOT_SUPPORTED = failed(errnos.NOT_SUPPORTED)


_CONNECTION = {
    "slow": Fault("answers after 2 s", slow),
    "hang": Fault("reads the request and never answers", hang),
    "silent": Fault("accepts the connection and says nothing, no TLS either", connect=hang),
    "drip-headers": Fault("sends the whole answer 1 byte every 300 ms", drip_headers),
    "drip-body": Fault("sends the headers, then 1 byte every 300 ms", drip_body),
    "close": Fault("reads the request and closes without an answer", close),
    "reset": Fault(
        "reads the request and resets the connection", lambda connection, _: connection.reset()
    ),
    "flaky": Fault("every second request: closes without an answer", flaky),
    "close-at-once": Fault("closes at the first byte, before TLS", connect=close_at_once),
    "reset-at-once": Fault("resets at the first byte, before TLS", connect=reset_at_once),
    "cut-off": Fault("closes in the middle of the body", cut_off(-8)),
    "cut-off-headers": Fault("closes in the middle of the headers", cut_off(40)),
    "cut-off-length": Fault("closes before its Content-Length is reached", wrong_lengths(10)),
    "cut-off-reset": Fault("resets in the middle of the body", cut_off_reset),
    "too-large": Fault("a body without end", endless_body("", b" " * 65536)),
    "too-large-length": Fault(
        "announces 100 GB and begins to send them",
        endless_body(f"Content-Length: {10**11}", b" " * 65536),
    ),
    "too-large-chunked": Fault(
        "chunks without end",
        endless_body("Transfer-Encoding: chunked", b"1000\r\n" + b" " * 0x1000 + b"\r\n"),
    ),
    "huge-headers": Fault(
        "6 MB of headers before a good answer",
        altered(headers=lambda _: (f"X-Header-{n}: {'x' * 64_000}" for n in range(90))),
    ),
    "endless-continue": Fault(
        '"100 Continue" without end',
        lambda connection, _: _endless(connection, b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    ),
    "not-http": Fault("greets like an SSH server", connect=not_http),
}

_ANSWER = {
    "redirect-nowhere": Fault("302 without a Location", error("302 Found")),
    "html": Fault(
        "200 with a login page, as a captive portal does",
        always(page("200 OK", "Please log in to use this network.")),
    ),
    "not-found": Fault("404 with an HTML page", error("404 Not Found")),
    "error-500": Fault("500 with an HTML page", error("500 Internal Server Error")),
    "error-503": Fault("503 with an HTML page", error("503 Service Unavailable")),
    "error-failed": Fault(
        "500 with a refusal (20010) as JSON",
        always(head("500 Internal Server Error") + b'{"status":"Failed","errno":"20010"}'),
    ),
    "echo-token": Fault("404 with a page that repeats the requested URL", echo_token),
    "echo-token-errno": Fault(
        "refuses with the token as errno", lambda c, e: failed(e.request.token)(c, e)
    ),
    "gzip": Fault(
        "compresses the body though nobody asked",
        altered(gzip.compress, lambda _: ["Content-Encoding: gzip"]),
    ),
    "two-lengths": Fault("two Content-Lengths that differ", wrong_lengths(0, 1)),
    "empty": Fault("200 with an empty body", altered(lambda _: b"")),
    "success-lowercase": Fault(
        "the word success in small letters", replaced(b"Success", b"success")
    ),
    "success-true": Fault("true instead of the word Success", replaced(b'"Success"', b"true")),
    "success-twice": Fault(
        "two members status, first Failed and then Success", replaced(b"{", b'{"status":"Failed",')
    ),
    "success-in-list": Fault("the object inside a list", altered(lambda body: b"[%s]" % body)),
    "success-then-rubbish": Fault(
        "says Success, with rubbish behind it", altered(lambda body: body + b"\r\n<!-- ok -->\0")
    ),
    "bom": Fault(
        "a good answer behind a byte order mark", altered(lambda body: b"\xef\xbb\xbf" + body)
    ),
    "deep": Fault("60,000 opening brackets", altered(lambda _: b"[" * 60_000)),
    "failed-number": Fault(
        "refuses with 20006 as a number, not as a string",
        always(head() + b'{"status":"Failed","errno":20006}'),
    ),
    "failed-without-errno": Fault(
        "refuses without an errno", always(head() + b'{"status":"Failed"}')
    ),
    "transport-tcp": Fault(
        "login under v2.0.0 says that reports go over TCP", replaced(b'"HTTP"', b'"TCP"')
    ),
    "login-without-token": Fault(
        "login says Success and gives no token",
        on_path("/login", always(head() + b'{"status":"Success"}')),
    ),
    "login-failure": Fault(
        "a refused login says Failure, as the guide of 2017 has it",
        replaced(b'"Failed"', b'"Failure"'),
    ),
    "deviceinfo-v1-only": Fault(
        "v2.0.0 does not know deviceinfo/query (10003)",
        on_path("v2.0.0/deviceinfo/query", _NOT_SUPPORTED),
    ),
    "deviceinfo-unknown": Fault(
        "no version knows deviceinfo/query (10003)", on_path("/deviceinfo/query", _NOT_SUPPORTED)
    ),
    "expired": Fault(
        "every token has expired (20006); login works",
        on_path("/login", answer_correctly, failed(errnos.TOKEN_EXPIRED)),
    ),
}

_TLS_12 = ssl.TLSVersion.TLSv1_2
_TLS = {
    "old-tls": Fault(
        "TLS 1.2 with AES256-GCM-SHA384 and nothing else, like a real S50",
        tls=TlsStyle(rsa_bits=2048, ciphers="AES256-GCM-SHA384", newest=_TLS_12),
    ),
    "very-old-tls": Fault("TLS 1.0 and nothing newer", tls=TlsStyle(newest=ssl.TLSVersion.TLSv1)),
    "certificate-expired": Fault("an expired certificate", tls=TlsStyle(begins=-30, ends=-2)),
    "certificate-early": Fault("a certificate not yet valid", tls=TlsStyle(begins=2)),
    "certificate-name": Fault("a certificate for pbx.example", tls=TlsStyle(name="pbx.example")),
    "certificate-weak": Fault("a certificate with a 1024-bit key", tls=TlsStyle(rsa_bits=1024)),
    "client-certificate": Fault(
        "demands a certificate of the client", tls=TlsStyle(client_certificate=True)
    ),
    "client-certificate-12": Fault(
        "the same under TLS 1.2, where the handshake fails",
        tls=TlsStyle(client_certificate=True, newest=_TLS_12),
    ),
    "tls-plain-400": Fault("answers plain HTTP with 400", connect=plain_400, tls=TlsStyle()),
    "tls-ragged": Fault("ends without TLS's own farewell", without_close_notify, tls=TlsStyle()),
}

FAULTS = {NONE: Fault("behaves like a healthy PBX"), **_CONNECTION, **_ANSWER, **_TLS}
"""The faults by name."""


@dataclass(frozen=True, slots=True)
class Family:
    """Faults with a number in their name, for which `number` is the pattern."""

    text: str
    number: str
    make: Callable[[str], Act]


FAMILIES = {
    "failed": Family("refuses with errno N, such as failed-20006", "[0-9]{1,9}", failed),
    "redirect": Family("301, 302, 303, 307 or 308 to another place", "30[12378]", redirect),
    "status": Family(
        "a good answer with HTTP status N; 1xx comes before it", "[1-5][0-9]{2}", status
    ),
}
"""The faults with a number in their name, by what stands before `-N`."""


def fault_named(name: str) -> Fault:
    """The fault of that name. Raises ValueError, whose text lists the names."""
    if name in FAULTS:
        return FAULTS[name]
    kind, _, number = name.partition("-")
    family = FAMILIES.get(kind)
    if family is None or not re.fullmatch(family.number, number):
        names = [*FAULTS, *(f"{kind}-N" for kind in FAMILIES)]
        raise ValueError(f"unknown fault; allowed are {', '.join(names)}")
    return Fault(family.text, family.make(number))
