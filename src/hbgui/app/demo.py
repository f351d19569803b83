"""The simulated PBX of `hbgui --demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from hbgui.adapters.files.paths import Paths
from hbgui.core.pbx.profile import Profile, new_id
from hbgui.core.values import Secret

if TYPE_CHECKING:
    from hbgui.simulator.server import Simulator


OFFICE = 1
"""The number of the simulated office whose calls it plays."""

EVERY_S = 2.0
"""Seconds from a heartbeat to the first report, and from one report to the next."""


class Demo:
    """A simulated PBX on loopback, and folders that are deleted when the window closes."""

    def __init__(self) -> None:
        import tempfile

        from hbgui.simulator.script import even_steps
        from hbgui.simulator.server import Simulator

        self._folder = tempfile.TemporaryDirectory(prefix="hbgui-demo-")
        self.paths = Paths.in_folder(Path(self._folder.name))
        self._simulator: Simulator = Simulator()
        self._simulator.start()
        # Calls go on all the time, so that there are always reports to see.
        self._simulator.play(even_steps(OFFICE, self._simulator.today, EVERY_S))
        name = QCoreApplication.translate("demo", "Simulated PBX")
        self.profile = Profile(new_id(), name, self._simulator.url)
        self.token = Secret(self._simulator.token)

    def close(self) -> None:
        """Stop the simulated PBX and delete the folders."""
        self._simulator.close()
        self._folder.cleanup()
