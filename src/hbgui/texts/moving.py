"""Reports that would be moved, and wait for a person."""

from __future__ import annotations

from hbgui.core.api.errors import TRANSPORT_CODES
from hbgui.core.api.outcome import Attempt
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.outcomes import Message, outcome_title
from hbgui.texts.problems import problem_sentence


def instead(attempt: Attempt) -> Message:
    """What to say when nobody knows where the reports are wanted, and they stay where they are."""
    code = attempt.instead
    reason = outcome_title(code) or problem_sentence(code, {})
    why = QT_TRANSLATE_NOOP(
        "texts",
        "So the heartbeat announced {target} once more, where reports go now: the token lives.",
    )
    advice = QT_TRANSLATE_NOOP("texts", "Correct the application server's address, port or URL.")
    if code == "adapter_down":
        advice = QT_TRANSLATE_NOOP("texts", "Plug the adapter in, or choose another address.")
    elif code in TRANSPORT_CODES:
        # Behind a proxy the PBX is reached all the same.
        advice = QT_TRANSLATE_NOOP("texts", "Enter the application server's address yourself.")
    said = translate("texts", why, {"target": attempt.target})
    return Message(reason, said, translate("texts", advice))


def held_by_keep(attempt: Attempt) -> str:
    """The same as `held` for `hbgui keep`."""
    text = QT_TRANSLATE_NOOP(
        "texts",
        "Reports stay at {target}, though they would go to {wanted} now: keep moves none by "
        "itself. The token lives. With --move they are moved.",
    )
    return translate("texts", text, {"wanted": str(attempt.held), "target": attempt.target})


def held(attempt: Attempt) -> Message:
    """What to say when a heartbeat of the schedule left the reports where they are."""
    title = QT_TRANSLATE_NOOP("texts", "The reports stay where they are: you decide")
    why = QT_TRANSLATE_NOOP(
        "texts",
        "Your settings mean {wanted}, but reports go to {target}. The heartbeat announced that "
        "once more, so that the token lives.",
    )
    advice = QT_TRANSLATE_NOOP("texts", "Move them, or correct the settings.")
    values = {"wanted": str(attempt.held), "target": attempt.target}
    return Message(
        translate("texts", title),
        translate("texts", why, values),
        translate("texts", advice),
    )
