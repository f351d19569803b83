"""Files in which a command keeps what it sent: they never hold a heartbeat, whatever they are."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from cli.conftest import Shell
from hbgui.adapters.files.history_db import HistoryDb, read_heartbeats
from hbgui.adapters.files.history_file import BUSY_S
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.adapters.net.deadline import WireCancel
from hbgui.cli import memory
from hbgui.cli.memory import Memory
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.runtime.named_lock import WINDOW, NamedLock
from patience import HANG_S, at_once

FORMER = b"this is no database" * 100


@pytest.fixture
def history(shell: Shell) -> Path:
    path = shell.home / ".local/state/hbgui/history.db"
    path.parent.mkdir(parents=True)
    return path


@pytest.fixture
def pbx(shell: Shell, simulator):
    made = simulator()
    ProfileFile(shell.home / ".config/hbgui/settings.json").save(
        Settings((Profile("a", "Hotel Post", made.url),), "a")
    )
    return made


def keep(shell: Shell, pbx, count: int, every: str = "0.1s") -> subprocess.Popen[str]:
    arguments = ("keep", "--profile", "Hotel Post", "--ip", "127.0.0.1")
    return shell.start(
        *arguments, "--count", str(count), "--every", every, token=pbx.token, stdout=None
    )


def send(shell: Shell, pbx) -> None:
    ran = shell.run("send", "--profile", "Hotel Post", "--ip", "127.0.0.1", token=pbx.token)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def kept(history: Path) -> int:
    with contextlib.suppress(StorageError):  # just being made
        return len(read_heartbeats(history, "a", 100) or ())
    return -1


def aside(history: Path) -> list[Path]:
    return list(history.parent.glob("history.db.damaged-*"))


def wait_for(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end_s, "it did not come"
        time.sleep(0.02)


def test_a_locked_history_holds_no_heartbeat(shell: Shell, pbx, history: Path) -> None:
    with closing(HistoryDb(history, str)) as store:
        assert store.open() == []
    came: list[float] = []
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with keep(shell, pbx, 8) as process:
            for number in range(1, 9):
                wait_for(lambda number=number: len(pbx.requests) >= number)
                came.append(time.monotonic())
            assert process.wait(60) == 0
        other.execute("COMMIT")
    # Not one pause is as long as a locked file is waited for.
    assert min(b - a for a, b in itertools.pairwise(came)) < BUSY_S


def test_keep_opens_the_history_once(shell: Shell, pbx, history: Path) -> None:
    with keep(shell, pbx, 4, "1s") as process:
        handles = Path(f"/proc/{process.pid}/fd")

        def open_history() -> list[str]:
            found = []
            for handle in handles.iterdir():
                with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                    found += [handle.name] if handle.readlink() == history else []
            return found

        wait_for(lambda: history.exists() and kept(history) == 1)
        first = open_history()
        wait_for(lambda: kept(history) == 3)
        assert open_history() == first != []
        assert process.wait(60) == 0
    assert kept(history) == 4


def test_a_damaged_history_is_put_aside_by_who_is_alone(shell: Shell, pbx, history: Path) -> None:
    history.write_bytes(FORMER)
    send(shell, pbx)
    (moved,) = aside(history)
    assert moved.read_bytes() == FORMER
    assert kept(history) == 1


def test_a_command_leaves_it_to_the_window_that_has_it_open(
    shell: Shell, pbx, history: Path
) -> None:
    with closing(HistoryDb(history, str)) as window:
        assert window.open() == []
        history.write_bytes(FORMER)
        send(shell, pbx)
        assert aside(history) == []
    assert history.read_bytes() == FORMER


def test_a_command_leaves_it_to_a_window_that_is_about_to_open_it(
    shell: Shell, pbx, history: Path
) -> None:
    history.write_bytes(FORMER)
    lock = NamedLock(history.parent / "locks", WINDOW)
    assert lock.acquire()
    try:
        send(shell, pbx)
    finally:
        lock.release()
    assert history.read_bytes() == FORMER


@pytest.mark.parametrize("name", [b"TABLE requests", b"latency_ms"])
def test_an_odd_byte_in_the_history_does_not_end_keep(
    shell: Shell, pbx, history: Path, name: bytes
) -> None:
    with closing(HistoryDb(history, str)) as store:
        assert store.open() == []
    history.write_bytes(history.read_bytes().replace(name, name[:-2] + b"\xff" + name[-1:]))
    with keep(shell, pbx, 3) as process:
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert said.startswith("The history file was damaged; a new one was begun.")
    assert len(pbx.requests) == 3
    assert kept(history) == 3


def test_a_history_that_gets_damaged_meanwhile_costs_no_row(
    shell: Shell, pbx, history: Path
) -> None:
    with keep(shell, pbx, 3, "1s") as process:
        wait_for(lambda: history.exists() and kept(history) == 1)
        with history.open("r+b") as file:
            file.write(b"\xff" * history.stat().st_size)
        assert process.wait(60) == 0
    assert len(aside(history)) == 1
    assert kept(history) == 2


def test_there_is_room_again_for_each_write_that_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "WAITING_MAX", 2)
    written: list[int] = []

    def write(number: int) -> None:
        written.append(number)
        done.set()

    made = Memory(_no_history, lambda: None, WireCancel)
    for number in range(5):
        done = threading.Event()
        made.do(partial(write, number))
        assert done.wait(30)
        made.troubles(30)  # it has ended, too
    made.close()
    assert written == [0, 1, 2, 3, 4]


def test_the_end_of_a_command_waits_for_no_file_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "CLOSE_S", HANG_S)
    gate = threading.Event()
    made = Memory(_no_history, lambda: None, WireCancel)
    made.do(lambda: gate.wait(HANG_S) and None)
    assert ("history_hangs", {"detail": ""}) in made.troubles(0.05)
    with at_once():
        made.close()
    gate.set()


def _no_history() -> HistoryDb:
    raise AssertionError("nobody needs it")


def test_a_fault_while_something_is_kept_is_told_in_a_sentence() -> None:
    def refused() -> None:
        raise ZeroDivisionError

    kept_aside = Memory(HistoryDb, lambda: None, WireCancel)  # type: ignore[arg-type]
    kept_aside.do(refused)
    assert kept_aside.troubles(HANG_S) == [
        ("history_storage_failed", {"detail": "ZeroDivisionError"})
    ]
    kept_aside.close()
