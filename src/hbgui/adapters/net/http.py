"""HTTP below the library requests, over our own connection.

The token is added to the URL here, below the code of the libraries that may log or raise with it.
"""

from __future__ import annotations

import http.client
import io
import re
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import quote

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from hbgui.adapters.net.tcp import TcpStream
from hbgui.core.api.errors import TransportError
from hbgui.core.values import Secret


class HttpSocket:
    """A stand-in for the socket of http.client. It does not close the connection. One thread.

    `first` are the first bytes of the answer, up to 256. `ended` is true once the peer has closed
    its side. `status` is the status of the answer, None before it has come. `head_size` is the
    number of bytes before the body.
    """

    def __init__(self, stream: TcpStream) -> None:
        self._stream = stream
        self._request = b""
        self.first = b""
        self.ended = False
        self.status: int | None = None
        self.head_size = 0
        self._size = 0
        self._last = b""

    def sendall(self, data: bytes) -> None:
        """Store the data: headers and body are sent together, to stay below the PBX's limit of
        packets."""
        self._request += data

    def makefile(self, *_args: object, **_options: object) -> io.BufferedReader:
        """Send the request, and return a reader of the answer."""
        self._stream.send(self._request)
        self._request = b""
        return _Lines(self)

    def end_within(self, timeout_s: float) -> None:
        """Stop reading `timeout_s` seconds from now, or at an earlier deadline."""
        self._stream.end_within(timeout_s)

    def recv(self, size: int) -> bytes:
        """The next piece of the answer, at most `size` bytes; empty at its end.

        Raises what `TcpStream.recv` raises.
        """
        data = self._stream.recv(size)
        self.first = self.first or data[:256]
        self.ended = not data
        self._size += len(data)
        self._last = data or self._last
        return data

    def behind(self, body_size: int) -> bytes:
        """The bytes that came after a body of `body_size` bytes, in the same piece as its end."""
        extra = self._size - self.head_size - body_size
        return self._last[-extra:] if extra > 0 else b""

    def settimeout(self, _timeout_s: float | None) -> None:
        """Do nothing: the deadline of the call applies."""

    def close(self) -> None:
        """Do nothing: whoever opened the connection closes it."""


class _Reader(io.RawIOBase):
    def __init__(self, sock: HttpSocket) -> None:
        super().__init__()
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._sock.recv(len(buffer))
        buffer[: len(data)] = data
        return len(data)


_FIELD = re.compile(rb"[!-9;-~]+:")


class _Lines(io.BufferedReader):
    """Reads lines, and while `in_head` leaves out malformed header lines.

    These have no colon, or a blank in the name. http.client would end the headers at the first one.
    """

    LONGEST = 65536
    """Bytes. http.client refuses longer lines."""

    def __init__(self, sock: HttpSocket) -> None:
        super().__init__(_Reader(sock))
        self._sock = sock
        self.in_head = True
        self._expects_status = True
        self._skipping = True

    def readline(self, size: int | None = -1) -> bytes:
        while True:
            line = super().readline(size)
            self._sock.head_size += len(line) if self.in_head else 0
            if not self.in_head or len(line) > self.LONGEST or self._is_valid(line):
                break
        # RFC 9112, 2.2: a CR alone counts as a blank. The parser would end the line there.
        end = line[len(line.rstrip(b"\r\n")) :]
        return line[: len(line) - len(end)].replace(b"\r", b" ") + end if self.in_head else line

    def _is_valid(self, line: bytes) -> bool:
        if self._expects_status or not line.strip(b"\r\n"):
            # After a 100 Continue and its empty line comes another status line.
            self._expects_status = not self._expects_status
            self._skipping = True
            return True
        if not line.startswith((b" ", b"\t")):  # such a line continues the one before
            self._skipping = not _FIELD.match(line)
        return not self._skipping


class _Answer(http.client.HTTPResponse):
    """Refuses two errors that http.client accepts: cut-off headers, two different lengths."""

    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._sock: HttpSocket = sock

    def begin(self) -> None:
        try:
            super().begin()
        except http.client.HTTPException as error:
            if type(error) in (http.client.LineTooLong, http.client.HTTPException):
                # One line is too long, or there are too many lines.
                raise TransportError("answer_too_large") from error
            raise self._malformed(str(error)) from error
        finally:
            if isinstance(self.status, int):
                self._sock.status = self.status
            if isinstance(self.fp, _Lines):
                self.fp.in_head = False
        if self._sock.ended:
            raise self._malformed()
        if len(set(self.headers.get_all("content-length", ()))) > 1:
            raise TransportError("not_http", "two lengths")

    def _malformed(self, line: str = "") -> TransportError:
        """The error for a malformed answer. `line` is a line of it, as Latin-1.

        It must be a whole line: the redactor could not recognise a part of the token.
        """
        if not self._sock.first:
            return TransportError("connection_lost")
        if self._sock.ended and self._sock.first.startswith(b"HTTP/"):
            return TransportError("answer_cut_off")
        return TransportError("not_http", as_utf8(line.strip()))


def as_utf8(text: str) -> str:
    """Decode as UTF-8 what http.client decoded as Latin-1. Bytes that are not UTF-8 become
    surrogates."""
    return text.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


class _Connection(HTTPConnection):
    response_class = _Answer
    # A debug level set for the whole process would print the request with its token.
    debuglevel = 0

    def __init__(
        self,
        *args: Any,
        dial: Callable[[], HttpSocket],
        token: Secret | None,
        prefix: str,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._dial = dial
        self._token = token
        self._prefix = prefix

    def connect(self) -> None:
        self.sock = self._dial()

    def putrequest(self, method: str, url: str, *args: Any, **options: Any) -> None:
        if self._token is not None:
            url += "?token=" + quote(self._token.reveal(), safe="")
        super().putrequest(method, self._prefix + url, *args, **options)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class OneOrigin(HTTPAdapter):
    """Sends a request through the connection that `dial` opens, whatever its URL is.

    `prefix` is put before the path, for a proxy that needs the whole URL. It is used without a
    Session, so that nothing follows a redirect, uses another proxy, reads .netrc, keeps cookies or
    repeats the request.
    """

    def __init__(
        self,
        host: str,
        port: int,
        dial: Callable[[], HttpSocket],
        token: Secret | None,
        prefix: str = "",
    ) -> None:
        super().__init__()
        self._pool = _Pool(host, port, dial=dial, token=token, prefix=prefix)

    def init_poolmanager(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: `OneOrigin` has its own pool."""

    def get_connection_with_tls_context(self, *_args: Any, **_options: Any) -> HTTPConnectionPool:
        """The pool with the one connection, whatever the URL is."""
        return self._pool

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: the certificate has been checked when the connection was opened."""

    def close(self) -> None:
        self._pool.close()

    def __getstate__(self) -> NoReturn:
        raise TypeError("an adapter that holds a token is not pickled")
