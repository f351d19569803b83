"""*Get token…* and *Log out…* as a technician uses them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import SecretError, TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.login import LoginCount, hashed
from hbgui.core.api.outcome import Outcome, OutcomeKind
from hbgui.core.pbx.destination import ReportTarget
from hbgui.core.values import Secret
from hbgui.ui.login_dialog import LoginDialog
from hbgui.ui.main_window import MainWindow
from hbgui.ui.move_dialog import MoveDialog
from runtime.world import FakeCounts, World
from ui.handling import button, press, text_of

TOKEN = Secret("0b" * 16)
WRONG = HttpAnswer(200, b'{"status":"Failed","errno":"20003"}')
LOCKED = HttpAnswer(200, b'{"status":"Failed","errno":"20002"}')


def gives(token: Secret = TOKEN, **more: str) -> HttpAnswer:
    members = {"status": "Success", "token": token.reveal(), **more}
    return HttpAnswer(200, json.dumps(members).encode())


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot) -> LoginDialog:
    qtbot.mouseClick(window.findChild(QPushButton, "getTokenButton"), Qt.MouseButton.LeftButton)
    found = window.findChild(LoginDialog)
    assert found is not None
    assert QTest.qWaitForWindowExposed(found)
    return found


def type_in(dialog: QWidget, qtbot: QtBot, user: str, password: str) -> None:
    for name, text in (("apiUser", user), ("apiPassword", password)):
        edit = dialog.findChild(QLineEdit, name)
        edit.setFocus()
        edit.selectAll()
        qtbot.keyClicks(edit, text)


def gone(window: MainWindow) -> bool:
    return not [d for d in window.findChildren(LoginDialog) if d.isVisible()]


def test_a_token_by_keyboard_alone(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.pbx.replies["login"] = [gives()]
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(LoginDialog)
    assert QTest.qWaitForWindowExposed(dialog)
    qtbot.keyClicks(dialog.findChild(QLineEdit, "apiUser"), "api")
    type_in(dialog, qtbot, "api", "p@ss word")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: gone(window))
    qtbot.waitUntil(
        lambda: "29:5" in text_of(window, "tokenClock") or "30:0" in text_of(window, "tokenClock")
    )
    body = json.loads(world.pbx.received[0][2])
    assert body["username"] == "api"
    assert body["password"] == hashed(Secret("p@ss word")).reveal()
    assert "Hotel Post: Logged in" in text_of(window, "messageBar")
    assert world.keyring.entries == {"post": TOKEN}
    everything = " ".join(w.text() for w in window.findChildren(QLabel))
    assert TOKEN.reveal() not in everything


def test_it_says_which_account_and_where_reports_go(dialog: LoginDialog) -> None:
    assert "Not those of its web page" in text_of(dialog, "loginIntro")
    assert "192.168.5.20:8260" in text_of(dialog, "loginTarget")
    assert "not known here" in text_of(dialog, "loginTarget")


def test_who_logs_in_has_agreed_to_where_reports_go(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    post = world.hub.state.profile("post")
    assert post is not None
    customer = ReportTarget("192.168.5.122", 8260)
    world.supervisor.save_profile(replace(post, earlier=customer))
    press(window, qtbot, "getTokenButton")
    dialog = window.findChild(LoginDialog)
    assert "Until now: 192.168.5.122:8260" in text_of(dialog, "loginTarget")
    assert "From then on: 192.168.5.20:8260" in text_of(dialog, "loginTarget")
    world.pbx.replies["login"] = [gives()]
    type_in(dialog, qtbot, "api", "right")
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    assert [path for _, path, _, _ in world.pbx.received][1].endswith("heartbeat")
    assert not window.findChildren(MoveDialog)


def test_empty_fields_are_told_at_the_field(
    dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    press(dialog, qtbot, "logInButton")
    assert "user name" in text_of(dialog, "apiUserNote")
    type_in(dialog, qtbot, "api", "")
    press(dialog, qtbot, "logInButton")
    assert "password" in text_of(dialog, "apiPasswordNote")
    assert world.pbx.received == []


def test_a_wrong_password_is_counted_and_what_was_typed_stays(
    dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    for attempt in (1, 2):
        type_in(dialog, qtbot, "api", "wrong")
        world.pbx.replies["login"] = [WRONG]
        press(dialog, qtbot, "logInButton")
        qtbot.waitUntil(lambda n=attempt: f"attempt {n} of 5" in text_of(dialog, "loginAttempts"))
    assert "Wrong API user name or password" in text_of(dialog, "loginResult")
    assert dialog.findChild(QLineEdit, "apiUser").text() == "api"
    assert dialog.findChild(QLineEdit, "apiPassword").text() == "wrong"
    assert dialog.isVisible()
    assert len(world.pbx.received) == 2


def test_after_a_wrong_password_another_one_is_typed_over_it(
    window: MainWindow, dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    log_in = dialog.findChild(QPushButton, "logInButton")
    edit = dialog.findChild(QLineEdit, "apiPassword")
    type_in(dialog, qtbot, "api", "wrong")
    world.pbx.replies["login"] = [WRONG]
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Wrong API user name" in text_of(dialog, "loginResult"))
    assert edit.hasFocus()
    assert edit.selectedText() == edit.text() != ""
    assert not log_in.isEnabled()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.wait(50)
    assert len(world.pbx.received) == 1, "Enter does not send the old one again"
    world.pbx.replies["login"] = [gives()]
    qtbot.keyClicks(edit, "right")
    assert log_in.isEnabled()
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: gone(window))
    passwords = [json.loads(body)["password"] for _, p, body, _ in world.pbx.received[:2]]
    assert passwords == [hashed(Secret(word)).reveal() for word in ("wrong", "right")]


def test_after_a_wrong_user_name_that_alone_may_be_changed(
    dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    type_in(dialog, qtbot, "wrong", "right")
    world.pbx.replies["login"] = [WRONG]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: "Wrong API user name" in text_of(dialog, "loginResult"))
    qtbot.keyClicks(dialog.findChild(QLineEdit, "apiUser"), "2")
    assert dialog.findChild(QPushButton, "logInButton").isEnabled()


def test_after_any_other_failure_enter_tries_again(
    dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    edit = dialog.findChild(QLineEdit, "apiPassword")
    type_in(dialog, qtbot, "api", "right")
    for number in (1, 2):
        world.pbx.replies["login"] = [TransportError("connection_refused")]
        qtbot.keyClick(edit, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda n=number: len(world.pbx.received) == n)
        qtbot.waitUntil(lambda: "Nothing listens" in text_of(dialog, "loginResult"))
        assert edit.hasFocus()
        assert dialog.findChild(QPushButton, "logInButton").isEnabled()


def test_a_block_has_a_clock_and_a_way_out(dialog: LoginDialog, world: World, qtbot: QtBot) -> None:
    type_in(dialog, qtbot, "api", "right")
    world.pbx.replies["login"] = [LOCKED]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: "for 9:5" in text_of(dialog, "loginAttempts"))
    assert "Blocked IP Address" in text_of(dialog, "loginAttempts")
    assert "locked this computer out" in text_of(dialog, "loginResult")
    assert "Blocked IP Address" not in text_of(dialog, "loginResult")
    log_in = dialog.findChild(QPushButton, "logInButton")
    assert not log_in.isEnabled()
    world.clock.added_s += 300
    qtbot.waitUntil(lambda: "for 4:5" in text_of(dialog, "loginAttempts"))
    world.clock.added_s += 301
    qtbot.waitUntil(log_in.isEnabled)
    world.pbx.replies["login"] = [LOCKED]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: not log_in.isEnabled() and not world.hub.state.pbxs["post"].logging_in)
    press(dialog, qtbot, "unblockedButton")
    assert log_in.isEnabled()


def test_a_count_that_cannot_be_read_is_told(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = LoginCount(unknown="/made/up/logins.json: it is damaged")
    monkeypatch.setattr(FakeCounts, "get", lambda _self, _authority: unread)
    press(window, qtbot, "getTokenButton")
    dialog = window.findChild(LoginDialog)
    told = "cannot be read from /made/up/logins.json: it is damaged."
    qtbot.waitUntil(lambda: told in text_of(dialog, "loginAttempts"))
    assert dialog.findChild(QLabel, "loginAttempts").isVisible()
    assert dialog.findChild(QPushButton, "logInButton").isEnabled()


def test_what_cannot_be_pressed_looks_like_that(
    dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    def ground(button: QPushButton) -> str:
        return button.grab().toImage().pixelColor(6, button.height() // 2).name()

    log_in = button(dialog, "logInButton")
    (cancel,) = (b for b in dialog.findChildren(QPushButton) if b.text() == "Cancel")
    assert ground(log_in) != ground(cancel)
    type_in(dialog, qtbot, "api", "right")
    world.pbx.replies["login"] = [LOCKED]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: "Blocked IP" in text_of(dialog, "loginAttempts"))
    assert ground(log_in) == dialog.palette().window().color().name()


def test_escape_ends_a_login_that_hangs(
    window: MainWindow, dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    world.pbx.reply = "hang"
    type_in(dialog, qtbot, "api", "right")
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: bool(world.pbx.received))
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: gone(window))
    qtbot.waitUntil(lambda: not world.hub.state.pbxs["post"].logging_in)
    assert world.keyring.entries == {}


def test_the_password_is_kept_only_when_ticked_and_renewal_needs_it(
    window: MainWindow, dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    keep = dialog.findChild(QCheckBox, "keepPassword")
    renew = dialog.findChild(QCheckBox, "renewByItself")
    assert (keep.isChecked(), renew.isEnabled()) == (False, False)
    keep.click()
    renew.click()
    type_in(dialog, qtbot, "api", "right")
    world.pbx.replies["login"] = [gives()]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: "post:password" in world.keyring.entries)
    assert world.keyring.entries["post:password"] == Secret("right")
    box = window.findChild(QCheckBox, "renewToken")
    qtbot.waitUntil(lambda: box.isVisible() and box.isChecked())
    box.click()
    profile = world.hub.state.profile("post")
    assert profile is not None
    assert not profile.renew


def test_a_kept_password_need_not_be_typed_and_can_be_forgotten(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.keyring.entries["post:password"] = Secret("kept")
    press(window, qtbot, "getTokenButton")
    dialog = window.findChild(LoginDialog)
    forget = dialog.findChild(QPushButton, "forgetPasswordButton")
    qtbot.waitUntil(forget.isVisible)
    edit = dialog.findChild(QLineEdit, "apiPassword")
    assert (edit.text(), "keyring" in edit.placeholderText()) == ("", True)
    type_in(dialog, qtbot, "api", "")
    world.pbx.replies["login"] = [WRONG]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: len(world.pbx.received) == 1)
    assert json.loads(world.pbx.received[0][2])["password"] == hashed(Secret("kept")).reveal()
    qtbot.waitUntil(forget.isEnabled)
    qtbot.waitUntil(lambda: "Wrong API user name or password" in text_of(dialog, "loginResult"))
    assert not dialog.findChild(QPushButton, "logInButton").isEnabled(), "it would be sent again"
    forget.click()
    qtbot.waitUntil(lambda: "post:password" not in world.keyring.entries)
    qtbot.waitUntil(lambda: not forget.isVisible())


def test_a_closed_dialog_leaves_no_password_behind(dialog: LoginDialog, qtbot: QtBot) -> None:
    type_in(dialog, qtbot, "api", "secret word")
    edit = dialog.findChild(QLineEdit, "apiPassword")
    dialog.findChild(QPushButton, "showPasswordButton").click()
    assert edit.echoMode() is QLineEdit.EchoMode.Normal
    dialog.done(0)
    edit.undo()
    assert edit.text() == ""
    assert edit.echoMode() is QLineEdit.EchoMode.Password


def test_tcp_stays_in_sight(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.pbx.replies["login"] = [gives(transport="TCP")]
    press(window, qtbot, "getTokenButton")
    dialog = window.findChild(LoginDialog)
    type_in(dialog, qtbot, "api", "right")
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    for name in ("messageBar", "reportsLamp"):
        qtbot.waitUntil(lambda n=name: "report method HTTP" in text_of(window, n))


def test_what_went_wrong_is_told_in_the_dialog(
    dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    type_in(dialog, qtbot, "api", "right")
    world.pbx.replies["login"] = [TransportError("connection_refused")]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: "Nothing listens" in text_of(dialog, "loginResult"))
    assert text_of(dialog, "loginAttempts") == ""


def test_one_click_in_the_login_takes_the_level_that_works(
    dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    world.pbx.replies["login"] = [TransportError("tls_too_old", level="very-old"), gives()]
    type_in(dialog, qtbot, "api", "right")
    press(dialog, qtbot, "logInButton")
    take = dialog.findChild(QPushButton, "loginRemedyButton")
    qtbot.waitUntil(take.isVisible)
    assert "very-old" in take.text()
    assert len(world.pbx.received) == 1
    take.click()
    assert not take.isVisible()
    (box,) = dialog.findChildren(QMessageBox, "levelDialog")
    assert "http://192.168.5.150" in box.text()
    assert "very-old" in box.text()
    box.button(QMessageBox.StandardButton.Yes).click()
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    assert [link.level for link in world.pbx.links] == ["compatible", "very-old", "very-old"]


@pytest.mark.parametrize("to", ["https://192.168.5.150:8088", "https://elsewhere.example:8088"])
def test_one_click_in_the_login_goes_where_a_redirect_points(
    window: MainWindow, dialog: LoginDialog, world: World, qtbot: QtBot, to: str
) -> None:
    world.pbx.replies["login"] = [HttpAnswer(302, b"", f"{to}/api/v1.1.0/login"), gives()]
    type_in(dialog, qtbot, "api", "right")
    press(dialog, qtbot, "logInButton")
    take = dialog.findChild(QPushButton, "loginRemedyButton")
    qtbot.waitUntil(take.isVisible)
    assert take.text() == f"Use {to}"
    take.click()
    (box,) = window.findChildren(QMessageBox, "redirectDialog")
    assert box.parent() is dialog
    assert to in box.text()
    box.button(QMessageBox.StandardButton.Yes).click()
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    assert [url for url, *_ in world.pbx.received] == ["http://192.168.5.150:80", to, to]


def test_a_keyring_that_fails_is_told_and_the_token_works_all_the_same(
    window: MainWindow, dialog: LoginDialog, world: World, qtbot: QtBot
) -> None:
    world.keyring.error = SecretError("keyring_locked")
    type_in(dialog, qtbot, "api", "right")
    world.pbx.replies["login"] = [gives()]
    press(dialog, qtbot, "logInButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    qtbot.waitUntil(lambda: "locked" in text_of(window, "messageBar"))


def log_out(window: MainWindow, qtbot: QtBot, answer: str) -> None:
    press(window, qtbot, "logOutButton")
    box = window.findChild(QMessageBox, "logOutDialog")
    assert "event reports" in box.informativeText()
    if answer == "yes":
        press(box, qtbot, "confirmLogOutButton")
    else:
        qtbot.keyClick(box, Qt.Key.Key_Escape)


def test_log_out_asks_and_says_that_reports_end(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.supervisor.set_token("post", TOKEN)
    qtbot.waitUntil(lambda: "post" in world.keyring.entries)
    qtbot.waitUntil(window.findChild(QPushButton, "logOutButton").isEnabled)
    log_out(window, qtbot, "no")
    qtbot.wait(50)
    assert world.pbx.received == []
    log_out(window, qtbot, "yes")
    qtbot.waitUntil(lambda: world.keyring.entries == {})
    assert world.pbx.received[0][1:] == ("/api/v1.1.0/logout", b"", TOKEN.reveal())
    qtbot.waitUntil(lambda: "sends no reports" in text_of(window, "messageBar"))
    assert not window.findChild(QPushButton, "logOutButton").isEnabled()


def test_a_token_of_another_host_waits_for_an_answer(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.supervisor.set_token("post", TOKEN)
    qtbot.waitUntil(lambda: "post" in world.keyring.entries)
    host = window.findChild(QLineEdit, "pbxHost")
    host.setText("http://10.0.0.9")
    belongs = window.findChild(QPushButton, "tokenBelongsButton")
    qtbot.waitUntil(belongs.isVisible)
    assert "given for 192.168.5.150" in text_of(window, "tokenNote")
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: "another address" in text_of(window, "messageBar"))
    assert world.pbx.received == []
    belongs.click()
    qtbot.waitUntil(lambda: not belongs.isVisible())
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: len(world.pbx.received) == 1)


def test_a_lost_token_offers_the_login(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.vault.keep("post", TOKEN)
    world.pbx.replies["heartbeat"] = [HttpAnswer(200, b'{"status":"Failed","errno":"20006"}')]
    press(window, qtbot, "sendButton")
    action = window.findChild(QPushButton, "messageBarAction")
    qtbot.waitUntil(action.isVisible)
    assert action.text() == "Get token…"
    action.click()
    assert window.findChild(LoginDialog) is not None


def test_the_clock_of_a_block_outlives_the_dialog(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    now = world.clock.now().utc
    world.counts.put(
        "192.168.5.150:80", LoginCount().after(_refused("20002"), now - timedelta(minutes=4))
    )
    press(window, qtbot, "getTokenButton")
    dialog = window.findChild(LoginDialog)
    qtbot.waitUntil(lambda: "for 5:5" in text_of(dialog, "loginAttempts"))
    assert not dialog.findChild(QPushButton, "logInButton").isEnabled()
    assert QApplication.activeModalWidget() is not None


def _refused(errno: str) -> Outcome:
    return Outcome(OutcomeKind.REFUSED, "refused", errno)
