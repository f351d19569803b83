"""What a process prints by itself, and whether it holds the token."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from hbgui.adapters.secrets.redact import RedactingFormatter, Redactor
from hbgui.core.values import Secret

resource = pytest.importorskip("resource", reason="the limits of a Unix process")

SOURCE = Path(__file__).resolve().parents[3] / "src"
TOKEN = "0123456789abcdef" * 2
REDACTOR = Redactor()
REDACTOR.add(Secret(TOKEN))


def test_the_formatter_redacts_arguments_and_tracebacks(caplog):
    formatter = RedactingFormatter(REDACTOR, "%(levelname)s %(message)s")
    try:
        raise ValueError(TOKEN)
    except ValueError:
        record = logging.getLogger().makeRecord(
            "x", logging.ERROR, "x", 1, "sent %s", (TOKEN,), sys.exc_info()
        )
    line = formatter.format(record)
    assert line.startswith("ERROR sent ***\n")
    assert "ValueError: ***" in line
    assert TOKEN not in line


CRASH = """
import logging, resource, sys, threading
from hbgui.adapters.secrets.redact import Redactor
from hbgui.adapters.secrets.redact import redact_process_output
from hbgui.core.values import Secret
token = sys.stdin.read()
redactor = Redactor()
redactor.add(Secret(token))
redact_process_output(redactor)
print(resource.getrlimit(resource.RLIMIT_CORE)[0])
logging.getLogger("a").warning("warned %s", token)
logging.getLogger("b").error("two %s %s", token)
class Odd:
    def __del__(self):
        raise ValueError("del " + token)
def crash():
    raise ValueError("thread " + token)
Odd()
thread = threading.Thread(target=crash)
thread.start()
thread.join()
raise ValueError("main " + token)
"""


def test_what_nobody_catches_is_printed_without_it():
    done = subprocess.run(
        [sys.executable, "-c", CRASH],
        input=TOKEN,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"PYTHONPATH": str(SOURCE)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (4096, 4096)),
    )
    assert done.returncode == 1
    assert TOKEN not in done.stdout + done.stderr
    for place in ("del", "thread", "main"):
        assert f"ValueError: {place} ***" in done.stderr
    assert "hbgui: warned ***\n" in done.stderr
    assert "\nb: 'two %s %s' could not be written: TypeError(" in done.stderr
    assert done.stdout == "0\n"
