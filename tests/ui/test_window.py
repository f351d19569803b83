"""The window as a whole: language, keys, memory, names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QTableView,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from e2e.desktop import SOURCE
from hbgui.core.api.errors import TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.ports import Settings
from hbgui.core.values import Secret
from hbgui.texts.translation import install_translator
from hbgui.ui.main_window import MainWindow
from hbgui.ui.vertical_scroll import VerticalScroll
from runtime.world import World, running
from ui.conftest import POST, new_window
from ui.handling import choose, listed


@pytest.fixture(scope="session")
def pseudo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A language that the translators' own tools made: every text between marks, 40 % longer."""
    folder = tmp_path_factory.mktemp("language")
    ts, qm = folder / "pseudo.ts", folder / "pseudo.qm"
    tools = Path(sys.executable).parent
    sources = [str(path) for path in (SOURCE / "hbgui").rglob("*.py")]
    run = {"check": True, "capture_output": True, "timeout": 60}
    options = ["-extensions", "py", "-tr-function-alias", "QT_TR_NOOP+=T"]
    subprocess.run([tools / "pyside6-lupdate", *options, *sources, "-ts", ts], **run)
    tree = ElementTree.parse(ts)
    for message in tree.iter("message"):
        source = message.findtext("source") or ""
        longer = f"[{source}{'~' * (len(source) * 2 // 5)}]"
        target = message.find("translation")
        assert target is not None
        target.attrib.pop("type", None)
        forms = target.findall("numerusform")
        for form in forms:
            form.text = longer
        if not forms:
            target.text = longer
    tree.write(ts, encoding="utf-8", xml_declaration=True)
    subprocess.run([tools / "pyside6-lrelease", ts, "-qm", qm], **run)
    return qm


def test_translators_get_every_sentence_of_texts(pseudo_file: Path) -> None:
    used = set()
    for path in (SOURCE / "hbgui" / "texts").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="T"), args=[said]):
                    used.add(said.value if isinstance(said, ast.Constant) else ast.unparse(said))
                case ast.Call(func=ast.Name(id="translate"), args=[ast.Constant(value=said), *_]):
                    used.add(said)
    assert len(used) > 800
    found = {
        message.findtext("source")
        for context in ElementTree.parse(pseudo_file.with_suffix(".ts")).iter("context")
        if context.findtext("name") == ""
        for message in context.iter("message")
    }
    assert used - found == set()


@pytest.fixture
def pseudo(qapp: QApplication, pseudo_file: Path) -> Iterator[QTranslator]:
    translator = QTranslator()
    assert translator.load(str(pseudo_file))
    install_translator(QCoreApplication.translate)
    yield translator
    qapp.removeTranslator(translator)
    install_translator(None)


def all_texts(window: QWidget) -> dict[str, str]:
    """Every text of every widget that a person or a screen reader meets."""
    found: dict[str, str] = {}

    def note(widget: object, what: str, text: str) -> None:
        if text.strip(" –✕…"):
            found[f"{type(widget).__name__} {widget.objectName()} {id(widget)} {what}"] = text

    for widget in window.findChildren(QWidget):
        note(widget, "tip", widget.toolTip())
        note(widget, "name", widget.accessibleName())
        for what in ("text", "placeholderText", "title"):
            if not isinstance(widget, QLineEdit) or what == "placeholderText":
                note(widget, what, getattr(widget, what, str)())
    for box in window.findChildren(QComboBox):
        for index in range(box.count()):
            note(box, str(index), box.itemText(index))
    for action in window.findChildren(QAction):
        note(action, "text", action.text())
    return found


SAME_IN_EVERY_LANGUAGE = (
    "v1.1.0",
    "v2.0.0",
    "urlflag",
    "urltag",
    "••••",
    "192.168.",
    "10.20.",
    "report",
    "Hotel Post",
    "http://",
)


def test_every_text_changes_language_while_the_window_is_open(
    window: MainWindow, world: World, qtbot: QtBot, qapp: QApplication, pseudo: QTranslator
) -> None:
    world.vault.keep("post", Secret("0f" * 16))
    world.pbx.reply = HttpAnswer(200, b'{"status":"Failed","errno":"20006"}')
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: window.findChild(QLabel, "messageBar").isVisible())
    before = all_texts(window)
    assert len(before) > 60
    qapp.installTranslator(pseudo)
    for _ in range(5):
        qapp.processEvents()
    after = all_texts(window)
    stayed = {
        where: text
        for where, text in after.items()
        if "[" not in text
        and not text.startswith(SAME_IN_EVERY_LANGUAGE)
        and not re.sub(r"[\s:/.()TZ-]", "", text).isdigit()  # times
        and "qt_" not in where
        and "Scroll" not in where  # Qt's own
    }
    assert stayed == {}
    tabs = window.findChild(QTabWidget, "tabs")
    header = window.findChild(QTableView, "activityTable").horizontalHeader().model()
    assert tabs.tabText(0).startswith("[")
    assert str(header.headerData(0, Qt.Orientation.Horizontal)).startswith("[")


@pytest.mark.parametrize("broken", [True, False])
def test_a_diagnosis_changes_language(
    window: MainWindow,
    world: World,
    qtbot: QtBot,
    qapp: QApplication,
    pseudo: QTranslator,
    broken: bool,
) -> None:
    if broken:
        world.probes.errors["connect"] = TransportError("connection_refused")
    world.vault.keep("post", Secret("0f" * 16))
    window.commands.diagnose()
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].diagnosis.diagnosis is not None)
    qapp.installTranslator(pseudo)
    qapp.processEvents()
    for name in ("diagnosisResult", "diagnosisSummary"):
        assert "[" in window.findChild(QLabel, name).text()
    model = window.findChild(QListView, "diagnosisList").model()
    role = Qt.ItemDataRole.AccessibleTextRole
    assert all(model.index(n, 0).data(role).startswith("[") for n in range(model.rowCount()))
    assert "[Copy as text" in window.findChild(QPushButton, "copyDiagnosisButton").text()


def cut(window: MainWindow) -> list[str]:
    """Buttons that are too narrow for their words, and views whose edge cannot be reached."""
    buttons = [
        f"{button.objectName()} {button.text()}"
        for button in window.findChildren(QAbstractButton)
        if button.isVisible()
        and button.width() < button.sizeHint().width()
        # Qt's own arrows beside the tabs have no words.
        and button.text()
    ]
    return buttons + [
        f"{area.widget().width()} > {area.viewport().width()}"
        for area in window.findChildren(VerticalScroll)
        if area.widget().width() > area.viewport().width()
        and not (window.height() < 500 and area.low_bar.isVisible())
    ]


@pytest.mark.parametrize("size", [(1180, 760), (960, 640), (720, 520), (640, 480)])
@pytest.mark.parametrize("mirrored", [False, True])
def test_longer_and_mirrored_texts_are_not_cut(
    window: MainWindow,
    qtbot: QtBot,
    qapp: QApplication,
    pseudo: QTranslator,
    size: tuple[int, int],
    mirrored: bool,
) -> None:
    qapp.installTranslator(pseudo)
    if mirrored:
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        window.resize(*size)
        qtbot.waitUntil(lambda: cut(window) == [])
    finally:
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_geometry_and_choice_survive_a_restart(qtbot: QtBot, tmp_path: Path, world: World) -> None:
    memory = tmp_path / "window.ini"
    first = new_window(world, memory)
    qtbot.addWidget(first)
    first.resize(701, 503)
    first.show()
    choose(first, "clinic")
    first.close()
    qtbot.waitUntil(lambda: bool(world.file.saved) and world.file.saved[-1].selected == "clinic")
    second = new_window(world, memory, "clinic")
    qtbot.addWidget(second)
    assert (second.width(), second.height()) == (701, 503)
    assert second.findChild(QLineEdit, "profileName").text() == "Clinic North"


@pytest.mark.parametrize("rubbish", [b"", b"\x00\xff", b"[General]\ngeometry=@ByteArray(x)\n"])
def test_a_damaged_memory_does_no_harm(
    qtbot: QtBot, tmp_path: Path, world: World, rubbish: bytes
) -> None:
    memory = tmp_path / "window.ini"
    memory.write_bytes(rubbish)
    window = new_window(world, memory)
    qtbot.addWidget(window)
    window.show()
    assert window.width() > 500


@pytest.mark.parametrize(
    ("key", "modifier", "count"),
    [(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, 1), (Qt.Key.Key_F6, None, 0)],
)
def test_the_send_key(
    window: MainWindow,
    world: World,
    qtbot: QtBot,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier | None,
    count: int,
) -> None:
    world.vault.keep("post", Secret("0f" * 16))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, key, modifier or Qt.KeyboardModifier.NoModifier)
    qtbot.wait(100)
    assert len(world.pbx.received) == count


def test_no_key_is_taken_twice(window: MainWindow) -> None:
    keys = [k.toString() for action in window.findChildren(QAction) for k in action.shortcuts()]
    assert len(keys) > 8
    assert sorted(keys) == sorted(set(keys))


def test_the_list_of_keys(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.help.shortcuts()
    dialog = window.findChild(QDialog, "shortcutsDialog")
    told = [label.text() for label in dialog.findChildren(QLabel)]
    assert "Ctrl+Return" in told
    assert "Send heartbeat" in told
    assert dialog.minimumSizeHint().height() < 400, "too high for a low screen"
    dialog.close()


def test_the_help_key_says_how_to_begin(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    dialog = window.findChild(QDialog, "guideDialog")
    assert "paste its web address" in dialog.findChild(QLabel, "guideStep1").text()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChild(QDialog, "guideDialog") is None)


def test_every_control_has_a_name(window: MainWindow) -> None:
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in window.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not isinstance(widget, QLabel)  # a name would hide the text
        and widget.isVisible()
        and not widget.accessibleName()
        and not (isinstance(widget, QAbstractButton) and widget.text())
        and not widget.objectName().startswith("qt_")
    ]
    assert nameless == []


def test_times_follow_the_locale(window: MainWindow, world: World, qtbot: QtBot) -> None:
    before = QLocale()
    try:
        QLocale.setDefault(QLocale("en_US"))
        world.vault.keep("post", Secret("0f" * 16))
        world.supervisor.send_now("post")
        success = window.findChild(QLabel, "lastSuccess")
        qtbot.waitUntil(lambda: success.text() != "–")
        assert "M" in success.text()
    finally:
        QLocale.setDefault(before)


def test_two_hundred_pbxs_open_quickly_enough_to_be_used(qtbot: QtBot, tmp_path: Path) -> None:

    profiles = tuple(replace(POST, id=f"p{n}", name=f"PBX {n}") for n in range(200))
    with running(tmp_path, Settings(profiles)) as world:
        window = new_window(world, None)
        qtbot.addWidget(window)
        window.show()
        assert len(listed(window)) == 200
