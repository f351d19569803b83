"""What is said of where a token is belongs to the token that is in use, in whatever order the
keyring answers."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.errors import SecretError
from hbgui.core.events import SecretPlace
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings, password_account
from hbgui.core.values import Secret
from hbgui.runtime.context import Context
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.secrets import TokenVault
from runtime.world import FakeAdapters, FakeKeyring, World, running

OLDER, NEWER = Secret("0f" * 16), Secret("1e" * 16)
HUNG = SecretError("keyring_hung")


@pytest.fixture
def world(qtbot: QtBot, tmp_path: Path) -> Iterator[World]:
    with running(tmp_path, Settings((Profile("a", "Post", "http://192.168.5.150"),), "a")) as made:
        yield made


def place(world: World) -> SecretPlace:
    return world.hub.state.pbxs["a"].secret


def places(world: World) -> list[SecretPlace]:
    """Each place that is told from now on."""
    found: list[SecretPlace] = []
    world.hub.happened.connect(
        lambda event: found.append(event.place) if isinstance(event, events.SecretPlaced) else None
    )
    return found


class Stopping(FakeKeyring):
    """Writes stop before they end, until `go_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.written = threading.Event()
        self.may_go_on = threading.Event()

    def put(self, account: str, secret: Secret) -> None:
        super().put(account, secret)
        self.written.set()
        self.may_go_on.wait(30)


@pytest.fixture
def stopping(qtbot: QtBot, tmp_path: Path) -> Iterator[tuple[World, Stopping]]:
    keyring = Stopping()
    settings = Settings((Profile("a", "Post", "http://192.168.5.150"),), "a")
    with running(tmp_path, settings, store=keyring) as made:
        yield made, keyring
        keyring.may_go_on.set()


def test_a_token_typed_while_the_older_one_is_written_is_not_said_to_be_in_the_keyring(
    stopping: tuple[World, Stopping], qtbot: QtBot
) -> None:
    world, keyring = stopping
    world.supervisor.set_token("a", OLDER)
    assert keyring.written.wait(30)
    keyring.written.clear()
    told = places(world)
    world.supervisor.set_token("a", NEWER)
    keyring.may_go_on.set()
    qtbot.waitUntil(lambda: place(world) is SecretPlace.KEYRING, timeout=30_000)
    assert keyring.entries["a"] == NEWER
    assert told == [SecretPlace.SESSION, SecretPlace.KEYRING]


def test_an_answer_about_the_older_token_that_is_on_its_way_says_nothing_of_the_newer(
    stopping: tuple[World, Stopping], qtbot: QtBot
) -> None:
    world, keyring = stopping
    world.supervisor.set_token("a", OLDER)
    assert keyring.written.wait(30)
    keyring.may_go_on.set()
    # This thread takes no event meanwhile: the answer lies in the mailbox.
    asked = threading.Event()
    world.secrets.submit(lambda _cancel: asked.set())
    assert asked.wait(30)
    keyring.may_go_on.clear()
    keyring.written.clear()
    world.supervisor.set_token("a", NEWER, session_only=True)
    qtbot.wait(50)
    assert place(world) is SecretPlace.SESSION


def test_a_write_that_is_repeated_does_not_put_the_older_token_over_the_newer(
    world: World, qtbot: QtBot
) -> None:
    world.keyring.error = HUNG
    world.supervisor.set_token("a", OLDER)
    qtbot.waitUntil(lambda: world.hub.state.pbxs["a"].secret_code == "keyring_hung")
    world.keyring.error = None
    # Both wait for the thread of the keyring: the newer one is in front.
    gate = threading.Event()
    world.secrets.submit(lambda _cancel: gate.wait(30))
    world.supervisor.set_token("a", NEWER)
    world.jobs.keyring_answered_late(None)
    gate.set()
    qtbot.waitUntil(lambda: place(world) is SecretPlace.KEYRING, timeout=30_000)
    done = threading.Event()
    world.secrets.submit(lambda _cancel: done.set())
    assert done.wait(30)
    assert world.keyring.entries["a"] == NEWER


def test_a_token_typed_while_another_is_read_stays(world: World) -> None:
    world.keyring.entries["a"] = OLDER
    world.keyring.gate = threading.Event()
    read: list[Secret] = []
    reader = threading.Thread(target=lambda: read.append(world.vault.get("a")))
    reader.start()
    world.vault.keep("a", NEWER)
    world.keyring.gate.set()
    reader.join()
    assert read == [NEWER]
    assert world.vault.get("a") == NEWER
    assert world.vault.place("a") is SecretPlace.SESSION


def test_a_token_typed_after_the_older_one_was_forgotten_stays(world: World, qtbot: QtBot) -> None:
    world.supervisor.set_token("a", OLDER)
    qtbot.waitUntil(lambda: place(world) is SecretPlace.KEYRING)
    gate = threading.Event()
    world.secrets.submit(lambda _cancel: gate.wait(30))
    world.accounts.disown_token("a")
    assert place(world) is SecretPlace.NOWHERE
    world.supervisor.set_token("a", NEWER)
    gate.set()
    qtbot.waitUntil(lambda: place(world) is SecretPlace.KEYRING, timeout=30_000)
    assert world.keyring.entries["a"] == NEWER
    assert world.vault.get("a") == NEWER


class HungKeyring(FakeKeyring):
    """Never answers in time."""

    def get(self, account: str) -> Secret | None:
        raise HUNG


def test_answers_that_come_back_while_others_are_asked_lose_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """What waits for the keyring is changed by its thread and by the pool's at once."""
    told: list[events.Event] = []
    context = Context(FakeAdapters(tmp_path, HungKeyring()))
    context.post = told.append
    context.secrets.start()
    jobs = Jobs(context)
    denied = SecretError("keyring_denied")
    faults: list[BaseException] = []

    def come_back() -> None:
        try:
            while not ended.is_set():
                jobs.keyring_answered_late(denied)
        except BaseException as error:
            faults.append(error)
            raise

    ended = threading.Event()
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        thread = threading.Thread(target=come_back)
        thread.start()
        for number in range(3000):
            jobs.find_token(f"p{number}")
        assert context.secrets.close(drain_s=60, abort=False)
        ended.set()
        thread.join()
    finally:
        sys.setswitchinterval(interval_s)
        ended.set()
    jobs.keyring_answered_late(denied)
    assert faults == []
    answered = [e.pbx_id for e in told if isinstance(e, events.SecretPlaced)]
    refused = [e for e in told if isinstance(e, events.SecretPlaced) and e.code == denied.code]
    assert len(set(answered)) == 3000
    assert len(refused) == 3000


def test_whatever_the_keyring_gives_is_known_before_it_is_used() -> None:
    """So that no text shows it, not even one that is written before anything was sent."""
    keyring, known = FakeKeyring(), []
    keyring.entries = {"a": OLDER, "b": NEWER, password_account("a"): Secret("hunter22")}
    vault = TokenVault(keyring, known.append)
    vault.get("a")
    assert known == [OLDER]
    vault.place("b")
    assert known == [OLDER, NEWER]
    vault.password("a")
    assert known == [OLDER, NEWER, Secret("hunter22")]


def test_a_token_that_came_while_the_older_one_was_written_is_not_said_to_be_stored() -> None:
    class Typing(FakeKeyring):
        def put(self, account: str, secret: Secret) -> None:
            vault.keep(account, NEWER)
            super().put(account, secret)

    vault = TokenVault(Typing(), lambda _token: None)
    vault.keep("a", OLDER)
    assert vault.store("a", OLDER) is None
    assert vault.place("a") is SecretPlace.SESSION
