"""A level of TLS means the same whatever OpenSSL's configuration file prefers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PRINT = """
import json
import ssl
from hbgui.adapters.net.tls import TlsTrust
from hbgui.core.pbx.connection import TlsLevel, TlsMode

shown = {}
for level in TlsLevel:
    context = TlsTrust().context(TlsMode.INSECURE, level)
    shown[level.value] = [
        sorted(suite["name"] for suite in context.get_ciphers()),
        context.security_level,
        int(context.minimum_version),
        int(context.maximum_version),
        bool(int(context.options) & 4),
        bool(context.options & ssl.OP_IGNORE_UNEXPECTED_EOF),
    ]
print(json.dumps(shown))
"""

CONFIGURATIONS = {
    "lax": "CipherString = ALL:@SECLEVEL=0\nMinProtocol = TLSv1\n"
    "Options = UnsafeLegacyServerConnect",
    "strict": "CipherString = ECDHE-RSA-AES256-GCM-SHA384:@SECLEVEL=3\nMinProtocol = TLSv1.3",
    "old": "MaxProtocol = TLSv1.2\nCipherString = AES128-SHA",
}


def levels(configuration: Path | str) -> object:
    ran = subprocess.run(
        [sys.executable, "-c", PRINT],
        env={**os.environ, "OPENSSL_CONF": str(configuration)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return json.loads(ran.stdout)


@pytest.mark.parametrize("name", ["lax", "strict", "old"])
def test_a_configuration_file_changes_no_level(tmp_path: Path, name: str) -> None:
    file = tmp_path / "openssl.cnf"
    file.write_text(
        "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = defaults\n"
        f"[defaults]\n{CONFIGURATIONS[name]}\n"
    )
    assert levels(file) == levels("/dev/null")


def test_each_level_takes_what_it_is_for() -> None:
    shown = levels("/dev/null")
    assert isinstance(shown, dict)
    suites = {level: set(values[0]) for level, values in shown.items()}
    static = "AES256-GCM-SHA384"
    assert [static in suites[level] for level in suites] == [False, True, True]
    assert [values[1] for values in shown.values()] == [2, 2, 0]
    assert [values[5] for values in shown.values()] == [True, True, True]
