"""The command line as a process of its own, in an empty home."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from keyring_session import KeyringSession, keyring_session
from simulated import simulator  # noqa: F401 - a fixture

SOURCE = Path(__file__).resolve().parents[2] / "src"
ASIDE = {"warnings", "problems"}
"""Members of every object: lists of sentences."""

MEMBERS = {
    *ASIDE,
    "outcome",
    "pbx",
    "errno",
    "message",
    "advice",
    "http_status",
    "latency_ms",
    "report_target",
    "token_good_until",
}


@dataclass
class Shell:
    """Runs `hbgui` with warnings as errors; `home` is where its files would be."""

    home: Path

    def start(self, *arguments: str, token: str | None = None, **kwargs: Any) -> subprocess.Popen:
        env = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(SOURCE),
            "LANG": "C.UTF-8",
        }
        env |= kwargs.pop("env", {})
        if token is not None:
            env["HBGUI_TOKEN"] = token
        before = kwargs.pop("prefix", ())
        return subprocess.Popen(
            [*before, sys.executable, "-X", "dev", "-W", "error", "-m", "hbgui", *arguments],
            env=env,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **{"stdout": subprocess.PIPE} | kwargs,
        )

    def run(
        self, *arguments: str, token: str | None = None, stdin: str = "", **kwargs: Any
    ) -> subprocess.CompletedProcess[str]:
        with self.start(*arguments, token=token, **kwargs) as process:
            try:
                out, err = process.communicate(stdin, timeout=40)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def json(self, *arguments: str, **kwargs: Any) -> tuple[int, dict[str, Any]]:
        """Run with --json; the exit code and the one object."""
        ran = self.run(*arguments, "--json", **kwargs)
        lines = ran.stdout.splitlines()
        assert len(lines) == 1, ran.stdout + ran.stderr
        told = json.loads(lines[0])
        assert set(told) == MEMBERS
        assert ran.stderr == ""
        return ran.returncode, told


def customised(folder: Path, code: str) -> dict[str, str]:
    """An environment in which Python runs this first."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code, "utf-8")
    return {"PYTHONPATH": os.pathsep.join((str(folder), str(SOURCE)))}


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[KeyringSession]:
    with keyring_session(tmp_path / "session") as session:
        yield session


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)
