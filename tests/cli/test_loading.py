"""What a command loads: most of a short one's time goes into that."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import SOURCE
from hbgui.cli.parser import COMMANDS

PRINT_LOADED = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
from hbgui.app import main
sys.exit(main())
"""

LIBRARIES = {
    *("PySide6", "cryptography", "h11", "keyring", "platformdirs", "psutil", "requests"),
    *("sqlite3", "truststore", "urllib3"),
}

PARSER = {
    *("hbgui", "hbgui.app", "hbgui.process"),
    *("hbgui.cli", "hbgui.cli.streams", "hbgui.cli.parser", "hbgui.cli.streams"),
}


def loaded(home: Path, *arguments: str) -> tuple[set[str], set[str]]:
    """The modules of hbgui and the libraries that are there at the end of a command."""
    ran = subprocess.run(
        [sys.executable, "-c", PRINT_LOADED, *arguments],
        env={"HOME": str(home), "PYTHONPATH": str(SOURCE)},
        input="0f" * 16,
        capture_output=True,
        text=True,
        timeout=60,
    )
    modules = set(json.loads(ran.stderr.splitlines()[-1]))
    own = {name for name in modules if name.partition(".")[0] == "hbgui"}
    return own, modules & LIBRARIES


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_the_parser_only(tmp_path: Path, option: str) -> None:
    assert loaded(tmp_path, option) == (PARSER, set())


def test_the_help_of_a_command_loads_no_other_command_and_no_library(tmp_path: Path) -> None:
    own, libraries = loaded(tmp_path, "keep", "--help")
    modules = {f"hbgui.cli.{module}" for module, _line in COMMANDS.values()}
    assert own & modules == {"hbgui.cli.keep"}
    assert libraries <= {"platformdirs"}


def test_send_loads_what_it_needs(tmp_path: Path) -> None:
    send = ("send", "--pbx", "http://127.0.0.1:1", "--ip", "127.0.0.1", "--token-stdin")
    own, libraries = loaded(tmp_path, *send)
    assert libraries == {"platformdirs", "psutil", "requests", "urllib3"}
    assert "hbgui.adapters.net.pbx_http" in own, "nothing was sent"
    rooms = ("core.events", "core.state", "core.reports", "core.signoff", "simulator", "ui")
    topics = ("texts.access", "texts.diagnosis", "texts.reports", "texts.signoff", "texts.states")
    needless = tuple(f"hbgui.{name}" for name in (*rooms, *topics))
    assert not {name for name in own if name.startswith(needless)}
