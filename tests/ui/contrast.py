"""How well texts can be read: contrast as WCAG counts it."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

ENOUGH = 4.5


def luminance(color: QColor) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(v) for v in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def measured(picture: QImage) -> float:
    """The contrast of the commonest colour with the one that stands out most."""
    pixels = Counter(
        picture.pixelColor(x, y).rgb()
        for x in range(picture.width())
        for y in range(picture.height())
    )
    ground = QColor.fromRgb(pixels.most_common(1)[0][0])
    return max(contrast(ground, QColor.fromRgb(rgb)) for rgb in pixels)


def texts(window: QWidget) -> list[QWidget]:
    """What shows words now. A disabled control may be paler (WCAG 1.4.3)."""
    kinds = (QLabel, QAbstractButton, QLineEdit)
    return [
        widget
        for kind in kinds
        for widget in window.findChildren(kind)
        if widget.isVisible()
        and widget.isEnabled()
        and widget.text().strip()
        and not widget.visibleRegion().isEmpty()
    ]
