"""Every documented event, in each format and each way of writing it, whole and in pieces."""

from __future__ import annotations

import pytest

from hbgui.core.reports.report import ReportFormat
from hbgui.simulator.delivery import STYLES, Place
from hbgui.simulator.documented import documented
from runtime.reporting import Listening, send, status


@pytest.mark.parametrize(
    ("version", "format_"),
    [("1.0.0", ReportFormat.DEFAULT), ("1.0.2", ReportFormat.V1), ("2.0.0", ReportFormat.V2)],
)
@pytest.mark.parametrize(
    ("style", "pieces"), [*((s, 1) for s in STYLES), ("documented", 30), ("length", 30)]
)
def test_each_documented_report_is_read(
    listening: Listening, version: str, format_: ReportFormat, style: str, pieces: int
) -> None:
    bodies = documented(version)
    place = Place("10.20.30.40", 8260, "/")

    def run() -> bytes:
        codes = [
            status(send(listening.port, STYLES[style](place, body, version), pieces=pieces))
            for body in bodies
        ]
        return bytes(code == 200 for code in codes)

    assert listening.all([run]) == [b"\x01" * len(bodies)]
    listening.wait(lambda: len(listening.reports) == len(bodies))
    for body, one in zip(bodies, listening.reports, strict=True):
        # Without parties 1.0.2 and the default form are the same.
        known = format_ if version == "2.0.0" or b'"call"' in body else ReportFormat.DEFAULT
        assert (one.raw.encode(), one.problem, one.decoded.format) == (body, None, known)
        assert one.decoded.event
        assert one.decoded.serial == "369000000001"
    assert listening.receiver.refused.total == 0
