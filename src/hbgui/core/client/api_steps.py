"""The API steps of a diagnosis: HTTP, API, version, token, clock, heartbeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.errors import MoveWithheld, SecretError
from hbgui.core.api.outcome import Attempt, Outcome, invalid
from hbgui.core.client import findings
from hbgui.core.client.device_query import DeviceReply, knows_heartbeats, query_device
from hbgui.core.client.network_steps import Look, NetworkSteps, Task
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.diagnosis import DiagnosisStep, StepId, StepVerdict, broken
from hbgui.core.pbx.destination import Guard
from hbgui.core.pbx.validation import ValidatedProfile
from hbgui.core.ports import BackgroundCalls
from hbgui.core.values import Secret


class ApiSteps:
    """The API steps for one PBX. Call each step once, in order, in one thread.

    `heartbeat` is the heartbeat that was sent, None before that.
    """

    def __init__(
        self,
        task: Task,
        client: PbxClient,
        background: BackgroundCalls,
        token: Callable[[], Secret],
    ) -> None:
        self._task = task
        self._client = client
        # A keyring may hang, so it is read in parallel with the first requests.
        self._secret = background.start(token)
        self._token: Secret | None = None
        self._missing: Outcome | None = None
        self._without_token: DeviceReply | None = None
        self._with_token: DeviceReply | None = None
        self._waited_ms = 0.0
        self.heartbeat: Attempt | None = None

    @property
    def device(self) -> DeviceInfo | None:
        """What the PBX answered about itself, None before that."""
        return self._with_token.device if self._with_token else None

    def steps(self, guard: Guard | None, network: NetworkSteps) -> Mapping[StepId, Look]:
        """The function for each step, in order. `guard` decides whether a heartbeat may be sent;
        `network` knows the report target."""
        return {
            StepId.HTTP: self.http,
            StepId.API: self.api,
            StepId.VERSION: self.version,
            StepId.TOKEN: self.token,
            StepId.CLOCK: self.clock,
            StepId.HEARTBEAT: lambda: self.send_heartbeat(guard, network.checked),
        }

    def http(self) -> DiagnosisStep:
        """Send a request without the token, because something other than the PBX may answer."""
        self._without_token = self._ask(None)
        return findings.http(self._without_token)

    def _ask(self, token: Secret | None) -> DeviceReply:
        task = self._task
        return query_device(self._client, task.checked, token, task.cancel, task.left_s())

    def api(self) -> DiagnosisStep:
        assert self._without_token is not None, "the step before was done"
        return findings.api(self._without_token)

    def version(self) -> DiagnosisStep:
        """Send a request with the token, if there is one: the answer contains the firmware."""
        assert self._without_token is not None, "the step before was done"
        began = self._task.clock.now()
        self._token = self._fetch()
        if self._token is not None:
            self._with_token = self._ask(self._token)
        task, last = self._task, self._with_token or self._without_token
        wanted, heartbeats = task.checked.profile.api, None
        if findings.unsupported(last) or last.api is not wanted:
            heartbeats = knows_heartbeats(self._client, task.checked, task.cancel, task.left_s())
        step = findings.version(wanted, self._without_token, self._with_token, heartbeats)
        # The time for reading the keyring does not count as the PBX's.
        return replace(step, ms=task.clock.now().since(began) * 1000 - self._waited_ms)

    def _fetch(self) -> Secret | None:
        task = self._task
        began = task.clock.now()
        try:
            return self._secret.result(task.left_s(), task.cancel)
        except SecretError as error:
            self._missing = error.outcome
        except TimeoutError:
            self._missing = SecretError("keyring_hung").outcome
        finally:
            self._waited_ms = task.clock.now().since(began) * 1000
        return None

    def token(self) -> DiagnosisStep:
        if self._with_token is None:
            assert self._missing is not None, "the step before was done"
            return broken(StepId.TOKEN, self._missing, ms=self._waited_ms)
        step = findings.token(self._with_token)
        return step if step.verdict is StepVerdict.SKIPPED else replace(step, ms=self._waited_ms)

    def clock(self) -> DiagnosisStep:
        assert self._with_token is not None, "there is a token"
        attempt = self._with_token.attempt
        half_way = timedelta(milliseconds=(attempt.latency_ms or 0.0) / 2)
        return findings.clock(self._with_token.device, attempt.sent.utc + half_way)

    def send_heartbeat(self, guard: Guard | None, checked: ValidatedProfile) -> DiagnosisStep:
        """Send a heartbeat if the guard allows it."""
        if checked.target is None:
            return broken(StepId.HEARTBEAT, invalid(checked.errors[0]))
        values = {"target": str(checked.target)}
        skipped = DiagnosisStep(StepId.HEARTBEAT, StepVerdict.SKIPPED, "heartbeat_not_sent", values)
        if guard is None:
            return skipped
        task = self._task
        assert self._token is not None, "the steps before were done"
        try:
            attempt = self._client.send_heartbeat(
                checked, self._token, task.cancel, task.left_s(), guard
            )
        except MoveWithheld:
            return skipped
        self.heartbeat = attempt
        values |= {"target": attempt.target or values["target"], "address": attempt.address}
        if not attempt.outcome.accepted:
            return broken(StepId.HEARTBEAT, attempt.outcome, values, attempt.latency_ms)
        return DiagnosisStep(
            StepId.HEARTBEAT, StepVerdict.OK, "heartbeat_accepted", values, attempt.latency_ms
        )
