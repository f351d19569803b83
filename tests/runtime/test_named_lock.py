"""Locks between programs: who holds one decides, not what its file says."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hbgui.process import locked
from hbgui.runtime.named_lock import Holder, NamedLock

TEXTS = {
    "empty": b"",
    "garbage": bytes(range(256)) * 300,
    "another living process": f"{os.getppid()}\npython3\n{socket.gethostname()}\n".encode(),
    "another computer": b"4711\nhbgui\nattic\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_what_the_file_says_keeps_nobody_out_and_lets_nobody_in(
    tmp_path: Path, text: bytes
) -> None:
    (tmp_path / "x.lock").write_bytes(text)
    one, two = NamedLock(tmp_path, "x"), NamedLock(tmp_path, "x")
    assert one.acquire()
    assert one.holder() == Holder(os.getpid(), socket.gethostname())
    (tmp_path / "x.lock").write_bytes(text)
    assert not two.acquire()
    one.release()
    assert two.acquire()
    two.release()
    two.release()
    assert not list(tmp_path.iterdir())


OWNER = """
import sys, time
from pathlib import Path
from hbgui.runtime.named_lock import NamedLock
lock = NamedLock(Path(sys.argv[1]), "x")
print(lock.acquire(), flush=True)
time.sleep(60)
"""


def test_it_goes_with_its_owner(tmp_path: Path) -> None:
    lock = NamedLock(tmp_path, "x")
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "True\n"
        assert not lock.acquire()
        found = lock.holder()
        assert found is not None
        assert (found.pid, found.here) == (owner.pid, True)
        owner.send_signal(signal.SIGKILL)
    assert lock.acquire()
    lock.release()


RACE = """
import sys
from pathlib import Path
from hbgui.runtime.named_lock import NamedLock
folder, mark = Path(sys.argv[1]), Path(sys.argv[1]) / "inside"
for _ in range(200):
    lock = NamedLock(folder, "x")
    if lock.acquire():
        mark.mkdir()  # raises when another one is inside
        mark.rmdir()
        lock.release()
"""


def test_two_never_hold_it_at_once(tmp_path: Path) -> None:
    racers = [
        subprocess.Popen([sys.executable, "-c", RACE, str(tmp_path)], stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for racer in racers:
        _out, err = racer.communicate(timeout=60)
        assert racer.returncode == 0, err.decode()


def test_a_folder_that_is_not_ours_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert NamedLock(tmp_path / "file" / "locks", "x").acquire()


def test_folders_and_file_are_for_this_user_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        lock = NamedLock(tmp_path / "state" / "hbgui" / "locks", "x")
        assert lock.acquire()
    finally:
        os.umask(before)
    made = [tmp_path / "state", tmp_path / "state/hbgui", tmp_path / "state/hbgui/locks"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in made] == [0o700] * 3
    assert stat.S_IMODE((made[-1] / "x.lock").stat().st_mode) == 0o600
    lock.release()


def test_a_lock_whose_file_was_replaced_leaves_the_other_programs_file(tmp_path: Path) -> None:
    old, new = NamedLock(tmp_path, "x"), NamedLock(tmp_path, "x")
    assert old.acquire()
    (tmp_path / "x.lock").unlink()
    assert new.acquire()
    old.release()
    assert not NamedLock(tmp_path, "x").acquire()
    new.release()


def test_on_a_disk_that_names_no_file_twice_alike_the_lock_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os.path, "samestat", lambda _one, _other: False)
    lock = NamedLock(tmp_path, "x")
    assert lock.acquire()
    assert not NamedLock(tmp_path, "x").acquire()
    lock.release()
    assert NamedLock(tmp_path, "x").acquire()


def test_a_file_that_may_only_be_read_locks_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.lock").touch()
    real = os.open

    def only_reading(path: Path, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_ACCMODE != os.O_RDONLY:
            raise PermissionError
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", only_reading)
    lock = NamedLock(tmp_path, "x")
    assert lock.acquire()
    assert not NamedLock(tmp_path, "x").acquire()
    lock.release()


def test_a_lock_that_a_strict_umask_made_keeps_others_out(tmp_path: Path) -> None:
    """A file that nobody may open would keep nobody out."""
    before = os.umask(0o777)
    try:
        lock = NamedLock(tmp_path / "locks", "window")
        assert lock.acquire()
        with locked(tmp_path / "counts.lock", 0) as got:
            assert got
    finally:
        os.umask(before)
    for path in (tmp_path / "locks/window.lock", tmp_path / "counts.lock"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lock.release()
