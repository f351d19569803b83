"""HTTP under requests: our own connection, the token added below all that logs or raises."""

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
    """What http.client takes for the socket. It does not own the connection.

    `first` are the first bytes of the answer, `ended` tells that the peer has sent its last,
    `status` is that of the answer once it has come, `head_size` the bytes before its body.
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
        """Keep it: headers and body leave in one packet, which spares the PBX's packet limit."""
        self._request += data

    def makefile(self, *_args: object, **_options: object) -> io.BufferedReader:
        """The answer, once the request is out."""
        self._stream.send(self._request)
        self._request = b""
        return _Lines(self)

    def end_within(self, timeout_s: float) -> None:
        """Read for at most so many seconds from now on."""
        self._stream.end_within(timeout_s)

    def recv(self, size: int) -> bytes:
        """The next piece of the answer, at most `size` bytes; empty at its end. Raises what
        `TcpStream.recv` does."""
        data = self._stream.recv(size)
        self.first = self.first or data[:256]
        self.ended = not data
        self._size += len(data)
        self._last = data or self._last
        return data

    def behind(self, body_size: int) -> bytes:
        """The bytes that came together with the end of a body of `body_size` bytes, behind it."""
        extra = self._size - self.head_size - body_size
        return self._last[-extra:] if extra > 0 else b""

    def settimeout(self, _timeout_s: float | None) -> None:
        """Do nothing: the deadline of the call holds."""

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
    """While `in_head`, leaves out each header line that is none, and only that line: without a
    colon, or with a blank in its name. http.client takes the first one for the end of them all.
    """

    LONGEST = 65536
    """Of http.client, which refuses longer ones."""

    def __init__(self, sock: HttpSocket) -> None:
        super().__init__(_Reader(sock))
        self._sock = sock
        self.in_head = True
        self._status_next = True
        self._left_out = True

    def readline(self, size: int | None = -1) -> bytes:
        while True:
            line = super().readline(size)
            self._sock.head_size += len(line) if self.in_head else 0
            if not self.in_head or len(line) > self.LONGEST or self._is_good(line):
                break
        # RFC 9112, 2.2: one alone is a blank. The parser would take it for a line's end.
        end = line[len(line.rstrip(b"\r\n")) :]
        return line[: len(line) - len(end)].replace(b"\r", b" ") + end if self.in_head else line

    def _is_good(self, line: bytes) -> bool:
        if self._status_next or not line.strip(b"\r\n"):
            # After the empty line there is another status line when this one was 100.
            self._status_next = not self._status_next
            self._left_out = True
            return True
        if not line.startswith((b" ", b"\t")):  # those belong to the line before
            self._left_out = not _FIELD.match(line)
        return not self._left_out


class _Answer(http.client.HTTPResponse):
    """Refuses what http.client lets pass: headers that end early, lengths that differ."""

    def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self._sock: HttpSocket = sock

    def begin(self) -> None:
        try:
            super().begin()
        except http.client.HTTPException as error:
            if type(error) in (http.client.LineTooLong, http.client.HTTPException):
                raise TransportError("answer_too_large") from error  # a line, or all of them
            raise self._broken(str(error)) from error
        finally:
            if isinstance(self.status, int):
                self._sock.status = self.status
            if isinstance(self.fp, _Lines):
                self.fp.in_head = False
        if self._sock.ended:
            raise self._broken()
        if len(set(self.headers.get_all("content-length", ()))) > 1:
            raise TransportError("not_http", "two lengths")

    def _broken(self, line: str = "") -> TransportError:
        """`line` is a whole line of the answer, as Latin-1: in a part of one, a part of the token
        could not be told from other text."""
        if not self._sock.first:
            return TransportError("connection_lost")
        if self._sock.ended and self._sock.first.startswith(b"HTTP/"):
            return TransportError("answer_cut_off")
        return TransportError("not_http", as_utf8(line.strip()))


def as_utf8(text: str) -> str:
    """Text that http.client read as Latin-1; each byte that is no UTF-8 stays, as a surrogate."""
    return text.encode("latin-1", "replace").decode("utf-8", "surrogateescape")


class _Connection(HTTPConnection):
    response_class = _Answer
    # Switched on for the whole process it would print the request with its token.
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
    """Sends through one connection to one place, whatever URL it is given.

    `prefix` stands before the path of the request, for a proxy that must know the whole address.
    Used without a Session, so there is nothing that could follow a redirect, ask a proxy, read
    .netrc, keep cookies or try again.
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
        """Make no pool: `OneOrigin` has its own."""

    def get_connection_with_tls_context(self, *_args: Any, **_options: Any) -> HTTPConnectionPool:
        """The pool of the one connection, whatever the URL."""
        return self._pool

    def cert_verify(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: the certificate has been checked when the connection was opened."""

    def close(self) -> None:
        self._pool.close()

    def __getstate__(self) -> NoReturn:
        raise TypeError("an adapter that holds a token is not pickled")
