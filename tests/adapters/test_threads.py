"""Calls in threads of their own: what is returned, raised, cancelled or hangs."""

from __future__ import annotations

import logging
import threading
import time
import weakref
from collections.abc import Callable

import pytest

from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.secrets.keyring_store import KeyringStore
from hbgui.adapters.threads import BackgroundCall, DaemonThreads, NoAnswer, SerialWorker
from hbgui.core.api.errors import Cancelled, SecretError
from hbgui.core.values import Secret
from patience import PATIENCE_S

FAULTS = [ValueError("x"), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), BaseException()]
faults = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)


def raising(fault: BaseException) -> Callable[..., None]:
    def work(*_: object) -> None:
        raise fault

    return work


def late_answer(thread: SerialWorker) -> None:
    """A call that times out and comes back."""
    gate = threading.Event()
    with pytest.raises(NoAnswer):
        thread.run(lambda: gate.wait(30))
    gate.set()


def run_when_back(thread: SerialWorker) -> int:
    end = threading.Event()
    for _ in range(3000):
        try:
            return thread.run(lambda: 7)
        except NoAnswer:
            end.wait(0.01)
    raise AssertionError("it never came back")


@faults
def test_a_callback_that_raises_is_logged_and_the_thread_lives(
    fault: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    told = threading.Event()

    def came_back(_result: object) -> None:
        told.set()
        raise fault

    thread = SerialWorker("t", 0.2, came_back)
    with caplog.at_level(logging.ERROR):
        for _ in range(2):
            told.clear()
            late_answer(thread)
            assert told.wait(30)
            assert run_when_back(thread) == 7
    assert type(fault).__name__ in caplog.text


@faults
def test_a_call_that_raises_gets_no_answer_and_the_next_one_does(
    fault: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    thread = SerialWorker("t", 30)
    with caplog.at_level(logging.ERROR), pytest.raises(NoAnswer):
        thread.run(raising(fault))
    assert type(fault).__name__ in caplog.text
    assert thread.run(lambda: 7) == 7


class OddError(Exception):
    """Of a backend: cannot even be printed, and names itself as its own cause."""

    def __init__(self) -> None:
        super().__init__()
        self.__context__ = RuntimeError("canary")
        self.__context__.__context__ = self

    def __str__(self) -> str:
        raise ValueError


class Backend:
    """Raises once, then works."""

    def __init__(self, fault: BaseException) -> None:
        self._faults = [fault]

    def get_password(self, _service: str, _account: str) -> str:
        if self._faults:
            raise self._faults.pop()
        return "token"


@pytest.mark.parametrize("fault", [*FAULTS, OddError()], ids=lambda fault: type(fault).__name__)
def test_whatever_a_backend_raises_is_a_keyring_that_failed(
    monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    backend = Backend(fault)
    monkeypatch.setattr("hbgui.adapters.secrets.keyring_store.choose", lambda: backend)
    store = KeyringStore(timeout_s=30)
    with pytest.raises(SecretError) as failure:
        store.get("a")
    assert failure.value.code == "keyring_failed"
    assert "canary" not in failure.value.detail
    assert store.get("a") == Secret("token")


def test_the_last_result_is_not_kept_until_the_next_call() -> None:
    """It may be a secret."""

    class Result:
        pass

    thread = SerialWorker("t", 30)
    left = weakref.ref(thread.run(Result))
    until_s = time.monotonic() + PATIENCE_S
    while left() is not None and time.monotonic() < until_s:
        time.sleep(0.01)
    assert left() is None


@faults
def test_what_a_call_raises_is_raised_where_its_result_is_wanted(fault: BaseException) -> None:
    call = BackgroundCall(raising(fault)).start("t")
    for _ in range(2):
        with pytest.raises(type(fault)) as raised:
            call.result(PATIENCE_S)
        assert raised.value is fault


def test_a_call_that_hangs_is_left_behind_by_a_deadline_and_by_a_cancel() -> None:
    gate, cancel = threading.Event(), WireCancel()
    call = BackgroundCall(lambda: gate.wait(30)).start("t")
    with pytest.raises(TimeoutError):
        call.result(0.01)
    threading.Timer(0.05, cancel.cancel).start()
    with pytest.raises(Cancelled):
        call.result(30, cancel)
    assert not call.ended
    gate.set()
    assert call.wait(PATIENCE_S)
    assert call.result(PATIENCE_S, cancel), "what has ended is told, cancelled or not"
    assert call.ended_s <= time.monotonic()


def test_threads_of_calls_are_daemons_and_have_fixed_names() -> None:
    """A daemon does not hold the exit; a name that is made of values could hold a secret."""
    first = BackgroundCall(threading.current_thread).start("name").result(PATIENCE_S)
    second = DaemonThreads().start(threading.current_thread).result(PATIENCE_S, WireCancel())
    assert [(thread.name, thread.daemon) for thread in (first, second)] == [
        ("name", True),
        ("background", True),
    ]
