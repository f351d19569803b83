"""The way into the GUI thread: posting and closing wait for each other."""

from __future__ import annotations

import threading

from hbgui.core.events import MessageShown
from hbgui.runtime.hub import Mailbox


def test_it_closes_only_when_nobody_wakes_the_reader() -> None:
    """Who closes throws the reader away: a thread that is about to wake it must be done."""
    waking, go_on = threading.Event(), threading.Event()

    def wake() -> None:
        waking.set()
        assert go_on.wait(30)

    mailbox = Mailbox(wake)
    poster = threading.Thread(target=mailbox.post, args=(MessageShown("x"),))
    poster.start()
    assert waking.wait(30)
    closer = threading.Thread(target=mailbox.close)
    closer.start()
    closer.join(0.3)
    closed_too_early = not closer.is_alive()
    go_on.set()
    poster.join(30)
    closer.join(30)
    assert not closed_too_early
    mailbox.post(MessageShown("y"))
    assert mailbox.take(9) == []


def test_many_threads_lose_nothing_and_wake_once() -> None:
    woken: list[int] = []
    mailbox = Mailbox(lambda: woken.append(1))
    threads = [
        threading.Thread(target=lambda: [mailbox.post(MessageShown("x")) for _ in range(500)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(woken) == 1
    assert len(mailbox.take(1500)) == 1500
    # What is left wakes the reader again.
    assert len(woken) == 2
    assert len(mailbox.take(1500)) == 500
