"""hbgui: heartbeats for Yeastar S-Series PBXs. Not made by Yeastar."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


__version__ = "0.1.0"

USER_AGENT = f"hbgui/{__version__}"
"""What a PBX's log shows of us."""


def resource(name: str) -> Path:
    """The path of a file that comes with hbgui, `name` as in `icons/hbgui.svg`.

    Works in an installed wheel, in a frozen program, in an editable install and in a checkout.
    Whether the file exists is not looked at.
    """
    from pathlib import Path

    package = Path(__file__).resolve().parent
    installed = package / "resources"
    folder = installed if installed.is_dir() else package.parents[1] / "resources"
    return folder / name
