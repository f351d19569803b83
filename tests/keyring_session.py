"""A session bus of its own with the real gnome-keyring, and Python scripts run inside.

Nothing of the caller's desktop is seen or touched: home, run-time folder and bus are new.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from session_bus import KEYRING_PASSWORD, session_bus, started, tool, unlocked_keyring, x_server

CANARY = "canary"
"""What scripts store. They read it from standard input, since a traceback of Python 3.13 shows the
lines of `python -c`: a test that looks for the secret would find it in its own script."""

SRC = Path(__file__).resolve().parents[1] / "src"

PRELUDE = """
import json, sys, threading, time
from hbgui.adapters.secrets.keyring_store import KeyringStore
from hbgui.core.api.errors import SecretError
from hbgui.core.values import Secret

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
    """What a Python script prints. It must end with 0 and write no warning.

    Its standard input is CANARY.
    """
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env=dict(environment),
        input=CANARY,
        capture_output=True,
        text=True,
        timeout=timeout_s,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


class Begun:
    """A script at work, whose answers are read while it runs."""

    def __init__(self, script: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + script],
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def go_on(self) -> None:
        """Let the script read a line."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def line(self) -> Any:
        """The next thing it tells, which must come by itself."""
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> Begun:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            _out, errors = self._process.communicate(timeout=20 if kind is None else 0.1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate(timeout=60)
            if kind is None:
                raise
        else:
            assert kind is not None or (self._process.returncode, errors) == (0, "")


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

    def begin(self, script: str, **more: str) -> Begun:
        """A Python script that runs on beside the test."""
        return Begun(script, self.environment | more)

    def lock(self) -> None:
        """Lock the keyring, as a screen saver may."""
        self.run(
            "import secretstorage, contextlib\n"
            "with contextlib.closing(secretstorage.dbus_init()) as bus:\n"
            "    secretstorage.get_default_collection(bus).lock()\n"
        )

    def answer_prompt(self, *keys: str) -> None:
        """Wait for the system's question for the password, and type these keys into it."""
        self.wait_for_prompt()
        time.sleep(0.5)  # it is drawn, and then takes the keyboard
        for key in keys:
            self._xdotool("key", *key.split())

    def type_password(self) -> None:
        """Wait for the system's question for the password, and answer it."""
        self.answer_prompt(" ".join(KEYRING_PASSWORD.decode()), "Return")

    def wait_for_prompt(self) -> None:
        """Wait until the system asks for the password."""
        end = time.monotonic() + 15
        while not self._xdotool("search", "--onlyvisible", "--class", "gcr-prompter"):
            assert time.monotonic() < end, "the system does not ask"
            time.sleep(0.1)

    def prompts(self) -> bool:
        """Whether a question is open."""
        return bool(self._xdotool("search", "--onlyvisible", "--class", "gcr-prompter"))

    def _xdotool(self, *arguments: str) -> str:
        done = subprocess.run(
            [tool("xdotool"), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=10,
        )
        return done.stdout

    @contextmanager
    def frozen_daemon(self) -> Iterator[int]:
        """The keyring daemon takes calls and answers none."""
        pid = self.daemon_pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield pid
        finally:
            os.kill(pid, signal.SIGCONT)


def bus_config(folder: Path, *, policy: str = "", services: Path | None = None) -> Path:
    """The configuration of a session bus that obeys these rules, or starts these services only."""
    file = folder / "bus.conf"
    file.write_text(
        "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>"
        f"<servicedir>{services or '/usr/share/dbus-1/services'}</servicedir>"
        '<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
        '<allow eavesdrop="true"/><allow own="*"/></policy>'
        f'<policy context="mandatory">{policy}</policy></busconfig>'
    )
    return file


@contextmanager
def keyring_session(
    folder: Path,
    *,
    unlocked: bool = True,
    screen: bool = False,
    bus: Path | None = None,
    **more: str,
) -> Iterator[KeyringSession]:
    """A session bus, and a keyring that is unlocked or started locked by the first call.

    With a `screen` the system can ask for the keyring's password. `bus` is the
    configuration of the bus, `more` are further environment variables of the session.
    """
    environment = bare_environment(folder) | more
    with ExitStack() as stack:
        if screen:
            environment["DISPLAY"] = x_server(stack, environment, "800x600")
            started(stack, ["openbox"], environment)
        environment["DBUS_SESSION_BUS_ADDRESS"], bus_pid = session_bus(stack, environment, bus)
        if unlocked:
            unlocked_keyring(stack, environment)
        yield KeyringSession(environment, bus_pid)
