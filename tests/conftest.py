"""What holds for every test. The desktop that `make test` runs them on is in packaging/test.sh."""

from __future__ import annotations

import os

if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    # Without a display Qt would abort the whole run.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
