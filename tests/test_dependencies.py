"""No release with a fault that is published and concerns hbgui may be installed beside it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def requirements() -> dict[str, Requirement]:
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    return {r.name: r for r in map(Requirement, project["dependencies"])}


@pytest.mark.parametrize(
    ("name", "faulty", "fault"),
    [
        ("h11", "0.14.0", "CVE-2025-43859: takes malformed chunks"),
        ("requests", "2.32.3", "CVE-2024-47081: passwords of .netrc for the wrong host"),
        ("urllib3", "2.4.0", "CVE-2025-50181: redirects that were switched off"),
        ("urllib3", "2.5.0", "CVE-2025-66418: endless chain of decompressions"),
        ("urllib3", "2.6.2", "CVE-2026-21441: unpacks the body of a redirect"),
        ("cryptography", "44.0.0", "CVE-2024-12797: its OpenSSL"),
        ("PySide6-Essentials", "6.8.3", "CVE-2025-5992: colour profiles"),
        ("PySide6-Essentials", "6.9.0", "CVE-2025-5991: QtNetwork's HTTP/2"),
        ("PySide6-Essentials", "6.10.0", "CVE-2025-12385: images in texts"),
        ("PySide6-Essentials", "6.12.0", "loses references and aborts Python 3.11"),
    ],
)
def test_a_release_with_a_published_fault_is_left_out(name: str, faulty: str, fault: str) -> None:
    assert faulty not in requirements()[name].specifier, fault
