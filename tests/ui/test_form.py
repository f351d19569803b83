"""The form: saved by itself, wrong where it is wrong, and nothing typed is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QRadioButton, QSpinBox
from pytestqt.qtbot import QtBot

from hbgui.core.events import LocalAddressesListed
from hbgui.core.pbx.connection import TlsMode
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import AddressKind, ApiVersion, ServerAddress
from hbgui.ui.main_window import MainWindow
from runtime.world import World
from ui.conftest import CLINIC, POST
from ui.handling import choose, line, stored, text_of


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("profileName", "Ärztehaus 日本", "name", "Ärztehaus 日本"),
        ("pbxHost", "10.0.0.7", "pbx", "10.0.0.7"),
        ("pbxHost", "not finis", "pbx", "not finis"),
        ("serverPort", "82", "port", "82"),
        ("serverPort", "65536", "port", "65536"),
    ],
)
def test_what_is_typed_is_on_disk_soon(
    window: MainWindow, world: World, qtbot: QtBot, name: str, text: str, field: str, value: str
) -> None:
    line(window, name).setText(text)
    qtbot.waitUntil(lambda: getattr(stored(world), field) == value)
    assert line(window, name).text() == text


def test_keys_reach_the_disk(window: MainWindow, world: World, qtbot: QtBot) -> None:
    line(window, "profileName").selectAll()
    qtbot.keyClicks(line(window, "profileName"), "Post 2")
    qtbot.waitUntil(lambda: stored(world).name == "Post 2")


def test_choices_are_on_disk_soon(window: MainWindow, world: World, qtbot: QtBot) -> None:
    window.findChild(QComboBox, "apiVersion").setCurrentIndex(1)
    window.findChild(QComboBox, "tlsMode").setCurrentIndex(2)
    window.findChild(QRadioButton, "urlModeRelative").click()
    line(window, "reportUrl").setText("/report")
    window.findChild(QSpinBox, "interval").setValue(5)
    wanted = replace(
        POST,
        api=ApiVersion.V2,
        tls=TlsMode.INSECURE,
        url_mode=UrlMode.RELATIVE,
        url="/report",
        interval_min=5,
    )
    qtbot.waitUntil(lambda: stored(world) == wanted)


def test_the_target_is_spelled_out(window: MainWindow) -> None:
    assert text_of(window, "reportTarget") == "http://192.168.5.20:8260"
    window.findChild(QRadioButton, "urlModeRelative").click()
    line(window, "reportUrl").setText("/report")
    assert text_of(window, "reportTarget") == "http://192.168.5.20:8260/report"
    assert "slash" in text_of(window, "reportUrlNote")
    window.findChild(QRadioButton, "urlModeAbsolute").click()
    line(window, "reportUrl").setText("http://10.9.9.9:81/x")
    assert text_of(window, "reportTarget") == "http://10.9.9.9:81/x"
    assert "10.9.9.9:81" in text_of(window, "reportUrlNote")


@pytest.mark.parametrize(
    ("name", "text", "note", "words"),
    [
        ("serverPort", "65536", "serverPortNote", "1 to 65535"),
        ("serverPort", "x", "serverPortNote", "number"),
        ("pbxHost", "999.1.1.1", "pbxHostNote", "IPv4"),
        ("pbxHost", "https://192.168.5.150:8088/login?x=1", "pbxHostNote", "port 8088"),
        ("pbxHost", "192.168.5.１", "pbxHostNote", "U+FF11 FULLWIDTH DIGIT ONE"),
        ("pbxHost", "https//192.168.5.150", "pbxHostNote", "colon"),
        ("pbxHost", "192.168.5.150:", "pbxHostNote", "8088"),
        ("serverPort", "８２６０", "serverPortNote", "U+FF18"),
        ("reportUrl", "192.168.5.122:8260/report", "reportUrlNote", "absolute"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    window: MainWindow, name: str, text: str, note: str, words: str
) -> None:
    window.findChild(QRadioButton, "urlModeRelative").click()
    line(window, name).setText(text)
    label = window.findChild(QLabel, note)
    assert label.isVisible()
    assert words in label.text()
    assert line(window, name).text() == text
    assert words in line(window, name).accessibleDescription()


def test_a_token_in_a_pasted_address_goes_nowhere(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    pasted = "http://10.0.0.7:8088/api/v1.1.0/heartbeat?token=0f0f0f0f"
    line(window, "pbxHost").setText(pasted)
    qtbot.waitUntil(lambda: stored(world).pbx == "http://10.0.0.7:8088")
    assert "0f0f0f0f" not in repr(world.hub.state)
    assert line(window, "pbxHost").text() == pasted


@pytest.mark.parametrize("typed", ["0f" * 16, "https://" + "0F" * 16 + "/", "0f" * 16 + ":8088"])
def test_a_token_typed_as_the_address_is_told_and_never_kept(
    window: MainWindow, world: World, qtbot: QtBot, typed: str
) -> None:
    line(window, "pbxHost").setText(typed)
    qtbot.waitUntil(lambda: stored(world).pbx == "")
    assert "looks like a token" in text_of(window, "pbxHostNote")
    assert "0f" * 16 not in repr(world.hub.state).lower()


def test_switching_saves_the_one_and_shows_the_other(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    line(window, "profileName").setText("Typed for Post")
    choose(window, "clinic")
    assert line(window, "profileName").text() == "Clinic North"
    assert line(window, "serverPort").text() == "9000"
    profiles = {p.id: p for p in world.hub.state.profiles}
    assert profiles["post"].name == "Typed for Post"
    assert profiles["clinic"] == CLINIC
    qtbot.wait(700)
    assert world.hub.state.profile("clinic") == CLINIC


def test_a_snapshot_does_not_touch_a_field_that_is_edited(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    line(window, "profileName").setText("half ty")
    world.supervisor.send_now("post")
    qtbot.waitUntil(lambda: world.hub.state.pbxs["post"].last is not None)
    assert line(window, "profileName").text() == "half ty"


def test_each_adapter_is_offered_once(window: MainWindow, world: World) -> None:
    v6 = LocalAddress("2001:db8::20", "eth0", 64)
    world.hub.apply(LocalAddressesListed((v6, LocalAddress("192.168.5.20", "eth0", 24))))
    box = window.findChild(QComboBox, "serverIp")
    assert [box.itemText(i) for i in range(1, box.count())] == ["192.168.5.20 – eth0"]
    line(window, "pbxHost").setText("[2001:db8::5]:8088")
    assert [box.itemText(i) for i in range(1, box.count())] == ["2001:db8::20 – eth0"]


def test_own_addresses_are_offered_with_their_adapter(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    box = window.findChild(QComboBox, "serverIp")
    qtbot.waitUntil(lambda: box.count() == 2)
    texts = [box.itemText(i) for i in range(box.count())]
    assert "192.168.5.20" in texts[0]
    assert "eth0" in texts[0]
    assert "route to this PBX" in texts[0]
    box.setCurrentIndex(0)
    box.activated.emit(0)
    qtbot.waitUntil(lambda: stored(world).server == ServerAddress())
    assert text_of(window, "reportTarget") == "http://192.168.5.20:8260"
    box.setCurrentIndex(1)
    box.activated.emit(1)
    adapter = ServerAddress(AddressKind.ADAPTER, "eth0")
    qtbot.waitUntil(lambda: stored(world).server == adapter)
    box.lineEdit().setText("10.1.1.1")
    typed = ServerAddress(AddressKind.FIXED, "10.1.1.1")
    qtbot.waitUntil(lambda: stored(world).server == typed)
    assert "another network" in text_of(window, "serverIpNote")


@pytest.mark.parametrize(
    ("host", "tls", "warned"),
    [
        ("http://10.0.0.7", 0, True),
        ("https://10.0.0.7", 0, False),
        ("https://10.0.0.7", 2, True),
        ("http://127.0.0.1:8088", 0, False),
    ],
)
def test_what_is_unprotected_stays_marked(
    window: MainWindow, host: str, tls: int, warned: bool
) -> None:
    line(window, "pbxHost").setText(host)
    window.findChild(QComboBox, "tlsMode").setCurrentIndex(tls)
    assert window.findChild(QLabel, "tlsModeNote").isVisible() is warned


def test_the_usual_name_of_the_flag_follows_the_version(window: MainWindow) -> None:
    box = window.findChild(QComboBox, "urlField")
    assert box.itemText(0).startswith("urlflag")
    window.findChild(QComboBox, "apiVersion").setCurrentIndex(1)
    assert box.itemText(0).startswith("urltag")


def test_closing_saves_the_last_keystrokes(window: MainWindow, world: World) -> None:
    line(window, "profileName").setText("At the last moment")
    window.close()
    profile = world.hub.state.profile("post")
    assert profile is not None
    assert profile.name == "At the last moment"
