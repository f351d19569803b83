"""Asks for the file of an export. The kind that is chosen is the kind that is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from hbgui.ui.panel import named


def ask_for_file(
    parent: QWidget, name: str, stem: str, kinds: Mapping[str, str], chosen: Callable[[Path], None]
) -> None:
    """Open the dialog. `kinds` are endings with their words, the usual one first."""
    dialog = named(QFileDialog(parent), name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(kinds.values()))
    endings = {words: ending for ending, words in kinds.items()}

    def take_kind(words: str) -> None:
        ending = endings[words]
        dialog.setDefaultSuffix(ending)
        # The name decides what is written: it must not stay that of another kind.
        for file in map(Path, dialog.selectedFiles()[:1]):
            if file.suffix.removeprefix(".") in kinds:
                dialog.selectFile(str(file.with_suffix(f".{ending}")))

    dialog.filterSelected.connect(take_kind)
    dialog.setDefaultSuffix(next(iter(kinds)))
    dialog.selectFile(f"{stem}.{next(iter(kinds))}")
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
