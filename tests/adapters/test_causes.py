"""From what the system says to the sentence for a person: no cause is told by another's words."""

from __future__ import annotations

import errno
import os
import socket
import sqlite3
import ssl
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from adapters.servers import Server, hang, reply, reply_with
from hbgui.adapters.files.atomic_write import storage_error
from hbgui.adapters.files.history_db import HistoryDb
from hbgui.adapters.net import tcp
from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.local import SystemNetwork
from hbgui.core.api.errors import StorageError, TransportError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.history import Row
from hbgui.core.values import Moment
from hbgui.texts.notes import note_message
from hbgui.texts.outcomes import Message, outcome_message, reports_unmoved_message, secret_message

PBX = "https://192.0.2.9:8088"
OURS = "This computer"


def told(failure: TransportError) -> str:
    said: Message = outcome_message(failure.outcome, PBX)
    return f"{said.title}. {said.why} {said.advice}"


@pytest.mark.parametrize(
    ("number", "code", "says", "says_not"),
    [
        (errno.ECONNREFUSED, "connection_refused", "or a firewall in its place", "vanish"),
        (errno.ENETUNREACH, "no_route", "offline, or it or a router", "firewall turns"),
        (errno.ENETDOWN, "no_route", "This computer is offline", "restart"),
        (
            errno.EHOSTUNREACH,
            "host_unreachable",
            "This computer, or a router or firewall",
            "VPN or",
        ),
        (errno.EACCES, "connect_forbidden", "or with IPv6 one on the way", "cable"),
        (errno.ETIMEDOUT, "connect_timed_out", "came about in time", "Whether it took"),
        # Not the network: this computer has nothing left to connect with.
        (errno.EADDRNOTAVAIL, "connect_failed", os.strerror(errno.EADDRNOTAVAIL), "route"),
        (errno.ENFILE, "connect_failed", os.strerror(errno.ENFILE), "route"),
        (errno.ENOMEM, "connect_failed", os.strerror(errno.ENOMEM), "route"),
    ],
)
def test_a_failed_connection(post, monkeypatch, number, code, says, says_not):
    monkeypatch.setattr(socket.socket, "connect_ex", lambda _self, _address: number)
    monkeypatch.setattr(tcp, "in_own_network", lambda _ip: False)
    failure = post.failure(8088, host="192.0.2.9")
    assert failure.code == code
    assert says in told(failure)
    assert says_not not in told(failure)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_too_many_open_files_are_no_answer_of_the_pbx(post, monkeypatch, scheme):
    def no_more() -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with Server(reply_with(b"{}")) as server, monkeypatch.context() as patch:
        patch.setattr(socket, "socketpair", no_more)
        failure = post.failure(server.port, scheme=scheme)
        assert not server.requests
    assert (failure.code, failure.detail) == ("connect_failed", "Too many open files")
    assert "Too many open files" in told(failure)
    assert "Blocked IP Address" not in told(failure)


def test_issuers_that_cannot_be_read_are_no_cut_off_answer(post, monkeypatch):
    def unreadable(*_args: object) -> ssl.SSLContext:
        raise OSError(errno.EMFILE, "Too many open files")

    with Server(reply_with(b"{}")) as server, monkeypatch.context() as patch:
        patch.setattr(ssl, "SSLContext", unreadable)
        failure = post.failure(server.port, scheme="https")
        assert not server.requests
    assert (failure.code, failure.detail) == ("connect_failed", "Too many open files")


def test_a_route_that_cannot_be_looked_up_is_no_missing_route(monkeypatch):
    made = socket.socket

    def no_more(family: int, kind: int, *rest: object, **options: object) -> socket.socket:
        if kind == socket.SOCK_DGRAM:
            raise OSError(errno.EMFILE, "Too many open files")
        return made(family, kind, *rest, **options)

    network, stop = SystemNetwork(Lookups()), WireCancel()
    monkeypatch.setattr(socket, "socket", no_more)
    with pytest.raises(TransportError) as caught:
        network.route_to("192.0.2.9", 8088, timeout_s=1, cancel=stop)
    assert (caught.value.code, caught.value.detail) == ("connect_failed", "Too many open files")


@pytest.mark.parametrize(
    ("why", "number"),
    [
        ("Name or service not known", socket.EAI_NONAME),
        ("Temporary failure in name resolution", socket.EAI_AGAIN),
        ("Non-recoverable failure in name resolution", socket.EAI_FAIL),
    ],
)
def test_a_look_up_says_what_the_system_said(post, why, number):
    def resolve(*_args: object, **_options: object) -> list[object]:
        raise socket.gaierror(number, why)

    failure = post.with_resolver(resolve).failure(8088, host="pbx.example")
    assert f"brought none: {why}." in told(failure)


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (403, "The proxy does not let us through to the PBX"),
        (405, "The proxy does not let us through to the PBX"),
        (407, "The proxy wants a login"),
        (502, "The proxy could not connect to the PBX"),
        (503, "The proxy could not connect to the PBX"),
        (504, "The proxy could not connect to the PBX"),
    ],
)
def test_what_a_proxy_says_before_the_tunnel(post, status, title):
    with Server(reply_with(b"", status=f"{status} X")) as proxy:
        failure = post.failure(8088, scheme="https", proxy=f"http://127.0.0.1:{proxy.port}")
    assert outcome_message(failure.outcome, PBX).title == title
    assert f"HTTP {status}" in told(failure)


@pytest.mark.parametrize(
    ("status", "proxy", "says", "says_not"),
    [
        (407, "", "a proxy on the way says it", "restart the PBX"),
        (407, "http://10.0.0.1:3128", "a proxy on the way says it", "restart the PBX"),
        (
            502,
            "http://10.0.0.1:3128",
            "Whether https://192.0.2.9:8088 said it or the proxy",
            "API;",
        ),
        (502, "", "https://192.0.2.9:8088 answered with HTTP 502", "proxy"),
        (403, "", "https://192.0.2.9:8088 answered with HTTP 403", "proxy"),
    ],
)
def test_what_may_be_a_proxys_is_not_told_as_the_pbxs(status, proxy, says, says_not):
    outcome = Outcome(OutcomeKind.UNCLEAR, "http_status", http_status=status, proxy=proxy)
    said = outcome_message(outcome, PBX)
    assert says in said.why
    assert says_not not in f"{said.title} {said.why} {said.advice}".replace(proxy or "-", "")


def test_a_proxy_that_takes_the_connection_and_is_silent_is_not_called_out_of_reach(post):
    with Server(hang) as proxy:
        failure = post.failure(
            8088, scheme="https", proxy=f"http://127.0.0.1:{proxy.port}", timeout_s=1
        )
    assert failure.outcome.kind is OutcomeKind.UNREACHABLE
    assert "not reached" not in told(failure)


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("SQLITE_FULL", "disk_full", "the disk is full"),
        ("SQLITE_READONLY", "read_only", "read-only"),
        ("SQLITE_READONLY_DIRECTORY", "read_only", "read-only"),
        ("SQLITE_READONLY_DBMOVED", "moved", "moved or deleted"),
        ("SQLITE_PERM", "read_only", "read-only"),
        # Too many open files, a folder that was removed: nothing is known but the words.
        ("SQLITE_CANTOPEN", "storage_failed", "The database says: words."),
        ("SQLITE_IOERR_WRITE", "storage_failed", "The database says: words."),
        ("SQLITE_BUSY", "locked", "another program"),
    ],
)
def test_a_row_that_cannot_be_kept(tmp_path, monkeypatch, name, code, says):
    class Failing(sqlite3.Connection):
        """What SQLite says is played: a disk cannot be filled here."""

        def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
            if not sql.startswith("INSERT"):
                return super().execute(sql, *args)
            error = sqlite3.OperationalError("words")
            error.sqlite_errorname = name
            raise error

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Failing))
    store = HistoryDb(tmp_path / "history.db", str)
    assert store.open() == []
    attempt = Attempt(Moment(0, datetime(2026, 1, 2, tzinfo=UTC)), ACCEPTED, PBX)
    with pytest.raises(StorageError) as caught:
        store.add(Row("a", "Hotel Post", attempt))
    store.close()
    assert caught.value.code == code
    said = note_message(f"history_{code}", {"detail": caught.value.detail})
    assert says in f"{said.title}. {said.why}"
    assert ("read-only" in said.title) == (code == "read_only")


@pytest.mark.parametrize(
    ("number", "code", "says"),
    [
        (errno.ENOSPC, "disk_full", "the disk is full, or your share of it"),
        (errno.EDQUOT, "disk_full", "the disk is full, or your share of it"),
        (errno.EROFS, "read_only", "read-only"),
        (errno.EACCES, "not_permitted", "does not permit"),
        (errno.EPERM, "not_permitted", "does not permit"),
        (errno.EIO, "storage_failed", os.strerror(errno.EIO)),
        (errno.EMFILE, "storage_failed", os.strerror(errno.EMFILE)),
        (errno.EISDIR, "storage_failed", os.strerror(errno.EISDIR)),
        (errno.ENAMETOOLONG, "storage_failed", os.strerror(errno.ENAMETOOLONG)),
        (errno.ELOOP, "storage_failed", os.strerror(errno.ELOOP)),
    ],
)
@pytest.mark.parametrize("prefix", ["", "export_"])
def test_a_file_that_cannot_be_written(number, code, says, prefix):
    failure = storage_error(OSError(number, os.strerror(number)))
    assert failure.code == code
    said = note_message(f"{prefix}{code}", {"detail": failure.detail, "path": "/x"})
    assert says in f"{said.title}. {said.why}"
    assert "/x" in said.why


@pytest.mark.parametrize(
    ("code", "says", "says_not"),
    [
        ("keyring_hung", "or is busy", "10 seconds"),
        ("keyring_gone", "or the session's message bus", "Its process"),
        ("keyring_failed", "The PBX was not asked", "Nothing is wrong"),
        ("password_not_stored", "for this PBX at this address", "holds no API password."),
    ],
)
def test_a_keyring_is_not_told_more_of_than_is_known(code, says, says_not):
    said = secret_message(code, "x")
    assert says in f"{said.why} {said.advice}"
    assert says_not not in f"{said.why} {said.advice}"


@pytest.mark.parametrize(("scheme", "sent"), [("http", True), ("https", False)])
def test_a_time_out_before_anything_was_sent_is_told_as_that(post, scheme, sent):
    with Server(hang, early=not sent) as server:
        failure = post.failure(server.port, scheme=scheme, timeout_s=1)
    assert failure.code == "timed_out"
    assert ("Whether it took the request is not known" in told(failure)) == sent
    assert ("Nothing was sent" in told(failure)) == (not sent)


@pytest.mark.parametrize(
    ("coding", "says"),
    [
        (b"Content-Encoding: gzip", "encoded it (gzip)"),
        (b"Transfer-Encoding: x-odd", "encoded it (x-odd)"),
    ],
)
def test_an_encoded_answer_says_how(post, coding, says):
    with Server(reply(b"HTTP/1.1 200 OK\r\n" + coding + b"\r\n\r\nxx")) as server:
        failure = post.failure(server.port)
    assert failure.code == "answer_compressed"
    assert says in told(failure)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("adapter_down", "Plug the adapter in"),
        ("name_unknown", "Enter the application server's address yourself"),
        ("no_route", "Enter the application server's address yourself"),
        ("port_range", "address, port or URL"),
        ("url_missing", "address, port or URL"),
    ],
)
def test_what_mends_an_announced_place_depends_on_why_it_is_the_old_one(code, says):
    at = Moment(0, datetime(2026, 1, 2, tzinfo=UTC))
    attempt = Attempt(at, ACCEPTED, PBX, "192.168.5.20:8260", fallback_reason=code)
    assert says in reports_unmoved_message(attempt).advice
