"""A simulated PBX for any test: import `simulator` into a conftest, or use `Simulator`."""

from __future__ import annotations

import contextlib
import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from hbgui.simulator.server import Simulator

WAIT_S = 30.0
"""No test waits longer for something that must come."""


@pytest.fixture
def simulator() -> Iterator[Callable[..., Simulator]]:
    """Starts simulators with the arguments of `Simulator`; all are closed after the test."""
    with contextlib.ExitStack() as stack:
        yield lambda **options: stack.enter_context(Simulator(**options))
    left = [t for t in threading.enumerate() if t.name.startswith("simulator")]
    assert not left, "a simulator left threads behind"


def md5(password: str) -> str:
    """A password as it goes over the wire."""
    return hashlib.md5(password.encode()).hexdigest()


def connect(
    pbx: Simulator,
    *,
    context: ssl.SSLContext | None = None,
    source: str = "",
    wait_s: float = WAIT_S,
) -> socket.socket:
    """A connection to the simulator, TLS without any check unless a context is given."""
    sock = socket.create_connection(
        pbx.address, wait_s, source_address=(source, 0) if source else None
    )
    if not pbx.tls:
        return sock
    try:
        return (context or unchecked()).wrap_socket(sock, server_hostname="localhost")
    except BaseException:
        sock.close()
        raise


def unchecked() -> ssl.SSLContext:
    """TLS 1.2 and newer that believes anyone, whatever this Python prefers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def request_bytes(method: str, target: str, body: bytes = b"") -> bytes:
    """A request as a client writes it."""
    return (
        f"{method} {target} HTTP/1.1\r\nHost: pbx\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def exchange(pbx: Simulator, data: bytes, **how: Any) -> bytes:
    """Send those bytes and return all that comes back until the connection ends."""
    with connect(pbx, **how) as sock:
        sock.sendall(data)
        return read_all(sock)


def read_all(sock: socket.socket, most: int = 10**8) -> bytes:
    """All bytes until the connection ends, `most` of them at most."""
    data = bytearray()
    while len(data) < most and (more := sock.recv(65536)):
        data += more
    return bytes(data)


def call(
    pbx: Simulator,
    endpoint: str,
    body: Any = None,
    *,
    api: str = "v1.1.0",
    token: str | None = None,
    method: str = "POST",
    **how: Any,
) -> dict[str, Any]:
    """One call to the API; the JSON object that came back. `body` is JSON, or raw bytes."""
    data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    query = "" if token is None else f"?token={quote(token, safe='')}"
    raw = exchange(pbx, request_bytes(method, f"/api/{api}/{endpoint}{query}", data), **how)
    head, _, answer = raw.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n"), head
    result = json.loads(answer)
    assert isinstance(result, dict)
    return result


def beat(pbx: Simulator, token: str | None = None, **members: Any) -> dict[str, Any]:
    """A good heartbeat with the simulator's own token, plus or instead those members."""
    body = {"ipaddr": "192.0.2.10", "port": "8260"} | members
    return call(pbx, "heartbeat", body, token=token or pbx.token)


def login(
    pbx: Simulator, password: str | None = None, *, port: int = 8260, **how: Any
) -> dict[str, Any]:
    """A good login, or one with that password; it announces this computer's `port`."""
    body = {
        "username": pbx.user,
        "password": md5(pbx.password if password is None else password),
        "port": str(port),
        "version": "1.0.2",
    }
    return call(pbx, "login", body, **how)
