"""Heartbeats from a history file that belongs to somebody else: read, and left as it is."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hbgui.adapters.files.history_db import HistoryDb, read_heartbeats
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.history import Row
from hbgui.core.values import Moment

NOW = datetime(2026, 1, 2, tzinfo=UTC)
PBX = "https://192.168.5.150:8088"

OLD_FILE = """
CREATE TABLE requests (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, pbx_id TEXT NOT NULL, pbx TEXT NOT NULL,
    kind TEXT NOT NULL, code TEXT NOT NULL, errno TEXT, http_status INTEGER, address TEXT NOT NULL,
    target TEXT NOT NULL, latency_ms REAL, detail TEXT NOT NULL, location TEXT NOT NULL,
    level TEXT NOT NULL, proxy TEXT NOT NULL);
INSERT INTO requests VALUES (1, 1767312000.0, 'a', 'Post', 'accepted', 'logged_in', NULL, 200,
    'https://192.168.5.150:8088', '192.168.5.20:8260', 1.0, '', '', '', '');
INSERT INTO requests VALUES (2, 1767312001.0, 'a', 'Post', 'refused', 'refused', '20006', 200,
    'https://192.168.5.150:8088', '192.168.5.20:8260', 2.5, 'word', '', '', '');
INSERT INTO requests VALUES (3, 1767312002.0, 'a', 'Post', 'of_the_future', 'x', NULL, NULL,
    'https://192.168.5.150:8088', '192.168.5.20:8260', NULL, '', '', '', '');
PRAGMA user_version = 1;
"""


def row(number: int, pbx_id: str = "a", outcome: Outcome = ACCEPTED) -> Row:
    sent = Moment(0, NOW + timedelta(minutes=number))
    return Row(pbx_id, "Post", Attempt(sent, outcome, PBX, "192.168.5.20:8260", 41.5))


def opened(path: Path) -> HistoryDb:
    store = HistoryDb(path, str)
    assert store.open() == []
    return store


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_newest_of_one_pbx(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with closing(opened(path)) as store:
        for number in range(30):
            store.add(row(number))
            store.add(row(number, "b"))
    found = read_heartbeats(path, "a", 10)
    assert found is not None
    assert [a.sent.utc for a in found] == [row(n).attempt.sent.utc for n in range(29, 19, -1)]
    assert (found[0].outcome, found[0].latency_ms, found[0].address) == (ACCEPTED, 41.5, PBX)
    assert read_heartbeats(path, "nobody", 10) == []


def test_while_a_window_has_it_open(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with closing(opened(path)) as store:
        store.add(row(1))
        assert len(read_heartbeats(path, "a", 10) or ()) == 1
        store.add(row(2))
        assert len(read_heartbeats(path, "a", 10) or ()) == 2


def test_a_file_of_another_version_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLD_FILE)
    before = digest(path)
    future, refused = read_heartbeats(path, "a", 10) or ()
    assert (refused.outcome.kind, refused.outcome.errno) == (OutcomeKind.REFUSED, "20006")
    assert refused.latency_ms == 2.5
    assert future.outcome.kind is OutcomeKind.UNCLEAR
    assert digest(path) == before
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    assert len(read_heartbeats(path, "a", 10) or ()) == 2
    assert not [p for p in tmp_path.iterdir() if p != path], "it left something beside it"


def test_no_file_is_none_and_stays_none(tmp_path: Path) -> None:
    assert read_heartbeats(tmp_path / "history.db", "a", 10) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"no database" * 100, b""])
def test_what_cannot_be_read_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(content)
    with pytest.raises(StorageError) as raised:
        read_heartbeats(path, "a", 10)
    assert raised.value.__context__ is None
    assert path.read_bytes() == content


def test_what_is_no_file_is_not_told_as_no_history(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "file").write_text("")
    for name in ("folder", "loop", "nowhere", "file/history.db"):
        with pytest.raises(StorageError) as caught:
            read_heartbeats(tmp_path / name, "a", 1)
        assert str(tmp_path / name) in caught.value.detail
    assert read_heartbeats(tmp_path / "none", "a", 1) is None


def test_a_folder_that_may_not_be_read_is_an_unread_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refused)
    with pytest.raises(StorageError) as caught:
        read_heartbeats(tmp_path / "history.db", "a", 1)
    monkeypatch.undo()
    assert "Permission denied" in caught.value.detail
