"""Starting with the session: a desktop file where the XDG autostart specification wants it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hbgui.adapters.atomic_write import storage_error, write_atomically

_OFF = ("hidden=true", "x-gnome-autostart-enabled=false")
_RESERVED = frozenset(" \t\n\"'\\><~|&;$*?#()`")


class XdgAutostart:
    """Fulfils `core.ports.LoginStart` on Linux and other free desktops. Blocking."""

    def __init__(self, folder: Path, command: list[str]) -> None:
        self._path = folder / "autostart" / "hbgui.desktop"
        self._command = command

    def is_on(self) -> bool:
        """Whether the session starts hbgui. Raises StorageError."""
        failure: OSError | None = None
        try:
            lines = self._path.read_text("utf-8", "replace").splitlines()
            return not any(line.replace(" ", "").casefold() in _OFF for line in lines)
        except FileNotFoundError:
            return False
        except OSError as error:
            failure = error
        raise storage_error(failure)

    def turn(self, on: bool) -> None:
        """Write the file, or delete it. Raises StorageError."""
        failure: OSError | None = None
        try:
            if on:
                write_atomically(self._path, self._entry().encode())
            else:
                self._path.unlink(missing_ok=True)
            return
        except OSError as error:
            failure = error
        raise storage_error(failure)

    def _entry(self) -> str:
        command = " ".join(_quoted(word) for word in self._command)
        return (
            "[Desktop Entry]\nType=Application\nName=hbgui\n"
            f"Exec={command}\nIcon=hbgui\nTerminal=false\n"
        )


def _quoted(word: str) -> str:
    """A word as the Exec line of the desktop entry specification wants it."""
    word = word.replace("%", "%%")
    if not _RESERVED & set(word):
        return word
    escaped = "".join(f"\\{c}" if c in '"`$\\' else c for c in word)
    # The value as a whole is unescaped once more when it is read.
    return '"' + escaped.replace("\\", "\\\\") + '"'


def login_command() -> list[str]:
    """What starts this very hbgui, minimised."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--minimized"]
    return [sys.executable, "-m", "hbgui", "--minimized"]


def user_autostart() -> XdgAutostart | None:
    """That of this user; None on a platform where it is not done this way."""
    if sys.platform in ("win32", "darwin"):
        return None
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return XdgAutostart(Path(home), login_command())
