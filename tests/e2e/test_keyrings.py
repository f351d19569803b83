"""The program as it is started, in front of a keyring that is locked, hung or asks."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from e2e.desktop import Desktop, Hbgui, in_keyring, no_secret_anywhere, saved, wait_for
from e2e.simulated import Simulated, enter
from hbgui.core.ports import SECRET_TIMEOUT_S
from keyring_session import KeyringSession
from patience import at_once

NAME = "Ärztehaus „Nord“ 日本 \U0001f511"


@pytest.fixture
def session(screen: Desktop) -> KeyringSession:
    return KeyringSession(screen.env, bus_pid=0)


def kept(screen: Desktop, simulator: Simulated) -> str:
    """Enter a PBX, wait until its token is in the keyring, and quit; its id."""
    with Hbgui(screen) as window:
        enter(window, simulator, name=NAME)
        profile = wait_for(lambda: saved(screen, name=NAME, pbx=simulator.url, port="8260"))
        wait_for(lambda: in_keyring(screen, profile["id"]) == simulator.token)
        assert window.quit() == 0
        assert window.printed() == ""
    return str(profile["id"])


def test_nobody_is_asked_before_there_is_a_pbx(screen: Desktop, session: KeyringSession) -> None:
    session.lock()
    with Hbgui(screen) as window:
        window.sees("tokenNote", "Goes into the system keyring")
        window.type("profileName", NAME)
        wait_for(lambda: saved(screen, name=NAME))
        assert not session.prompts()
        assert window.quit() == 0
        assert window.printed() == ""


def test_refused_when_it_is_needed_and_granted_later(
    screen: Desktop, simulator: Simulated, session: KeyringSession
) -> None:
    kept(screen, simulator)
    session.lock()
    with Hbgui(screen) as window:
        window.sees("tokenNote", "In the system keyring")
        assert not session.prompts()
        window.press("sendButton")
        session.answer_prompt("Escape")
        shown = window.sees("messageBar", "refused access to the keyring")
        assert shown.startswith(NAME)
        window.press("sendButton")
        session.type_password()
        window.sees("stateLabel", "accepts")
        assert window.quit() == 0
        assert window.printed() == ""
    assert saved(screen, name=NAME)
    no_secret_anywhere(screen, simulator.token)


def test_asked_and_not_answered(
    screen: Desktop, simulator: Simulated, session: KeyringSession
) -> None:
    pbx_id = kept(screen, simulator)
    session.lock()
    with Hbgui(screen) as window:
        window.press("sendButton")
        session.wait_for_prompt()
        window.sees("messageBar", "is locked and asks for its password")
        with at_once(SECRET_TIMEOUT_S / 2):
            assert window.quit() == 0
        assert window.printed() == ""
    assert saved(screen, id=pbx_id, name=NAME)


def test_hung_and_quit(
    screen: Desktop, simulator: Simulated, session: KeyringSession, tmp_path: Path
) -> None:
    pbx_id = kept(screen, simulator)
    with session.frozen_daemon() as pid, Hbgui(screen) as window:
        window.type("profileName", NAME + " 2")
        window.sees("messageBar", "keyring does not answer")
        window.type("profileName", NAME + " 3")
        with at_once(SECRET_TIMEOUT_S / 2):
            assert window.quit() == 0
        assert window.printed() == ""
        assert saved(screen, id=pbx_id, name=NAME + " 3"), "the last keystrokes are saved, too"
        os.kill(pid, signal.SIGCONT)
    assert in_keyring(screen, pbx_id) == simulator.token
