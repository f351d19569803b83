"""A PBX over HTTP or HTTPS: its answers to requests, its certificate."""

from __future__ import annotations

import contextlib
import hashlib
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar

import requests
from urllib3.exceptions import HTTPError

import hbgui
from hbgui.adapters.net.connection import PbxConnection, is_tls
from hbgui.adapters.net.deadline import deadline
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.http import HttpSocket, OneOrigin, as_utf8
from hbgui.adapters.net.tls import TlsTrust
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.api.errors import Cancelled, TransportError
from hbgui.core.api.heartbeat import ANSWER_MAX, HttpAnswer, WireRequest
from hbgui.core.api.json_body import QUIET_S, BodyEnd, charset_of, decode
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.api.request_text import headers
from hbgui.core.pbx.address import PbxAddress
from hbgui.core.pbx.connection import Certificate, ConnectionSettings
from hbgui.core.pbx.typed import legible
from hbgui.core.ports import Cancel
from hbgui.core.values import Secret

if TYPE_CHECKING:
    from cryptography import x509


NAMES_MAX = 20
"""Names of a certificate that are listed."""

TEXT_MAX = 300
"""Characters of a name that are kept."""


def look(connection: PbxConnection) -> Certificate:
    """What stands in the certificate, and whether this computer trusts it.

    Raises TransportError when no handshake comes about, Cancelled.
    """
    fault = ""
    try:
        stream = connection.shake_hands(checked=True)
    except TransportError as error:
        if error.outcome.kind is not OutcomeKind.UNTRUSTED:
            raise
        fault = error.code
        stream = connection.shake_hands(checked=False)
    version, cipher = stream.agreed
    return replace(read(stream.certificate), fault=fault, tls_version=version, cipher=cipher)


def read(der: bytes) -> Certificate:
    """The members that a certificate tells; only its fingerprint when it is malformed."""
    bare = Certificate(hashlib.sha256(der).hexdigest())
    with warnings.catch_warnings():
        # Old boxes bend the rules; that is no reason not to show what they say.
        warnings.simplefilter("ignore")
        with contextlib.suppress(Exception):  # a malformed one may fail anywhere
            from cryptography import x509

            return _described(x509.load_der_x509_certificate(der), bare)
    return bare


def _described(parsed: x509.Certificate, bare: Certificate) -> Certificate:
    return replace(
        bare,
        subject=_shown(parsed.subject.rfc4514_string()),
        issuer=_shown(parsed.issuer.rfc4514_string()),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=_key(parsed),
        names=_names(parsed),
    )


def _key(parsed: x509.Certificate) -> str:
    with contextlib.suppress(Exception):  # a kind that nobody knows
        key: Any = parsed.public_key()
        kind = type(key).__name__.removesuffix("PublicKey").strip("_")
        size = getattr(key, "key_size", None)
        return f"{kind}, {size} bits" if size else kind
    return ""


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    with contextlib.suppress(x509.ExtensionNotFound, ValueError):
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return tuple(_shown(str(n.value)) for n in list(extension.value)[:NAMES_MAX])
    return ()


def _shown(text: str) -> str:
    return legible(text)[:TEXT_MAX]


DETAIL_MAX = 300
"""Characters of raw words that an error carries."""

SERVER_MAX = 80
"""Characters of what a web server calls itself."""

_BLANKS = b" \t\r\n,\0"

_WANTS_TLS = re.compile(rb"HTTPS (port|server)|SSL-enabled server", re.IGNORECASE)

_T = TypeVar("_T")


class PbxHttp:
    """Fulfils `core.ports.Transport`. Thread-safe; each call has connections of its own."""

    def __init__(self, redactor: Redactor, lookups: Lookups | None = None) -> None:
        self._redactor = redactor
        self._lookups = lookups or Lookups()
        self._trust = TlsTrust()

    def post(
        self,
        address: PbxAddress,
        request: WireRequest,
        token: Secret | None,
        *,
        link: ConnectionSettings,
        timeout_s: float,
        cancel: Cancel,
    ) -> HttpAnswer:
        """Send one POST and read the whole answer; see `core.ports.Transport`.

        The token and the body's secrets stay known to the redactor. Raises TransportError,
        Cancelled.
        """
        for secret in (*request.secrets, *([token] if token else [])):
            self._redactor.add(secret)
        return self._run(
            address,
            link,
            timeout_s,
            cancel,
            lambda connection: self._clean(_Exchange(connection).run(request, token)),
        )

    def certificate(
        self, address: PbxAddress, *, link: ConnectionSettings, timeout_s: float, cancel: Cancel
    ) -> Certificate:
        """What the PBX shows; see `core.ports.Transport`. Raises TransportError, Cancelled."""
        return self._run(
            address, link, timeout_s, cancel, lambda connection: self._seen(look(connection))
        )

    def _run(
        self,
        address: PbxAddress,
        link: ConnectionSettings,
        timeout_s: float,
        cancel: Cancel,
        work: Callable[[PbxConnection], _T],
    ) -> _T:
        proxy = ""
        failure: TransportError | Cancelled
        try:
            with deadline(timeout_s, cancel) as limit, contextlib.ExitStack() as stack:
                connection = PbxConnection(address, link, self._lookups, self._trust, limit, stack)
                proxy = connection.proxy.url if connection.proxy else ""
                return work(connection)
        except TransportError as error:
            failure = self._redacted(error, proxy)
        except Cancelled:
            failure = Cancelled()
        except OSError as error:
            # What the system refuses us here, it refuses before anything is sent.
            refused = TransportError("connect_failed", error.strerror or "")
            failure = self._redacted(refused, proxy)
        # Raised here, where nothing is being handled: what went wrong below hangs on it nowhere.
        raise failure

    def _clean(self, answer: HttpAnswer) -> HttpAnswer:
        location, server = (
            _readable(self._redactor.text(header)) for header in (answer.location, answer.server)
        )
        body = self._redactor.data(answer.body)
        return HttpAnswer(answer.status, body, location, answer.proxy, server[:SERVER_MAX])

    def _seen(self, found: Certificate) -> Certificate:
        """A box may make a certificate of what it was told."""
        hide = self._redactor.text
        names = tuple(map(hide, found.names))
        return replace(found, subject=hide(found.subject), issuer=hide(found.issuer), names=names)

    def _redacted(self, error: TransportError, proxy: str) -> TransportError:
        detail = _readable(self._redactor.text(error.detail))[:DETAIL_MAX]
        return TransportError(
            error.code, detail, error.http_status, level=error.level, proxy=error.proxy or proxy
        )


class _Exchange:
    """One request and its answer on a connection."""

    def __init__(self, connection: PbxConnection) -> None:
        self._connection = connection
        self._http: HttpSocket | None = None

    def run(self, request: WireRequest, token: Secret | None) -> HttpAnswer:
        """Send and read. Raises TransportError with the reason behind the symptom, Cancelled."""
        try:
            return self._run(request, token)
        except TransportError as error:
            raise self._explained(error) from error

    def _run(self, request: WireRequest, token: Secret | None) -> HttpAnswer:
        connection, port = self._connection, self._connection.address.port
        # Only a proxy for plain http is told the whole address; with https there is a tunnel.
        prefix = (
            f"http://{connection.authority}" if connection.proxy and not connection.secured else ""
        )
        adapter = OneOrigin(connection.host, port, self._dial, token, prefix)
        connection.stack.callback(adapter.close)
        fields = headers(connection.host, port, hbgui.USER_AGENT, secured=connection.secured)
        prepared = requests.Request(
            "POST", f"http://{connection.authority}{request.path}", fields, data=request.body
        ).prepare()
        try:
            response = adapter.send(prepared, stream=True)
            assert self._http is not None, "it has dialled"
            answer = _read(response, connection, self._http)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            # Whatever requests and urllib3 make of a broken answer.
            raise TransportError("answer_cut_off") from error
        if not connection.secured and answer.status == 400 and _WANTS_TLS.search(answer.body):
            raise TransportError("tls_on_this_port")
        return answer

    def _dial(self) -> HttpSocket:
        try:
            self._http = HttpSocket(self._connection.open())
        except OSError as error:  # of this computer: what the network says is none
            raise TransportError("connect_failed", error.strerror or "") from error
        return self._http

    def _explained(self, error: TransportError) -> TransportError:
        http = self._http
        if http is None:
            return error
        code, detail = error.code, error.detail
        if code == "connection_lost" and http.first:
            # What the system says of the connection is not how the answer begins.
            code, detail = "answer_cut_off", ""
        elif not self._connection.secured and (
            (code == "not_http" and is_tls(http.first))
            or (code == "connection_lost" and self._connection.speaks_tls())
        ):
            code = "tls_on_this_port"
        return TransportError(code, detail, http.status)


class _Body:
    """Reads the body of an answer, to the end that the answer tells or, if it tells none, until
    its object is complete or the connection ends."""

    def __init__(self, response: requests.Response, http: HttpSocket) -> None:
        self._raw = response.raw
        self._http = http
        self._status = response.status_code
        self._charset = charset_of(response.headers.get("Content-Type", ""))
        self._end = BodyEnd(self._charset)
        # Its end is told by a length or by chunks.
        self._told = self._raw.length_remaining is not None or self._raw.chunked
        self._read = b""

    def read(self) -> bytes:
        """The body, in UTF-8 if it names another charset that we know. Raises TransportError."""
        try:
            self._read_all()
        except TransportError as error:
            if error.code == "timed_out" and self._told:
                raise TransportError("answer_cut_off") from error
            if not self._is_enough(error.code):
                raise
        body = self._read + self._another()
        return decode(body, self._charset).encode("utf-8", "replace") if self._charset else body

    def _another(self) -> bytes:
        """An object that came behind the told length. Nobody means it as part of the answer, but it
        may say the contrary."""
        if not self._told or self._raw.chunked:
            return b""
        behind = self._http.behind(len(self._read))
        return behind if behind.lstrip(_BLANKS).startswith(b"{") else b""

    def _read_all(self) -> None:
        while data := self._raw.read1(ANSWER_MAX + 1 - len(self._read), decode_content=False):
            self._read += data
            if len(self._read) > ANSWER_MAX:
                raise TransportError("answer_too_large")
            self._end.feed(data)
            if self._end.objects and not self._told:
                self._http.end_within(QUIET_S)

    def _is_enough(self, code: str) -> bool:
        """Whether what came says what there is to say, though the connection did not end well:
        a whole object, or so much that it can be told that it is none."""
        if self._told or code not in ("timed_out", "connection_lost"):
            return False
        if self._end.objects:
            return True
        return code == "timed_out" and (self._end.begun or self._status != 200)


def _read(response: requests.Response, connection: PbxConnection, http: HttpSocket) -> HttpAnswer:
    given, raw = response.headers, response.raw
    coding = {given.get("Content-Encoding", ""), given.get("Transfer-Encoding", "")}
    if not {c.strip().lower() for c in coding} <= {"", "identity", "chunked"}:
        raise TransportError("answer_compressed", ", ".join(sorted(coding - {""})))
    if (raw.length_remaining or 0) > ANSWER_MAX:
        raise TransportError("answer_too_large")
    body = _Body(response, http).read()
    proxy = connection.proxy.url if connection.proxy else ""
    location, server = (as_utf8(given.get(name, "")) for name in ("Location", "Server"))
    return HttpAnswer(response.status_code, body, location, proxy, server)


def _readable(text: str) -> str:
    """The text with a mark for each byte that is no UTF-8. Only after secrets have been hidden:
    in Latin-1, a part of one may be such a byte."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
