"""Reports that would be moved, and wait for a person."""

from __future__ import annotations

from hbgui.core.events import Attempt
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.outcomes import Message


def held(attempt: Attempt) -> Message:
    """What to say when a heartbeat of the schedule left the reports where they are."""
    title = QT_TRANSLATE_NOOP("texts", "The reports stay where they are: you decide")
    why = QT_TRANSLATE_NOOP(
        "texts",
        "The form says {wanted}, but reports go to {target}. The heartbeat announced that once "
        "more, so that the token lives.",
    )
    advice = QT_TRANSLATE_NOOP("texts", "Move them, or correct the form.")
    values = {"wanted": str(attempt.held), "target": attempt.target}
    return Message(
        translate("texts", title),
        translate("texts", why, values),
        translate("texts", advice),
    )
