"""Files are written whole or not at all, beside a window that stays quick; nothing is left over."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hbgui.adapters.files.atomic_write import write_atomically, write_pieces_atomically
from hbgui.core.api.errors import Cancelled

SOURCE = Path(__file__).resolve().parents[3] / "src"

WRITER = """
import sys, time
from pathlib import Path
from hbgui.adapters.files.atomic_write import write_pieces_atomically

def pieces():
    yield b"x" * 100_000
    print("begun", flush=True)
    sys.stdin.readline()
    yield b"end"

write_pieces_atomically(Path(sys.argv[1]), pieces())
"""


def writer(path: Path) -> subprocess.Popen[str]:
    """Another program in the middle of writing that file."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        env={"PYTHONPATH": str(SOURCE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def test_what_a_killed_writer_left_is_swept(tmp_path: Path) -> None:
    target = tmp_path / "calls.csv"
    for name in ("calls.csv", "hbgui-reports-2026-11-29.csv"):
        with writer(tmp_path / name) as killed:
            killed.send_signal(signal.SIGKILL)
    (tmp_path / ".calls.csv.new-of-an-older-hbgui").write_text("half")
    mine = tmp_path / ".other.new-ours"
    mine.write_text("not of this file")
    write_atomically(target, b"whole")
    assert sorted(tmp_path.iterdir()) == [mine, target]
    assert target.read_bytes() == b"whole"


def test_what_another_program_is_writing_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "calls.csv"
    with writer(target) as other:
        write_atomically(target, b"first")
        assert target.read_bytes() == b"first"
        other.communicate("\n", timeout=30)
    assert other.returncode == 0
    assert target.read_bytes() == b"x" * 100_000 + b"end"
    assert list(tmp_path.iterdir()) == [target]


def test_other_threads_may_go_on_while_a_large_file_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python changes threads every 5 ms only, unless one of them lets the other go."""
    pauses: list[float] = []
    monkeypatch.setattr("hbgui.adapters.files.atomic_write.time.sleep", pauses.append)
    write_pieces_atomically(tmp_path / "large", (b"piece" for _ in range(2000)))
    assert len(pauses) >= 2000
    assert (tmp_path / "large").read_bytes() == b"piece" * 2000


def test_the_content_is_on_the_disk_before_its_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power failure may leave an empty file, or the old one after "saved" was said."""
    target = tmp_path / "settings.json"
    target.write_bytes(b"old")
    synced: list[tuple[str, bytes]] = []

    def fsync(handle: int) -> None:
        folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        if not folder:
            assert os.fstat(handle).st_size == len(b"new content"), "not all was written yet"
        synced.append(("folder" if folder else "file", target.read_bytes()))

    monkeypatch.setattr(os, "fsync", fsync)
    write_atomically(target, b"new content")
    assert synced == [("file", b"old"), ("folder", b"new content")]


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_file_and_folders_are_this_users_alone_whatever_the_umask(
    tmp_path: Path, umask: int
) -> None:
    target = tmp_path / "one" / "two" / "file"
    before = os.umask(umask)
    try:
        write_atomically(target, b"x")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (target, target.parent, tmp_path / "one")]
    assert modes == [0o600, 0o700, 0o700]


def test_what_goes_wrong_while_it_is_written_leaves_nothing_behind(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise Cancelled

    (tmp_path / "x").write_bytes(b"old")
    with pytest.raises(Cancelled):
        write_pieces_atomically(tmp_path / "x", pieces())
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"x": b"old"}


def test_a_new_file_that_another_program_swept_away_is_begun_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flock, swept = fcntl.flock, []

    def sweeping(handle: int, how: int) -> None:
        for path in [] if swept else list(tmp_path.iterdir()):
            path.unlink()
            swept.append(path)
        flock(handle, how)

    monkeypatch.setattr("fcntl.flock", sweeping)
    write_pieces_atomically(tmp_path / "x", [b"new"])
    assert swept
    assert (tmp_path / "x").read_bytes() == b"new"
