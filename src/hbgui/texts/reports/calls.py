"""The story of a call, sentence by sentence."""

from __future__ import annotations

from hbgui.core.reports.calls import Call, CallState, CallStep, StepKind
from hbgui.core.reports.parties import CallRecord, CallResult
from hbgui.texts.reports.fields import result_of_call
from hbgui.texts.reports.reports import event_word
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

_STEPS = {
    StepKind.OFFERED: QT_TRANSLATE_NOOP(
        "texts", "{who} calls {to}; the PBX asks for 10 seconds whether to take the call"
    ),
    StepKind.COMES_IN: QT_TRANSLATE_NOOP("texts", "{who} calls {to} from outside"),
    StepKind.RINGS: QT_TRANSLATE_NOOP("texts", "{who} rings"),
    StepKind.HEARS_RINGING: QT_TRANSLATE_NOOP("texts", "{who} calls and hears ringing"),
    StepKind.ANSWERED: QT_TRANSLATE_NOOP("texts", "{who} answers"),
    StepKind.WAS_ANSWERED: QT_TRANSLATE_NOOP("texts", "{who} is answered"),
    StepKind.HELD: QT_TRANSLATE_NOOP("texts", "{who} puts the call on hold"),
    StepKind.RESUMED: QT_TRANSLATE_NOOP("texts", "{who} takes the call back"),
    StepKind.TRANSFERRED: QT_TRANSLATE_NOOP("texts", "{who} is transferred to {to}"),
    StepKind.FORWARDED: QT_TRANSLATE_NOOP("texts", "The call of {who} is forwarded to {to}"),
    StepKind.KEY: QT_TRANSLATE_NOOP("texts", "{who} presses {key}; so far {keys}"),
    StepKind.PROMPT_ENDED: QT_TRANSLATE_NOOP("texts", "{who} has heard the prompt {prompt}"),
    StepKind.JOINED: QT_TRANSLATE_NOOP("texts", "{who} is in the conference {conference}"),
    StepKind.NOT_TAKEN: QT_TRANSLATE_NOOP("texts", "{who} of the queue {queue} does not answer"),
    StepKind.FAILED: QT_TRANSLATE_NOOP("texts", "The call of {who} fails: {reason}"),
    StepKind.HUNG_UP: QT_TRANSLATE_NOOP("texts", "{who} hangs up"),
    StepKind.RATED: QT_TRANSLATE_NOOP("texts", "Survey answer: {result}"),
    StepKind.OTHER: "{event}",
}

_STATES = {
    CallState.RINGING: QT_TRANSLATE_NOOP("texts", "rings"),
    CallState.TALKING: QT_TRANSLATE_NOOP("texts", "talking"),
    CallState.ON_HOLD: QT_TRANSLATE_NOOP("texts", "on hold"),
    CallState.ENDED: QT_TRANSLATE_NOOP("texts", "ended"),
    CallState.NOT_ANSWERED: QT_TRANSLATE_NOOP("texts", "not answered"),
    CallState.FAILED: QT_TRANSLATE_NOOP("texts", "failed"),
    CallState.UNKNOWN: QT_TRANSLATE_NOOP("texts", "in progress"),
}

_SOMEBODY = QT_TRANSLATE_NOOP("texts", "Somebody")
_UNKNOWN = QT_TRANSLATE_NOOP("texts", "unknown")


def step_sentence(step: CallStep) -> str:
    """One thing that happened in a call."""
    if step.record is not None:
        return _record(step.record)
    if step.kind is StepKind.OTHER:
        return event_word(step.values["event"])
    unknown = translate("texts", _UNKNOWN)
    values = {name: value or unknown for name, value in step.values.items()}
    who = step.who or translate("texts", _SOMEBODY)
    return translate("texts", _STEPS[step.kind], values | {"who": who})


def call_title(call: Call) -> str:
    """Who calls whom and how it stands, in a line."""
    unknown = translate("texts", _UNKNOWN)
    between = f"{call.caller or unknown} → {call.callee or unknown}"
    if call.record is not None and call.record.agent:
        between += f" ({call.record.agent})"
    return f"{between}: {call_state(call)}"


def call_state(call: Call) -> str:
    """How a call stands; one with a record by its result and duration."""
    if call.record is None:
        return translate("texts", _STATES[call.state])
    return _result(call.record)


def _record(record: CallRecord) -> str:
    text = QT_TRANSLATE_NOOP("texts", "Call record: {result}")
    return translate("texts", text, {"result": _result(record)})


def _result(record: CallRecord) -> str:
    told = [result_of_call(record.result, record.result_word)]
    talked = record.result in (CallResult.ANSWERED, CallResult.UNKNOWN, CallResult.VOICEMAIL)
    if record.duration_s is not None:
        text = QT_TRANSLATE_NOOP("texts", "{duration} in all")
        told.append(translate("texts", text, {"duration": duration_words(record.duration_s)}))
    if record.talk_s and talked:
        text = QT_TRANSLATE_NOOP("texts", "{duration} of talk")
        told.append(translate("texts", text, {"duration": duration_words(record.talk_s)}))
    return ", ".join(filter(None, told))


def duration_words(seconds: int) -> str:
    """`19 s`, `2 min 5 s`, `1 h 4 min`."""
    minutes, rest_s = divmod(seconds, 60)
    hours, rest_min = divmod(minutes, 60)
    if hours:
        return f"{hours} h {rest_min} min"
    return f"{minutes} min {rest_s} s" if minutes else f"{rest_s} s"
