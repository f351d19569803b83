"""Texts can be read: at least 4.5 to 1 in both schemes, by the colours and by the pixels."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from hbgui.core.api.errors import TransportError
from hbgui.core.values import Secret
from hbgui.ui.main_window import MainWindow
from hbgui.ui.theme import DARK, LIGHT, Colors
from runtime.world import World
from ui.contrast import ENOUGH, contrast, measured, texts
from ui.handling import system_colors

GROUNDS = ("ground", "side", "card", "field", "selected")


def pairs(colors: Colors) -> list[tuple[str, str]]:
    """Text and ground as the style sheet combines them."""
    plain = list(product(("text", "muted"), GROUNDS))
    toned = [(tone, ground) for tone in ("ok", "warn", "bad", "accent") for ground in ("card",)]
    barred = [(name, f"{tone}_ground") for tone in ("ok", "warn", "bad") for name in (tone, "text")]
    barred += [("muted", "ok_ground"), ("muted", "bad_ground"), ("muted", "warn_ground")]
    return [*plain, *toned, *barred, ("on_accent", "accent"), ("on_accent", "accent_hover")]


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=lambda c: c.scheme)
def test_every_pair_of_colours(colors: Colors) -> None:
    for text, ground in pairs(colors):
        found = contrast(QColor(getattr(colors, text)), QColor(getattr(colors, ground)))
        assert found >= ENOUGH, f"{text} on {ground} of {colors.scheme}: {found:.2f}"


@pytest.mark.parametrize("scheme", [Qt.ColorScheme.Light, Qt.ColorScheme.Dark])
@pytest.mark.parametrize("failing", [False, True])
def test_every_text_that_is_seen(
    window: MainWindow, world: World, qtbot: QtBot, scheme: Qt.ColorScheme, failing: bool
) -> None:
    window.resize(1180, 760)
    world.vault.keep("post", Secret("0f" * 16))
    if failing:
        world.pbx.reply = TransportError("timed_out")
    qtbot.mouseClick(window.findChild(QPushButton, "sendButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(world.hub.state.pbxs["post"].marks))
    with system_colors(scheme):
        seen = texts(window)
        assert len(seen) > 20
        for widget in seen:
            picture = window.grab(
                widget.visibleRegion()
                .boundingRect()
                .translated(widget.mapTo(window, widget.rect().topLeft()))
            ).toImage()
            found = measured(picture)
            assert found >= ENOUGH, f"{widget.objectName()} {widget.text()!r}: {found:.2f}"
