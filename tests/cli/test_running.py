"""A computer that gives no more threads: a heartbeat goes out all the same."""

from __future__ import annotations

import errno
import threading

import pytest

from hbgui.adapters.net.deadline import WireCancel
from hbgui.cli.running import Stop, call
from hbgui.core.api.errors import Cancelled
from hbgui.process import fault_sentences

REFUSED = RuntimeError("can't start new thread")


def refused(_thread: threading.Thread) -> None:
    raise REFUSED


def test_a_call_runs_without_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", refused)
    assert call(lambda _cancel: 7, Stop(), WireCancel()) == 7


def test_a_signal_ends_it_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading.Thread, "start", refused)
    stop, cancel = Stop(), WireCancel()

    def work(_cancel: object) -> None:
        stop.end()
        if cancel.cancelled:
            raise Cancelled

    with pytest.raises(Cancelled):
        call(work, stop, cancel)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (REFUSED, "threads"),
        (MemoryError(), "memory"),
        (OSError(errno.EMFILE, "Too many open files"), "open files"),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_hbgui(error: Exception, word: str) -> None:
    told, advice = fault_sentences(error)
    assert word in told
    assert "fault in hbgui" not in told
    assert "report" not in advice
