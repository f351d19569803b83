"""Why a socket does not listen: each cause of the system's by its own sentence."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from hbgui.core.reports.arrivals import ReceiverState
from hbgui.core.reports.receiving import ListenProblem, Place
from hbgui.runtime.reports.clients import open_listener
from hbgui.texts.reports.receiving import listen_problem_message, not_listening_message


def problem_of(number: int, step: str, port: int, monkeypatch: pytest.MonkeyPatch) -> ListenProblem:
    def fail(*_args: object, **_options: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(socket if step == "socket" else socket.socket, step, fail)
        found = open_listener("127.0.0.1", port)
    assert isinstance(found, ListenProblem)
    return found


@pytest.mark.parametrize(
    ("step", "number", "port", "code"),
    [
        ("bind", errno.EADDRINUSE, 8260, "port_taken"),
        ("listen", errno.EADDRINUSE, 8260, "port_taken"),
        ("bind", errno.EADDRNOTAVAIL, 8260, "address_not_ours"),
        ("socket", errno.EAFNOSUPPORT, 8260, "address_not_ours"),
        ("bind", errno.EACCES, 80, "port_privileged"),
        # Not taken by anybody: a rule of this computer forbids it.
        ("bind", errno.EACCES, 8260, "listen_failed"),
        ("bind", errno.EPERM, 8260, "listen_failed"),
        # A link-local address without its adapter may well be ours.
        ("bind", errno.EINVAL, 8260, "listen_failed"),
        ("socket", errno.EMFILE, 8260, "listen_failed"),
        ("socket", errno.ENFILE, 8260, "listen_failed"),
        ("bind", errno.ENOBUFS, 8260, "listen_failed"),
    ],
)
def test_each_cause_has_its_words(monkeypatch, step, number, port, code):
    found = problem_of(number, step, port, monkeypatch)
    assert found.code == code
    said = listen_problem_message(found)
    assert ("in use" in said.title) == (code == "port_taken")
    assert ("is not an address of this computer" in said.title) == (code == "address_not_ours")
    if code == "listen_failed":
        assert said.why == f"The system says: {os.strerror(number)}."


def test_the_window_has_the_systems_words_too():
    place = Place("10.0.0.5", 8260, "/")
    words = "Too many open files"
    receiving = ReceiverState(place, "listen_failed", bound="10.0.0.5", detail=words)
    assert not_listening_message(receiving).why == "The system says: Too many open files."
