"""The state of a PBX in words: sentence, token clock, notices."""

from __future__ import annotations

from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.api.schedule import TokenHealth, token_health
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.state.summary import Notice
from hbgui.core.values import Moment
from hbgui.texts.outcomes import attempt_message
from hbgui.texts.translation import T, translate

_PHASES = {
    Phase.OFF: T("No heartbeat sent yet"),
    Phase.STARTING: T("Sending the first heartbeat"),
    Phase.ALIVE: T("The PBX accepts the heartbeat"),
    Phase.REFUSED: T("Stopped: the PBX refuses the heartbeat"),
    Phase.UNKNOWN: T("Unknown: the last news is too old"),
}

_STOPPED = {
    OutcomeKind.REDIRECTED: T("Stopped: redirected to another address"),
    OutcomeKind.UNCLEAR: T("Stopped: the answer is unclear"),
}

_FAILING = {
    OutcomeKind.REFUSED: T("The PBX is in trouble"),
    OutcomeKind.UNCLEAR: T("The answer is unclear"),
    OutcomeKind.UNREACHABLE: T("The PBX is not reached"),
}

_CLOCK = {TokenHealth.UNKNOWN: T("token life unknown"), TokenHealth.EXPIRED: T("token has run out")}


def state_sentence(pbx: PbxState, now: Moment) -> str:
    """The state now, in one sentence without a full stop."""
    phase = pbx.phase(now)
    if phase is Phase.OFF and pbx.marks:
        return translate(T("No heartbeat sent since hbgui was started"))
    if pbx.paused(now):
        return translate(T("Paused: nothing is sent"))
    if phase in (Phase.STOPPED, Phase.FAILING):
        assert pbx.last_contact_attempt is not None, "these phases come from an attempt"
        if pbx.last_contact_attempt.outcome.another_answers:
            return attempt_message(pbx.last_contact_attempt).title
        table = _STOPPED if phase is Phase.STOPPED else _FAILING
        return translate(table[pbx.last_contact_attempt.outcome.kind])
    return translate(_PHASES[phase])


def clock_words(pbx: PbxState, now: Moment) -> tuple[str, TokenHealth]:
    """`27:14` or words when nothing counts down, with the health that colours them."""
    left_s = pbx.token_left_s(now)
    health = token_health(left_s)
    if pbx.token_not_valid:
        return translate(T("token is not valid")), health
    if left_s is None or health is TokenHealth.EXPIRED:
        return translate(_CLOCK[health]), health
    return f"{int(left_s) // 60}:{int(left_s) % 60:02}", health


_NOTICES = {
    "stopped": (T("{name}: no more heartbeats"), ""),
    "failing": (T("{name}: two heartbeats failed"), ""),
    "recovered": (
        T("{name}: accepted again"),
        T("No heartbeat was accepted for {minutes} min; missed: {missed}."),
    ),
    "expiring": (T("{name}: the token dies soon"), T("No heartbeat was accepted for 20 minutes.")),
}


def notice_title_and_text(notice: Notice, name: str, pbx: PbxState) -> tuple[str, str]:
    """Title and text of a notice about the PBX of that name."""
    if notice.code == "certificate_changed" and pbx.last is not None:
        message = attempt_message(pbx.last)
        return f"{name}: {message.title}", f"{message.why} {message.advice}"
    title, text = _NOTICES[notice.code]
    sentence = translate(text, notice.values)
    if notice.code != "recovered" and pbx.last is not None and not pbx.last.outcome.accepted:
        reason = attempt_message(pbx.last)
        sentence = f"{sentence} {reason.title}. {reason.advice}".strip()
    return translate(title, {"name": name}), sentence
