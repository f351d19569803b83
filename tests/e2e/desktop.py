"""A desktop of the test's own: X server, window manager, session bus, keyring, accessibility."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from session_bus import end, session_bus, started, unlocked_keyring, x_server

SOURCE = Path(__file__).resolve().parents[2] / "src"
DRIVER = Path(__file__).with_name("a11y_driver.py")
LAUNCHER = "/usr/libexec/at-spi-bus-launcher"


def wait_for(what: Callable[[], Any], timeout_s: float = 60.0) -> Any:
    """What it gives, once that is something. Fails after `timeout_s` seconds."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"nothing came of {what} within {timeout_s} s")


@dataclass
class Desktop:
    """What a program needs to run on it. `home` is empty at first."""

    env: dict[str, str]
    home: Path

    def run(self, *command: str, **kwargs: Any) -> subprocess.CompletedProcess[str]:
        """Run a program to its end on this desktop."""
        kwargs = {"env": self.env, "capture_output": True, "text": True, "timeout": 60} | kwargs
        return subprocess.run(command, check=False, **kwargs)

    def screenshot(self, file: Path) -> None:
        """Take a picture of the whole screen."""
        self.run("import", "-window", "root", str(file))


@contextmanager
def desktop(folder: Path, *, keyring: bool = True, screen: str = "1280x900") -> Iterator[Desktop]:
    """A fresh desktop in `folder`, ended afterwards with everything on it."""
    home, runtime = folder / "home", folder / "runtime"
    for path in (home, runtime):
        path.mkdir(mode=0o700, parents=True)
    env = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(SOURCE),
        "LANG": "C.UTF-8",
        "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        "QT_QPA_PLATFORM": "xcb",
        "PYTHONWARNINGS": "error",
    }
    with ExitStack() as stack:
        env["DISPLAY"] = x_server(stack, env, screen)
        env["DBUS_SESSION_BUS_ADDRESS"], _ = session_bus(stack, env)
        if keyring:
            unlocked_keyring(stack, env)
        started(stack, ["openbox"], env)
        started(stack, [LAUNCHER, "--launch-immediately"], env)
        yield Desktop(env, home)


class Hbgui:
    """The window as a process of its own, and hands and eyes on it.

    Widgets are named by their objectName.
    """

    def __init__(self, desktop: Desktop, *arguments: str, **env: str) -> None:
        self.desktop = desktop
        self.output = desktop.home.parent / f"output-{time.monotonic_ns()}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-X", "dev", "-m", "hbgui", *arguments],
                env=desktop.env | env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self._driver = subprocess.Popen(
            ["/usr/bin/python3", "-I", str(DRIVER), str(self.process.pid)],
            env=desktop.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Hbgui:
        return self

    def __exit__(self, *_: object) -> None:
        end(self._driver)
        end(self.process)

    def ask(self, action: str, widget: str = "", value: object = None) -> Any:
        """Do something to a widget through the accessibility tree; what it answers."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        request = {"action": action, "widget": widget, "value": value}
        self._driver.stdin.write(json.dumps(request) + "\n")
        self._driver.stdin.flush()
        answer = json.loads(self._driver.stdout.readline() or '{"error": "the driver ended"}')
        assert "error" not in answer, f"{action} {widget}: {answer['error']}\n{self.printed()}"
        return answer["result"]

    def type(self, widget: str, text: str) -> None:
        """Put a text into a field, in place of what is there."""
        self.ask("type", widget, text)

    def press(self, widget: str) -> None:
        """Press a button."""
        self.ask("press", widget)

    def text(self, widget: str) -> str:
        """What the widget shows."""
        return str(self.ask("text", widget))

    def sees(self, widget: str, words: str, timeout_s: float = 60.0) -> str:
        """Wait until the widget shows these words; all that it shows."""
        shown = ""
        deadline = time.monotonic() + timeout_s
        while words not in (shown := self.text(widget)):
            assert time.monotonic() < deadline, f"{widget} shows {shown!r}, not {words!r}"
            time.sleep(0.05)
        return shown

    def printed(self) -> str:
        """What the program has printed so far, but for Qt's words about this driver's questions:
        it may ask for a row that has just gone."""
        lines = self.output.read_text("utf-8", "replace").splitlines()
        ours = ("GetApplicationBusAddress", "Could not find accessible on path")
        return "\n".join(line for line in lines if not any(words in line for words in ours))

    def quit(self, timeout_s: float = 30.0) -> int:
        """Ask the program to end, by SIGTERM; its exit code."""
        self.process.terminate()
        return self.process.wait(timeout_s)


def saved(screen: Desktop, **wanted: str) -> dict | None:
    for profile in settings(screen)["profiles"]:
        if all(profile[key] == value for key, value in wanted.items()):
            return profile
    return None


def in_keyring(screen: Desktop, account: str) -> str:
    return screen.run(
        "secret-tool", "lookup", "service", "hbgui", "username", account
    ).stdout.strip()


def no_secret_anywhere(screen: Desktop, token: str) -> None:
    """Search every file that was written, but the keyring's own."""
    folder = screen.home.parent
    for path in folder.rglob("*"):
        if path.is_file() and "keyrings" not in path.parts:
            assert token.encode() not in path.read_bytes(), path


def settings(screen: Desktop) -> dict:
    files = list((screen.home / ".config").rglob("*.json"))
    return json.loads(files[0].read_text("utf-8")) if files else {"profiles": []}
