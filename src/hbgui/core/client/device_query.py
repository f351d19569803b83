"""The question that moves nothing: is the token alive, and what is the PBX?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hbgui.core.api import device, errnos, heartbeat
from hbgui.core.api.device import DeviceAnswer, DeviceInfo
from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S, HttpAnswer, WireRequest
from hbgui.core.api.outcome import Attempt, Outcome
from hbgui.core.client.pbx_client import Beater, without_target
from hbgui.core.pbx.profile import ApiVersion, Profile
from hbgui.core.ports import Cancel
from hbgui.core.values import Secret


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of the question, under the version `api`. The attempt's code is `token_alive` for
    a success; that prolongs nothing for sure. `answer` is None when none came."""

    attempt: Attempt
    api: ApiVersion
    device: DeviceInfo | None = None
    answer: HttpAnswer | None = None


@dataclass(frozen=True)
class Checker:
    """Asks PBXs about themselves. Blocking; safe to use from several threads at once."""

    beater: Beater

    def ask(
        self,
        profile: Profile,
        token: Secret | None,
        cancel: Cancel,
        timeout_s: float = TOTAL_TIMEOUT_S,
    ) -> Asked:
        """Ask once, within `timeout_s` seconds, and once more under v1.1.0 where v2.0.0 does not
        know the question. Without a token only the refusal tells something.

        Raises Cancelled only.
        """
        began = self.beater.clock.now()
        asked = self._ask(profile, token, cancel, timeout_s)
        if profile.api is ApiVersion.V1 or asked.attempt.outcome.errno != errnos.NOT_SUPPORTED:
            return asked
        left_s = max(0.0, timeout_s - self.beater.clock.now().since(began))
        return self._ask(replace(profile, api=ApiVersion.V1), token, cancel, left_s)

    def knows_heartbeats(
        self, profile: Profile, cancel: Cancel, timeout_s: float = TOTAL_TIMEOUT_S
    ) -> Outcome:
        """Whether the PBX knows heartbeats under the profile's version of the API: one that has
        no token and no body moves nothing. The errno 10003 says no, any other one yes.

        Raises Cancelled only.
        """
        return self.beater.call(
            without_target(profile),
            None,
            lambda _target: WireRequest(f"/api/{profile.api}/heartbeat", b""),
            heartbeat.read_answer,
            cancel,
            timeout_s,
        ).outcome

    def _ask(
        self, profile: Profile, token: Secret | None, cancel: Cancel, timeout_s: float
    ) -> Asked:
        told: list[tuple[HttpAnswer, DeviceAnswer]] = []

        def read(answer: HttpAnswer) -> Outcome:
            told.append((answer, device.read_answer(answer)))
            return told[0][1].outcome

        attempt = self.beater.call(
            without_target(profile),
            token,
            lambda _target: device.build(profile.api),
            read,
            cancel,
            timeout_s,
        )
        attempt = replace(attempt, target="")
        if not told:
            return Asked(attempt, profile.api)
        answer, said = told[0]
        outcome = attempt.outcome
        if outcome.errno == errnos.NOT_SUPPORTED:
            # Of a heartbeat that would be about the version; here it may be this question only.
            outcome = replace(outcome, code="question_unknown")
        attempt = replace(attempt, outcome=outcome, answer=heartbeat.answer_text(answer))
        return Asked(attempt, profile.api, said.device, answer)
