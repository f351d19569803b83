"""Where hbgui's files are, the one that starts it at login included."""

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
    """The paths of one user's files and folders. Making this object creates none of them."""

    settings_file: Path
    window_file: Path
    lock_folder: Path
    logins_file: Path
    history_file: Path

    def keep_private(self) -> None:
        """Let only this user open the folders, also those that an earlier version made.

        Makes the window's file as well, since Qt would let everybody read it. Never raises.
        """
        with contextlib.suppress(OSError):
            if self.window_memory is not None:
                make_own_file(self.window_file)
        for folder in {self.settings_file.parent, self.window_file.parent}:
            with contextlib.suppress(OSError):
                folder.chmod(OWN_FOLDER)

    @property
    def window_memory(self) -> Path | None:
        """The window's file; None when reading it would block Qt: it is not a file, or is huge."""
        with contextlib.suppress(OSError):
            found = self.window_file.stat()
            if not stat.S_ISREG(found.st_mode) or found.st_size > _WINDOW_FILE_MAX:
                return None
        return self.window_file

    @classmethod
    def for_user(cls) -> Paths:
        """The usual paths of the platform; on Linux the XDG variables decide. Raises StorageError
        no_home."""
        try:
            config = platformdirs.user_config_path(_APP, appauthor=False)
            state = platformdirs.user_state_path(_APP, appauthor=False)
        except (RuntimeError, KeyError):
            no_home = True
        else:
            # Older releases of platformdirs leave the ~ as it is.
            no_home = "~" in (config.parts[:1] + state.parts[:1])
        if no_home:
            raise StorageError("no_home")
        return cls(config / "settings.json", *_state_files(state))

    @classmethod
    def in_folder(cls, root: Path) -> Paths:
        """The same files, all in the folder `root`, for the demo and for tests."""
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
        """Switch the start at login on or off: write or delete the file. Raises StorageError."""
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
    """A word, quoted for the Exec line of the desktop entry specification."""
    word = word.replace("%", "%%")
    if not _RESERVED & set(word):
        return word
    escaped = "".join(f"\\{c}" if c in '"`$\\' else c for c in word)
    # Readers unescape the value as a whole first, and the quoted word after that.
    return '"' + escaped.replace("\\", "\\\\") + '"'


def login_command() -> list[str]:
    """The command line that starts this hbgui, minimised."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--minimized"]
    return [sys.executable, "-m", "hbgui", "--minimized"]


def user_autostart() -> XdgAutostart | None:
    """The autostart file of this user; None on Windows and macOS, which have other ways."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    other = sys.platform in ("win32", "darwin")
    return None if other else XdgAutostart(Path(home), login_command())
