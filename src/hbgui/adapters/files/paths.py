"""The places of hbgui's files, the one that starts it at login included."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from hbgui.adapters.files.atomic_write import (
    make_own_file,
    storage_error,
    write_atomically,
)
from hbgui.core.api.errors import StorageError
from hbgui.process import OWN_FOLDER

_APP = "hbgui"
_WINDOW_FILE_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Paths:
    """The files and folders of one user. Nothing is created by naming them."""

    settings_file: Path
    window_file: Path
    lock_folder: Path
    logins_file: Path
    history_file: Path

    def keep_private(self) -> None:
        """Let only this user see what is in the folders, those of an earlier version too, and make
        the window's file: Qt would make it for everybody. Never raises."""
        with contextlib.suppress(OSError):
            if self.window_memory is not None:
                make_own_file(self.window_file)
        for folder in {self.settings_file.parent, self.window_file.parent}:
            with contextlib.suppress(OSError):
                folder.chmod(OWN_FOLDER)

    @property
    def window_memory(self) -> Path | None:
        """The window's file, None when Qt would wait for what is in its place, or read it for
        long."""
        with contextlib.suppress(OSError):
            found = self.window_file.stat()
            if not stat.S_ISREG(found.st_mode) or found.st_size > _WINDOW_FILE_MAX:
                return None
        return self.window_file

    @classmethod
    def for_user(cls) -> Paths:
        """The usual places of the platform; on Linux the XDG variables count. Raises
        StorageError."""
        try:
            config = platformdirs.user_config_path(_APP, appauthor=False)
            state = platformdirs.user_state_path(_APP, appauthor=False)
        except (RuntimeError, KeyError):
            homeless = True
        else:
            # Older releases of platformdirs leave the ~ as it is.
            homeless = "~" in (config.parts[:1] + state.parts[:1])
        if homeless:
            raise StorageError("no_home")
        return cls(config / "settings.json", *_state_files(state))

    @classmethod
    def in_folder(cls, root: Path) -> Paths:
        """The same files in a folder of their own, for the demo and tests."""
        return cls(root / "settings.json", *_state_files(root))


def _state_files(folder: Path) -> tuple[Path, Path, Path, Path]:
    names = ("window.ini", "locks", "logins.json", "history.db")
    window, locks, logins, history = (folder / name for name in names)
    return window, locks, logins, history


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
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    other = sys.platform in ("win32", "darwin")
    return None if other else XdgAutostart(Path(home), login_command())
