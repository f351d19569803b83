"""Every misbehaviour by name. `hbgui simulate --help` lists these tables."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from hbgui.core.api import errnos
from hbgui.simulator import fault_actions as do
from hbgui.simulator import fault_actions as say
from hbgui.simulator.fault_actions import Act, Connect
from hbgui.simulator.http import Answer, head, page
from hbgui.simulator.tls import TlsStyle


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour, told in a line.

    `act` answers each request, login and logout too. `connect` takes the connection over before
    TLS and request. `tls` implies TLS, in this style.
    """

    text: str
    act: Act = do.well
    connect: Connect | None = None
    tls: TlsStyle | None = None


NONE = "none"

_CONNECTION = {
    "slow": Fault("answers after 2 s", do.slow),
    "hang": Fault("reads the request and never answers", do.hang),
    "silent": Fault("accepts the connection and says nothing, no TLS either", connect=do.silent),
    "drip-headers": Fault("sends the whole answer 1 byte every 300 ms", do.drip_headers),
    "drip-body": Fault("sends the headers, then 1 byte every 300 ms", do.drip_body),
    "close": Fault("reads the request and closes without an answer", do.close),
    "reset": Fault("reads the request and resets the connection", do.reset),
    "flaky": Fault("every second request: closes without an answer", do.flaky),
    "close-at-once": Fault("closes at the first byte, before TLS", connect=do.close_at_once),
    "reset-at-once": Fault("resets at the first byte, before TLS", connect=do.reset_at_once),
    "cut-off": Fault("closes in the middle of the body", do.cut_off),
    "cut-off-headers": Fault("closes in the middle of the headers", do.cut_off_headers),
    "cut-off-length": Fault("closes before its Content-Length is reached", do.cut_off_length),
    "cut-off-reset": Fault("resets in the middle of the body", do.cut_off_reset),
    "too-large": Fault("a body without end", do.too_large),
    "too-large-length": Fault("announces 100 GB and begins to send them", do.too_large_length),
    "too-large-chunked": Fault("chunks without end", do.too_large_chunked),
    "huge-headers": Fault("6 MB of headers before a good answer", do.huge_headers),
    "endless-continue": Fault('"100 Continue" without end', do.endless_continue),
    "not-http": Fault("greets like an SSH server", connect=do.not_http),
}

_ANSWER = {
    "redirect-nowhere": Fault("302 without a Location", say.error("302 Found")),
    "html": Fault(
        "200 with a login page, as a captive portal does",
        say.always(page("200 OK", "Please log in to use this network.")),
    ),
    "not-found": Fault("404 with an HTML page", say.error("404 Not Found")),
    "error-500": Fault("500 with an HTML page", say.error("500 Internal Server Error")),
    "error-503": Fault("503 with an HTML page", say.error("503 Service Unavailable")),
    "error-failed": Fault(
        "500 with a refusal (20010) as JSON",
        say.always(
            head("500 Internal Server Error")
            + Answer({"status": "Failed", "errno": errnos.PBX_BUSY}).body
        ),
    ),
    "echo-token": Fault("404 with a page that repeats the requested URL", say.echo_token),
    "echo-token-errno": Fault("refuses with the token as errno", say.echo_token_errno),
    "gzip": Fault("compresses the body though nobody asked", say.gzipped),
    "two-lengths": Fault("two Content-Lengths that differ", say.two_lengths),
    "empty": Fault("200 with an empty body", say.body(lambda _good: b"")),
    "success-lowercase": Fault(
        "the word success in small letters",
        say.body(lambda good: good.replace(b"Success", b"success")),
    ),
    "success-true": Fault(
        "true instead of the word Success",
        say.body(lambda good: good.replace(b'"Success"', b"true")),
    ),
    "success-twice": Fault(
        "two members status, first Failed and then Success",
        say.body(lambda good: good.replace(b"{", b'{"status":"Failed",', 1)),
    ),
    "success-in-list": Fault("the object inside a list", say.body(lambda good: b"[%s]" % good)),
    "success-then-rubbish": Fault(
        "says Success, with rubbish behind it", say.body(lambda good: good + b"\r\n<!-- ok -->\0")
    ),
    "bom": Fault(
        "a good answer behind a byte order mark", say.body(lambda good: b"\xef\xbb\xbf" + good)
    ),
    "deep": Fault("60,000 opening brackets", say.body(lambda _good: b"[" * 60_000)),
    "failed-number": Fault(
        "refuses with 20006 as a number, not as a string",
        say.always(head() + b'{"status":"Failed","errno":20006}'),
    ),
    "failed-without-errno": Fault(
        "refuses without an errno", say.always(head() + b'{"status":"Failed"}')
    ),
    "transport-tcp": Fault(
        "login under v2.0.0 says that reports go over TCP",
        say.body(lambda good: good.replace(b'"HTTP"', b'"TCP"')),
    ),
    "login-without-token": Fault("login says Success and gives no token", say.login_without_token),
    "login-failure": Fault(
        "a refused login says Failure, as the guide of 2017 has it",
        say.body(lambda good: good.replace(b'"Failed"', b'"Failure"')),
    ),
    "deviceinfo-v1-only": Fault(
        "v2.0.0 does not know deviceinfo/query (10003)", say.without_deviceinfo("v2.0.0")
    ),
    "deviceinfo-unknown": Fault(
        "no version knows deviceinfo/query (10003)",
        say.without_deviceinfo("v1.1.0", "v1.10", "v2.0.0"),
    ),
    "expired": Fault("every token has expired (20006); login works", say.expired),
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
    "tls-plain-400": Fault("answers plain HTTP with 400", connect=do.plain_400, tls=TlsStyle()),
    "tls-ragged": Fault("ends without TLS's own farewell", do.ragged, tls=TlsStyle()),
}

FAULTS = {
    NONE: Fault("behaves like a healthy PBX"),
    **_CONNECTION,
    **_ANSWER,
    **_TLS,
}
"""The faults by name."""


@dataclass(frozen=True, slots=True)
class Family:
    """Faults whose names end in a number that the pattern allows."""

    text: str
    number: str
    make: Callable[[str], Act]


FAMILIES = {
    "failed": Family("refuses with errno N, such as failed-20006", "[0-9]{1,9}", say.failed),
    "redirect": Family("301, 302, 303, 307 or 308 to another place", "30[12378]", say.redirect),
    "status": Family(
        "a good answer with HTTP status N; 1xx comes before it", "[1-5][0-9]{2}", say.status
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
