"""Prints what is in the clipboard and in the X11 selection, as JSON: another program's view."""

from __future__ import annotations

import json

from PySide6.QtGui import QClipboard, QGuiApplication

app = QGuiApplication([])
modes = {"clipboard": QClipboard.Mode.Clipboard, "primary": QClipboard.Mode.Selection}
seen: dict[str, object] = {}
for name, mode in modes.items():
    data = app.clipboard().mimeData(mode)
    seen[name] = data.text()
    seen[f"{name}_hint"] = bytes(data.data("x-kde-passwordManagerHint").data()).decode()
    seen[f"{name}_formats"] = data.formats()
print(json.dumps(seen))
