"""The device query: it asks for the PBX's data, shows if the token is alive, moves no reports."""

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
class DeviceReply:
    """The result of a device query with version `api`. After a success the attempt's code is
    `token_alive`; it is not known whether a device query prolongs the token. `answer` is None if
    there was none."""

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
) -> DeviceReply:
    """Ask a PBX about itself within `timeout_s` seconds. If v2.0.0 does not know the request, it is
    repeated with v1.1.0. Without a token only the kind of the refusal is informative.

    Raises Cancelled only.
    """
    began, api = client.clock.now(), checked.profile.api
    reply = _query(client, checked, api, token, cancel, timeout_s)
    if api is ApiVersion.V1 or reply.attempt.outcome.errno != errnos.NOT_SUPPORTED:
        return reply
    left_s = max(0.0, timeout_s - client.clock.now().since(began))
    return _query(client, checked, ApiVersion.V1, token, cancel, left_s)


def _query(
    client: PbxClient,
    checked: ValidatedProfile,
    api: ApiVersion,
    token: Secret | None,
    cancel: Cancel,
    timeout_s: float,
) -> DeviceReply:
    attempt, answer = client.ask(checked, device.build(api), token, cancel, timeout_s)
    if answer is None:
        return DeviceReply(attempt, api)
    device_answer = device.read_answer(answer)
    outcome = device_answer.outcome
    if outcome.errno == errnos.NOT_SUPPORTED:
        # For a heartbeat this error means a wrong version; here only this request may be unknown.
        outcome = replace(outcome, code="question_unknown")
    attempt = replace(attempt, outcome=outcome, answer=heartbeat.answer_text(answer))
    return DeviceReply(attempt, api, device_answer.device, answer)


def knows_heartbeats(
    client: PbxClient, checked: ValidatedProfile, cancel: Cancel, timeout_s: float
) -> Outcome:
    """The answer to a heartbeat without token or body, which moves no reports: the errno 10003
    means that the PBX does not know heartbeats of the profile's API version; any other one means
    that it does.

    Raises Cancelled only.
    """
    request = WireRequest(f"/api/{checked.profile.api}/heartbeat", b"")
    return client.ask(checked, request, None, cancel, timeout_s)[0].outcome
