"""The secret field: bullets, no way back after wiping, and copies that are marked and cleared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QAction, QClipboard, QContextMenuEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from hbgui.ui.main_window import MainWindow
from hbgui.ui.secret_clipboard import SecretClipboard
from hbgui.ui.secret_edit import SecretEdit
from runtime.world import World

SECRET = "swordfish-0815"
TOKEN = "0f" * 16
CONTROL = Qt.KeyboardModifier.ControlModifier
WINDOWS = 'application/x-qt-windows-mime;value="{}"'
HINTS = {
    "x-kde-passwordManagerHint": b"secret",
    WINDOWS.format("ExcludeClipboardContentFromMonitorProcessing"): b"\x01\0\0\0",
    WINDOWS.format("CanIncludeInClipboardHistory"): b"\0\0\0\0",
    WINDOWS.format("CanUploadToCloudClipboard"): b"\0\0\0\0",
    "application/x-nspasteboard-concealed-type": b"secret",
}


@pytest.fixture
def clipboard(qtbot: QtBot) -> Iterator[QClipboard]:
    clipboard = QApplication.clipboard()
    clipboard.setText("before")
    yield clipboard
    clipboard.clear()


def made(qtbot: QtBot, clear_after_ms: int = 60_000) -> SecretEdit:
    secrets = SecretClipboard(clear_after_ms=clear_after_ms)
    field = SecretEdit("secret", "showButton", secrets)
    secrets.setParent(field)
    qtbot.addWidget(field)
    field.show()
    field.edit.setFocus()
    field.edit.setText(SECRET)
    return field


@pytest.fixture
def field(qtbot: QtBot, clipboard: QClipboard) -> SecretEdit:
    return made(qtbot)


def show(field: SecretEdit) -> None:
    field.findChild(QPushButton, "showButton").click()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Normal


def data(clipboard: QClipboard) -> dict[str, bytes]:
    found: QMimeData = clipboard.mimeData()
    return {name: bytes(found.data(name).data()) for name in HINTS}


@pytest.mark.parametrize("shown", [False, True])
def test_nothing_comes_back_after_wiping(field: SecretEdit, qtbot: QtBot, shown: bool) -> None:
    qtbot.keyClicks(field.edit, "more")
    if shown:
        show(field)
    field.wipe()
    assert field.edit.echoMode() is QLineEdit.EchoMode.Password
    assert not field.findChild(QPushButton).isChecked()
    show(field)
    for back in (field.edit.undo, field.edit.redo):
        back()
        assert field.text() == ""
    qtbot.keyClick(field.edit, "z", CONTROL)
    assert field.text() == ""


@pytest.mark.parametrize("key", ["c", "x", "u"])
def test_bullets_are_not_copied(
    field: SecretEdit, qtbot: QtBot, clipboard: QClipboard, key: str
) -> None:
    field.edit.selectAll()
    qtbot.keyClick(field.edit, key, CONTROL)
    field.edit.copy()
    field.edit.cut()
    assert clipboard.text() == "before"
    assert field.copied_note() == ""


@pytest.mark.parametrize(("key", "left"), [("c", SECRET), ("x", "")])
def test_a_copy_has_the_hints(
    field: SecretEdit, qtbot: QtBot, clipboard: QClipboard, key: str, left: str
) -> None:
    show(field)
    field.edit.selectAll()
    qtbot.keyClick(field.edit, key, CONTROL)
    assert clipboard.text() == SECRET
    assert data(clipboard) == HINTS
    assert field.text() == left
    assert field.copied_note() == "Copied. The clipboard is cleared after 60 seconds."


def test_a_copy_of_nothing_leaves_the_clipboard(field: SecretEdit, clipboard: QClipboard) -> None:
    show(field)
    field.edit.deselect()
    field.edit.copy()
    field.edit.cut()
    assert clipboard.text() == "before"
    assert field.text() == SECRET


# Without a display there is nothing to raise the menu above.
@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize(("name", "left"), [("edit-copy", SECRET), ("edit-cut", "")])
def test_the_menu_copies_with_the_hints(
    field: SecretEdit, qtbot: QtBot, clipboard: QClipboard, name: str, left: str
) -> None:
    show(field)
    field.edit.selectAll()
    place = QPoint(3, 3)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, field.mapToGlobal(place))
    QApplication.sendEvent(field.edit, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.findChild(QAction, name).trigger()
    assert clipboard.text() == SECRET
    assert data(clipboard) == HINTS
    assert field.text() == left
    menu.close()


def test_what_is_copied_is_cleared_in_time(qtbot: QtBot, clipboard: QClipboard) -> None:
    field = made(qtbot, clear_after_ms=2000)
    show(field)
    field.edit.selectAll()
    field.edit.copy()
    assert field.copied_note() == "Copied. The clipboard is cleared after 2 seconds."
    qtbot.waitUntil(lambda: clipboard.text() == "")
    assert field.copied_note() == ""


def test_the_time_begins_anew_with_each_copy(qtbot: QtBot, clipboard: QClipboard) -> None:
    field = made(qtbot, clear_after_ms=2000)
    show(field)
    field.edit.selectAll()
    field.edit.copy()
    qtbot.wait(1500)
    field.edit.copy()
    qtbot.wait(1000)
    assert clipboard.text() == SECRET
    qtbot.waitUntil(lambda: clipboard.text() == "")


def test_what_somebody_else_copied_stays(qtbot: QtBot, clipboard: QClipboard) -> None:
    field = made(qtbot, clear_after_ms=200)
    show(field)
    field.edit.selectAll()
    field.edit.copy()
    clipboard.setText("not so secret")
    qtbot.waitUntil(lambda: field.copied_note() == "")
    qtbot.wait(400)
    assert clipboard.text() == "not so secret"


def test_it_goes_when_the_owner_closes(field: SecretEdit, clipboard: QClipboard) -> None:
    show(field)
    field.edit.selectAll()
    field.edit.copy()
    secrets = field.findChild(SecretClipboard)
    secrets.close()
    assert clipboard.text() == ""
    clipboard.setText("after")
    secrets.close()
    assert clipboard.text() == "after"


def test_only_the_field_that_was_copied_says_so(
    field: SecretEdit, qtbot: QtBot, clipboard: QClipboard
) -> None:
    other = SecretEdit("second", "showSecond", field.findChild(SecretClipboard))
    qtbot.addWidget(other)
    other.edit.setText("another")
    for each in (field, other):
        each.findChild(QPushButton).click()
        each.edit.selectAll()
        each.edit.copy()
    assert clipboard.text() == "another"
    assert (field.copied_note(), bool(other.copied_note())) == ("", True)


def test_it_is_bullets_to_a_screen_reader_until_shown(field: SecretEdit) -> None:
    read = QAccessible.queryAccessibleInterface(field.edit)
    bullets = read.text(QAccessible.Text.Value)
    assert len(bullets) == len(SECRET)
    assert len(set(bullets)) == 1
    assert set(read.textInterface().text(0, len(SECRET))) == set(bullets)
    show(field)
    assert read.text(QAccessible.Text.Value) == SECRET


def test_input_methods_learn_nothing_shown_or_not(field: SecretEdit) -> None:
    hint = Qt.InputMethodHint
    wanted = hint.ImhSensitiveData | hint.ImhNoPredictiveText | hint.ImhNoAutoUppercase
    assert field.edit.inputMethodHints() & wanted == wanted
    assert field.edit.inputMethodHints() & hint.ImhHiddenText
    show(field)
    assert field.edit.inputMethodHints() & wanted == wanted


def test_the_button_says_what_it_does(field: SecretEdit) -> None:
    field.speak("Show password", "Hide password")
    button = field.findChild(QPushButton)
    assert (button.text(), button.accessibleName()) == ("Show", "Show password")
    show(field)
    assert (button.text(), button.accessibleName()) == ("Hide", "Hide password")


def having(widget: QWidget) -> set[str]:
    """Which properties of a widget, Qt's or added ones, have the token in them; or its rows."""
    meta = widget.metaObject()
    known = [meta.property(index) for index in range(meta.propertyCount())]
    names = [str(each.name()) for each in known if each.typeName() == "QString"]
    added = [bytes(name.data()).decode() for name in widget.dynamicPropertyNames()]
    names += [name for name in added if not name.startswith("_")]
    found = {name for name in names if TOKEN in str(widget.property(name))}
    return found | ({"rows"} if isinstance(widget, QAbstractItemView) and listed(widget) else set())


def listed(view: QAbstractItemView) -> bool:
    model, root = view.model(), QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(root)
    indexes = [
        model.index(row, column) for row in range(model.rowCount(root)) for column in range(columns)
    ]
    return any(TOKEN in str(model.data(index, role)) for index in indexes for role in range(15))


def test_no_other_widget_has_it(
    window: MainWindow, world: World, qtbot: QtBot, clipboard: QClipboard
) -> None:
    edit = window.findChild(QLineEdit, "token")
    edit.setText(TOKEN)
    window.findChild(QPushButton, "showTokenButton").click()
    qtbot.waitUntil(lambda: bool(world.keyring.entries))
    window.findChild(QPushButton, "sendButton").click()
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    edit.setText(TOKEN)
    edit.selectAll()
    edit.copy()
    found = {widget: having(widget) for widget in QApplication.allWidgets()}
    assert {widget: names for widget, names in found.items() if names} == {
        edit: {"text", "displayText", "selectedText"}
    }


def test_the_note_below_the_token_says_that_it_was_copied(
    window: MainWindow, world: World, qtbot: QtBot, clipboard: QClipboard
) -> None:
    edit = window.findChild(QLineEdit, "token")
    note = window.findChild(QLabel, "tokenNote")
    edit.setText(TOKEN)
    window.findChild(QPushButton, "showTokenButton").click()
    edit.selectAll()
    edit.copy()
    assert note.text() == "Copied. The clipboard is cleared after 30 seconds."
    assert clipboard.text() == TOKEN
    window.close()
    assert clipboard.text() == ""
    assert note.text() != "Copied. The clipboard is cleared after 30 seconds."
