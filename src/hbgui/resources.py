"""Where the files that come with hbgui are: icons, translations, desktop file, manual page."""

from __future__ import annotations

from pathlib import Path


def resource(name: str) -> Path:
    """The path of a file that comes with hbgui, `name` as in `icons/hbgui.svg`.

    Works in an installed wheel, in a frozen program, in an editable install and in a checkout.
    Whether the file exists is not looked at.
    """
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    folder = installed if installed.is_dir() else package.parents[1] / "resources"
    return folder / name
