"""The calls that go on, as `call/query` tells them."""

from __future__ import annotations

import json
from typing import Any

NO_SUCH_CALL = "10005"

CALLS_MAX = 1000
"""Calls that are remembered; the oldest go first."""


class Calls:
    """Knows from the reports of v2.0.0 which calls go on, and who is in them."""

    def __init__(self) -> None:
        self._members: dict[str, list[dict[str, Any]]] = {}

    def hear(self, report: bytes) -> None:
        """A CallStatus is a call until everybody has hung up; NewCdr and CallFailed end it."""
        try:
            told = json.loads(report)
            event, callid = told["event"], str(told["callid"])
            going_on = event == "CallStatus" and not _hung_up(told["members"])
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return
        if going_on:
            self._members[callid] = told["members"]
            if len(self._members) > CALLS_MAX:
                del self._members[next(iter(self._members))]
        elif event in ("CallStatus", "NewCdr", "CallFailed"):
            self._members.pop(callid, None)

    def told(self, callid: str) -> list[dict[str, Any]] | None:
        """That call, or each for `all`; None when there is no such call."""
        if callid != "all" and callid not in self._members:
            return None
        return [
            {"callid": each, "members": members}
            for each, members in self._members.items()
            if callid in ("all", each)
        ]


def _hung_up(members: list[dict[str, Any]]) -> bool:
    return all(party["memberstatus"] == "BYE" for member in members for party in member.values())
