"""A history of a million rows: opening, the first page, scrolling and filtering.

    python bench/history.py [ROWS]

Prints milliseconds and the ratio to a bare SQLite query for the same rows, in the same run.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from needs import need

need()

from hbgui.adapters.files.history_db import HistoryDb  # noqa: E402 - told first if it is missing
from hbgui.adapters.files.history_file import COLUMNS  # noqa: E402
from hbgui.core.history import PAGE, HistoryFilter  # noqa: E402

NEWEST = 2**62
KINDS = ("accepted", "accepted", "accepted", "unreachable")


def fill(path: Path, rows: int) -> None:
    store = HistoryDb(path, str)
    assert store.open() == []
    store.close()
    db = sqlite3.connect(path)
    start = datetime.now(UTC).timestamp() - rows * 60
    db.executemany(
        f"INSERT INTO requests ({COLUMNS}) VALUES (?, ?, ?, ?, 'accepted', NULL, 200, "
        "'https://192.168.5.150:8088', '192.168.5.20:8260', 12.5, '', '', '', '', "
        "'heartbeat', '{}')",
        ((start + n * 60, f"id{n % 40}", f"PBX {n % 40}", KINDS[n % 4]) for n in range(rows)),
    )
    db.commit()
    db.close()


def timed(what: Callable[[], Any]) -> float:
    start = time.perf_counter()
    what()
    return (time.perf_counter() - start) * 1000


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        fill(path, rows)
        print(f"{rows} rows, {path.stat().st_size / 2**20:.0f} MiB")
        store = HistoryDb(path, str)
        bare = sqlite3.connect(path)

        def ask(wanted: HistoryFilter, before: int = NEWEST) -> Callable[[], Any]:
            return lambda: store.page(wanted, before, PAGE)

        def query(where: str) -> Callable[[], Any]:
            text = f"SELECT * FROM requests WHERE {where} ORDER BY number DESC LIMIT {PAGE}"
            return lambda: bare.execute(text).fetchall()

        print(f"open                     {timed(store.open):8.1f} ms")
        for name, ours, theirs in (
            ("first page", ask(HistoryFilter()), query("1")),
            (
                "a page in the middle",
                ask(HistoryFilter(), rows // 2),
                query(f"number < {rows // 2}"),
            ),
            ("one PBX", ask(HistoryFilter(pbx_id="id7")), query("pbx_id = 'id7'")),
            (
                "text that is nowhere",
                ask(HistoryFilter(text="nowhere")),
                query("detail LIKE '%no%'"),
            ),
        ):
            mine, other = (min(timed(each) for _ in range(3)) for each in (ours, theirs))
            print(f"{name:24} {mine:8.1f} ms  {mine / other:6.2f} of bare SQLite")
        print(f"prune                    {timed(lambda: store.prune(datetime.now(UTC))):8.1f} ms")
        store.close()
        bare.close()


if __name__ == "__main__":
    main()
