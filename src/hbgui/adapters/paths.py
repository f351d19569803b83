"""Where the program's files are, per user and platform."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Paths:
    """`settings_file` holds the profiles, `window_file` the geometry, `lock_folder` the locks."""

    settings_file: Path
    window_file: Path
    lock_folder: Path

    @classmethod
    def for_user(cls) -> Paths:
        """The present user's folders; on Linux those of XDG. Nothing is created."""
        config = platformdirs.user_config_path("hbgui", appauthor=False)
        return cls._of(config, platformdirs.user_state_path("hbgui", appauthor=False))

    @classmethod
    def in_folder(cls, root: Path) -> Paths:
        """Everything below one folder, for a demo."""
        return cls._of(root / "config", root / "state")

    @classmethod
    def _of(cls, config: Path, state: Path) -> Paths:
        return cls(config / "profiles.json", state / "window.ini", state / "locks")
