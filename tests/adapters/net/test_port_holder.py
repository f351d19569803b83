"""Which program has a port, as far as the system tells."""

from __future__ import annotations

import os
import socket

import psutil
import pytest

from hbgui.adapters.net.local import port_holder


@pytest.mark.parametrize(
    ("held", "wanted", "found"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "0.0.0.0", True),
        ("0.0.0.0", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("127.0.0.1", "localhost", True),
    ],
)
def test_the_holder_is_named(held: str, wanted: str, found: bool) -> None:
    with socket.create_server((held, 0)) as server:
        holder = port_holder(wanted, server.getsockname()[1])
    assert (holder is not None) is found
    if holder is not None:
        assert (holder.pid, holder.name) == (os.getpid(), psutil.Process().name())


def test_a_free_port_has_no_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert port_holder("127.0.0.1", port) is None


@pytest.mark.parametrize("error", [psutil.AccessDenied(1), OSError("no"), RuntimeError("odd")])
def test_where_the_system_does_not_tell_nothing_breaks(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(kind: str) -> None:
        raise error

    monkeypatch.setattr(psutil, "net_connections", refuse)
    assert port_holder("127.0.0.1", 8260) is None
