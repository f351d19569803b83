"""`hbgui selftest`: what this computer gives hbgui to work with. No secrets."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import secrets
import ssl
import subprocess
import sys
import tempfile
import uuid
import warnings
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from hbgui import __version__
from hbgui.cli.invocation import Invocation
from hbgui.cli.memory import CLOSE_S, CommandAdapters
from hbgui.cli.options import Command
from hbgui.cli.output import EXIT_CODES
from hbgui.cli.secrets import TOKEN_VARIABLE
from hbgui.core.api.errors import SecretError
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.values import Secret
from hbgui.process import QT_FACTS_ARGUMENT, pyside_is_unsafe
from hbgui.texts.notes import note_message
from hbgui.texts.outcomes import secret_message
from hbgui.texts.settings import settings_file_sentences

QT_TIMEOUT_S = 15.0

_PACKAGES = ("requests", "urllib3", "keyring", "cryptography")
_QT = ("pyside", "qt", "qt_platform", "tray", "color_scheme", "fonts")


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")


def _run(invocation: Invocation) -> int:
    """Check everything and print it; the exit code: 0, or 5 when no keyring can be used."""
    adapters, output = invocation.adapters, invocation.output
    adapters.redactor.add(Secret(os.environ.pop(TOKEN_VARIABLE, "").strip()))
    facts, problems = _facts(adapters)
    if output.as_json:
        for problem in problems:
            output.problem(problem)
        output.members(facts)
    else:
        facts["problems"] = problems
        output.lines("\n".join(_lines(facts)))
    return 0 if facts["keyring_ok"] else EXIT_CODES[OutcomeKind.NO_SECRET]


def _facts(adapters: CommandAdapters) -> tuple[dict[str, Any], list[str]]:
    keyring = _keyring(adapters)
    qt, problems = _qt_facts()
    if keyring["keyring_message"]:
        problems.insert(0, keyring["keyring_message"])
    folders = {}
    paths = adapters.paths
    for name, file in (("settings", paths.settings_file), ("state", paths.window_file)):
        path = file.parent
        why = _why_not_writable(path)
        folders[name] = {"path": str(path), "writable": not why}
        problems += [f"The folder {path} cannot be written to: {why}."] if why else []
    loaded = adapters.settings_file.load()
    if loaded.problem is not None:
        problems.append(settings_file_sentences(loaded.problem))
    notes = [note_message(code, values) for code, values in adapters.memory.troubles(CLOSE_S)]
    problems += [note.cause for note in notes]
    facts = {
        "hbgui": __version__,
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in _PACKAGES},
        **keyring,
        "tls_library": ssl.OPENSSL_VERSION,
        "tls_1_0": _tls_1_0(),
        **qt,
        "folders": folders,
        "pbxs": len(loaded.settings.profiles),
        "settings_read_only": loaded.read_only,
    }
    return facts, problems


def _keyring(adapters: CommandAdapters) -> dict[str, Any]:
    """The keyring's name, and whether an entry can be written, read and deleted."""
    facts: dict[str, Any] = {"keyring_backend": None, "keyring_ok": False, "keyring_message": None}
    account, probe = f"selftest-{uuid.uuid4()}", Secret(secrets.token_hex(16))
    adapters.redactor.add(probe)
    try:
        facts["keyring_backend"] = adapters.secrets.backend_name()
        try:
            adapters.secrets.put(account, probe)
        finally:
            adapters.secrets.delete(account)
        facts["keyring_ok"] = True
    except SecretError as error:
        message = secret_message(error.code, error.detail)
        facts["keyring_message"] = message.cause
    return facts


def _qt_facts() -> tuple[dict[str, Any], list[str]]:
    start = [] if getattr(sys, "frozen", False) else ["-m", "hbgui"]
    nothing: dict[str, Any] = dict.fromkeys(_QT)
    if sys.platform.startswith("linux") and not any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return nothing, ["There is no display: the window cannot open here."]
    try:
        done = subprocess.run(
            [sys.executable, *start, QT_FACTS_ARGUMENT],
            env=dict(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=QT_TIMEOUT_S,
            check=True,
        )
        facts = {**nothing, **json.loads(done.stdout)}
        return facts, _bad_pair(facts["pyside"])
    except subprocess.TimeoutExpired:
        return nothing, [f"Qt did not start within {QT_TIMEOUT_S:g} seconds."]
    except subprocess.CalledProcessError as error:
        return nothing, [f"Qt could not start: {_cause(error.stderr)}"]
    except (OSError, ValueError):
        return nothing, ["Qt could not be asked."]


def _cause(stderr: str) -> str:
    """The line with the cause: Qt's own first line, else the last one of a Python error."""
    lines = stderr.strip().splitlines() or ["it said nothing"]
    return next((line for line in lines if line.startswith("qt.qpa.")), lines[-1])


def _bad_pair(pyside: str) -> list[str]:
    if not pyside_is_unsafe(pyside, sys.version_info):
        return []
    python = platform.python_version()
    return [f"PySide6 {pyside} aborts on Python {python}: the window does not open."]


def _why_not_writable(path: Path) -> str:
    """Why no file can be written in the folder, or where it would be made; empty when one can.

    A file is written to find out: permissions do not show a full disk, nor bind an administrator.
    """
    try:
        with tempfile.TemporaryFile(dir=_made_in(path)) as file:
            file.write(b"x")
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def _made_in(path: Path) -> Path:
    """The nearest folder above that exists, or the path itself. Raises OSError."""
    for there in (path, *path.parents):
        with contextlib.suppress(FileNotFoundError):
            there.lstat()
            return there
    raise FileNotFoundError


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _tls_1_0() -> bool:
    """Whether the TLS library still knows the oldest version that a PBX may need."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
        except (ValueError, ssl.SSLError):
            return False
    return ssl.HAS_TLSv1


def _lines(facts: dict[str, Any]) -> list[str]:
    fonts = facts["fonts"] or {}
    words = {True: "yes", False: "no", None: "not known"}
    packages = ", ".join(f"{name} {number}" for name, number in facts["packages"].items())
    rows = [
        ("hbgui", facts["hbgui"]),
        ("System", facts["system"]),
        ("Python", f"{facts['python']}, {packages}"),
        ("Keyring", facts["keyring_backend"] or "none"),
        ("  usable", words[facts["keyring_ok"]]),
        ("TLS library", facts["tls_library"]),
        ("  TLS 1.0", words[facts["tls_1_0"]]),
        ("Qt", f"{facts['qt']}, PySide6 {facts['pyside']}" if facts["qt"] else "not known"),
        ("  platform", facts["qt_platform"] or "not known"),
        ("  tray", words[facts["tray"]]),
        ("  colours", facts["color_scheme"] or "not known"),
        ("  fonts", ", ".join(f"{k}: {v}" for k, v in fonts.items()) or "not known"),
    ]
    for name, folder in facts["folders"].items():
        writable = "" if folder["writable"] else " (not writable)"
        rows.append((name.capitalize(), folder["path"] + writable))
    rows.append(("PBXs", str(facts["pbxs"])))
    rows += [("Problem", problem) for problem in facts["problems"]]
    return [f"{name:<13}{value}" for name, value in rows]


def print_qt_facts() -> int:
    """Print what Qt finds as one JSON object. Without a display Qt aborts the process."""
    import PySide6
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QFontDatabase, QFontInfo, QGuiApplication
    from PySide6.QtWidgets import QApplication, QSystemTrayIcon

    QApplication(["hbgui"])
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    facts = {
        "pyside": PySide6.__version__,
        "qt": qVersion(),
        "qt_platform": QGuiApplication.platformName(),
        "tray": QSystemTrayIcon.isSystemTrayAvailable(),
        "color_scheme": QGuiApplication.styleHints().colorScheme().name.lower(),
        "fonts": {
            "ui": QFontInfo(QGuiApplication.font()).family(),
            "fixed": QFontInfo(fixed).family(),
            "families": len(QFontDatabase.families()),
        },
    }
    print(json.dumps(facts), flush=True)
    return 0


SELFTEST = Command(
    _add_options,
    _run,
    "exit codes:\n  0 all is there   5 no keyring can be used\n",
    (),
)
