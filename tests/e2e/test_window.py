"""The real window, driven as a technician would: typed, pressed, read back."""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
import time
from pathlib import Path

import pytest

from e2e.desktop import Desktop, Hbgui, in_keyring, no_secret_anywhere, saved, wait_for
from e2e.simulated import Simulated, enter, simulated
from hbgui.core.api.heartbeat import CONNECT_TIMEOUT_S, TOTAL_TIMEOUT_S
from patience import at_once
from runtime.reporting import free_port


def test_from_empty_window_to_a_living_token(screen: Desktop, simulator: Simulated) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        wait_for(lambda: saved(screen, name="Hotel Post", pbx=simulator.url, port="8260"))
        assert "127.0.0.1:8260" in window.text("reportTarget")
        assert "unknown" in window.text("tokenClock")
        window.press("sendButton")
        window.sees("stateLabel", "accepts")
        window.sees("tokenClock", "29:")
        rows = window.ask("rows", "activityTable")
        assert len(rows) == 1
        assert "Hotel Post" in " ".join(rows[0])
        assert "Accepted" in " ".join(rows[0])

        window.press("keepAliveButton")
        wait_for(lambda: len(window.ask("rows", "activityTable")) == 2)
        assert window.ask("checked", "keepAliveButton")
        window.sees("nextHeartbeat", ":")

        profile = saved(screen, name="Hotel Post")
        assert profile is not None
        wait_for(lambda: in_keyring(screen, profile["id"]) == simulator.token)
        assert window.quit() == 0
        assert window.printed() == ""

    with Hbgui(screen) as window:
        assert window.text("profileName") == "Hotel Post"
        assert window.text("pbxHost") == simulator.url
        assert window.text("serverIp").startswith("127.0.0.1")
        assert "unknown" in window.text("tokenClock")
        assert not window.ask("checked", "keepAliveButton")
        window.press("sendButton")
        window.sees("stateLabel", "accepts")
        assert window.quit() == 0
        assert window.printed() == ""
    no_secret_anywhere(screen, simulator.token)


def test_what_the_pbx_really_said(screen: Desktop, simulator: Simulated) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        window.type("token", "0f" * 16)
        window.press("sendButton")
        window.sees("messageBar", "does not know this token")
        assert window.text("messageBar").startswith("Hotel Post")
        assert "refuse" in window.text("stateLabel")
        window.type("serverPort", "65536")
        window.press("sendButton")
        window.sees("messageBar", "Nothing was sent")
        assert window.text("serverPort") == "65536"
        assert len(window.ask("rows", "activityTable")) == 1, "the PBX was not asked"
        assert "refuse" in window.text("stateLabel"), "what it said last still holds"
        assert window.quit() == 0
        assert window.printed() == ""


def test_quit_while_the_pbx_hangs(screen: Desktop) -> None:
    with simulated("--fault", "hang") as pbx, Hbgui(screen) as window:
        enter(window, pbx)
        window.press("keepAliveButton")
        wait_for(lambda: "ending" in window.text("stateLabel").lower())
        time.sleep(0.5)
        # By themselves the PBX's deadlines end later.
        with at_once(TOTAL_TIMEOUT_S / 2):
            assert window.quit() == 0
        assert window.printed() == ""


def test_the_diagnosis_finds_the_link_that_is_broken(screen: Desktop, simulator: Simulated) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        window.press("checkButton")
        window.sees("diagnosisResult", "The token is alive")
        window.type("token", "0f" * 16)
        window.press("diagnoseButton")
        window.sees("diagnosisResult", "Token –")
        port = free_port()
        window.type("pbxHost", f"http://127.0.0.1:{port}")
        window.press("diagnoseButton")
        window.sees("diagnosisResult", "Connection –")
        assert window.quit() == 0
        assert window.printed() == ""


def test_quit_while_a_diagnosis_hangs(screen: Desktop) -> None:
    with simulated("--fault", "hang") as pbx, Hbgui(screen) as window:
        enter(window, pbx)
        window.press("diagnoseButton")
        window.sees("diagnosisSummary", "4 of 12")
        time.sleep(0.5)
        # By themselves the PBX's deadlines end later.
        with at_once(TOTAL_TIMEOUT_S / 2):
            assert window.quit() == 0
        assert window.printed() == ""


def test_a_second_start_shows_the_first_window(screen: Desktop, simulator: Simulated) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        wait_for(lambda: saved(screen, name="Hotel Post", pbx=simulator.url))
        screen.run("xdotool", "search", "--name", "hbgui", "windowminimize")
        second = Hbgui(screen)
        with second:
            assert second.process.wait(60) == 0
            assert second.printed() == ""
        wait_for(lambda: screen.run("xdotool", "search", "--onlyvisible", "--name", "hbgui").stdout)
        window.press("keepAliveButton")
        window.sees("stateLabel", "accepts")
        keep = screen.run(
            sys.executable, "-m", "hbgui", "keep", "--profile", "Hotel Post", "--count", "1"
        )
        assert keep.returncode == 2
        assert "Hotel Post" in keep.stderr + keep.stdout
        assert window.quit() == 0
    # With the window gone the command line may have it.
    keep = screen.run(
        sys.executable, "-m", "hbgui", "keep", "--profile", "Hotel Post", "--count", "1"
    )
    assert keep.returncode == 0, keep.stderr


def test_a_second_start_says_in_a_window_that_the_first_one_hangs(screen: Desktop) -> None:
    with Hbgui(screen) as window:
        window.sees("tokenNote", "Goes into the system keyring")
        window.process.send_signal(signal.SIGSTOP)
        with Hbgui(screen) as second:
            told = f"hbgui runs already (process {window.process.pid}) but does not answer."
            assert second.text("qt_msgbox_label") == told
            second.process.terminate()
            assert second.process.wait(10) == 3
            assert second.printed().startswith(told)
        window.process.send_signal(signal.SIGCONT)
        assert window.quit() == 0


def test_a_killed_window_leaves_no_lock(screen: Desktop, simulator: Simulated) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        window.press("keepAliveButton")
        window.sees("stateLabel", "accepts")
        profile = wait_for(lambda: saved(screen, name="Hotel Post", port="8260"))
        wait_for(lambda: in_keyring(screen, profile["id"]) == simulator.token)
        window.process.send_signal(signal.SIGKILL)
        window.process.wait(60)
    with Hbgui(screen) as window:
        assert window.text("profileName") == "Hotel Post"
        window.press("keepAliveButton")
        window.sees("stateLabel", "accepts")
        assert window.quit() == 0


def test_the_demo_works_and_leaves_nothing(screen: Desktop) -> None:
    before = sorted(p for p in screen.home.rglob("*") if "keyrings" not in p.parts)
    temporary = screen.home.parent / "tmp"
    temporary.mkdir()
    with Hbgui(screen, "--demo", TMPDIR=str(temporary)) as window:
        window.press("sendButton")
        window.sees("stateLabel", "accepts")
        assert window.quit() == 0
        assert window.printed() == ""
    after = sorted(p for p in screen.home.rglob("*") if "keyrings" not in p.parts)
    # Caches of the system's own libraries are none of ours.
    ours = [p for p in set(after) - set(before) if ".cache" not in p.parts]
    assert [p for p in ours if "dconf" not in p.parts] == []
    assert list(temporary.iterdir()) == []


def test_a_dead_host_freezes_nothing(screen: Desktop) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as dead, Hbgui(screen) as window:
        window.type("pbxHost", f"http://127.0.0.1:{dead.getsockname()[1]}")
        window.type("token", "0f" * 16)
        window.press("sendButton")
        for _ in range(10):
            name = f"name {time.monotonic()}"
            with at_once(CONNECT_TIMEOUT_S):
                window.type("profileName", name)
                assert window.text("profileName") == name
        window.sees("messageBar", "answer", timeout_s=20)
        assert window.quit() == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_like_the_menu(screen: Desktop, how: signal.Signals) -> None:
    with Hbgui(screen) as window:
        window.type("profileName", "Typed a moment ago")
        window.process.send_signal(how)
        assert window.process.wait(60) == 0
    assert saved(screen, name="Typed a moment ago"), "the last keystrokes are saved too"


def test_a_display_that_dies_takes_no_keystroke_along(screen: Desktop) -> None:
    with socket.socket(socket.AF_UNIX) as to_server:
        to_server.connect("/tmp/.X11-unix/X" + screen.env["DISPLAY"].removeprefix(":"))
        peer = to_server.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    server, _user, _group = struct.unpack("3i", peer)
    with Hbgui(screen) as window:
        window.type("profileName", "Typed a moment ago")
        os.kill(server, signal.SIGKILL)
        assert window.process.wait(60) == 2
        assert "the display is gone" in window.printed()
    assert saved(screen, name="Typed a moment ago")


def test_every_control_has_a_name_and_a_role(screen: Desktop) -> None:
    with Hbgui(screen) as window:
        tree = window.ask("tree")
        assert len(tree) > 30
        nameless = [
            node["id"]
            for node in tree
            if node["focusable"]
            and node["showing"]
            and not node["name"]
            and node["role"] not in ("combo box", "text")
        ]
        assert nameless == []
        assert window.quit() == 0


def test_picture(screen: Desktop, simulator: Simulated, tmp_path: Path) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        window.press("sendButton")
        window.sees("stateLabel", "accepts")
        picture = tmp_path / "window.png"
        screen.screenshot(picture)
        assert picture.stat().st_size > 20_000, "the window is more than an empty screen"
        assert window.quit() == 0


def test_a_screen_reader_finds_a_name_and_a_role_for_everything(
    screen: Desktop, simulator: Simulated
) -> None:
    with Hbgui(screen) as window:
        enter(window, simulator)
        window.press("sendButton")
        window.sees("stateLabel", "accepts")
        window.press("advancedButton")
        shown = [node for node in window.ask("tree") if node["showing"]]
        assert len(shown) > 60
        # A field's text is its value: there the name has to be one of its own.
        dumb = ("filler", "panel", "separator", "scroll pane", "viewport", "split pane")
        nameless = [n for n in shown if n["focusable"] and not n["name"] and n["role"] not in dumb]
        assert nameless == []
        own = [n for n in shown if ".qt_" not in n["id"]]  # Qt's splitter handle has no role
        unknown = [n for n in own if n["role"] in ("unknown", "invalid", "")]
        assert unknown == []
        (row,) = window.ask("rows", "activityTable")
        assert all(row[:4])
