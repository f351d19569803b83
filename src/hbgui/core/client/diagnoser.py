"""Walks the chain from this computer to reports that arrive, and says which link is broken."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from hbgui.core.api.errors import TransportError
from hbgui.core.client import findings
from hbgui.core.client.api_steps import ApiSteps
from hbgui.core.client.network_steps import Look, NetworkSteps, Task
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.diagnosis import (
    DIAGNOSIS_TIMEOUT_S,
    Diagnosis,
    DiagnosisStep,
    ReceiverFacts,
    StepId,
    StepVerdict,
    broken,
)
from hbgui.core.pbx.destination import Guard, ReportTarget
from hbgui.core.pbx.validation import ValidatedProfile
from hbgui.core.ports import BackgroundCalls, Cancel, Future, Probes
from hbgui.core.values import Secret

LISTENS_TIMEOUT_S = 1.0

Tell = Callable[[DiagnosisStep], None]


@dataclass(frozen=True)
class Diagnoser:
    """Makes diagnoses. Blocking; safe to use from several threads at once."""

    client: PbxClient
    probes: Probes
    aside: BackgroundCalls

    def diagnose(
        self,
        checked: ValidatedProfile,
        token: Callable[[], Secret],
        guard: Guard | None,
        cancel: Cancel,
        tell: Tell = lambda _step: None,
        timeout_s: float = DIAGNOSIS_TIMEOUT_S,
        receiver: ReceiverFacts | None = None,
    ) -> Diagnosis:
        """Look at every link up to the first broken one, within `timeout_s` seconds.

        `token` may block, as a keyring does, and raises SecretError; it is called in another
        thread. With a `guard` a heartbeat is sent if that allows it, without one none is. `tell`
        hears of each link when it begins and when it is judged, in this thread. The PBX gets the
        token only after it has answered as the API does. Raises Cancelled only.
        """
        clock = self.client.clock
        task = Task(checked, cancel, clock, clock.now(), timeout_s)
        way = NetworkSteps(task, self.client, self.probes, self.aside)
        talk = ApiSteps(task, self.client, self.aside, token)
        return _Walk(self, task, way, talk, guard, receiver).run(tell)


class _Walk:
    """One diagnosis. For one thread."""

    def __init__(
        self,
        diagnoser: Diagnoser,
        task: Task,
        way: NetworkSteps,
        talk: ApiSteps,
        guard: Guard | None,
        facts: ReceiverFacts | None,
    ) -> None:
        self._diagnoser = diagnoser
        self._task = task
        self._way = way
        self._talk = talk
        self._guard = guard
        self._facts = facts
        self._listens: Future[bool] | None = None

    def run(self, tell: Tell) -> Diagnosis:
        steps: list[DiagnosisStep] = []
        stop = ""
        for link, look in self._links().items():
            if stop:
                step = DiagnosisStep(link, StepVerdict.SKIPPED, "not_tried", {"broken": stop})
            else:
                tell(DiagnosisStep(link, StepVerdict.RUNNING, "running"))
                step = self._timed(link, look)
            if step.verdict is StepVerdict.BROKEN:
                stop = link
            steps.append(step)
            tell(step)
        return Diagnosis(
            tuple(steps), self._task.began, self._way.url, self._talk.device, self._talk.heartbeat
        )

    def _links(self) -> Mapping[StepId, Look]:
        return {
            **self._way.links(),
            # In the place of the same link.
            StepId.ROUTE: self._route,
            **self._talk.links(self._guard, self._way),
            StepId.RECEIVER: self._receiver,
            StepId.REPORTS: lambda: findings.reports(self._facts, self._task.clock.now().utc),
        }

    def _timed(self, link: StepId, look: Look) -> DiagnosisStep:
        clock = self._task.clock
        began = clock.now()
        try:
            step = look()
        except TransportError as error:
            step = broken(link, error.outcome, {"address": self._way.url})
        if step.ms is not None or step.verdict is StepVerdict.SKIPPED:
            return step
        return replace(step, ms=clock.now().since(began) * 1000)

    def _route(self) -> DiagnosisStep:
        step = self._way.route()
        target = self._reports_go_to()
        if target is not None and findings.is_here(target, self._way.local):
            # Looked at while the PBX is asked.
            self._listens = self._diagnoser.aside.start(lambda: self._connects_to(target))
        return step

    def _reports_go_to(self) -> ReportTarget | None:
        """Where reports go at the end of this diagnosis, as far as that can be told."""
        wanted, known = self._way.target, self._task.checked.profile.reports_go_to
        announced = self._guard.announces(wanted) if self._guard and wanted else None
        return announced or known or wanted

    def _connects_to(self, target: ReportTarget) -> bool:
        host, port, _path = target.place
        timeout_s = min(LISTENS_TIMEOUT_S, self._task.left_s())
        return self._diagnoser.probes.listens(
            host, port, timeout_s=timeout_s, cancel=self._task.cancel
        )

    def _receiver(self) -> DiagnosisStep:
        target = self._reports_go_to()
        assert target is not None, "a heartbeat was or could be sent"
        listens = False
        if self._listens is not None:
            with contextlib.suppress(TimeoutError):
                listens = self._listens.result(LISTENS_TIMEOUT_S, self._task.cancel)
        return findings.receiver(target, self._listens is not None, listens, self._facts)
