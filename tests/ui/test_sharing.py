"""Sharing: from one window's file into another window, looked at first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton, QTableWidget
from pytestqt.qtbot import QtBot

from hbgui.core.events import SecretPlace
from hbgui.core.pbx.connection import TlsMode
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from runtime.world import World, running
from ui.conftest import CLINIC, POST, new_window
from ui.handling import button, line, listed, message, press, save_as

TOKEN = "1f2e3d4c5b6a79880123456789abcdef"


@contextmanager
def another(qtbot: QtBot, folder: Path, *profiles: Profile) -> Iterator[tuple[World, MainWindow]]:
    """A second program with these PBXs."""
    folder.mkdir()
    with running(folder, Settings(profiles)) as world:
        window = new_window(world, None)
        with qtbot.waitExposed(window):
            window.show()
        yield world, window
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


def menu(window: MainWindow, text: str) -> None:
    """Choose an entry of the File menu."""
    entries = window.commands.menus.file.actions()
    next(a for a in entries if a.text().replace("&", "") == text).trigger()


def pick(window: MainWindow, qtbot: QtBot, name: str, path: Path) -> None:
    """Type a path into a file dialog and confirm it."""
    save_as(window.findChild(QFileDialog, name), path)


def export(window: MainWindow, qtbot: QtBot, path: Path) -> None:
    menu(window, "Export PBXs…")
    pick(window, qtbot, "exportDialog", path)
    qtbot.waitUntil(lambda: message(window) != "")


def open_import(window: MainWindow, qtbot: QtBot, path: Path) -> QDialog:
    menu(window, "Import PBXs…")
    pick(window, qtbot, "importDialog", path)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "importPreview") is not None)
    return window.findChild(QDialog, "importPreview")


def rows(dialog: QDialog) -> list[tuple[str, ...]]:
    table = dialog.findChild(QTableWidget, "importTable")
    return [tuple(table.item(r, c).text() for c in range(3)) for r in range(table.rowCount())]


def stored(world: World) -> tuple[Profile, ...]:
    return world.file.saved[-1].profiles if world.file.saved else ()


def write(path: Path, *profiles: Any) -> Path:
    content = {"format": "hbgui profiles", "version": 1, "profiles": profiles}
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_into_an_empty_window(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    world.supervisor.set_token("post", Secret(TOKEN))
    file = tmp_path / "Vermittlung Zürich.json"
    export(window, qtbot, file)
    assert "exported: 2" in message(window)
    assert str(file) in message(window)
    assert TOKEN not in file.read_text("utf-8")
    with another(qtbot, tmp_path / "b") as (there, other):
        dialog = open_import(other, qtbot, file)
        assert dialog.isModal()
        assert rows(dialog) == [
            ("Added", "Hotel Post", "Host: http://192.168.5.150\nIP address: 192.168.5.20"),
            (
                "Added",
                "Clinic North",
                "Host: http://192.168.5.151\nIP address: 192.168.5.20\nPort: 9000",
            ),
        ]
        assert listed(other) == []
        press(dialog, qtbot, "importButton")
        assert listed(other) == ["Hotel Post", "Clinic North"]
        assert line(other, "pbxHost").text() == "http://192.168.5.150"
        assert "2 added, 0 changed" in message(other)
        qtbot.waitUntil(lambda: stored(there) == (POST, CLINIC))


@pytest.mark.parametrize("end", ["importCancelButton", "Escape"])
def test_cancel_changes_nothing(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path, end: str
) -> None:
    file = write(tmp_path / "in.json", {"id": "post", "port": "1"}, {"name": "New"})
    dialog = open_import(window, qtbot, file)
    if end == "Escape":
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    else:
        press(dialog, qtbot, end)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "importPreview") is None)
    qtbot.wait(100)
    assert world.hub.state.profiles == (POST, CLINIC)
    assert stored(world) in ((), (POST, CLINIC))
    assert message(window) == ""


def test_closing_the_file_dialogs_does_nothing(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    for text, name in (("Export PBXs…", "exportDialog"), ("Import PBXs…", "importDialog")):
        menu(window, text)
        window.findChild(QFileDialog, name).reject()
    qtbot.wait(100)
    assert message(window) == ""
    assert window.findChild(QDialog, "importPreview") is None


def test_changes_are_shown_first_and_then_done(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    file = write(
        tmp_path / "in.json",
        {"id": "post", "name": "Post <b>neu</b>", "port": "9001", "tls": "insecure", "url": ""},
        {"id": "clinic", "name": "Clinic North"},
        {"name": "School", "pbx": "10.0.0.9", "interval_min": 5},
        {"name": "Bad", "pbx": "10.0.0.10", "tls": "sytem"},
        5,
    )
    dialog = open_import(window, qtbot, file)
    assert rows(dialog) == [
        ("Error", "Entry 4: Bad", "Wrong type or value not known: tls"),
        ("Error", "Entry 5", "This is no entry: it has no members."),
        (
            "Changed",
            "Hotel Post",
            "Name: Hotel Post → Post <b>neu</b>\n"
            "Certificate: Check it (system trust) → Do not check (insecure)\n"
            "Port: 8260 → 9001",
        ),
        ("Added", "School", "Host: 10.0.0.9\nEvery: 5 min"),
    ]
    summary = dialog.findChild(QLabel, "importSummary").text()
    assert summary.split() == [
        "Added:",
        "1",
        "Changed:",
        "1",
        "Unchanged:",
        "1",
        "With",
        "errors:",
        "2",
    ]
    assert world.hub.state.profiles == (POST, CLINIC)
    press(dialog, qtbot, "importButton")
    assert listed(window) == ["Post <b>neu</b>", "Clinic North", "School"]
    assert line(window, "serverPort").text() == "9001"
    assert "1 added, 1 changed, 2 left out" in message(window)
    changed = replace(POST, name="Post <b>neu</b>", port="9001", tls=TlsMode.INSECURE)
    qtbot.waitUntil(lambda: len(stored(world)) == 3)
    *others, added = stored(world)
    assert others == [changed, CLINIC]
    assert added == Profile(added.id, "School", "10.0.0.9", interval_min=5)
    assert len(added.id) == 36


def test_what_was_typed_just_before_counts(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    line(window, "serverPort").setText("9005")
    export(window, qtbot, tmp_path / "out.json")
    whole = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert whole["profiles"][0]["port"] == "9005"
    line(window, "serverPort").setText("9006")
    dialog = open_import(window, qtbot, tmp_path / "out.json")
    assert rows(dialog) == [("Changed", "Hotel Post", "Port: 9006 → 9005")]
    line(window, "serverPort").setText("9007")
    line(window, "profileName").setText("typed")
    press(dialog, qtbot, "importButton")
    assert line(window, "serverPort").text() == "9005"
    assert line(window, "profileName").text() == "typed"
    qtbot.wait(700)
    assert world.hub.state.profile("post") == replace(POST, port="9005", name="typed")


def test_nothing_to_do(window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path) -> None:
    export(window, qtbot, tmp_path / "out.json")
    dialog = open_import(window, qtbot, tmp_path / "out.json")
    assert not dialog.findChild(QPushButton, "importButton").isEnabled()
    assert "Unchanged: 2" in dialog.findChild(QLabel, "importSummary").text()
    assert dialog.findChild(QLabel, "importHint").text() == "There is nothing to import."
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert world.hub.state.profiles == (POST, CLINIC)


def keep_both(world: World, qtbot: QtBot) -> None:
    for pbx_id in ("post", "clinic"):
        world.supervisor.set_token(pbx_id, Secret(TOKEN))
        world.supervisor.keep_alive(pbx_id, True)
    qtbot.waitUntil(lambda: all(p.accepted for p in world.hub.state.pbxs.values()))
    # Written meanwhile: else it would still change what a test compares.
    qtbot.waitUntil(
        lambda: all(p.secret is SecretPlace.KEYRING for p in world.hub.state.pbxs.values())
    )


def test_keep_alive_goes_on_with_what_was_imported(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    keep_both(world, qtbot)
    before = world.hub.state.pbxs["clinic"]
    file = write(tmp_path / "in.json", {"id": "post", "port": "9123"}, {"id": "clinic"})
    press(open_import(window, qtbot, file), qtbot, "importButton")
    assert world.hub.state.pbxs["clinic"] == before
    world.clock.added_s += 601
    # The worker looks at the clock every ten seconds, and takes this for a sleep.
    qtbot.waitUntil(lambda: len(world.pbx.received) == 4, timeout=30_000)
    ports = {url: json.loads(body)["port"] for url, _, body, _ in world.pbx.received[2:]}
    # The token lives on; where reports go is not changed by a file alone.
    assert ports == {"http://192.168.5.150:80": "8260", "http://192.168.5.151:80": "9000"}
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].moving is not None)
    assert str(world.hub.state.pbxs["post"].moving).endswith(":9123")


def test_a_changed_host_stops_its_keep_alive_only(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    keep_both(world, qtbot)
    file = write(tmp_path / "in.json", {"id": "post", "pbx": "http://10.0.0.77"}, {"id": "clinic"})
    press(open_import(window, qtbot, file), qtbot, "importButton")
    assert not world.hub.state.pbxs["post"].keeping
    assert world.hub.state.pbxs["clinic"].keeping
    assert "Keep alive is off: Hotel Post" in message(window)
    qtbot.wait(200)
    assert not [url for url, *_ in world.pbx.received if "10.0.0.77" in url]


PIN = {"sha256": "ab" * 32, "authority": "192.168.5.150:80", "since": ""}


@pytest.mark.parametrize(
    "members",
    [
        {"proxy": "10.9.9.9:3128"},
        {"proxy": "system"},
        {"tls": "insecure"},
        {"tls": "pinned"},
        {"tls": "pinned", "pin": PIN},
        {"pin": PIN},
        {"tls_level": "very-old"},
        {"pbx": "https://192.168.5.150"},
        {"pbx": "http://192.168.5.150:8081"},
    ],
)
def test_another_way_to_the_pbx_stands_out_and_stops_its_schedule(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path, members: dict[str, Any]
) -> None:
    keep_both(world, qtbot)
    file = write(tmp_path / "in.json", {"id": "post", **members}, {"id": "clinic", "port": "9001"})
    dialog = open_import(window, qtbot, file)
    warning = dialog.findChild(QLabel, "importWarning")
    assert warning.isVisible()
    assert "Hotel Post" in warning.text()
    assert "Clinic" not in warning.text()
    details = {pbx: told for _what, pbx, told in rows(dialog)}
    assert "Keep alive will be switched off" in details["Hotel Post"]
    assert "Keep alive" not in details["Clinic North"]
    table = dialog.findChild(QTableWidget, "importTable")
    assert len({table.item(row, 0).foreground().color().name() for row in range(2)}) == 2
    press(dialog, qtbot, "importButton")
    assert not world.hub.state.pbxs["post"].keeping
    assert world.hub.state.pbxs["clinic"].keeping
    assert "Keep alive is off: Hotel Post" in message(window)
    assert world.hub.state.pbxs["post"].due_s is None


def test_nothing_is_sent_another_way_before_somebody_wants_it(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    keep_both(world, qtbot)
    sent = len(world.pbx.received)
    file = write(tmp_path / "in.json", {"id": "post", "proxy": "10.9.9.9:3128"})
    press(open_import(window, qtbot, file), qtbot, "importButton")
    world.clock.added_s += 601
    qtbot.waitUntil(lambda: len(world.pbx.received) > sent, timeout=30_000)
    qtbot.wait(200)
    assert {url for url, *_ in world.pbx.received[sent:]} == {"http://192.168.5.151:80"}


def test_what_does_not_change_the_way_warns_of_nothing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    same = {"id": "post", "pbx": "HTTP://192.168.5.150:80/", "proxy": "", "port": "1"}
    dialog = open_import(window, qtbot, write(tmp_path / "in.json", same, {"name": "New"}))
    assert not dialog.findChild(QLabel, "importWarning").isVisible()


def test_a_deleted_pbx_comes_back_as_a_new_one(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    """Its token is being deleted, and Undo must not meet a second one of the same id."""
    world.supervisor.set_token("post", Secret(TOKEN))
    export(window, qtbot, tmp_path / "out.json")
    window.commands.delete()
    press(open_import(window, qtbot, tmp_path / "out.json"), qtbot, "importButton")
    assert listed(window) == ["Clinic North", "Hotel Post"]
    new = world.hub.state.profiles[1]
    assert replace(new, id="post") == POST
    assert new.id != "post"
    button(window, "messageBarAction").click()
    assert listed(window) == ["Hotel Post", "Clinic North", "Hotel Post"]
    assert "1 added" in message(window), "the result waits behind the offer to undo"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "no file with exported PBXs"),
        ('{"format": "hbgui profiles", "version": 2}', "newer hbgui"),
        ("x" * (1024 * 1024 + 1), "larger than 1 MiB"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, content: str, words: str
) -> None:
    (tmp_path / "in.json").write_text(content, "utf-8")
    menu(window, "Import PBXs…")
    pick(window, qtbot, "importDialog", tmp_path / "in.json")
    qtbot.waitUntil(lambda: words in message(window))
    assert window.findChild(QDialog, "importPreview") is None


def test_an_export_that_fails_is_told(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    world.supervisor.export_profiles(tmp_path / "file" / "out.json")
    qtbot.waitUntil(lambda: "Not exported" in message(window))


def test_a_token_pasted_into_a_name_stays_here(
    window: MainWindow, world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    world.supervisor.set_token("clinic", Secret(TOKEN))
    line(window, "profileName").setText(TOKEN)
    export(window, qtbot, tmp_path / "out.json")
    assert "a secret was left out" in message(window)
    assert TOKEN not in (tmp_path / "out.json").read_text("utf-8")


def test_names_for_screen_readers(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = open_import(window, qtbot, write(tmp_path / "in.json", {"name": "New"}))
    assert dialog.windowTitle() == "Import PBXs"
    table = dialog.findChild(QTableWidget, "importTable")
    assert table.accessibleName() == "What the import would do"
    qtbot.waitUntil(dialog.findChild(QPushButton, "importButton").hasFocus)
    assert dialog.findChild(QPushButton, "importButton").text() == "&Import"
    assert dialog.findChild(QPushButton, "importCancelButton").text() == "&Cancel"


def test_there_is_room_for_five_hundred(qtbot: QtBot, tmp_path: Path) -> None:
    many = [{"name": f"PBX {n}", "pbx": f"10.0.{n // 250}.{n % 250}"} for n in range(500)]
    file = write(tmp_path / "in.json", *many)
    with another(qtbot, tmp_path / "b", POST) as (there, other):
        dialog = open_import(other, qtbot, file)
        no_room = "There is no room for more than 500 PBXs."
        assert rows(dialog)[:2] == [
            ("Error", "Entry 500: PBX 499", no_room),
            ("Added", "PBX 0", "Host: 10.0.0.0"),
        ]
        press(dialog, qtbot, "importButton")
        assert listed(other) == ["Hotel Post", *(f"PBX {n}" for n in range(499))]
        qtbot.waitUntil(lambda: len(stored(there)) == 500)
