"""The simulated PBX of `hbgui --demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from hbgui.adapters.paths import Paths
from hbgui.core.profile import Profile, new_id
from hbgui.core.secret import Secret

if TYPE_CHECKING:
    from hbgui.simulator import Simulator


class Demo:
    """A PBX on loopback and folders that go with the window."""

    def __init__(self) -> None:
        import tempfile

        from hbgui.simulator import Simulator

        self._folder = tempfile.TemporaryDirectory(prefix="hbgui-demo-")
        self.paths = Paths.in_folder(Path(self._folder.name))
        self._simulator: Simulator = Simulator()
        self._simulator.start()
        name = QCoreApplication.translate("demo", "Simulated PBX")
        self.profile = Profile(new_id(), name, self._simulator.url)
        self.token = Secret(self._simulator.token)

    def close(self) -> None:
        """End the PBX and remove the folders."""
        self._simulator.close()
        self._folder.cleanup()
