"""The window on the real gnome-keyring in each of its states: what it says, and that it lives."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.adapters.secrets.keyring_store import KeyringStore
from hbgui.core.pbx.address import host_of
from hbgui.core.pbx.profile import AddressKind, Profile, ServerAddress
from hbgui.core.ports import Settings
from hbgui.ui.main_window import MainWindow
from keyring_session import KeyringSession, keyring_session
from runtime.world import World, running
from ui.conftest import new_window
from ui.handling import choose

TIMEOUT_S = 2.0
STALL_S = 1.0
FIXED = ServerAddress(AddressKind.FIXED, "192.168.5.20")
HOST = "http://192.168.5.150"
PROFILES = (
    Profile("first", "Ärztehaus „Nord“ 日本 \U0001f511", HOST, server=FIXED),
    Profile("second", "Ärztehaus „Nord“ 日本 \U0001f511", HOST, server=FIXED),
    Profile("third", "Кли́ника שלום", "http://192.168.5.151", server=FIXED),
)
TOKENS = {"first": "0f" * 16, "second": "1e" * 16, "third": "2d" * 16}


class Pulse:
    """How long the event loop was away at most, but for waiting until other programs let it run."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last_s = self.now_s()
        self._timer = QTimer()
        self._timer.setInterval(20)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now_s = self.now_s()
        self.longest_s = max(self.longest_s, now_s - self._last_s)
        self._last_s = now_s

    @staticmethod
    def now_s() -> float:
        _ran, waited_ns, _slices = Path("/proc/thread-self/schedstat").read_text().split()
        return time.monotonic() - int(waited_ns) / 1e9


@dataclass
class Room:
    """A window, what is behind it, and the keyring in front of which it stands."""

    window: MainWindow
    world: World
    session: KeyringSession
    file: ProfileFile
    pulse: Pulse
    qtbot: QtBot

    def text(self, name: str) -> str:
        return self.window.findChild(QLabel, name).text()

    def sees(self, name: str, words: str, timeout_s: float = 10) -> str:
        label = self.window.findChild(QLabel, name)
        self.qtbot.waitUntil(
            lambda: label.isVisible() and words in label.text(), timeout=int(timeout_s * 1000)
        )
        return label.text()

    def saved(self) -> dict[str, str]:
        """The names of the profiles on disk, by id."""
        return {p.id: p.name for p in self.file.load().settings.profiles}

    def send(self) -> None:
        """What a token is needed for: until then nobody is asked for a password."""
        self.qtbot.wait(500)
        assert self.session is None or not self.session.prompts()
        self.window.findChild(QPushButton, "sendButton").click()

    def never_stalled(self) -> None:
        assert self.pulse.longest_s < STALL_S

    def state(self, pbx_id: str = "first"):
        return self.world.hub.state.pbxs[pbx_id]


def environment(monkeypatch: pytest.MonkeyPatch, session: KeyringSession | None) -> None:
    """This process joins the session; without one it has no bus."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"):
        if session is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, session.environment[name])


def fill(session: KeyringSession) -> None:
    for account, token in TOKENS.items():
        entry = ("service", "hbgui", "username", account)
        session.secret_tool("store", f"--label={account}", *entry, given=token)


@contextmanager
def opened(
    qtbot: QtBot, folder: Path, session: KeyringSession, profiles=PROFILES
) -> Iterator[Room]:
    file = ProfileFile(folder / "settings.json")
    file.save(Settings(profiles))
    store = KeyringStore(TIMEOUT_S, lambda error: world.jobs.keyring_answered_late(error))
    with running(folder, file.load().settings, store=store, file=file) as world:
        began_s = Pulse.now_s()
        window = new_window(world, None)
        with qtbot.waitExposed(window):
            window.show()
            took_s = Pulse.now_s() - began_s
        room = Room(window, world, session, file, Pulse(), qtbot)
        try:
            assert took_s < TIMEOUT_S / 2, "the window waited for the keyring"
            yield room
        finally:
            room.pulse.stop()
            window.close()
            window.deleteLater()
            QCoreApplication.sendPostedEvents(window, QEvent.Type.DeferredDelete)


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringSession]:
    """A locked keyring whose password the system asks for."""
    with keyring_session(tmp_path / "session", screen=True) as session:
        fill(session)
        session.lock()
        environment(monkeypatch, session)
        yield session


@pytest.fixture
def unlocked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyringSession]:
    with keyring_session(tmp_path / "session") as session:
        fill(session)
        environment(monkeypatch, session)
        yield session


def lives_on(room: Room) -> None:
    """Everything else works, whatever the keyring does."""
    room.window.findChild(QLineEdit, "profileName").setText("Neuer Name 日本")
    wanted = {p.id: p.name for p in PROFILES} | {"first": "Neuer Name 日本"}
    room.qtbot.waitUntil(lambda: room.saved() == wanted)
    room.window.findChild(QLineEdit, "token").setText("3c" * 16)
    room.window.findChild(QPushButton, "sendButton").click()
    room.qtbot.waitUntil(lambda: room.state().accepted is not None)
    assert room.world.pbx.received[-1][3] == "3c" * 16
    room.never_stalled()


def test_locked_and_nobody_can_be_asked(
    qtbot: QtBot, tmp_path: Path, unlocked: KeyringSession
) -> None:
    unlocked.lock()
    with opened(qtbot, tmp_path, unlocked) as room:
        room.sees("tokenNote", "In the system keyring")
        room.send()
        room.sees("messageBar", "The system keyring is locked<")
        lives_on(room)


def test_unlocked_while_the_window_waits(
    qtbot: QtBot, tmp_path: Path, locked: KeyringSession
) -> None:
    with opened(qtbot, tmp_path, locked) as room:
        room.send()
        room.sees("messageBar", "is locked and asks for its password")
        bar = room.window.findChild(QLabel, "messageBar").parentWidget()
        assert bar.property("bar") == "warn", "a question is no failure"
        in_background(locked.type_password, qtbot)
        # By itself: nobody presses anything in the window.
        room.sees("tokenNote", "In the system keyring")
        assert not room.window.findChild(QLabel, "messageBar").isVisible()
        room.window.findChild(QPushButton, "sendButton").click()
        qtbot.waitUntil(lambda: room.state().accepted is not None)
        assert room.world.pbx.received[0][3] == TOKENS["first"]
        room.never_stalled()
        assert room.saved() == {p.id: p.name for p in PROFILES}


def in_background(function: Callable[[], None], qtbot: QtBot) -> None:
    """Do it while the window goes on."""
    thread = threading.Thread(target=function)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=20_000)
    thread.join()


def test_a_token_typed_while_the_system_asks_is_stored_in_the_end(
    qtbot: QtBot, tmp_path: Path, locked: KeyringSession
) -> None:
    with opened(qtbot, tmp_path, locked) as room:
        room.send()
        room.sees("messageBar", "asks for its password")
        lives_on(room)
        room.sees("tokenNote", "asks for its password")
        in_background(locked.type_password, qtbot)
        room.sees("tokenNote", "In the system keyring")
        assert room.state().accepted is not None, "its clock goes on"
    assert in_keyring(locked, "first") == "3c" * 16
    assert in_keyring(locked, "second") == TOKENS["second"]


def in_keyring(session: KeyringSession, account: str) -> str:
    return session.secret_tool("lookup", "service", "hbgui", "username", account)


@pytest.mark.parametrize("late", [False, True])
def test_denied(qtbot: QtBot, tmp_path: Path, locked: KeyringSession, late: bool) -> None:
    with opened(qtbot, tmp_path, locked) as room:
        room.send()
        if late:
            room.sees("messageBar", "asks for its password")
        in_background(lambda: locked.answer_prompt("Escape"), qtbot)
        room.sees("messageBar", "The system refused access to the keyring")
        choose(room.window, "third")
        room.sees("tokenNote", "In the system keyring")
        qtbot.wait(1000)
        assert not locked.prompts(), "no means no, until somebody wants to send"
        room.window.findChild(QPushButton, "sendButton").click()
        in_background(locked.type_password, qtbot)
        qtbot.waitUntil(lambda: room.state("third").last is not None)
        room.never_stalled()
        choose(room.window, "first")
        lives_on(room)


def test_hung_and_back(qtbot: QtBot, tmp_path: Path, unlocked: KeyringSession) -> None:
    with unlocked.frozen_daemon() as pid, opened(qtbot, tmp_path, unlocked) as room:
        room.sees("messageBar", "The system keyring does not answer")
        lives_on(room)
        os.kill(pid, signal.SIGCONT)
        room.sees("tokenNote", "In the system keyring")
        room.never_stalled()
    assert in_keyring(unlocked, "first") == "3c" * 16


def test_killed_in_the_middle_of_a_call(
    qtbot: QtBot, tmp_path: Path, unlocked: KeyringSession
) -> None:
    with unlocked.frozen_daemon() as pid, opened(qtbot, tmp_path, unlocked) as room:
        qtbot.wait(800)
        os.kill(pid, signal.SIGKILL)
        room.sees("messageBar", "The system keyring ended while it was asked")
        lives_on(room)
        # The bus has started another one, which cannot ask for the password.
        room.sees("tokenNote", "The system keyring is locked")


def test_killed_while_it_asks(qtbot: QtBot, tmp_path: Path, locked: KeyringSession) -> None:
    pid = locked.daemon_pid()
    with opened(qtbot, tmp_path, locked) as room:
        room.send()
        room.sees("messageBar", "asks for its password")
        os.kill(pid, signal.SIGKILL)
        room.sees("messageBar", "The system keyring ended while it was asked")
        lives_on(room)
        # The bus has started another one, which asks again where to keep what was typed.
        in_background(locked.type_password, qtbot)
        room.sees("tokenNote", "In the system keyring")


def test_a_login_looks_without_asking_for_the_password(
    qtbot: QtBot, tmp_path: Path, locked: KeyringSession
) -> None:
    with opened(qtbot, tmp_path, locked) as room:
        room.window.findChild(QPushButton, "getTokenButton").click()
        dialog = room.window.findChild(QDialog, "loginDialog")
        qtbot.wait(1000)
        assert not locked.prompts()
        dialog.reject()


def test_what_has_no_token_goes_without_a_question(
    qtbot: QtBot, tmp_path: Path, locked: KeyringSession
) -> None:
    blank = Profile("fourth", "", "")
    with opened(qtbot, tmp_path, locked, (blank,)) as room:
        room.sees("tokenNote", "Goes into the system keyring")
        room.window.commands.delete()
        room.window.findChild(QPushButton, "messageBarClose").click()
        qtbot.wait(1000)
        assert not locked.prompts()


def test_missing(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, None)
    with opened(qtbot, tmp_path, None) as room:
        room.sees("messageBar", "This computer has no keyring for the token")
        note = room.sees("tokenNote", "No password store of the system answers.")
        assert note.startswith("▲"), "not in the grey of a hint"
        lives_on(room)
        note = room.sees("tokenNote", "The token is in memory until hbgui is closed.")
        assert "No password store of the system answers." in note
        assert "Enter a token" not in note, "that is done"


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyrings.alt.file.PlaintextKeyring", "would not keep the token safe"),
        ("keyring.backends.null.Keyring", "keeps nothing"),
    ],
)
def test_replaced(
    qtbot: QtBot,
    tmp_path: Path,
    unlocked: KeyringSession,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
    words: str,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    with opened(qtbot, tmp_path, unlocked) as room:
        assert backend in room.sees("messageBar", words)
        lives_on(room)
    assert {a: in_keyring(unlocked, a) for a in TOKENS} == TOKENS, "the good keyring is as it was"


def test_two_profiles_of_one_host_keep_their_tokens_apart(
    qtbot: QtBot, tmp_path: Path, unlocked: KeyringSession
) -> None:
    with opened(qtbot, tmp_path, unlocked) as room:
        for pbx_id in ("first", "second"):
            choose(room.window, pbx_id)
            room.sees("tokenNote", "In the system keyring")
            room.window.findChild(QPushButton, "sendButton").click()
            qtbot.waitUntil(lambda i=pbx_id: room.state(i).accepted is not None)
        assert [r[3] for r in room.world.pbx.received] == [TOKENS["first"], TOKENS["second"]]
        room.window.findChild(QLineEdit, "token").setText("3c" * 16)
        qtbot.waitUntil(lambda: in_keyring(unlocked, "second") == "3c" * 16)
    assert in_keyring(unlocked, "first") == TOKENS["first"]


def test_a_renamed_profile_keeps_its_token(
    qtbot: QtBot, tmp_path: Path, unlocked: KeyringSession
) -> None:
    with opened(qtbot, tmp_path, unlocked) as room:
        room.window.findChild(QLineEdit, "profileName").setText("別の名前 מ")
        qtbot.waitUntil(lambda: room.saved()["first"] == "別の名前 מ")
        room.window.findChild(QPushButton, "sendButton").click()
        qtbot.waitUntil(lambda: room.state().accepted is not None)
        assert room.world.pbx.received[0][3] == TOKENS["first"]
    # After a new start, too.
    with opened(
        qtbot, tmp_path, unlocked, ProfileFile(tmp_path / "settings.json").load().settings.profiles
    ) as room:
        assert room.saved()["first"] == "別の名前 מ"
        room.sees("tokenNote", "In the system keyring")
    assert {a: in_keyring(unlocked, a) for a in TOKENS} == TOKENS


def test_an_import_leaves_every_token_with_its_profile(
    qtbot: QtBot, tmp_path: Path, unlocked: KeyringSession
) -> None:
    entries = [
        {"id": "first", "name": "輸入 מיובא"},
        {"id": "third", "pbx": "http://192.168.5.199"},
        {"name": "Ärztehaus „Nord“ 日本 \U0001f511 2", "pbx": HOST},
    ]
    file = tmp_path / "in.json"
    file.write_text(json.dumps({"format": "hbgui profiles", "version": 1, "profiles": entries}))
    bound = tuple(replace(p, token_host=host_of(p.pbx)) for p in PROFILES)
    with opened(qtbot, tmp_path, unlocked, bound) as room:
        room.sees("tokenNote", "In the system keyring")
        room.world.supervisor.read_import(file)
        qtbot.waitUntil(lambda: room.window.findChild(QPushButton, "importButton") is not None)
        room.window.findChild(QPushButton, "importButton").click()
        qtbot.waitUntil(lambda: len(room.saved()) == 4)
        assert room.saved()["first"] == "輸入 מיובא"
        room.window.findChild(QPushButton, "sendButton").click()
        qtbot.waitUntil(lambda: room.state("first").accepted is not None)
        assert [r[3] for r in room.world.pbx.received] == [TOKENS["first"]]
        (new,) = room.saved().keys() - TOKENS.keys()
        for pbx_id, note in (("third", "given for 192.168.5.151"), (new, "Goes into the system")):
            choose(room.window, pbx_id)
            room.sees("tokenNote", note)
            room.window.findChild(QPushButton, "sendButton").click()
            qtbot.waitUntil(lambda i=pbx_id: room.state(i).last is not None)
        assert len(room.world.pbx.received) == 1
        room.never_stalled()
    assert {a: in_keyring(unlocked, a) for a in TOKENS} == TOKENS


@pytest.mark.parametrize("how", ["closed", "in time", "quit"])
def test_a_deleted_profile_takes_its_token_along(
    qtbot: QtBot,
    tmp_path: Path,
    unlocked: KeyringSession,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    undo_ms = 1500 if how == "in time" else 100_000
    monkeypatch.setattr("hbgui.ui.messages.UNDO_MS", undo_ms)
    with opened(qtbot, tmp_path, unlocked) as room:
        room.sees("tokenNote", "In the system keyring")
        room.window.commands.delete()
        room.sees("messageBar", "was deleted")
        if how != "in time":
            qtbot.wait(300)
            assert in_keyring(unlocked, "first") == TOKENS["first"], "it can still be undone"
        if how == "closed":
            room.window.findChild(QPushButton, "messageBarClose").click()
        if how != "quit":
            qtbot.waitUntil(lambda: in_keyring(unlocked, "first") == "")
    rest = {a: in_keyring(unlocked, a) for a in TOKENS}
    assert rest == TOKENS | {"first": ""}
    assert set(room.saved()) == {"second", "third"}


def test_a_token_that_cannot_be_deleted_is_named(
    qtbot: QtBot, tmp_path: Path, locked: KeyringSession
) -> None:
    with opened(qtbot, tmp_path, locked) as room:
        room.sees("tokenNote", "In the system keyring")
        room.window.commands.delete()
        room.sees("messageBar", "was deleted")
        room.window.findChild(QPushButton, "messageBarClose").click()
        in_background(lambda: locked.answer_prompt("Escape"), qtbot)
        shown = room.sees("messageBar", "is still in the keyring")
        assert "account first" in shown
        assert set(room.saved()) == {"second", "third"}
        room.never_stalled()


def test_a_token_is_deleted_once_the_keyring_is_back(
    qtbot: QtBot, tmp_path: Path, unlocked: KeyringSession
) -> None:
    pid = unlocked.daemon_pid()
    with opened(qtbot, tmp_path, unlocked) as room:
        room.sees("tokenNote", "In the system keyring")
        os.kill(pid, signal.SIGSTOP)
        try:
            room.window.commands.delete()
            room.window.findChild(QPushButton, "messageBarClose").click()
            qtbot.wait(int(TIMEOUT_S * 1000) + 500)
        finally:
            os.kill(pid, signal.SIGCONT)
        room.never_stalled()
        qtbot.waitUntil(lambda: in_keyring(unlocked, "first") == "")
