"""HTTP to a PBX: one POST on one connection, bounded, with nothing secret in what comes back."""

from __future__ import annotations

import contextlib
import re
import socket
from http.client import HTTPException

import requests
from urllib3.exceptions import HTTPError

import hbgui
from hbgui.adapters.bounds import Bounds, bounded
from hbgui.adapters.http_wire import HttpSocket, OneOrigin, as_utf8
from hbgui.adapters.lookup import Address, Lookups, ascii_host
from hbgui.adapters.pipe import Pipe, connect
from hbgui.adapters.redact import Redactor
from hbgui.adapters.tls_pipe import TlsPipe
from hbgui.adapters.tls_trust import TlsTrust
from hbgui.core.address import DEFAULT_PORTS, PbxAddress, bracketed
from hbgui.core.errors import Cancelled, TransportError
from hbgui.core.heartbeat import ANSWER_MAX, CONTENT_TYPE, HttpAnswer, WireRequest
from hbgui.core.ports import Cancel
from hbgui.core.profile import TlsMode
from hbgui.core.secret import Secret

DETAIL_MAX = 300
"""Characters of raw words that an error carries."""

PROBE_S = 1.0
"""A port that is asked what it speaks may take this long to answer."""

_WANTS_TLS = re.compile(rb"HTTPS (port|server)|SSL-enabled server", re.IGNORECASE)
_MAYBE_PLAIN = frozenset({"tls_failed", "connection_cut_in_handshake", "timed_out"})


class PbxHttp:
    """Fulfils `core.ports.Transport`. Thread-safe; each call has a connection of its own."""

    def __init__(
        self,
        redactor: Redactor,
        lookups: Lookups | None = None,
        trust: TlsTrust | None = None,
    ) -> None:
        self._redactor = redactor
        self._lookups = lookups or Lookups()
        self._trust = trust or TlsTrust()

    def post(
        self,
        address: PbxAddress,
        request: WireRequest,
        token: Secret | None,
        *,
        tls: TlsMode,
        timeout_s: float,
        cancel: Cancel,
    ) -> HttpAnswer:
        """Send one POST and read the whole answer; see `core.ports.Transport`.

        The token stays known to the redactor. Raises TransportError, Cancelled.
        """
        if token is not None:
            self._redactor.add(token)
        result = self._attempt(address, request, token, tls, timeout_s, cancel)
        # Raised here, where nothing is being handled: what went wrong below hangs on it nowhere.
        if isinstance(result, HttpAnswer):
            return result
        raise result

    def _attempt(
        self,
        address: PbxAddress,
        request: WireRequest,
        token: Secret | None,
        tls: TlsMode,
        timeout_s: float,
        cancel: Cancel,
    ) -> HttpAnswer | TransportError | Cancelled:
        try:
            with bounded(timeout_s, cancel) as bounds, contextlib.ExitStack() as stack:
                addresses = self._lookups.find(address.host, address.port, bounds)
                line = _Line(address, addresses, tls, self._trust, bounds, stack)
                try:
                    return self._clean(line.exchange(request, token))
                except TransportError as error:
                    return self._redacted(line.explain(error))
        except TransportError as error:
            return self._redacted(error)
        except Cancelled:
            return Cancelled()
        except OSError as error:
            return self._redacted(TransportError("connection_lost", error.strerror or ""))

    def _clean(self, answer: HttpAnswer) -> HttpAnswer:
        location = _readable(self._redactor.text(answer.location))
        return HttpAnswer(answer.status, self._redactor.data(answer.body), location)

    def _redacted(self, error: TransportError) -> TransportError:
        detail = _readable(self._redactor.text(error.detail))[:DETAIL_MAX]
        return TransportError(error.code, detail, error.http_status)


class _Line:
    """One call's connection, and the second one that explains why the first one failed."""

    def __init__(
        self,
        address: PbxAddress,
        addresses: list[Address],
        tls: TlsMode,
        trust: TlsTrust,
        bounds: Bounds,
        stack: contextlib.ExitStack,
    ) -> None:
        self._address = address
        self._addresses = addresses
        self._tls = tls
        self._trust = trust
        self._bounds = bounds
        self._stack = stack
        self._host = ascii_host(address.host).partition("%")[0].rstrip(".")
        self._http: HttpSocket | None = None

    def exchange(self, request: WireRequest, token: Secret | None) -> HttpAnswer:
        """Send and read. Raises TransportError as it came, Cancelled."""
        port = self._address.port
        adapter = OneOrigin(self._host, port, self._dial, token)
        self._stack.callback(adapter.close)
        prepared = requests.Request(
            "POST", f"http://{self._authority}{request.path}", self._headers, data=request.body
        ).prepare()
        try:
            answer = _read(adapter.send(prepared, stream=True))
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            # Whatever requests and urllib3 make of a broken answer.
            raise TransportError("answer_cut_off") from error
        plain = self._address.scheme == "http"
        if plain and answer.status == 400 and _WANTS_TLS.search(answer.body):
            raise TransportError("tls_on_this_port")
        return answer

    @property
    def _authority(self) -> str:
        return f"{bracketed(self._host)}:{self._address.port}"

    @property
    def _headers(self) -> dict[str, str]:
        usual = DEFAULT_PORTS["http"] if self._address.scheme == "http" else 443
        bare = self._address.port == usual
        return {
            "Host": bracketed(self._host) if bare else self._authority,
            "User-Agent": f"hbgui/{hbgui.__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Content-Type": CONTENT_TYPE,
            "Connection": "close",
        }

    def _dial(self) -> HttpSocket:
        if self._address.scheme == "https":
            self._http = HttpSocket(self._secured())
        else:
            self._http = HttpSocket(self._pipe(self._bounds))
        return self._http

    def _pipe(self, bounds: Bounds) -> Pipe:
        return Pipe(self._connected(bounds), bounds)

    def _tls_pipe(self, tls: TlsMode, bounds: Bounds) -> TlsPipe:
        return TlsPipe(self._connected(bounds), bounds, self._trust.context(tls), self._host)

    def _connected(self, bounds: Bounds) -> socket.socket:
        return self._stack.enter_context(connect(self._addresses, bounds))

    def _secured(self) -> TlsPipe:
        pipe = self._tls_pipe(self._tls, self._bounds)
        try:
            pipe.shake_hands()
        except TransportError as error:
            if error.code in _MAYBE_PLAIN and self._speaks_http():
                raise TransportError("plain_http_on_this_port") from error
            raise
        return pipe

    def explain(self, error: TransportError) -> TransportError:
        """The error with the answer's status, and the reason behind the symptom if there is one."""
        http = self._http
        if http is None:
            return error
        code = error.code
        if code == "connection_lost" and http.first:
            code = "answer_cut_off"
        elif self._address.scheme == "http" and (
            (code == "not_http" and _is_tls(http.first))
            or (code == "connection_lost" and self._speaks_tls())
        ):
            code = "tls_on_this_port"
        return TransportError(code, error.detail, http.status)

    def _speaks_http(self) -> bool:
        """Whether the port answers plain HTTP. No token is sent."""
        with contextlib.suppress(TransportError):
            pipe = self._pipe(self._bounds.within(PROBE_S))
            pipe.send(f"HEAD / HTTP/1.0\r\nHost: {self._authority}\r\n\r\n".encode())
            while len(pipe.first) < 5 and pipe.recv(1024):
                pass
            return pipe.first.startswith(b"HTTP/")
        return False

    def _speaks_tls(self) -> bool:
        """Whether the port answers a TLS greeting, if only with an alert. No token is sent."""
        with contextlib.suppress(TransportError):
            pipe = self._tls_pipe(TlsMode.INSECURE, self._bounds.within(PROBE_S))
            with contextlib.suppress(TransportError):
                pipe.shake_hands()
            return _is_tls(pipe.first)
        return False


def _is_tls(data: bytes) -> bool:
    """Whether these are the first bytes of a TLS alert or handshake."""
    return data[:2] in (b"\x15\x03", b"\x16\x03")


def _read(response: requests.Response) -> HttpAnswer:
    status, headers, raw = response.status_code, response.headers, response.raw
    coding = {headers.get("Content-Encoding", ""), headers.get("Transfer-Encoding", "")}
    if not {c.strip().lower() for c in coding} <= {"", "identity", "chunked"}:
        raise TransportError("answer_compressed", ", ".join(sorted(coding)))
    if (raw.length_remaining or 0) > ANSWER_MAX:
        raise TransportError("answer_too_large")
    body = b""
    while data := raw.read(ANSWER_MAX + 1 - len(body), decode_content=False):
        body += data
        if len(body) > ANSWER_MAX:
            raise TransportError("answer_too_large")
    return HttpAnswer(status, body, as_utf8(headers.get("Location", "")))


def _readable(text: str) -> str:
    """The text with a mark for each byte that is no UTF-8. Only after secrets have been hidden:
    in Latin-1, a part of one may be such a byte."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
