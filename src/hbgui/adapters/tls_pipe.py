"""TLS over a bounded connection."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from hbgui.adapters import tls_errors
from hbgui.adapters.bounds import Bounds
from hbgui.adapters.pipe import Pipe
from hbgui.core.api.errors import IN_HANDSHAKE, TransportError

HANDSHAKE_SHARE = 0.75
"""Of the time left. With the rest a port that does not answer can be asked whether it is plain."""

_T = TypeVar("_T")


class TlsPipe(Pipe):
    """A Pipe that encrypts. Nothing may be sent before `shake_hands` has returned.

    OpenSSL never sees the socket, so each byte is counted and each wait is ours.
    """

    def __init__(
        self, sock: socket.socket, bounds: Bounds, context: ssl.SSLContext, name: str
    ) -> None:
        super().__init__(sock, bounds)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=name)

    def shake_hands(self) -> None:
        """Make the connection secure. Raises TransportError with what is wrong, Cancelled."""
        bounds = self._bounds
        self._bounds = bounds.within(HANDSHAKE_SHARE * bounds.left_s())
        try:
            self._pump(self._tls.do_handshake)
        except ssl.SSLError as error:
            raise self._explained(error) from error
        except TransportError as error:
            if error.code == "connection_lost":
                raise TransportError("connection_cut_in_handshake", error.detail) from error
            if error.code == "timed_out":
                raise TransportError("timed_out", IN_HANDSHAKE) from error
            raise
        self._bounds = bounds

    @property
    def certificate(self) -> bytes:
        """What the peer has shown, as DER. Only after the handshake."""
        return self._tls.getpeercert(binary_form=True) or b""

    @property
    def agreed(self) -> tuple[str, str]:
        """Version of TLS and name of the suite. Only after the handshake."""
        cipher = self._tls.cipher()
        return self._tls.version() or "", cipher[0] if cipher else ""

    def _explained(self, error: ssl.SSLError) -> TransportError:
        if self.first.startswith(b"HTTP/"):
            return TransportError("plain_http_on_this_port")
        # With a cipher agreed on, a refused handshake is about what the client has not shown.
        return tls_errors.explain(error, agreed=self._tls.cipher() is not None)

    def recv(self, size: int) -> bytes:
        try:
            return self._pump(lambda: self._tls.read(size))
        except ssl.SSLEOFError:
            # Old servers just close; the length of the answer is checked by its framing.
            return b""
        except ssl.SSLError as error:
            explained = tls_errors.explain(error, agreed=True)
            if explained.code == "tls_client_certificate":
                raise explained from error
            raise TransportError("connection_lost", explained.detail) from error

    def send(self, data: bytes) -> None:
        self._pump(lambda: self._tls.write(data))

    def _pump(self, step: Callable[[], _T]) -> _T:
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                pass
            finally:
                # Also when the step failed: the alert tells the PBX's log why.
                super().send(self._outgoing.read())
            self._feed()

    def _feed(self) -> None:
        data = super().recv(16384)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()
