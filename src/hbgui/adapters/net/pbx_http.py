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
"""Names of a certificate that are shown at most."""

TEXT_MAX = 300
"""Characters of a name that are shown at most."""


def look(connection: PbxConnection) -> Certificate:
    """The PBX's certificate, and why this computer does not trust it, if it does not.

    Raises TransportError when the handshake fails for another reason, Cancelled.
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
    """The contents of a certificate in DER; only its fingerprint when it is malformed."""
    bare = Certificate(hashlib.sha256(der).hexdigest())
    with warnings.catch_warnings():
        # cryptography warns about old PBXs' certificates, which can be shown all the same.
        warnings.simplefilter("ignore")
        with contextlib.suppress(Exception):  # a malformed one may fail anywhere
            from cryptography import x509

            return _with_contents(x509.load_der_x509_certificate(der), bare)
    return bare


def _with_contents(parsed: x509.Certificate, bare: Certificate) -> Certificate:
    return replace(
        bare,
        subject=_legible(parsed.subject.rfc4514_string()),
        issuer=_legible(parsed.issuer.rfc4514_string()),
        not_before=parsed.not_valid_before_utc,
        not_after=parsed.not_valid_after_utc,
        key=_key(parsed),
        names=_names(parsed),
    )


def _key(parsed: x509.Certificate) -> str:
    with contextlib.suppress(Exception):  # an unknown kind of key
        key: Any = parsed.public_key()
        kind = type(key).__name__.removesuffix("PublicKey").strip("_")
        size = getattr(key, "key_size", None)
        return f"{kind}, {size} bits" if size else kind
    return ""


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    with contextlib.suppress(x509.ExtensionNotFound, ValueError):
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        return tuple(_legible(str(n.value)) for n in list(extension.value)[:NAMES_MAX])
    return ()


def _legible(text: str) -> str:
    return legible(text)[:TEXT_MAX]


DETAIL_MAX = 300
"""Characters of text from the wire that an error contains at most."""

SERVER_MAX = 80
"""Characters of the header Server that are kept."""

_BLANKS = b" \t\r\n,\0"

_WANTS_TLS = re.compile(rb"HTTPS (port|server)|SSL-enabled server", re.IGNORECASE)

_T = TypeVar("_T")


class PbxHttp:
    """Fulfils `core.ports.Transport`. Thread-safe: each call opens its own connections."""

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

        The redactor hides the token and the secrets of the request from now on. Raises
        TransportError, Cancelled.
        """
        for secret in (*request.secrets, *([token] if token else [])):
            self._redactor.add(secret)
        return self._run(
            address,
            link,
            timeout_s,
            cancel,
            lambda connection: self._redacted_answer(_Exchange(connection).run(request, token)),
        )

    def certificate(
        self, address: PbxAddress, *, link: ConnectionSettings, timeout_s: float, cancel: Cancel
    ) -> Certificate:
        """The PBX's certificate; see `core.ports.Transport`. Raises TransportError, Cancelled."""
        return self._run(
            address,
            link,
            timeout_s,
            cancel,
            lambda connection: self._redacted_certificate(look(connection)),
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
            # Such an error of this computer comes before anything is sent.
            refused = TransportError("connect_failed", error.strerror or "")
            failure = self._redacted(refused, proxy)
        # Raised outside `except`, so that the original error, with its data, is not attached.
        raise failure

    def _redacted_answer(self, answer: HttpAnswer) -> HttpAnswer:
        location, server = (
            _readable(self._redactor.text(header)) for header in (answer.location, answer.server)
        )
        body = self._redactor.data(answer.body)
        return HttpAnswer(answer.status, body, location, answer.proxy, server[:SERVER_MAX])

    def _redacted_certificate(self, certificate: Certificate) -> Certificate:
        """Hide secrets: a PBX may put what it was sent into its certificate."""
        hide = self._redactor.text
        names = tuple(map(hide, certificate.names))
        subject, issuer = hide(certificate.subject), hide(certificate.issuer)
        return replace(certificate, subject=subject, issuer=issuer, names=names)

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
        """Send the request and read the answer. Raises TransportError with the actual cause,
        Cancelled."""
        try:
            return self._run(request, token)
        except TransportError as error:
            raise self._with_cause(error) from error

    def _run(self, request: WireRequest, token: Secret | None) -> HttpAnswer:
        connection, port = self._connection, self._connection.address.port
        # A proxy needs the whole URL with plain http only; with https there is a tunnel.
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
            assert self._http is not None, "the adapter has called _dial"
            answer = _read(response, connection, self._http)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            # What requests and urllib3 raise for a malformed answer.
            raise TransportError("answer_cut_off") from error
        if not connection.secured and answer.status == 400 and _WANTS_TLS.search(answer.body):
            raise TransportError("tls_on_this_port")
        return answer

    def _dial(self) -> HttpSocket:
        try:
            self._http = HttpSocket(self._connection.open())
        except OSError as error:  # of this computer: errors of the network are TransportErrors
            raise TransportError("connect_failed", error.strerror or "") from error
        return self._http

    def _with_cause(self, error: TransportError) -> TransportError:
        http = self._http
        if http is None:
            return error
        code, detail = error.code, error.detail
        if code == "connection_lost" and http.first:
            # The system's text about the connection does not belong to this code.
            code, detail = "answer_cut_off", ""
        elif not self._connection.secured and (
            (code == "not_http" and is_tls(http.first))
            or (code == "connection_lost" and self._connection.speaks_tls())
        ):
            code = "tls_on_this_port"
        return TransportError(code, detail, http.status)


class _Body:
    """Reads the body of an answer.

    The body ends where its length or its chunks say; without these, when its JSON object is
    complete or the connection ends.
    """

    def __init__(self, response: requests.Response, http: HttpSocket) -> None:
        self._raw = response.raw
        self._http = http
        self._status = response.status_code
        self._charset = charset_of(response.headers.get("Content-Type", ""))
        self._end = BodyEnd(self._charset)
        self._has_length = self._raw.length_remaining is not None or self._raw.chunked
        self._read = b""

    def read(self) -> bytes:
        """The body, converted to UTF-8 from another known charset. Raises TransportError."""
        try:
            self._read_all()
        except TransportError as error:
            if error.code == "timed_out" and self._has_length:
                raise TransportError("answer_cut_off") from error
            if not self._is_enough(error.code):
                raise
        body = self._read + self._object_behind()
        return decode(body, self._charset).encode("utf-8", "replace") if self._charset else body

    def _object_behind(self) -> bytes:
        """A JSON object after the end of the body, else nothing.

        It is not part of the answer, but it may contradict the answer.
        """
        if not self._has_length or self._raw.chunked:
            return b""
        behind = self._http.behind(len(self._read))
        return behind if behind.lstrip(_BLANKS).startswith(b"{") else b""

    def _read_all(self) -> None:
        while data := self._raw.read1(ANSWER_MAX + 1 - len(self._read), decode_content=False):
            self._read += data
            if len(self._read) > ANSWER_MAX:
                raise TransportError("answer_too_large")
            self._end.feed(data)
            if self._end.objects and not self._has_length:
                self._http.end_within(QUIET_S)

    def _is_enough(self, code: str) -> bool:
        """Whether the body can be used although reading it failed with `code`.

        It can when it holds a complete object, or is certainly not a JSON object.
        """
        if self._has_length or code not in ("timed_out", "connection_lost"):
            return False
        if self._end.objects:
            return True
        return code == "timed_out" and (self._end.begun or self._status != 200)


def _read(response: requests.Response, connection: PbxConnection, http: HttpSocket) -> HttpAnswer:
    fields, raw = response.headers, response.raw
    coding = {fields.get("Content-Encoding", ""), fields.get("Transfer-Encoding", "")}
    if not {c.strip().lower() for c in coding} <= {"", "identity", "chunked"}:
        raise TransportError("answer_compressed", ", ".join(sorted(coding - {""})))
    if (raw.length_remaining or 0) > ANSWER_MAX:
        raise TransportError("answer_too_large")
    body = _Body(response, http).read()
    proxy = connection.proxy.url if connection.proxy else ""
    location, server = (as_utf8(fields.get(name, "")) for name in ("Location", "Server"))
    return HttpAnswer(response.status_code, body, location, proxy, server)


def _readable(text: str) -> str:
    """The text with a replacement character for each byte that is not UTF-8.

    To be called after secrets have been hidden: in Latin-1, such a byte may be part of a secret.
    """
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
