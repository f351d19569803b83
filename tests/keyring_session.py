"""A session bus of its own with the real gnome-keyring, and Python scripts run inside.

Nothing of the caller's desktop is seen or touched: home, run-time folder and bus are new.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from session_bus import session_bus, tool, unlocked_keyring

SRC = Path(__file__).resolve().parents[1] / "src"

PRELUDE = """
import json, sys, threading, time
from hbgui.adapters.keyring_store import KeyringStore
from hbgui.core.errors import SecretError
from hbgui.core.secret import Secret

def said(function, *arguments):
    "What a call gives: revealed text, None, or the code of its error; and seconds."
    began = time.monotonic()
    try:
        result = function(*arguments)
        result = result.reveal() if isinstance(result, Secret) else result
    except SecretError as error:
        assert error.__context__ is None and error.__cause__ is None
        result = error.code
    return result, time.monotonic() - began

def tell(**answer):
    print(json.dumps(answer), flush=True)
"""


def bare_environment(folder: Path) -> dict[str, str]:
    """Variables of a user without desktop and session bus whose home is in `folder`."""
    for name in ("home", "run"):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder / "home"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "PYTHONPATH": str(SRC),
        "PYTHONWARNINGS": "error",
    }


def run_script(
    script: str, environment: Mapping[str, str], *arguments: str, timeout_s: float = 60
) -> str:
    """What a Python script prints. It must end with 0 and write no warning."""
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(
        command, env=dict(environment), capture_output=True, text=True, timeout=timeout_s
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


class KeyringSession:
    """A running session. `environment` lets any program join it."""

    def __init__(self, environment: dict[str, str], bus_pid: int) -> None:
        self.environment = environment
        self.bus_pid = bus_pid

    def run(self, script: str, *arguments: str, timeout_s: float = 60, **more: str) -> str:
        """What a Python script prints in this session; `more` are further variables."""
        return run_script(script, self.environment | more, *arguments, timeout_s=timeout_s)

    def secret_tool(self, *arguments: str, given: str = "") -> str:
        """What secret-tool says, a program that knows nothing of hbgui or keyring."""
        command = [tool("secret-tool"), *arguments]
        done = subprocess.run(
            command, env=self.environment, input=given, capture_output=True, text=True, timeout=30
        )
        return done.stdout

    def daemon_pid(self) -> int:
        """The process that owns the Secret Service now."""
        script = (
            "from jeepney import DBusAddress, new_method_call\n"
            "from jeepney.io.blocking import open_dbus_connection\n"
            "bus = DBusAddress('/org/freedesktop/DBus', 'org.freedesktop.DBus',"
            " 'org.freedesktop.DBus')\n"
            "ask = new_method_call(bus, 'GetConnectionUnixProcessID', 's',"
            " ('org.freedesktop.secrets',))\n"
            "with open_dbus_connection() as c: print(c.send_and_get_reply(ask).body[0])\n"
        )
        return int(self.run(script))

    @contextmanager
    def frozen_daemon(self) -> Iterator[int]:
        """The keyring daemon takes calls and answers none."""
        pid = self.daemon_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def keyring_session(
    folder: Path, *, unlocked: bool = True, **more: str
) -> Iterator[KeyringSession]:
    """A session bus, and a keyring that is unlocked or started locked by the first call.

    `more` are further environment variables of the session.
    """
    environment = bare_environment(folder) | more
    with ExitStack() as stack:
        environment["DBUS_SESSION_BUS_ADDRESS"], bus_pid = session_bus(stack, environment)
        if unlocked:
            unlocked_keyring(stack, environment)
        yield KeyringSession(environment, bus_pid)
