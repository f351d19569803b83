"""The last two links: who takes the reports, and whether any came. Pure, like `findings`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hbgui.core.address import bracketed, literal_or_none
from hbgui.core.diagnosis import ReceiverFacts, Step, StepId, Verdict, broken
from hbgui.core.networks import LocalAddress
from hbgui.core.outcome import Outcome, OutcomeKind
from hbgui.core.target import ReportTarget

PATIENCE_S = 60.0
"""Seconds without a report that mean nothing yet."""


def is_here(target: ReportTarget, local: Iterable[LocalAddress]) -> bool:
    """Whether the reports come to this computer. Of a name nothing is known."""
    ip = literal_or_none(target.host)
    if ip is None:
        return False
    return ip.is_loopback or any(literal_or_none(address.ip) == ip for address in local)


def receiver(target: ReportTarget, here: bool, listens: bool, facts: ReceiverFacts | None) -> Step:
    """Who takes the reports. `listens` says whether `target` takes connections, when it is
    `here`; `facts` are those of hbgui's own receiver, None while it is off."""
    values = {"target": str(target)}
    if facts is not None:
        return _own_receiver(target, here, listens, facts, values)
    if not here:
        return Step(StepId.RECEIVER, Verdict.SKIPPED, "receiver_elsewhere", values)
    if listens:
        return Step(StepId.RECEIVER, Verdict.OK, "receiver_listens", values)
    return Step(StepId.RECEIVER, Verdict.WARNING, "receiver_absent", values)


def _own_receiver(
    target: ReportTarget, here: bool, listens: bool, facts: ReceiverFacts, values: dict[str, str]
) -> Step:
    values["place"] = f"{bracketed(facts.host)}:{facts.port}{facts.path}"
    if facts.error:
        outcome = Outcome(OutcomeKind.UNREACHABLE, "receiver_failed", detail=facts.error)
        return broken(StepId.RECEIVER, outcome, values | {"error": facts.error})
    if not here or not _meets(target, facts):
        return Step(StepId.RECEIVER, Verdict.WARNING, "receiver_other_place", values)
    if not listens:
        outcome = Outcome(OutcomeKind.UNREACHABLE, "receiver_unreachable")
        return broken(StepId.RECEIVER, outcome, values)
    return Step(StepId.RECEIVER, Verdict.OK, "receiver_reachable", values)


def _meets(target: ReportTarget, facts: ReceiverFacts) -> bool:
    host, port, path = target.place
    bound, wanted = literal_or_none(facts.host), literal_or_none(host)
    everywhere = bound is None or bound.is_unspecified
    return (everywhere or bound == wanted) and (facts.port, facts.path or "/") == (port, path)


def reports(facts: ReceiverFacts | None, now: datetime) -> Step:
    """Whether reports came: a look back, without waiting."""
    if facts is None:
        return Step(StepId.REPORTS, Verdict.SKIPPED, "reports_not_received")
    if facts.last is not None:
        values = {"count": str(facts.count), "seconds": _since(facts.last, now)}
        return Step(StepId.REPORTS, Verdict.OK, "reports_seen", values)
    if facts.refused:
        values = {"refused": str(facts.refused)}
        return Step(StepId.REPORTS, Verdict.WARNING, "reports_refused", values)
    if facts.since is None:
        return Step(StepId.REPORTS, Verdict.SKIPPED, "reports_none_so_far")
    values = {"seconds": _since(facts.since, now)}
    if (now - facts.since).total_seconds() < PATIENCE_S:
        return Step(StepId.REPORTS, Verdict.SKIPPED, "reports_none_yet", values)
    return Step(StepId.REPORTS, Verdict.WARNING, "reports_none", values)


def _since(earlier: datetime, now: datetime) -> str:
    return f"{max(0.0, (now - earlier).total_seconds()):.0f}"
