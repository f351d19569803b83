"""Export and import of PBXs: which file, and what an import would do before it is done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from hbgui.core.events import ImportRead
from hbgui.core.settings import Preview
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.ui.import_preview import ImportPreview
from hbgui.ui.panel import named
from hbgui.ui.theme import Theme

_NAME = "hbgui-pbxs.json"


class SharingDialogs(QObject):
    """Asks for files and shows previews. `flush` hands over what is being typed.

    The dialogs block the window, not the program: keep-alive and messages go on.
    """

    def __init__(
        self,
        window: QWidget,
        hub: Hub,
        intents: Supervisor,
        theme: Theme,
        flush: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._hub = hub
        self._intents = intents
        self._theme = theme
        self._flush = flush
        hub.happened.connect(self._happened)

    @Slot()
    def export(self) -> None:
        """Ask where to, then write all PBXs."""
        dialog = self._file_dialog("exportDialog", self.tr("Export PBXs"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.selectFile(_NAME)
        dialog.fileSelected.connect(self._export)
        dialog.open()

    @Slot()
    def choose_import(self) -> None:
        """Ask for a file, then show what it would change."""
        dialog = self._file_dialog("importDialog", self.tr("Import PBXs"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._read)
        dialog.open()

    def _file_dialog(self, name: str, title: str) -> QFileDialog:
        places = QStandardPaths.StandardLocation
        folder = QStandardPaths.writableLocation(places.DocumentsLocation)
        if not Path(folder).is_dir():
            folder = QStandardPaths.writableLocation(places.HomeLocation)
        dialog = named(QFileDialog(self._window, title, folder), name)
        dialog.setAccessibleName(title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilters([self.tr("Exported PBXs (*.json)"), self.tr("All files (*)")])
        return dialog

    @Slot(str)
    def _export(self, path: str) -> None:
        self._flush()
        self._intents.export_profiles(Path(path))

    @Slot(str)
    def _read(self, path: str) -> None:
        self._flush()
        self._intents.read_import(Path(path))

    @Slot(object)
    def _happened(self, event: object) -> None:
        if isinstance(event, ImportRead):
            kept = {pbx.id for pbx in self._hub.state.pbxs.values() if pbx.keeping}
            dialog = ImportPreview(self._window, event.preview, kept, self._theme)
            dialog.wanted.connect(self._import)
            dialog.open()

    @Slot(object)
    def _import(self, preview: Preview) -> None:
        self._flush()
        self._intents.import_profiles(preview)
