"""The question that moves nothing: is the token alive, and what is the PBX?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hbgui.core.api import device, errnos, heartbeat
from hbgui.core.api.device import DeviceInfo
from hbgui.core.api.heartbeat import TOTAL_TIMEOUT_S, HttpAnswer, WireRequest
from hbgui.core.api.outcome import Attempt, Outcome
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.pbx.profile import ApiVersion
from hbgui.core.pbx.validation import ValidatedProfile
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


def query_device(
    client: PbxClient,
    checked: ValidatedProfile,
    token: Secret | None,
    cancel: Cancel,
    timeout_s: float = TOTAL_TIMEOUT_S,
) -> Asked:
    """Ask a PBX about itself once, within `timeout_s` seconds, and once more under v1.1.0 where
    v2.0.0 does not know the question. Without a token only the refusal tells something.

    Raises Cancelled only.
    """
    began, api = client.clock.now(), checked.profile.api
    asked = _query(client, checked, api, token, cancel, timeout_s)
    if api is ApiVersion.V1 or asked.attempt.outcome.errno != errnos.NOT_SUPPORTED:
        return asked
    left_s = max(0.0, timeout_s - client.clock.now().since(began))
    return _query(client, checked, ApiVersion.V1, token, cancel, left_s)


def _query(
    client: PbxClient,
    checked: ValidatedProfile,
    api: ApiVersion,
    token: Secret | None,
    cancel: Cancel,
    timeout_s: float,
) -> Asked:
    attempt, answer = client.ask(checked, device.build(api), token, cancel, timeout_s)
    if answer is None:
        return Asked(attempt, api)
    said = device.read_answer(answer)
    outcome = said.outcome
    if outcome.errno == errnos.NOT_SUPPORTED:
        # Of a heartbeat that would be about the version; here it may be this question only.
        outcome = replace(outcome, code="question_unknown")
    attempt = replace(attempt, outcome=outcome, answer=heartbeat.answer_text(answer))
    return Asked(attempt, api, said.device, answer)


def knows_heartbeats(
    client: PbxClient, checked: ValidatedProfile, cancel: Cancel, timeout_s: float
) -> Outcome:
    """Whether the PBX knows heartbeats under the profile's version of the API: one that has
    no token and no body moves nothing. The errno 10003 says no, any other one yes.

    Raises Cancelled only.
    """
    request = WireRequest(f"/api/{checked.profile.api}/heartbeat", b"")
    return client.ask(checked, request, None, cancel, timeout_s)[0].outcome
