"""Where this user's files are."""

from __future__ import annotations

import contextlib
import stat
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from hbgui.adapters.atomic_write import OWN_FOLDER, make_own_file
from hbgui.core.api.errors import StorageError

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
