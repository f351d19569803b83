"""The look: few colours with fixed meaning, light and dark as the system says."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from hbgui import resource
from hbgui.ui.style_sheet import QSS


@dataclass(frozen=True, slots=True)
class Colors:
    """One scheme. `ok`, `warn` and `bad` mean the same everywhere; text on any of the grounds
    has a contrast of at least 4.5 to 1."""

    scheme: str
    ground: str
    side: str
    card: str
    field: str
    border: str
    strong_border: str
    text: str
    muted: str
    accent: str
    accent_hover: str
    on_accent: str
    selected: str
    ok: str
    ok_ground: str
    warn: str
    warn_ground: str
    bad: str
    bad_ground: str


LIGHT = Colors(
    scheme="light",
    ground="#f4f5f8",
    side="#e9ecf1",
    card="#ffffff",
    field="#ffffff",
    border="#dde1e8",
    strong_border="#b9c0cc",
    text="#1a1f29",
    muted="#586171",
    accent="#1f5fcb",
    accent_hover="#184fae",
    on_accent="#ffffff",
    selected="#d6e3fb",
    ok="#17744a",
    ok_ground="#e3f4eb",
    warn="#8a5200",
    warn_ground="#fdf1d8",
    bad="#b0241c",
    bad_ground="#fce8e6",
)

DARK = Colors(
    scheme="dark",
    ground="#14171d",
    side="#1a1e25",
    card="#1f242c",
    field="#171b21",
    border="#303743",
    strong_border="#4a5362",
    text="#e7eaf0",
    muted="#a4adbb",
    accent="#6ea0ff",
    accent_hover="#8bb3ff",
    on_accent="#0b1220",
    selected="#2a3b5c",
    ok="#55cf96",
    ok_ground="#16301f",
    warn="#e7b454",
    warn_ground="#352812",
    bad="#ff958c",
    bad_ground="#3b1c1a",
)


class Theme(QObject):
    """Keeps the program's look in step with the system's colour scheme. GUI thread."""

    changed = Signal()
    """The colours are others now: what is painted by hand has to be painted again."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self._app = app
        self.colors = LIGHT
        self._window: QWidget | None = None
        if app.style().name() != "fusion":
            # Setting it again styles every widget anew, also those that are about to go.
            app.setStyle("Fusion")
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        self._follow(hints.colorScheme())

    @Slot(Qt.ColorScheme)
    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self.colors = DARK if scheme is Qt.ColorScheme.Dark else LIGHT
        self._app.setPalette(_palette(self.colors))
        if self._window is not None:
            self._window.setStyleSheet(_sheet(self.colors))
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Put the style sheet on a finished window: once, not for each widget that joins it."""
        self._window = window
        window.setStyleSheet(_sheet(self.colors))


def _sheet(colors: Colors) -> str:
    values = {name: getattr(colors, name) for name in Colors.__slots__}
    return QSS.format(icons=resource("icons").as_posix(), **values)


def _palette(colors: Colors) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(colors.card), QColor(colors.ground))
    for where, name in (
        (role.Window, colors.ground),
        (role.WindowText, colors.text),
        (role.Base, colors.field),
        (role.AlternateBase, colors.ground),
        (role.Text, colors.text),
        (role.ButtonText, colors.text),
        (role.PlaceholderText, colors.muted),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Link, colors.accent),
        (role.ToolTipBase, colors.card),
        (role.ToolTipText, colors.text),
    ):
        palette.setColor(where, QColor(name))
    return palette


def set_tone(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet looks at, and make it look again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
