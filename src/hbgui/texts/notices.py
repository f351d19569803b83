"""Words on the desktop: PBX name first, what happened, what to do."""

from __future__ import annotations

from hbgui.core.state.pbx_state import PbxState
from hbgui.core.state.summary import Notice
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.outcomes import message

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
