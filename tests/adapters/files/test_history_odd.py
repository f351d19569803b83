"""A history with odd values, odd bytes, and more than one program that has it open."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hbgui.adapters.files.history_db import HistoryDb, read_heartbeats
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.history import HistoryFilter, Row, csv_lines, json_lines
from hbgui.core.values import Moment
from hbgui.process import locked
from hbgui.texts.notes import note_message
from hbgui.texts.outcomes import attempt_message
from history_files import connections

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
LAST = 2**62


def row(minutes: int = 0, outcome: Outcome = ACCEPTED) -> Row:
    sent = Moment(0.0, NOW - timedelta(minutes=minutes))
    return Row("a", "PBX", Attempt(sent, outcome, "https://10.0.0.1:8088", "10.0.0.9:8260", 12.5))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


def opened(path: Path) -> HistoryDb:
    made = HistoryDb(path, str)
    assert made.open() == []
    return made


def numbers(rows: list[Row]) -> list[int]:
    return [each.number for each in rows]


def change(path: Path, column: str, value: Any) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"UPDATE requests SET {column} = {value} WHERE number = 2")


ODD = [
    *(("at", value) for value in ("1e300", "-1e18", "'soon'", "x'00'", "9e999", "253402300799")),
    *(("latency_ms", value) for value in ("'slow'", "x'ff'", "9e999", "-9e999")),
    *(("more", f"'{value}'") for value in ("[]", "torn", "7", "null", '{"renewed": "x"}')),
    *(("more", f"'{value}'") for value in ('{"renewed": 1e300}', '{"problem": {}}', "[" * 90_000)),
    ("more", "x'7b7d'"),
    *(("http_status", value) for value in ("'x'", "200.5", "x'00'")),
    *((name, "x'c3'") for name in ("pbx", "code", "errno", "address", "target", "detail")),
    *((name, "x'c3'") for name in ("location", "level", "proxy", "request")),
]


@pytest.mark.parametrize(("column", "value"), ODD)
def test_only_the_odd_row_is_left_out(path: Path, column: str, value: str) -> None:
    store = opened(path)
    for minutes in (3, 2, 1):
        store.add(row(minutes))
    change(path, column, value)
    for wanted in (HistoryFilter(), HistoryFilter(text="10.0.0.9"), HistoryFilter(pbx_id="a")):
        assert numbers(store.page(wanted, LAST, 10)) == [3, 1]
    store.close()
    store = opened(path)
    assert numbers(store.page(HistoryFilter(), LAST, 10)) == [3, 1]
    store.close()
    found = read_heartbeats(path, "a", 10)
    assert found is not None
    assert [a.sent.utc for a in found] == [row(n).attempt.sent.utc for n in (1, 3)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *((name, "CAST(x'c3ff41' AS TEXT)") for name in ("pbx", "code", "errno", "detail")),
        ("kind", "'of the future'"),
        ("kind", "x'ff'"),
        ("request", "'of the future'"),
        ("errno", "20004"),
        ("at", "1777809600"),
        ("http_status", "9223372036854775807"),
        ("code", "'a' || char(0) || 'b'"),
        ("kind", "'invalid'"),
    ],
)
def test_what_can_be_shown_is_shown(path: Path, column: str, value: str) -> None:
    store = opened(path)
    for minutes in (3, 2, 1):
        store.add(row(minutes))
    change(path, column, value)
    rows = store.page(HistoryFilter(), LAST, 10)
    assert numbers(rows) == [3, 2, 1]
    assert len(store.page(HistoryFilter(text="10.0.0.9"), LAST, 10)) == 3
    assert all(attempt_message(each.attempt).title for each in rows)
    assert "".join(json_lines(rows)).count('"sent"') == 3
    assert len(list(csv_lines(rows))) == 4
    store.close()


def test_a_page_is_full_though_rows_were_left_out(path: Path) -> None:
    """A short page would mean that there are no older rows."""
    store = opened(path)
    for minutes in range(40, 0, -1):
        store.add(row(minutes))
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE requests SET latency_ms = 'x' WHERE number % 4 != 0")
    first = store.page(HistoryFilter(), LAST, 4)
    assert numbers(first) == [40, 36, 32, 28]
    assert numbers(store.page(HistoryFilter(), first[-1].number, 4)) == [24, 20, 16, 12]
    assert numbers(store.page(HistoryFilter(), 12, 4)) == [8, 4]
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE requests SET latency_ms = 'x'")
    assert store.page(HistoryFilter(), LAST, 4) == []
    store.close()


def spoil_schema(path: Path, old: bytes, new: bytes) -> None:
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"TABLE requests", b"TABLE re\xffuests"),
        (b"latency_ms", b"latency\xff\xfes"),
        (b"CREATE TABLE", b"CREATE T\xffBLE"),
        (b"tablerequests", b"tablereque\xffts"),
        (b"of_pbx", b"of_\xffbx"),
    ],
)
def test_an_odd_byte_in_the_schema_costs_the_file_at_most(
    path: Path, old: bytes, new: bytes
) -> None:
    store = opened(path)
    store.add(row())
    store.close()
    spoil_schema(path, old, new)
    store = HistoryDb(path, str)
    notes = store.open()
    assert [code for code, _ in notes] in (["history_damaged"], [])
    number = store.add(row())
    assert store.page(HistoryFilter(), LAST, 1)[0].number == number
    assert store.lasting
    store.close()
    kept = [file for file in path.parent.iterdir() if "damaged" in file.name]
    assert len(kept) == len(notes)


@pytest.mark.parametrize("old", [b"TABLE requests", b"latency_ms"])
def test_an_odd_byte_in_the_schema_is_an_unread_history(path: Path, old: bytes) -> None:
    store = opened(path)
    store.add(row())
    store.close()
    spoil_schema(path, old, old[:-2] + b"\xff" + old[-1:])
    with pytest.raises(StorageError):
        read_heartbeats(path, "a", 10)


@pytest.mark.parametrize("status", [2**70, "x" * 10])
def test_what_cannot_be_written_costs_that_row(path: Path, status: Any) -> None:
    store = opened(path)
    store.add(row(2))
    odd = Outcome(OutcomeKind.REFUSED, "refused", "1", status, detail="secret words")
    if isinstance(status, int):
        with pytest.raises(StorageError) as failure:
            store.add(row(1, odd))
        assert (failure.value.code, failure.value.__context__) == ("storage_failed", None)
        assert "secret" not in failure.value.detail
    store.add(row(0))
    assert len(store.page(HistoryFilter(), LAST, 10)) == 2
    assert store.lasting
    store.close()


# --- no connection is left open: Python 3.13 warns of each that is


@pytest.fixture(name="connections")
def connections_of_the_test() -> Iterator[list[sqlite3.Connection]]:
    with connections() as made:
        yield made


def is_closed(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError as error:
        return "closed" in str(error)
    return False


CONTENTS = {
    "none": None,
    "good": "PRAGMA user_version = 0",
    "newer": "PRAGMA user_version = 99",
    "other tables": "CREATE TABLE requests (other TEXT); PRAGMA user_version = 2",
    "no database": b"this is no database" * 100,
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS.keys())
@pytest.mark.parametrize("may_move", [True, False])
def test_every_connection_is_closed_however_it_opens(
    path: Path, connections: list[sqlite3.Connection], content: str | bytes | None, may_move: bool
) -> None:
    path.parent.mkdir()
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        with closing(sqlite3.connect(path)) as db:
            db.executescript(content)
    store = HistoryDb(path, str, may_move=lambda: may_move)
    store.open()
    store.add(row(2))
    store.start_new_file()
    store.add(row(1))
    assert sum(not is_closed(each) for each in connections) == 1
    store.close()
    store.close()
    assert len(connections) >= 2
    assert all(map(is_closed, connections))


def test_every_connection_is_closed_when_a_file_goes_bad_in_use(
    path: Path, connections: list[sqlite3.Connection]
) -> None:
    store = opened(path)
    store.add(row(2))
    damage(path)
    with pytest.raises(StorageError):
        store.add(row(1))
    store.start_new_file()
    store.add(row(0))
    assert [is_closed(each) for each in connections] == [True, False]
    store.close()
    assert all(map(is_closed, connections))
    assert HistoryDb(path, str).lasting is False, "one that was never opened has none"
    assert len(connections) == 2


# --- more than one program


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xff" * path.stat().st_size)


def codes(notes: list[tuple[str, dict[str, str]]]) -> list[str]:
    return [code for code, _ in notes]


def test_a_damaged_file_is_not_moved_away_from_who_has_it_open(path: Path) -> None:
    window, command = opened(path), HistoryDb(path, str)
    window.add(row(5))
    damage(path)
    assert codes(command.open()) == ["history_elsewhere"]
    assert not command.lasting
    command.add(row(3))
    assert [file.name for file in path.parent.iterdir()] == ["history.db"]
    # Who has it open finds out, and moves it: nobody else has it now.
    with pytest.raises(StorageError) as failure:
        window.add(row(4))
    assert failure.value.code == "damaged"
    assert codes(window.start_new_file()) == ["history_damaged"]
    window.add(row(4))
    # What the other one kept in memory comes with its next row.
    command.add(row(2))
    assert command.lasting
    assert numbers(window.page(HistoryFilter(), LAST, 10)) == [3, 2, 1]
    window.close()
    command.close()


def test_who_comes_second_takes_the_new_file_and_moves_nothing(path: Path) -> None:
    one, other = opened(path), opened(path)
    damage(path)
    for each in (one, other):
        with pytest.raises(StorageError):
            each.add(row())
    assert codes(one.start_new_file()) == ["history_elsewhere"]
    assert codes(other.start_new_file()) == ["history_damaged"]
    other.add(row(1))
    assert codes(one.start_new_file()) == []
    one.add(row(0))
    assert len(other.page(HistoryFilter(), LAST, 10)) == 2
    assert len([f for f in path.parent.iterdir() if "damaged" in f.name]) == 1
    one.close()
    other.close()


def test_two_damaged_files_of_one_second_are_both_kept(path: Path) -> None:
    for content in (b"one" * 100, b"two" * 100):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        store = HistoryDb(path, str)
        assert codes(store.open()) == ["history_damaged"]
        store.close()
    kept = [f.read_bytes()[:3] for f in path.parent.iterdir() if "damaged" in f.name]
    assert sorted(kept) == [b"one", b"two"]


def test_who_may_not_move_leaves_it(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 100)
    store = HistoryDb(path, str, may_move=lambda: False)
    assert codes(store.open()) == ["history_elsewhere"]
    store.add(row())
    store.close()
    assert path.read_bytes() == b"no database" * 100


@pytest.mark.parametrize("later", ["row", "close"])
def test_rows_that_came_while_the_file_was_locked_are_written_later(
    path: Path, monkeypatch: pytest.MonkeyPatch, later: str
) -> None:
    monkeypatch.setattr("hbgui.adapters.files.history_file.BUSY_S", 0.05)
    store = opened(path)
    store.add(row(5))
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for minutes in (4, 3, 2):
            with pytest.raises(StorageError) as failure:
                store.add(row(minutes))
            assert failure.value.code == "locked"
        other.execute("COMMIT")
    if later == "row":
        store.add(row(1))
        assert len(store.page(HistoryFilter(), LAST, 10)) == 5
    store.close()
    store = opened(path)
    sent = [each.attempt.sent.utc for each in store.page(HistoryFilter(), LAST, 10)]
    newest = [1, 2, 3, 4, 5] if later == "row" else [2, 3, 4, 5]
    assert sent == [row(minutes).attempt.sent.utc for minutes in newest]
    store.close()


def test_a_file_that_was_locked_at_the_start_gets_the_rows_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hbgui.adapters.files.history_file.BUSY_S", 0.05)
    opened(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        store = HistoryDb(path, str)
        assert codes(store.open()) == ["history_in_memory"]
        store.add(row(2))
        store.add(row(1))
        assert not store.lasting
        other.execute("COMMIT")
    store.add(row(0))
    assert store.lasting
    sent = [each.attempt.sent.utc for each in store.page(HistoryFilter(), LAST, 10)]
    assert sent == [row(n).attempt.sent.utc for n in (0, 1, 2)]
    store.close()


def test_a_column_of_another_name_costs_the_file_and_no_row(path: Path) -> None:
    opened(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ALTER TABLE requests RENAME COLUMN detail TO etail")
    store = HistoryDb(path, str)
    assert codes(store.open()) == ["history_damaged"]
    store.add(row())
    assert (len(store.page(HistoryFilter(), LAST, 9)), store.lasting) == (1, True)
    store.close()


def test_a_file_that_is_removed_in_use_is_begun_anew(path: Path) -> None:
    store = opened(path)
    store.add(row(2))
    path.unlink()
    store.add(row(1))
    store.close()
    with closing(opened(path)) as store:
        assert len(store.page(HistoryFilter(), LAST, 9)) == 1


def test_a_file_that_is_emptied_in_use_is_damaged(path: Path) -> None:
    store = opened(path)
    store.add(row(2))
    path.write_bytes(b"")
    with pytest.raises(StorageError) as caught:
        store.add(row(1))
    assert caught.value.code == "damaged"
    store.start_new_file()
    store.add(row(1))
    assert store.lasting
    store.close()


def test_a_locked_folder_is_not_called_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hbgui.adapters.files.history_file.SHARE_S", 0.05)
    opened(path).close()
    with locked(path.parent, 0):
        store = HistoryDb(path, str)
        ((code, values),) = store.open()
        store.close()
    assert code == "history_in_memory"
    told = note_message(code, values)
    assert "damaged" not in told.why
    assert str(path) in told.why


def test_a_clock_at_the_begin_of_the_calendar_prunes_nothing(path: Path) -> None:
    with closing(opened(path)) as store:
        store.add(row())
        assert store.prune(datetime(1, 1, 1, tzinfo=UTC)) == 0
