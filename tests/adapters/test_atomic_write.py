"""Files are written whole or not at all, beside a window that stays quick; nothing is left over."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hbgui.adapters.atomic_write import write_atomically, write_pieces_atomically

SOURCE = Path(__file__).resolve().parents[2] / "src"

WRITER = """
import sys, time
from pathlib import Path
from hbgui.adapters.atomic_write import write_pieces_atomically

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
    with writer(target) as killed:
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
    monkeypatch.setattr("hbgui.adapters.atomic_write.time.sleep", pauses.append)
    write_pieces_atomically(tmp_path / "large", (b"piece" for _ in range(2000)))
    assert len(pauses) >= 2000
    assert (tmp_path / "large").read_bytes() == b"piece" * 2000
