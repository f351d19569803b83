"""The adapters are made once, and load what they need when they are asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "src"

ASK = """
import json, sys
from pathlib import Path
from hbgui.adapters.files.paths import Paths
from hbgui.adapters.secrets.redact import Redactor
from hbgui.wiring import Adapters

adapters = Adapters(Paths.in_folder(Path(sys.argv[1])), Redactor())
before = sorted(sys.modules)
shared = [adapters.client.network is adapters.network, adapters.client is adapters.client,
          adapters.diagnoser.client is adapters.client]
print(json.dumps([before, sorted(sys.modules), shared]))
"""


def test_what_an_adapter_needs_is_loaded_when_it_is_asked_for(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path / "none")],
        env={"PYTHONPATH": str(SOURCE), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    before, after, shared = json.loads(ran.stdout)
    late = {
        "hbgui.adapters.net.dns",
        "hbgui.adapters.net.pbx_http",
        "hbgui.core.client.diagnoser",
    }
    assert not late & set(before)
    assert late <= set(after)
    for name in ("requests", "urllib3", "sqlite3", "keyring", "PySide6"):
        assert name not in before
    assert "hbgui.adapters.files.history_db" not in after, "nobody asked for the history"
    assert shared == [True, True, True]
    assert not (tmp_path / "none").exists(), "naming a file opens none"
