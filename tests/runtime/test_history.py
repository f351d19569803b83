"""The history's thread: nothing is lost by a full disk, and old questions are not answered."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.errors import StorageError
from hbgui.core.history import HistoryFilter, Row
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.core.values import Secret
from hbgui.runtime.history import HistoryKeeper
from hbgui.runtime.pool import Pool
from runtime.world import Flag, World, running

PROFILE = Profile(
    "a",
    "Hotel Post",
    "http://192.168.5.150:80",
    server=ServerAddress(AddressKind.FIXED, "192.168.5.20"),
)


class FullDisk:
    """Keeps nothing, until there is room."""

    whole = True

    def __init__(self) -> None:
        self.room = False
        self.tries = 0
        self.rows: list[Row] = []

    def open(self) -> Sequence[tuple[str, dict[str, str]]]:
        return []

    def start_new_file(self) -> Sequence[tuple[str, dict[str, str]]]:
        return []

    def add(self, new: Row) -> int:
        self.tries += 1
        if not self.room:
            raise StorageError("disk_full", "database or disk is full")
        self.rows.append(new)
        return len(self.rows)

    def page(
        self, wanted: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> Sequence[Row]:
        return self.rows[:size]

    def prune(self, now: datetime) -> int:
        return 0

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


class Counting(FullDisk):
    """Knows how often it was read."""

    pages = 0

    def page(
        self, wanted: HistoryFilter, before: int, size: int, *, urgent: bool = True
    ) -> Sequence[Row]:
        self.pages += 1
        return []


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path):
    with running(tmp_path, Settings((PROFILE,), "a")) as made:
        made.vault.keep("a", Secret("0f" * 16))
        yield made


def noted(world: World) -> list[str]:
    found: list[str] = []
    world.hub.happened.connect(
        lambda event: found.append(event.code) if isinstance(event, events.MessageShown) else None
    )
    return found


def test_every_request_is_kept_and_answered_newest_first(world: World, qtbot: QtBot) -> None:
    for _ in range(2):
        with qtbot.waitSignal(world.history.added):
            world.supervisor.send_now("a")
    with qtbot.waitSignal(world.history.read) as answer:
        number = world.history.ask(HistoryFilter())
    asked, rows, more = answer.args
    assert (asked, more, len(rows)) == (number, False, 2)
    assert rows[0].attempt.sent.utc > rows[1].attempt.sent.utc
    assert rows[0].pbx == "Hotel Post"


def test_what_never_went_out_is_no_request(world: World, qtbot: QtBot) -> None:
    world.vault.drop("a")
    world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["a"].last is not None)
    with qtbot.waitSignal(world.history.read) as answer:
        world.history.ask(HistoryFilter())
    assert answer.args[1:] == [(), False]


def test_only_the_newest_question_is_answered(world: World, qtbot: QtBot) -> None:
    answered: list[int] = []
    world.history.read.connect(lambda number, _rows, _more: answered.append(number))
    numbers = [world.history.ask(HistoryFilter()) for _ in range(20)]
    qtbot.waitUntil(lambda: numbers[-1] in answered)
    qtbot.wait(50)
    assert answered == numbers[-1:]


def test_an_answer_that_was_under_way_when_a_newer_question_came_is_dropped(
    world: World, qtbot: QtBot
) -> None:
    answered: list[int] = []
    world.history.read.connect(lambda number, _rows, _more: answered.append(number))
    world.history.ask(HistoryFilter())
    was_read = threading.Event()
    world.records.submit(lambda _cancel: was_read.set())
    assert was_read.wait(30)  # while this thread waits, it hears of nothing
    newest = world.history.ask(HistoryFilter(text="x"))
    qtbot.waitUntil(lambda: newest in answered)
    assert answered == [newest]


def test_questions_that_nobody_waits_for_any_more_are_not_read(world: World, qtbot: QtBot) -> None:
    store = Counting()
    keeper = keeper_of(world, store)
    gate = threading.Event()
    world.records.submit(lambda _cancel: gate.wait(30))
    with qtbot.waitSignal(keeper.read):
        for _ in range(20):
            keeper.ask(HistoryFilter())
        gate.set()
    assert store.pages == 1


def test_a_full_disk_is_said_once_and_again_after_it_was_not(qtbot: QtBot, world: World) -> None:
    store = FullDisk()
    keeper = keeper_of(world, store)
    told = noted(world)
    for _ in range(3):
        with qtbot.waitSignal(keeper.added):
            world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: told == ["history_disk_full"] and store.tries == 3)
    store.room = True
    with qtbot.waitSignal(keeper.added):
        world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: len(store.rows) == 1)
    store.room = False
    with qtbot.waitSignal(keeper.added):
        world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: told == ["history_disk_full"] * 2)


def test_what_waits_is_written_before_the_end(qtbot: QtBot, tmp_path: Path) -> None:
    with running(tmp_path, Settings((PROFILE,), "a")) as world:
        world.vault.keep("a", Secret("0f" * 16))
        with qtbot.waitSignal(world.history.added):
            world.supervisor.send_now("a")
    with running(tmp_path, Settings((PROFILE,), "a")) as world:
        qtbot.waitUntil(lambda: len(world.hub.state.pbxs["a"].marks) == 1)


def keeper_of(world: World, store: FullDisk) -> HistoryKeeper:
    """Another keeper of that world's history, in which `store` is the file."""
    world.adapters.history = store
    return HistoryKeeper(world.context)


def spoil(path: Path) -> None:
    """Overwrite all of it, as a dying disk or another program does."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.write(b"\xff" * size)


def test_a_file_damaged_while_it_is_used_is_put_aside_and_no_row_is_lost(
    qtbot: QtBot, world: World, tmp_path: Path
) -> None:
    with qtbot.waitSignal(world.history.added):
        world.supervisor.send_now("a")
    with qtbot.waitSignal(world.history.read):
        world.history.ask(HistoryFilter())
    told = noted(world)
    spoil(tmp_path / "history.db")
    for _ in range(2):
        with qtbot.waitSignal(world.history.added):
            world.supervisor.send_now("a")
    qtbot.waitUntil(lambda: told == ["history_damaged"])
    assert len(list(tmp_path.glob("history.db.damaged-*"))) == 1
    with qtbot.waitSignal(world.history.read) as answer:
        world.history.ask(HistoryFilter())
    assert len(answer.args[1]) == 2


def test_what_hangs_at_the_end_closes_the_file_once_it_goes_on(
    qtbot: QtBot, world: World, tmp_path: Path
) -> None:
    """Python 3.13 warns of a connection that is left open."""

    class Watched(FullDisk):
        closed = threading.Event()

        def close(self) -> None:
            self.closed.set()

    store = Watched()
    pool = Pool("hanging", 1, Flag)
    world.context.records = pool
    keeper = keeper_of(world, store)
    gate = threading.Event()
    pool.submit(lambda _cancel: gate.wait(30))
    assert not keeper.close(0.05)
    assert not store.closed.is_set()
    gate.set()
    assert store.closed.wait(30)


def test_an_export_of_more_rows_than_a_step_has_them_all_once(
    qtbot: QtBot, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hbgui.runtime.history.EXPORT_STEP", 2)
    with qtbot.waitSignal(world.history.added) as added:
        world.supervisor.send_now("a")
    with qtbot.waitSignal(world.history.read):
        world.history.ask(HistoryFilter())
    for number in range(4):
        world.store.add(replace(added.args[0], pbx=f"{number}"))
    told = noted(world)
    file = tmp_path / "out.json"
    world.history.export(file, HistoryFilter())
    qtbot.waitUntil(lambda: told == ["history_exported"])
    names = [each["pbx"] for each in json.loads(file.read_text("utf-8"))]
    assert names == ["3", "2", "1", "0", "Hotel Post"]


def test_an_export_whose_rows_cannot_be_read_leaves_no_half_file(
    qtbot: QtBot, world: World, tmp_path: Path
) -> None:
    class Torn(FullDisk):
        def page(self, wanted, before, size, *, urgent=True):
            if before == 1:
                raise StorageError("damaged", "malformed")
            return [replace(self.rows[0], number=1)]

    store = Torn()
    store.room = True
    with qtbot.waitSignal(world.history.added) as added:
        world.supervisor.send_now("a")
    store.add(added.args[0])
    keeper = keeper_of(world, store)
    told = noted(world)
    (tmp_path / "out.csv").write_text("what was there")
    keeper.export(tmp_path / "out.csv", HistoryFilter())
    qtbot.waitUntil(lambda: told == ["history_not_exported"])
    assert (tmp_path / "out.csv").read_text() == "what was there"
    assert not list(tmp_path.glob(".out*"))
