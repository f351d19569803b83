"""Large files are written beside a window that stays quick."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from hbgui.adapters.atomic_write import write_pieces_atomically


def test_other_threads_may_go_on_while_a_large_file_is_made(tmp_path: Path) -> None:
    """Python changes threads every 5 ms only, unless one of them lets the other go."""
    turns, done = 0, threading.Event()

    def write() -> None:
        pieces = (str(sum(range(5000))).encode() for _ in range(2000))
        write_pieces_atomically(tmp_path / "large", pieces)
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not done.is_set():
        turns += 1
        time.sleep(0)
    thread.join()
    assert turns > 500
