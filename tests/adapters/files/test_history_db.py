"""The history file: what it keeps, and what it survives."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.small_disk import mounted
from hbgui.adapters.files import history_db
from hbgui.adapters.files.history_db import CHECKED_MAX, HistoryDb
from hbgui.adapters.files.history_file import (
    COLUMNS,
    UPGRADES,
    VERSION,
    HistoryFile,
    identity,
    move_aside,
)
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.history import KEPT_ROWS, HistoryFilter, RequestKind, Row
from hbgui.core.values import Moment, Secret
from history_files import connections, fill

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
LAST = 2**62
SOURCE = Path(__file__).resolve().parents[3] / "src"


def row(minutes: float = 0, pbx_id: str = "a", outcome: Outcome = ACCEPTED, **more) -> Row:
    sent = Moment(0.0, NOW - timedelta(minutes=minutes))
    given = {"address": "https://10.0.0.1:8088", "target": "10.0.0.9:8260", "latency_ms": 12.5}
    attempt = Attempt(sent, outcome, **{**given, **more})
    return Row(pbx_id, f"PBX {pbx_id}", attempt)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


def opened(path: Path, redactor: Redactor | None = None) -> HistoryDb:
    made = HistoryDb(path, (redactor or Redactor()).text)
    assert made.open() == []
    return made


def all_of(store: HistoryDb, wanted: HistoryFilter = HistoryFilter()) -> list[Row]:  # noqa: B008
    return store.page(wanted, LAST, 1_000_000)


def test_what_was_written_is_read_by_the_next_start(path: Path) -> None:
    store = opened(path)
    dead = Outcome(OutcomeKind.UNREACHABLE, "timed_out", None, 502, "words", "loc", "modern", "p")
    numbers = [store.add(row(2)), store.add(row(1, outcome=dead))]
    store.close()
    store = opened(path)
    newest, oldest = all_of(store)
    assert [newest.number, oldest.number] == numbers[::-1]
    assert newest.attempt.outcome == dead
    assert oldest.attempt == row(2).attempt
    assert (newest.pbx_id, newest.pbx) == ("a", "PBX a")
    assert store.lasting
    store.close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_few_rows_have_is_kept_too(path: Path) -> None:
    store = opened(path)
    final = Outcome(OutcomeKind.INVALID, "invalid", final=True)
    more = {"problem": "port", "renewed": Moment(0.0, NOW), "transport": "HTTP"}
    written = row(outcome=final, **more)
    store.add(replace(written, request=RequestKind.LOGOUT))
    (read,) = all_of(store)
    assert read.attempt == written.attempt
    assert read.request is RequestKind.LOGOUT
    store.close()


def test_half_a_character_from_a_pbx_is_no_reason_to_lose_a_row(path: Path) -> None:
    store = opened(path)
    store.add(row(outcome=Outcome(OutcomeKind.REFUSED, "refused", "\ud800", detail="\udfff!")))
    (read,) = all_of(store)
    assert (read.attempt.outcome.errno, read.attempt.outcome.detail) == ("?", "?!")
    store.close()


def test_pages_begin_below_a_number(path: Path) -> None:
    store = opened(path)
    numbers = [store.add(row(minutes)) for minutes in range(5, 0, -1)]
    first = store.page(HistoryFilter(), LAST, 2)
    second = store.page(HistoryFilter(), first[-1].number, 2)
    assert [r.number for r in (*first, *second)] == numbers[:0:-1]
    store.close()


@pytest.mark.parametrize(
    "wanted",
    [
        HistoryFilter(),
        HistoryFilter(pbx_id="b"),
        HistoryFilter(kinds=frozenset({OutcomeKind.REFUSED, OutcomeKind.ACCEPTED})),
        HistoryFilter(since=NOW - timedelta(minutes=2)),
        HistoryFilter(text="PBX b"),
        HistoryFilter(text="20006"),
        HistoryFilter(text="x", codes=frozenset({"timed_out"})),
        HistoryFilter(text="x", codes=frozenset({"refused"})),
        HistoryFilter(text="%"),
        HistoryFilter(text="' OR 1=1 --"),
        HistoryFilter(text="ŻÓŁĆ STRASSE"),
    ],
)
def test_the_file_filters_as_the_list_does(path: Path, wanted: HistoryFilter) -> None:
    store = opened(path)
    gone = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)
    dead = Outcome(OutcomeKind.UNREACHABLE, "timed_out", detail="100 % lost")
    rows = [
        row(4, target="Żółć Straße"),
        row(3),
        row(2, "b", gone),
        row(1, "b"),
        row(0, outcome=dead),
    ]
    for each in rows:
        store.add(each)
    found = [r.key for r in all_of(store, wanted)]
    assert found == [r.key for r in reversed(rows) if wanted.takes(r)]
    store.close()


def test_secrets_are_hidden_in_what_is_kept(path: Path) -> None:
    redactor = Redactor()
    redactor.add(Secret("s3cr3t-t0ken"))
    store = opened(path, redactor)
    said = "?token=s3cr3t-t0ken!"
    told = Outcome(OutcomeKind.UNCLEAR, "x", said, 200, said, said, said, said)
    store.add(replace(row(outcome=told, address=said, target=said), pbx=said))
    store.close()
    files = b"".join(p.read_bytes() for p in path.parent.iterdir())
    assert b"s3cr3t" not in files


def test_what_is_deleted_is_in_the_file_no_longer(path: Path) -> None:
    forgotten = row(91 * 24 * 60, outcome=Outcome(OutcomeKind.UNCLEAR, "x", detail="forgotten"))
    fill(path, [forgotten, *(row() for _ in range(KEPT_ROWS))])
    store = opened(path)
    assert b"forgotten" in path.read_bytes()
    assert store.prune(NOW) == 1
    store.close()
    assert b"forgotten" not in path.read_bytes()


def test_a_row_is_on_the_disk_before_the_next_thing_is_done(path: Path) -> None:
    file = HistoryFile(path, CHECKED_MAX)
    assert file.db.execute("PRAGMA synchronous").fetchone() == (2,)
    file.close()


def test_a_file_that_another_program_has_begun_anew_meanwhile_is_not_put_aside(path: Path) -> None:
    opened(path).close()
    damaged = identity(path)
    path.rename(path.with_name("aside"))
    opened(path).close()
    assert move_aside(path, damaged) is None
    assert path.exists()
    kept = move_aside(path, identity(path))
    assert kept is not None
    assert (kept.exists(), path.exists()) == (True, False)


def test_old_rows_go_when_there_are_more_than_enough(path: Path) -> None:
    old, young = 91 * 24 * 60, 10
    fill(path, (row(old + KEPT_ROWS + 30 - number) for number in range(KEPT_ROWS + 30)))
    store = opened(path)
    for number in range(5):
        store.add(row(old + number, "b"))
    store.add(row(young))
    assert store.prune(NOW) == 31
    assert store.prune(NOW) == 0
    assert len(all_of(store, HistoryFilter(pbx_id="a"))) == KEPT_ROWS
    assert len(all_of(store, HistoryFilter(pbx_id="b"))) == 5
    store.close()


def test_young_rows_stay_however_many_there_are(path: Path) -> None:
    fill(path, (row(number) for number in range(KEPT_ROWS + 50)))
    store = opened(path)
    assert store.prune(NOW) == 0
    store.close()


@pytest.mark.parametrize("damage", ["text", "header", "middle"])
def test_a_damaged_file_is_kept_aside_and_a_new_one_begun(path: Path, damage: str) -> None:
    fill(path, (row(number) for number in range(2000)))
    data = bytearray(path.read_bytes())
    if damage == "text":
        data = bytearray(b"this is no database" * 100)
    elif damage == "header":
        data[:16] = b"x" * 16
    else:
        data[8192:] = os.urandom(len(data) - 8192)
    path.write_bytes(data)
    store = HistoryDb(path, str)
    (note,) = store.open()
    assert note[0] == "history_damaged"
    # Opening it may count in its head.
    assert Path(note[1]["kept"]).read_bytes()[100:] == bytes(data)[100:]
    store.add(row())
    assert len(all_of(store)) == 1
    store.close()


@pytest.mark.parametrize("version", [0, 1, VERSION])
def test_a_database_with_other_tables_is_kept_aside(path: Path, version: int) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE requests (other TEXT)")
    db.execute(f"PRAGMA user_version = {version}")
    db.close()
    store = HistoryDb(path, str)
    assert [code for code, _ in store.open()] == ["history_damaged"]
    store.add(row())
    assert store.lasting
    store.close()


def test_damage_that_shows_later_is_told_apart_and_a_new_file_begun(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a large file only the newest page is read when it is opened."""
    monkeypatch.setattr(history_db, "CHECKED_MAX", 0)
    fill(path, (row(number) for number in range(2000)))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 4096 * 20)
    store = opened(path)
    with pytest.raises(StorageError) as caught:
        all_of(store)
    assert caught.value.code == "damaged"
    ((code, values),) = store.start_new_file()
    assert code == "history_damaged"
    assert Path(values["kept"]).is_file()
    store.add(row())
    assert len(all_of(store)) == 1
    assert store.lasting
    store.close()


def test_a_file_of_version_1_is_read_and_goes_on(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    for statement in UPGRADES[0]:
        db.execute(statement)
    db.executemany(
        "INSERT INTO requests VALUES (NULL, ?, 'a', 'PBX a', 'accepted', ?, NULL, 200, "
        "'https://10.0.0.1:8088', ?, 12.5, '', '', '', '')",
        [
            (NOW.timestamp() + n, code, target)
            for n, (code, target) in enumerate(
                [("accepted", "10.0.0.9:8260"), ("logged_in", ""), ("logged_out", "")]
            )
        ],
    )
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    store = opened(path)
    store.add(row(-1))
    read = all_of(store)
    assert [r.request.value for r in read] == ["heartbeat", "logout", "login", "heartbeat"]
    assert read[-1].attempt == row(0, outcome=replace(ACCEPTED, http_status=200)).attempt
    store.close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_million_rows_open_without_reading_them_all(path: Path) -> None:
    opened(path).close()
    db = sqlite3.connect(path)
    db.execute(
        f"INSERT INTO requests ({COLUMNS}) "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) "
        "SELECT ? + i, 'id' || (i % 40), 'PBX', 'accepted', 'accepted', NULL, 200, "
        "'https://10.0.0.1:8088', '10.0.0.9:8260', 12.5, '', '', '', '', 'heartbeat', '{}' FROM n",
        (NOW.timestamp(),),
    )
    db.commit()
    start = time.thread_time()
    db.execute("PRAGMA quick_check").fetchone()
    all_s = time.thread_time() - start
    db.close()
    start = time.thread_time()
    store = opened(path)
    newest = store.page(HistoryFilter(), LAST, 200)
    middle = store.page(HistoryFilter(), 500_000, 200)
    of_one = store.page(HistoryFilter(pbx_id="id7"), LAST, 200)
    assert time.thread_time() - start < all_s
    assert [rows[0].number for rows in (newest, middle)] == [1_000_000, 499_999]
    assert {r.pbx_id for r in of_one} == {"id7"}
    store.close()


def test_a_newer_versions_file_is_left_alone(path: Path) -> None:
    opened(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    before = path.read_bytes()
    store = HistoryDb(path, str)
    assert [code for code, _ in store.open()] == ["history_newer_version"]
    store.add(row())
    assert len(all_of(store)) == 1
    assert not store.lasting
    store.close()
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_used_costs_only_the_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    store = HistoryDb(tmp_path / "state" / "history.db", str)
    (note,) = store.open()
    assert note[0] == "history_in_memory"
    assert note[1]["detail"]
    store.add(row())
    assert len(all_of(store)) == 1
    store.close()


_WRITER = """
import resource, sys
sys.path.insert(0, {source!r})
from datetime import UTC, datetime
from pathlib import Path
from hbgui.adapters.files.history_db import HistoryDb
from hbgui.core.api.errors import StorageError
from hbgui.core.events import Attempt
from hbgui.core.history import Row
from hbgui.core.values import Moment
from hbgui.core.api.outcome import ACCEPTED
limit = int(sys.argv[2])
if limit:
    import signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
store = HistoryDb(Path(sys.argv[1]), str)
assert store.open() == []
while True:
    sent = Moment(0.0, datetime.now(UTC))
    try:
        number = store.add(Row("a", "PBX", Attempt(sent, ACCEPTED, "a" * 200, "t" * 200)))
    except StorageError as error:
        print(error.code, flush=True)
        sys.exit(3)
    print(number, flush=True)
"""


def writer(path: Path, limit: int = 0) -> subprocess.Popen[str]:
    code = _WRITER.format(source=str(SOURCE))
    command = [sys.executable, "-c", code, str(path), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_kill_9_at_any_moment_loses_nothing_that_was_written(path: Path) -> None:
    written = 0
    for attempt in range(6):
        with writer(path) as process:
            assert process.stdout is not None
            first = int(process.stdout.readline())
            assert first == written + 1
            time.sleep(0.03 * attempt)
            process.send_signal(signal.SIGKILL)
            told = [first, *(int(line) for line in process.stdout if line.endswith("\n"))]
        store = opened(path)
        found = len(all_of(store))
        # One may have been written without having been told.
        assert told[-1] <= found <= told[-1] + 1
        written = found
        store.close()
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_full_disk_is_said_and_leaves_what_was_written(path: Path) -> None:
    with writer(path, 200_000) as process:
        assert process.stdout is not None
        *told, code = process.stdout.read().split()
        assert process.wait(20) == 3
    assert code in ("disk_full", "storage_failed")
    store = opened(path)
    assert len(all_of(store)) == int(told[-1]) > 5
    store.close()


def add_many(store: HistoryDb) -> None:
    for number in range(200):
        store.add(row(number))


def test_a_disk_that_is_full_for_a_while_loses_only_that_while(path: Path) -> None:
    with mounted(path.parent, "size=256k"):
        store = opened(path)
        store.add(row(9))
        filler = path.parent / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
        with pytest.raises(StorageError) as caught:
            add_many(store)
        assert caught.value.code == "disk_full"
        written = len(all_of(store))
        filler.unlink()
        store.add(row())
        store.close()
        store = opened(path)
        assert len(all_of(store)) == written + 1
        store.close()


def test_a_disk_without_any_room_costs_only_the_file(path: Path) -> None:
    with mounted(path.parent, "size=8k"):
        (path.parent / "filler").write_bytes(b"x" * 8192)
        store = HistoryDb(path, str)
        assert [code for code, _ in store.open()] == ["history_in_memory"]
        store.add(row())
        assert len(all_of(store)) == 1
        store.close()


@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_disk_is_said_and_what_is_there_is_shown(path: Path, there: bool) -> None:
    with mounted(path.parent, "size=1m"):
        if there:
            store = opened(path)
            store.add(row())
            store.close()
        remount = ["mount", "-o", "remount,ro", str(path.parent)]
        subprocess.run(remount, check=True, timeout=10)
        store = HistoryDb(path, str)
        codes = [code for code, _ in store.open()]
        assert codes == ([] if there else ["history_in_memory"])
        assert len(all_of(store)) == int(there)
        if there:
            with pytest.raises(StorageError) as caught:
                store.add(row())
            assert caught.value.code == "read_only"
        store.close()


def test_a_file_that_gets_read_only_is_said(path: Path) -> None:
    with connections() as made:
        store = opened(path)
    store.add(row(1))
    made[-1].execute("PRAGMA query_only = ON")
    with pytest.raises(StorageError) as caught:
        store.add(row())
    assert caught.value.code == "read_only"
    assert len(all_of(store)) == 1
    store.close()


def test_two_programs_at_once(path: Path) -> None:
    one, other = opened(path), opened(path)
    for number in range(50):
        one.add(row(number))
        other.add(row(number, "b"))
    assert len(all_of(one)) == len(all_of(other)) == 100
    one.close()
    other.close()
