"""A session bus of the test's own, and the real gnome-keyring on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

KEYRING_PASSWORD = b"test"


def tool(name: str) -> str:
    """The program's path. The tests need it: its absence is a failure, not a reason to skip."""
    path = shutil.which(name)
    assert path, f"{name} is missing; `make test` installs what the tests need"
    return path


def started(
    stack: ExitStack, command: list[str], env: dict[str, str], **kwargs: Any
) -> subprocess.Popen[bytes]:
    """A process that is ended with the stack."""
    kwargs = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | kwargs
    process = subprocess.Popen([tool(command[0]), *command[1:]], env=env, **kwargs)
    stack.callback(end, process)
    return process


def end(process: subprocess.Popen[Any]) -> None:
    """End the process, stopped or not, and close its pipes."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGCONT)
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(60)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def session_bus(
    stack: ExitStack, env: dict[str, str], config: Path | None = None
) -> tuple[str, int]:
    """A bus, its address and process id. What it activates gets `env`."""
    which = f"--config-file={config}" if config else "--session"
    command = ["dbus-daemon", which, "--nofork", "--print-address=1"]
    bus = started(stack, command, env, stdout=subprocess.PIPE)
    assert bus.stdout is not None
    return bus.stdout.readline().decode().strip(), bus.pid


def unlocked_keyring(stack: ExitStack, env: dict[str, str]) -> None:
    """gnome-keyring on the bus of `env`, unlocked and ready. Its files are in the home there."""
    command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    daemon = started(stack, command, env, stdin=subprocess.PIPE)
    assert daemon.stdin is not None
    daemon.stdin.write(KEYRING_PASSWORD)
    daemon.stdin.close()
    ask = [tool("gdbus"), "wait", "--session", "--timeout", "10", "org.freedesktop.secrets"]
    subprocess.run(ask, env=env, check=True, timeout=60)


def x_server(stack: ExitStack, env: dict[str, str], screen: str) -> str:
    """An X server, ready; the name of its display. `screen` is its size in pixels."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{screen}x24"]
    started(stack, [*command, "-nolisten", "tcp"], env, pass_fds=(write,))
    os.close(write)
    with os.fdopen(read) as number:
        return f":{number.readline().strip()}"
