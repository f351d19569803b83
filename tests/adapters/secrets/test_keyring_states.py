"""The real gnome-keyring locked, asking, refusing, dying and absent: each has its own code."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from keyring_session import PRELUDE, KeyringSession, bus_config, keyring_session
from patience import PATIENCE_S, at_once

STORE = "s = KeyringStore(timeout_s=8)\n"
READ = STORE + "tell(said=said(s.get, 'x'))"


def fill(session: KeyringSession) -> None:
    session.run(PRELUDE + "KeyringStore().put('x', Secret('t'))")


@pytest.fixture
def asking(tmp_path: Path):
    """A locked keyring with an entry, on a desktop where the system can ask for the password."""
    with keyring_session(tmp_path, screen=True) as session:
        fill(session)
        session.lock()
        yield session


def test_unlocked_while_the_call_waits(asking: KeyringSession) -> None:
    script = (
        STORE + "tell(said=[said(s.get, 'x'), said(s.put, 'x', Secret('u')), said(s.get, 'x')])"
    )
    with asking.begin(script) as run:
        asking.type_password()
        got, put, again = run.line()["said"]
    assert (got[0], put[0], again[0]) == ("t", None, "u")
    assert asking.secret_tool("lookup", "service", "hbgui", "username", "x") == "u"


def test_looking_asks_nobody(asking: KeyringSession) -> None:
    script = STORE + (
        "tell(said=[said(s.look, 'x')[0], said(s.look, 'y')[0], said(s.delete, 'y')[0]]); "
        "sys.stdin.readline(); tell(said=[said(s.look, 'x')[0], said(s.look, 'y')[0]])"
    )
    with asking.begin(script) as run:
        assert run.line()["said"] == [True, False, None]
        assert not asking.prompts()
        with asking.begin(READ) as reader:
            asking.type_password()
            assert reader.line()["said"][0] == "t"
        run.go_on()
        assert run.line()["said"] == ["t", False]


def test_a_question_that_waits_for_its_answer(asking: KeyringSession) -> None:
    script = """
s = KeyringStore(timeout_s=3)
tell(first=said(s.get, 'x'), second=said(s.put, 'y', Secret('u')))
sys.stdin.readline()
end = time.monotonic() + 15
pending = ('keyring_unlocking', 'keyring_hung')  # the second on a very busy machine
while (late := said(s.get, 'x'))[0] in pending and time.monotonic() < end:
    time.sleep(0.1)
tell(late=late[0])
"""
    with asking.begin(script) as run:
        asking.wait_for_prompt()
        said = run.line()
        assert said["first"][0] == said["second"][0] == "keyring_unlocking"
        assert 3 <= said["first"][1] < PATIENCE_S
        assert said["second"][1] < said["first"][1], "it does not wait once more"
        assert asking.prompts(), "the question stays open"
        asking.type_password()
        run.go_on()
        assert run.line() == {"late": "t"}


@pytest.mark.parametrize("call", ["s.get, 'x'", "s.put, 'x', Secret('u')", "s.delete, 'x'"])
def test_a_dismissed_question(asking: KeyringSession, call: str) -> None:
    script = STORE + f"tell(said=said({call})); sys.stdin.readline(); tell(said=said(s.get, 'x'))"
    with asking.begin(script) as run:
        asking.answer_prompt("Escape")
        code, seconds = run.line()["said"]
        assert code == "keyring_denied"
        assert seconds < PATIENCE_S
        run.go_on()
        asking.type_password()
        assert run.line()["said"][0] == "t", "nothing was lost, and it may be asked again"


def test_no_keyring_yet_and_no_password_for_a_new_one(tmp_path: Path) -> None:
    script = STORE + "tell(said=said(s.put, 'x', Secret('canary')))"
    with (
        keyring_session(tmp_path, unlocked=False, screen=True) as session,
        session.begin(script) as run,
    ):
        session.answer_prompt("Escape")
        assert run.line()["said"][0] == "keyring_denied"
    written = [p.read_bytes() for p in (tmp_path / "home").rglob("*") if p.is_file()]
    assert not [data for data in written if b"canary" in data]


def test_nobody_can_be_asked(tmp_path: Path) -> None:
    with keyring_session(tmp_path) as session:
        fill(session)
        session.lock()
        with session.begin(READ) as run:
            assert run.line()["said"][0] == "keyring_locked"


def test_the_bus_forbids_it(tmp_path: Path) -> None:
    """As in a sandbox: the service is there, and this program may not talk to it."""
    deny = '<deny send_destination="org.freedesktop.secrets"/>'
    bus = bus_config(tmp_path, policy=deny)
    with keyring_session(tmp_path, bus=bus) as session, session.begin(READ) as run:
        code, seconds = run.line()["said"]
    assert code == "keyring_denied"
    assert seconds < PATIENCE_S


def kill_daemon(session: KeyringSession) -> None:
    os.kill(session.daemon_pid(), signal.SIGKILL)


def kill_bus(session: KeyringSession) -> None:
    os.kill(session.bus_pid, signal.SIGKILL)


@pytest.mark.parametrize("call", ["s.get, 'x'", "s.put, 'x', Secret('u')", "s.delete, 'x'"])
@pytest.mark.parametrize("kill", [kill_daemon, kill_bus])
def test_killed_in_the_middle_of_a_call(
    tmp_path: Path, call: str, kill: Callable[[KeyringSession], None]
) -> None:
    # The first call loads everything, so that the second one is surely waiting.
    script = (
        STORE + f"said(s.get, 'x'); tell(ready=1); sys.stdin.readline(); tell(said=said({call}))"
    )
    with keyring_session(tmp_path) as session:
        fill(session)
        pid = session.daemon_pid()
        with session.begin(script) as run:
            assert run.line()
            os.kill(pid, signal.SIGSTOP)
            run.go_on()
            time.sleep(1)
            with at_once():
                if kill is kill_bus:
                    kill_bus(session)
                else:
                    os.kill(pid, signal.SIGKILL)
                code, _ = run.line()["said"]
    assert code == "keyring_gone"


def test_killed_while_it_asks(asking: KeyringSession) -> None:
    script = (
        STORE + "tell(said=said(s.get, 'x')); sys.stdin.readline(); tell(said=said(s.get, 'x'))"
    )
    with asking.begin(script) as run:
        asking.wait_for_prompt()
        kill_daemon(asking)
        code, seconds = run.line()["said"]
        assert code == "keyring_gone"
        assert seconds < PATIENCE_S
        # The bus starts another one, which asks again.
        run.go_on()
        asking.type_password()
        assert run.line()["said"][0] == "t"


def test_the_bus_itself_hangs_and_comes_back(tmp_path: Path) -> None:
    script = """
s = KeyringStore(timeout_s=2)
said(s.get, 'x')
tell(ready=1); sys.stdin.readline()
tell(said=said(s.get, 'x')); sys.stdin.readline()
end = time.monotonic() + 10
while (late := said(s.get, 'x'))[0] != 't' and time.monotonic() < end:
    time.sleep(0.1)
tell(late=late[0])
"""
    with keyring_session(tmp_path) as session:
        fill(session)
        with session.begin(script) as run:
            assert run.line()
            os.kill(session.bus_pid, signal.SIGSTOP)
            try:
                run.go_on()
                code, seconds = run.line()["said"]
            finally:
                os.kill(session.bus_pid, signal.SIGCONT)
            run.go_on()
            assert run.line() == {"late": "t"}
    assert code == "keyring_hung"
    assert seconds < PATIENCE_S


@pytest.mark.parametrize("start", [None, "/bin/false", "/nonexistent/daemon"])
def test_no_service_on_the_bus(tmp_path: Path, start: str | None) -> None:
    services = tmp_path / "services"
    services.mkdir()
    if start:
        lines = f"[D-BUS Service]\nName=org.freedesktop.secrets\nExec={start}\n"
        (services / "org.freedesktop.secrets.service").write_text(lines)
    bus = bus_config(tmp_path, services=services)
    with (
        keyring_session(tmp_path, unlocked=False, bus=bus) as session,
        session.begin(READ) as run,
    ):
        code, seconds = run.line()["said"]
    assert code == "keyring_none"
    assert seconds < PATIENCE_S
