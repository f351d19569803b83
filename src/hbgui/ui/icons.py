"""Icons of actions: one set of outlines, painted in the colours of the scheme."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QSize
from PySide6.QtGui import QIcon, QImageReader, QPixmap

from hbgui import resource
from hbgui.ui.theme import Colors

SIZE = 18
"""Logical pixels of an icon in menus and the toolbar."""

_SCALES = (1, 2, 3)


def icon(name: str, colors: Colors) -> QIcon:
    """The outline of that name (a file in `icons/lucide`), greyed where its action is off."""
    svg = resource(f"icons/lucide/{name}.svg").read_text("utf-8")
    made = QIcon()
    for mode, color in ((QIcon.Mode.Normal, colors.text), (QIcon.Mode.Disabled, colors.border)):
        data = QByteArray(svg.replace("currentColor", color).encode())
        for scale in _SCALES:
            made.addPixmap(_pixmap(data, SIZE * scale), mode)
    return made


def placeholder() -> QIcon:
    """As large as an icon, and empty: nothing moves when the icon comes."""
    pixmap = QPixmap(SIZE, SIZE)
    pixmap.fill("transparent")
    return QIcon(pixmap)


def _pixmap(svg: QByteArray, side: int) -> QPixmap:
    buffer = QBuffer(svg)
    buffer.open(QBuffer.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"svg")
    reader.setScaledSize(QSize(side, side))
    return QPixmap.fromImageReader(reader)
