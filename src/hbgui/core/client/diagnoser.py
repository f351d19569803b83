"""A diagnosis: every step from this computer to the arriving reports, up to the first fault."""

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
    background: BackgroundCalls

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
        """Do every step up to the first broken one, within `timeout_s` seconds.

        `token` may block and raise SecretError; it is called in another thread. A heartbeat is
        sent only if there is a `guard` and it allows it. `tell` is called in this thread when a
        step begins and when it ends. The token is sent only after something has answered like
        the API. Raises Cancelled only.
        """
        clock = self.client.clock
        task = Task(checked, cancel, clock, clock.now(), timeout_s)
        network = NetworkSteps(task, self.client, self.probes, self.background)
        api = ApiSteps(task, self.client, self.background, token)
        return _Run(self, task, network, api, guard, receiver).run(tell)


class _Run:
    """One diagnosis. For one thread."""

    def __init__(
        self,
        diagnoser: Diagnoser,
        task: Task,
        network: NetworkSteps,
        api: ApiSteps,
        guard: Guard | None,
        facts: ReceiverFacts | None,
    ) -> None:
        self._diagnoser = diagnoser
        self._task = task
        self._network = network
        self._api = api
        self._guard = guard
        self._facts = facts
        self._listens: Future[bool] | None = None

    def run(self, tell: Tell) -> Diagnosis:
        steps: list[DiagnosisStep] = []
        stop = ""
        for step_id, look in self._steps().items():
            if stop:
                step = DiagnosisStep(step_id, StepVerdict.SKIPPED, "not_tried", {"broken": stop})
            else:
                tell(DiagnosisStep(step_id, StepVerdict.RUNNING, "running"))
                step = self._timed(step_id, look)
            if step.verdict is StepVerdict.BROKEN:
                stop = step_id
            steps.append(step)
            tell(step)
        return Diagnosis(
            tuple(steps), self._task.began, self._network.url, self._api.device, self._api.heartbeat
        )

    def _steps(self) -> Mapping[StepId, Look]:
        return {
            **self._network.steps(),
            # Replaces the network step with the same id.
            StepId.ROUTE: self._route,
            **self._api.steps(self._guard, self._network),
            StepId.RECEIVER: self._receiver,
            StepId.REPORTS: lambda: findings.reports(self._facts, self._task.clock.now().utc),
        }

    def _timed(self, step_id: StepId, look: Look) -> DiagnosisStep:
        clock = self._task.clock
        began = clock.now()
        try:
            step = look()
        except TransportError as error:
            step = broken(step_id, error.outcome, {"address": self._network.url})
        if step.ms is not None or step.verdict is StepVerdict.SKIPPED:
            return step
        return replace(step, ms=clock.now().since(began) * 1000)

    def _route(self) -> DiagnosisStep:
        step = self._network.route()
        target = self._reports_go_to()
        if target is not None and findings.is_this_computer(target, self._network.local):
            # Runs while the next steps talk to the PBX.
            self._listens = self._diagnoser.background.start(lambda: self._connects_to(target))
        return step

    def _reports_go_to(self) -> ReportTarget | None:
        """The report target after this diagnosis, None if unknown."""
        wanted, known = self._network.target, self._task.checked.profile.reports_go_to
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
