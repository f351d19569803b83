"""Trust by a click, never out of the blue; levels, redirects and proxies that one click sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QTableView,
    QTabWidget,
)
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import TransportError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.pbx.connection import Certificate, Pin, TlsLevel, TlsMode, spelled_fingerprint
from hbgui.core.pbx.profile import Profile
from hbgui.core.values import Secret
from hbgui.ui.certificate_dialogs import ChangedDialog, TrustDialog
from hbgui.ui.login_dialog import LoginDialog
from hbgui.ui.main_window import MainWindow
from hbgui.ui.notifier import Notifier
from runtime.world import World
from ui.handling import press

SHA, OTHER = "ab" * 32, "cd" * 32
SELF_SIGNED = TransportError("certificate_self_signed")
CHANGED = TransportError("certificate_changed", OTHER)
SEEN = Certificate(
    SHA,
    subject="CN=box",
    issuer="CN=box",
    not_before=datetime(2020, 1, 1, tzinfo=UTC),
    not_after=datetime(2021, 1, 1, tzinfo=UTC),
    key="RSA, 2048 bits",
    names=("box",),
    fault="certificate_self_signed",
    tls_version="TLSv1.2",
    cipher="AES256-GCM-SHA384",
)


@pytest.fixture(autouse=True)
def https(world: World, window: MainWindow) -> None:
    world.vault.keep("post", Secret("0f" * 16))
    world.supervisor.save_profile(replace(profile(world), pbx="https://192.168.5.150"))
    world.pbx.shows = SEEN


def profile(world: World) -> Profile:
    found = world.hub.state.profile("post")
    assert found is not None
    return found


def opened(window: MainWindow, qtbot: QtBot, kind: type):
    qtbot.waitUntil(lambda: any(d.isVisible() for d in window.findChildren(kind)))
    return next(d for d in window.findChildren(kind) if d.isVisible())


def none_open(window: MainWindow) -> bool:
    dialogs = [*window.findChildren(TrustDialog), *window.findChildren(ChangedDialog)]
    return not [d for d in dialogs if d.isVisible()]


def beats(world: World) -> int:
    return len(world.pbx.received)


def refuse_once(world: World, error: TransportError = SELF_SIGNED) -> None:
    world.pbx.replies["heartbeat"] = [error]


def words(parent) -> str:
    return "\n".join(label.text() for label in parent.findChildren(QLabel))


def test_the_first_contact_shows_everything_and_trusts_for_good(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    refuse_once(world)
    press(window, qtbot, "sendButton")
    dialog = opened(window, qtbot, TrustDialog)
    shown = words(dialog)
    spelled = spelled_fingerprint(SHA)
    for fact in ("CN=box", "RSA, 2048 bits", "TLSv1.2", "run out", "By itself", spelled[:48]):
        assert fact in shown
    press(dialog, qtbot, "trustButton")
    assert profile(world).tls is TlsMode.PINNED
    assert profile(world).link.pin == SHA
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    assert world.pbx.links[-1].pin == SHA
    assert beats(world) == 2
    assert "AB:AB" in window.findChild(QLabel, "tlsModeNote").text()


def test_only_now_is_in_no_file(window: MainWindow, world: World, qtbot: QtBot) -> None:
    refuse_once(world)
    press(window, qtbot, "sendButton")
    press(opened(window, qtbot, TrustDialog), qtbot, "trustOnceButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    assert world.pbx.links[-1].pin == SHA
    assert (profile(world).tls, profile(world).pin) == (TlsMode.SYSTEM, None)
    assert "until hbgui is closed" in window.findChild(QLabel, "tlsModeNote").text()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_enter_and_escape_trust_nothing(
    window: MainWindow, world: World, qtbot: QtBot, key: Qt.Key
) -> None:
    refuse_once(world)
    press(window, qtbot, "sendButton")
    dialog = opened(window, qtbot, TrustDialog)
    qtbot.keyClick(dialog, key)
    qtbot.waitUntil(lambda: none_open(window))
    qtbot.wait(50)
    assert (profile(world).pin, beats(world)) == (None, 1)


def test_the_maker_s_own_certificate_is_named_as_that(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    clinic = world.hub.state.profile("clinic")
    assert clinic is not None
    pinned = replace(clinic, tls=TlsMode.PINNED, pin=Pin(SHA, clinic.authority))
    world.supervisor.save_profile(pinned)
    refuse_once(world)
    press(window, qtbot, "sendButton")
    dialog = opened(window, qtbot, TrustDialog)
    alike = dialog.findChild(QLabel, "trustAlike")
    assert alike.isVisible()
    assert "Clinic North" in alike.text()


def test_a_heartbeat_of_the_schedule_opens_no_dialog(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: beats(world) == 1)
    qtbot.waitUntil(lambda: not world.hub.state.pbxs["post"].sending)
    refuse_once(world)
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: window.findChild(QPushButton, "messageBarAction").isVisible())
    qtbot.wait(100)
    assert none_open(window)
    press(window, qtbot, "messageBarAction")
    opened(window, qtbot, TrustDialog)


def pin(world: World) -> None:
    pin = Pin(SHA, "192.168.5.150:8088", "2026-05-03")
    world.supervisor.save_profile(replace(profile(world), tls=TlsMode.PINNED, pin=pin))
    world.pbx.shows = replace(SEEN, sha256=OTHER)


def test_a_changed_certificate_stops_with_a_banner_and_one_notification(
    window: MainWindow, world: World, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(Notifier, "notify", lambda _self, _id, title, _text: told.append(title))
    pin(world)
    refuse_once(world, CHANGED)
    press(window, qtbot, "keepAliveButton")
    bar = window.findChild(QLabel, "messageBar")
    qtbot.waitUntil(lambda: "not the certificate" in bar.text())
    qtbot.wait(100)
    assert none_open(window)
    assert told == ["Hotel Post: This is not the certificate that you trusted"]
    pbx = world.hub.state.pbxs["post"]
    assert (pbx.keeping, pbx.due_s) == (False, None)
    world.clock.added_s += 25
    qtbot.wait(50)
    assert beats(world) == 1
    assert window.findChild(QPushButton, "messageBarAction").text() == "Compare…"


def test_replacing_a_certificate_is_harder(window: MainWindow, world: World, qtbot: QtBot) -> None:
    pin(world)
    refuse_once(world, CHANGED)
    press(window, qtbot, "sendButton")
    action = window.findChild(QPushButton, "messageBarAction")
    qtbot.waitUntil(action.isVisible)
    press(window, qtbot, "messageBarAction")
    dialog = opened(window, qtbot, ChangedDialog)
    texts = words(dialog)
    assert spelled_fingerprint(SHA)[:48] in texts
    assert spelled_fingerprint(OTHER)[:48] in texts
    replace_button = dialog.findChild(QPushButton, "replaceCertificateButton")
    assert not replace_button.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: none_open(window))
    assert profile(world).link.pin == SHA
    # Until that is decided a click on "Send" only asks again.
    press(window, qtbot, "sendButton")
    dialog = opened(window, qtbot, ChangedDialog)
    assert beats(world) == 1
    dialog.findChild(QCheckBox, "comparedCheck").click()
    press(dialog, qtbot, "replaceCertificateButton")
    assert profile(world).link.pin == OTHER
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: beats(world) == 2)
    assert world.pbx.links[-1].pin == OTHER


def test_the_trusted_certificate_is_back(window: MainWindow, world: World, qtbot: QtBot) -> None:
    pin(world)
    refuse_once(world, CHANGED)
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].certificate_changed)
    world.pbx.shows = SEEN
    qtbot.wait(50)
    assert beats(world) == 1
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: beats(world) == 2)
    assert none_open(window)


def test_what_was_trusted_for_now_is_compared_too_and_replaced_for_now(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.accounts.trust_certificate("post", SHA, lasting=False)
    world.pbx.shows = replace(SEEN, sha256=OTHER)
    refuse_once(world, CHANGED)
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(window.findChild(QPushButton, "messageBarAction").isVisible)
    press(window, qtbot, "messageBarAction")
    dialog = opened(window, qtbot, ChangedDialog)
    assert spelled_fingerprint(SHA)[:48] in words(dialog)
    assert spelled_fingerprint(OTHER)[:48] in words(dialog)
    dialog.findChild(QCheckBox, "comparedCheck").click()
    press(dialog, qtbot, "replaceCertificateButton")
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: beats(world) == 2)
    assert world.pbx.links[-1].pin == OTHER
    assert (profile(world).tls, profile(world).pin) == (TlsMode.SYSTEM, None)


def test_trust_for_good_after_trust_for_now(window: MainWindow, world: World, qtbot: QtBot) -> None:
    world.accounts.trust_certificate("post", SHA, lasting=False)
    press(window, qtbot, "showCertificateButton")
    press(opened(window, qtbot, TrustDialog), qtbot, "trustButton")
    assert profile(world).link.pin == SHA
    assert world.hub.state.pbxs["post"].session_pin is None


def test_the_button_shows_a_trusted_certificate_with_its_dates(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    pin(world)
    world.pbx.shows = SEEN
    press(window, qtbot, "showCertificateButton")
    dialog = opened(window, qtbot, TrustDialog)
    assert "that you trust" in dialog.findChild(QLabel, "trustTitle").text()
    assert "It has run out. A pin does not mind." in words(dialog)
    assert not dialog.findChild(QPushButton, "trustButton").isVisible()
    assert not dialog.findChild(QPushButton, "trustOnceButton").isVisible()
    press(dialog, qtbot, "trustCancelButton")
    qtbot.waitUntil(lambda: none_open(window))
    assert beats(world) == 0


def test_a_check_that_was_switched_back_to_the_system_asks_again(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    pin(world)
    world.pbx.shows = SEEN
    world.supervisor.save_profile(replace(profile(world), tls=TlsMode.SYSTEM))
    refuse_once(world)
    press(window, qtbot, "sendButton")
    press(opened(window, qtbot, TrustDialog), qtbot, "trustButton")
    assert profile(world).tls is TlsMode.PINNED


def test_another_address_has_no_trusted_certificate(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    pin(world)
    window.findChild(QLineEdit, "pbxHost").setText("https://192.168.5.150:9443")
    qtbot.waitUntil(lambda: profile(world).pbx.endswith("9443"))
    assert profile(world).link.pin == ""
    assert "192.168.5.150:8088" in window.findChild(QLabel, "tlsModeNote").text()


def test_one_click_takes_the_level_that_works_and_it_stays_marked(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    refuse_once(world, TransportError("tls_too_old", level="very-old"))
    press(window, qtbot, "sendButton")
    action = window.findChild(QPushButton, "messageBarAction")
    qtbot.waitUntil(action.isVisible)
    assert "very-old" in window.findChild(QLabel, "messageBar").text()
    press(window, qtbot, "messageBarAction")
    assert profile(world).tls_level is TlsLevel.COMPATIBLE, "nothing before the answer"
    (box,) = window.findChildren(QMessageBox, "levelDialog")
    assert "“very-old” for https://192.168.5.150" in box.text()
    box.button(QMessageBox.StandardButton.Yes).click()
    assert profile(world).tls_level is TlsLevel.VERY_OLD
    note = window.findChild(QLabel, "tlsLevelNote")
    qtbot.waitUntil(note.isVisible)
    assert "TLS 1.0" in note.text()
    assert "TLS level" in window.findChild(QPushButton, "advancedButton").text()
    # Whatever is looked at, also in a low window.
    weak = window.findChild(QLabel, "weakLink")
    for size in (QSize(1180, 760), QSize(640, 480)):
        window.resize(size)
        for tab in range(3):
            window.findChild(QTabWidget, "tabs").setCurrentIndex(tab)
            assert weak.isVisible()
            assert "very old" in weak.text()
    window.findChild(QTabWidget, "tabs").setCurrentIndex(0)
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: beats(world) == 2)
    assert world.pbx.links[-1].level is TlsLevel.VERY_OLD


def redirect(world: World, location: str) -> None:
    world.pbx.replies["heartbeat"] = [HttpAnswer(302, b"", location)]


def test_where_two_pbxs_are_sent_lives_neither(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    """The log-in page of a guest Wi-Fi: what was offered at first is taken back."""
    world.vault.keep("clinic", Secret("0f" * 16))
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    world.pbx.reply = HttpAnswer(302, b"", "https://login.hotel.example/")
    press(window, qtbot, "sendButton")
    action = window.findChild(QPushButton, "messageBarAction")
    qtbot.waitUntil(action.isVisible)
    assert action.text() == "Use https://login.hotel.example:443"
    told = window.findChild(QLabel, "messageBar").text()
    assert "Something else answers in its place (guest Wi-Fi?)" in told
    assert "Something else answers" in window.findChild(QLabel, "stateLabel").text()
    world.supervisor.send_now("clinic")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["clinic"].last_contact_attempt is not None)
    assert not action.isVisible()


def test_one_click_moves_the_profile_where_a_redirect_points(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    redirect(world, "https://192.168.5.150:8443/api/v1.1.0/heartbeat")
    press(window, qtbot, "sendButton")
    action = window.findChild(QPushButton, "messageBarAction")
    qtbot.waitUntil(action.isVisible)
    assert action.text() == "Use https://192.168.5.150:8443"
    assert beats(world) == 1
    press(window, qtbot, "messageBarAction")
    assert profile(world).pbx == "https://192.168.5.150", "nothing before the answer"
    (box,) = window.findChildren(QMessageBox, "redirectDialog")
    assert "https://192.168.5.150:8443" in box.text()
    box.button(QMessageBox.StandardButton.Yes).click()
    assert profile(world).pbx == "https://192.168.5.150:8443"
    assert window.findChild(QLineEdit, "pbxHost").text() == "https://192.168.5.150:8443"
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: beats(world) == 2)


def test_another_host_is_only_taken_after_a_question_whose_usual_answer_is_no(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.supervisor.set_token("post", Secret("0e" * 16))
    for take in (False, True):
        redirect(world, "https://elsewhere.example/")
        before = beats(world)
        press(window, qtbot, "sendButton")
        qtbot.waitUntil(lambda n=before: beats(world) == n + 1)
        qtbot.waitUntil(window.findChild(QPushButton, "messageBarAction").isVisible)
        press(window, qtbot, "messageBarAction")
        boxes = [b for b in window.findChildren(QMessageBox, "redirectDialog") if b.isVisible()]
        assert "elsewhere.example" in boxes[0].text()
        assert "192.168.5.150" in boxes[0].text()
        if take:
            boxes[0].button(QMessageBox.StandardButton.Yes).click()
        else:
            qtbot.keyClick(boxes[0], Qt.Key.Key_Return)
            assert profile(world).pbx == "https://192.168.5.150"
    assert profile(world).pbx == "https://elsewhere.example:443"
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: "another address" in window.findChild(QLabel, "messageBar").text())
    assert not [r for r in world.pbx.received if "elsewhere" in r[0]]


@pytest.mark.parametrize("location", ["", "/login", "ftp://x/", "https://192.168.5.150:8088/x"])
def test_no_move_is_offered_to_nowhere(
    window: MainWindow, world: World, qtbot: QtBot, location: str
) -> None:
    redirect(world, location)
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: window.findChild(QLabel, "messageBar").isVisible())
    assert not window.findChild(QPushButton, "messageBarAction").isVisible()


def test_a_proxy_is_chosen_checked_and_used(window: MainWindow, world: World, qtbot: QtBot) -> None:
    press(window, qtbot, "advancedButton")
    mode, edit = window.findChild(QComboBox, "proxyMode"), window.findChild(QLineEdit, "proxy")
    assert not edit.isVisible()
    mode.setCurrentIndex(2)
    assert edit.isVisible()
    edit.setText("http://me:hunter2@10.0.0.1:3128")
    assert "cannot log in" in window.findChild(QLabel, "proxyNote").text()
    edit.setText("10.0.0.1:3128")
    qtbot.waitUntil(lambda: profile(world).proxy == "10.0.0.1:3128")
    press(window, qtbot, "sendButton")
    qtbot.waitUntil(lambda: beats(world) == 1)
    assert world.pbx.links[-1].proxy == "10.0.0.1:3128"
    mode.setCurrentIndex(1)
    qtbot.waitUntil(lambda: profile(world).proxy == "system")
    mode.setCurrentIndex(0)
    qtbot.waitUntil(lambda: profile(world).proxy == "")
    assert edit.text() == "10.0.0.1:3128"


def test_the_button_shows_a_certificate_that_is_in_order_too(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    world.pbx.shows = replace(SEEN, fault="")
    press(window, qtbot, "showCertificateButton")
    dialog = opened(window, qtbot, TrustDialog)
    assert "This computer trusts" in dialog.findChild(QLabel, "trustTitle").text()
    assert beats(world) == 0


def test_a_login_waits_for_trust_and_then_goes_on(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    gives = HttpAnswer(200, b'{"status":"Success","token":"%s"}' % (b"0b" * 16))
    world.pbx.replies["login"] = [SELF_SIGNED, gives]
    press(window, qtbot, "getTokenButton")
    login = opened(window, qtbot, LoginDialog)
    login.findChild(QLineEdit, "apiUser").setText("api")
    login.findChild(QLineEdit, "apiPassword").setText("right")
    press(login, qtbot, "logInButton")
    dialog = opened(window, qtbot, TrustDialog)
    assert dialog.parent() is login
    press(dialog, qtbot, "trustButton")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].accepted is not None)
    assert [link.pin for link in world.pbx.links] == ["", SHA, SHA]


def test_a_login_against_a_changed_certificate_offers_to_compare(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    pin(world)
    world.pbx.replies["login"] = [CHANGED]
    press(window, qtbot, "getTokenButton")
    login = opened(window, qtbot, LoginDialog)
    login.findChild(QLineEdit, "apiUser").setText("api")
    login.findChild(QLineEdit, "apiPassword").setText("right")
    press(login, qtbot, "logInButton")
    look = login.findChild(QPushButton, "loginCertificateButton")
    qtbot.waitUntil(look.isVisible)
    qtbot.wait(50)
    assert none_open(window)
    look.click()
    opened(window, qtbot, ChangedDialog)


def test_logins_and_logouts_stand_in_the_activity(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    gives = HttpAnswer(200, b'{"status":"Success","token":"%s"}' % (b"0b" * 16))
    world.pbx.replies["login"] = [gives]
    world.accounts.log_in("post", "api", Secret("right"), keep=False, renew=False)
    model = window.findChild(QTableView, "activityTable").model()
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    world.accounts.log_out("post")
    qtbot.waitUntil(lambda: model.rowCount() == 3)
    results = [model.index(row, 3).data() for row in range(3)]
    assert results[1] == "Accepted"
    assert results[0].startswith("Logged out")
    assert results[2].startswith("Logged in")
