"""Which reports to show."""

from __future__ import annotations

from dataclasses import dataclass

from hbgui.core.report import Report
from hbgui.core.report_events import known_as


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """What is empty or False lets all through.

    `events` are names of events, in any spelling. `said` are events whose word for people holds
    `text`: only the texts know those.
    """

    pbx_id: str = ""
    events: frozenset[str] = frozenset()
    text: str = ""
    said: frozenset[str] = frozenset()
    problems_only: bool = False
    call_id: str = ""

    def takes(self, report: Report) -> bool:
        """Whether the report passes."""
        return (
            self.pbx_id in ("", report.pbx_id)
            and self.call_id in ("", report.decoded.call_id)
            and (not self.problems_only or report.problem is not None)
            and (not self.events or _name(report.decoded.event) in set(map(_name, self.events)))
            and (not self.text or self._found(report))
        )

    def _found(self, report: Report) -> bool:
        text = self.text.casefold()
        places = (report.raw, report.sender, report.path)
        return any(text in place.casefold() for place in places) or (
            _name(report.decoded.event) in self.said
        )


def _name(event: str) -> str:
    return known_as(event) or event
