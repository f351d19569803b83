"""The state of a PBX in a sentence, and its token clock in words."""

from __future__ import annotations

from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.api.schedule import TokenHealth, token_health
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.state.summary import Notice
from hbgui.core.values import Moment
from hbgui.texts.outcomes import message
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

_PHASES = {
    Phase.OFF: QT_TRANSLATE_NOOP("texts", "No heartbeat sent yet"),
    Phase.STARTING: QT_TRANSLATE_NOOP("texts", "Sending the first heartbeat"),
    Phase.ALIVE: QT_TRANSLATE_NOOP("texts", "The PBX accepts the heartbeat"),
    Phase.REFUSED: QT_TRANSLATE_NOOP("texts", "Stopped: the PBX refuses the heartbeat"),
    Phase.UNKNOWN: QT_TRANSLATE_NOOP("texts", "Unknown: the last news is too old"),
}

_STOPPED = {
    OutcomeKind.REDIRECTED: QT_TRANSLATE_NOOP("texts", "Stopped: redirected to another address"),
    OutcomeKind.UNCLEAR: QT_TRANSLATE_NOOP("texts", "Stopped: the answer is unclear"),
}

_FAILING = {
    OutcomeKind.REFUSED: QT_TRANSLATE_NOOP("texts", "The PBX is in trouble"),
    OutcomeKind.UNCLEAR: QT_TRANSLATE_NOOP("texts", "The answer is unclear"),
    OutcomeKind.UNREACHABLE: QT_TRANSLATE_NOOP("texts", "The PBX is not reached"),
}

_ANOTHER = QT_TRANSLATE_NOOP("texts", "Something else answers in its place (guest Wi-Fi?)")

_CLOCK = {
    TokenHealth.UNKNOWN: QT_TRANSLATE_NOOP("texts", "token life unknown"),
    TokenHealth.EXPIRED: QT_TRANSLATE_NOOP("texts", "token has run out"),
}


def state_sentence(pbx: PbxState, now: Moment) -> str:
    """The state now, in one sentence without a full stop."""
    phase = pbx.phase(now)
    if phase is Phase.OFF and pbx.beats:
        earlier = QT_TRANSLATE_NOOP("texts", "No heartbeat sent since hbgui was started")
        return translate("texts", earlier)
    if pbx.paused(now):
        return translate("texts", QT_TRANSLATE_NOOP("texts", "Paused: nothing is sent"))
    if phase in (Phase.STOPPED, Phase.FAILING):
        assert pbx.asked is not None, "these phases come from an attempt"
        if pbx.asked.outcome.another_answers:
            return translate("texts", _ANOTHER)
        table = _STOPPED if phase is Phase.STOPPED else _FAILING
        return translate("texts", table[pbx.asked.outcome.kind])
    return translate("texts", _PHASES[phase])


def clock_words(pbx: PbxState, now: Moment) -> tuple[str, TokenHealth]:
    """`27:14` or words when nothing counts down, with the health that colours them."""
    left_s = pbx.token_left_s(now)
    health = token_health(left_s)
    if pbx.token_not_valid:
        return translate("texts", QT_TRANSLATE_NOOP("texts", "token is not valid")), health
    if left_s is None or health is TokenHealth.EXPIRED:
        return translate("texts", _CLOCK[health]), health
    return f"{int(left_s) // 60}:{int(left_s) % 60:02}", health


_NOTICES = {
    "stopped": (QT_TRANSLATE_NOOP("texts", "{name}: no more heartbeats"), ""),
    "failing": (QT_TRANSLATE_NOOP("texts", "{name}: two heartbeats failed"), ""),
    "recovered": (
        QT_TRANSLATE_NOOP("texts", "{name}: accepted again"),
        QT_TRANSLATE_NOOP(
            "texts", "No heartbeat was accepted for {minutes} min; missed: {missed}."
        ),
    ),
    "expiring": (
        QT_TRANSLATE_NOOP("texts", "{name}: the token dies soon"),
        QT_TRANSLATE_NOOP("texts", "No heartbeat was accepted for 20 minutes."),
    ),
}


def notice(found: Notice, name: str, pbx: PbxState) -> tuple[str, str]:
    """Title and text of a notice about the PBX of that name."""
    if found.code == "certificate_changed" and pbx.last is not None:
        told = message(pbx.last)
        return f"{name}: {told.title}", f"{told.why} {told.advice}"
    title, text = _NOTICES[found.code]
    said = translate("texts", text, found.values) if text else ""
    if found.code != "recovered" and pbx.last is not None and not pbx.last.outcome.accepted:
        why = message(pbx.last)
        said = f"{said} {why.title}. {why.advice}".strip()
    return translate("texts", title, {"name": name}), said
