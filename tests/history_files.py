"""History files made for a test."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from hbgui.adapters.files.history_db import HistoryDb
from hbgui.core.history import Row


@contextmanager
def connections() -> Iterator[list[sqlite3.Connection]]:
    """All connections to databases that are made meanwhile."""
    made: list[sqlite3.Connection] = []
    real = sqlite3.connect

    def connect(*args: Any, **more: Any) -> sqlite3.Connection:
        made.append(real(*args, **more))
        return made[-1]

    with mock.patch.object(sqlite3, "connect", connect):
        yield made


def fill(path: Path, rows: Iterable[Row], clean: Callable[[str], str] = str) -> None:
    """Add the rows to the file as the program does, but wait for the disk once only."""
    store = HistoryDb(path, clean)
    with closing(store), connections() as made:
        assert store.open() == []
        made[-1].execute("BEGIN")
        for each in rows:
            store.add(each)
        made[-1].execute("COMMIT")
