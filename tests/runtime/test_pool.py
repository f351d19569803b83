"""The pool: bounded, urgent first, cancellable, and never in the way of the exit."""

import logging
import threading
import time
from queue import Queue

import pytest

from hbgui.runtime.pool import Pool
from patience import HANG_S, at_once
from runtime.world import Flag


def test_it_never_runs_more_than_its_size() -> None:
    pool = Pool("t", 3, Flag)
    lock = threading.Lock()
    running, most = 0, 0

    def work(_cancel: object) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1

    for _ in range(30):
        assert pool.submit(work)
    assert pool.close(drain_s=5, abort=False)
    assert most == 3


def test_the_most_urgent_goes_first() -> None:
    pool = Pool("t", 1, Flag)
    gate = threading.Event()
    order: list[float] = []
    pool.submit(lambda _c: gate.wait(30) and None)
    for urgency in (5.0, 1.0, 3.0):
        pool.submit(lambda _c, u=urgency: order.append(u), urgency=urgency)
    gate.set()
    assert pool.close(drain_s=5, abort=False)
    assert order == [1.0, 3.0, 5.0]


def test_one_piece_of_work_of_a_key_at_a_time() -> None:
    pool = Pool("t", 2, Flag)
    gate = threading.Event()
    ran: list[int] = []
    assert pool.submit(lambda _c: gate.wait(30) and ran.append(1), key="a")
    assert not pool.submit(lambda _c: ran.append(2), key="a")
    assert pool.submit(lambda _c: ran.append(3), key="b")
    gate.set()
    assert pool.close(drain_s=5, abort=False)
    assert sorted(ran) == [1, 3]


def test_cancel_reaches_running_and_waiting_work() -> None:
    pool = Pool("t", 1, Flag)
    seen: list[str] = []
    pool.submit(lambda c: c.event.wait(30) and seen.append("running"), key="a")
    pool.submit(lambda c: seen.append(f"waiting {c.cancelled}"), key="b")
    pool.cancel("b")
    pool.cancel("a")
    pool.cancel("never heard of")
    assert pool.close(drain_s=5, abort=False)
    assert seen == ["running", "waiting True"]


def test_a_fault_ends_neither_thread_nor_key(caplog: pytest.LogCaptureFixture) -> None:
    pool = Pool("t", 1, Flag)
    done = threading.Event()
    with caplog.at_level(logging.ERROR):
        pool.submit(lambda _c: 1 / 0, key="a")
        pool.submit(lambda _c: done.set())
        assert done.wait(30)
    assert "ZeroDivisionError" in caplog.text
    ran = threading.Event()
    assert pool.submit(lambda _c: ran.set(), key="a")
    assert ran.wait(30)
    assert pool.close(drain_s=5)


@pytest.mark.parametrize("fault", [SystemExit(1), KeyboardInterrupt(), GeneratorExit()])
def test_a_fault_that_is_no_exception_ends_neither(
    caplog: pytest.LogCaptureFixture, fault: BaseException
) -> None:
    def fail(_cancel: object) -> None:
        raise fault

    pool = Pool("t", 1, Flag)
    for _ in range(3):
        done = threading.Event()
        assert pool.submit(fail, key="a")
        pool.submit(lambda _c, done=done: done.set())
        assert done.wait(30)
    assert type(fault).__name__ in caplog.text
    assert pool.close(drain_s=30)


def test_what_hangs_is_left_behind() -> None:
    pool = Pool("t", 1, Flag)
    started, release = threading.Event(), threading.Event()

    def deaf(_cancel: object) -> None:
        started.set()
        release.wait(HANG_S)

    pool.submit(deaf)
    assert started.wait(30)
    with at_once():
        assert not pool.close(drain_s=0.1)
    assert not pool.submit(deaf)
    assert all(t.daemon for t in threading.enumerate() if t.name.startswith("t-"))
    release.set()
    assert pool.close(drain_s=5)


def test_a_held_pool_begins_when_it_is_released() -> None:
    pool = Pool("t", 2, Flag, started=False)
    done = [threading.Event() for _ in range(3)]
    for event in done:
        pool.submit(lambda _c, e=event: e.set())
    time.sleep(0.05)
    assert not any(event.is_set() for event in done)
    pool.start()
    assert all(event.wait(30) for event in done)
    assert pool.close(drain_s=5)


def test_a_held_pool_closes_at_once() -> None:
    pool = Pool("t", 2, Flag, started=False)
    pool.submit(lambda _c: None)
    assert pool.close(drain_s=0.5, abort=False)


def test_who_hears_of_the_end_may_submit_the_same_again() -> None:
    pool, heard = Pool("p", 1, Flag), Queue[bool]()
    pool.submit(lambda _cancel: lambda: heard.put(pool.submit(lambda _c: None, key="a")), key="a")
    assert heard.get(timeout=60)
    assert pool.close(drain_s=5)


def test_what_waited_for_the_release_runs_in_no_more_threads_than_there_may_be() -> None:
    pool = Pool("t", 1, Flag, started=False)
    inside, met = threading.Semaphore(1), []

    def work(_cancel: object) -> None:
        if not inside.acquire(blocking=False):
            met.append(1)
            return
        time.sleep(0.05)
        inside.release()

    for _ in range(5):
        pool.submit(work)
    pool.start()
    assert pool.close(drain_s=HANG_S, abort=False)
    assert met == []


def test_what_must_not_be_lost_is_finished_and_not_cancelled() -> None:
    pool = Pool("t", 1, Flag)
    gate, cancelled = threading.Event(), []

    def work(cancel: Flag) -> None:
        gate.wait(30)
        cancelled.append(cancel.cancelled)

    pool.submit(work)
    pool.submit(work)
    pool.close(abort=False)
    gate.set()
    assert pool.close(drain_s=HANG_S, abort=False)
    assert cancelled == [False, False]


def test_work_waits_for_a_thread_that_the_system_did_not_give(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refused(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    pool, done = Pool("t", 1, Flag), Queue[int]()
    with monkeypatch.context() as none_left:
        none_left.setattr(threading.Thread, "start", refused)
        assert pool.submit(lambda _cancel: done.put(1))
    assert pool.submit(lambda _cancel: done.put(2))
    assert [done.get(timeout=HANG_S), done.get(timeout=HANG_S)] == [1, 2]
    assert pool.close(drain_s=HANG_S)
