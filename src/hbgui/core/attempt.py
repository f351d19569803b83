"""One request that was tried, with all that is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from hbgui.core.moment import Moment
from hbgui.core.outcome import Outcome
from hbgui.core.target import ReportTarget


@dataclass(frozen=True, slots=True)
class Attempt:
    """One heartbeat that was tried.

    `sent` is when sending began: the token's life counts from there. `address` is the PBX's URL
    as used, `target` where reports were to go, `latency_ms` the time to the whole answer.
    `problem` names the field when the outcome is "invalid". `renewed` is when a login replaced
    the token that was lost, `transport` what that login said of the reports' way. `announced` is
    `target` as it went out, `here` says that it is this computer. `held` is the target that was
    wanted, when the one before was announced once more because nobody was asked yet; `instead` is
    the code of why the wanted one is not known, when it was announced for that reason. `answer` is
    what came back, for people to read, with secrets hidden.
    """

    sent: Moment
    outcome: Outcome
    address: str = ""
    target: str = ""
    latency_ms: float | None = None
    problem: str = ""
    renewed: Moment | None = None
    transport: str = ""
    announced: ReportTarget | None = None
    here: bool = False
    held: ReportTarget | None = None
    instead: str = ""
    answer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the place that is asked: whether the PBX was accepted there before, and
    whether something else seems to answer there now."""

    known: bool = False
    doubtful: bool = False


NEW = Standing()
"""Nobody has been accepted there yet."""
