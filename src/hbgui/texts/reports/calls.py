"""The story of a call, sentence by sentence."""

from __future__ import annotations

from hbgui.core.reports.calls import Call, CallState, CallStep, StepKind
from hbgui.core.reports.parties import CallRecord, CallResult
from hbgui.texts.reports.fields import result_of_call
from hbgui.texts.reports.reports import event_word
from hbgui.texts.translation import T, translate

_STEPS = {
    StepKind.OFFERED: T("{who} calls {to}; the PBX asks for 10 seconds whether to take the call"),
    StepKind.COMES_IN: T("{who} calls {to} from outside"),
    StepKind.RINGS: T("{who} rings"),
    StepKind.HEARS_RINGING: T("{who} calls and hears ringing"),
    StepKind.ANSWERED: T("{who} answers"),
    StepKind.WAS_ANSWERED: T("{who} is answered"),
    StepKind.HELD: T("{who} puts the call on hold"),
    StepKind.RESUMED: T("{who} takes the call back"),
    StepKind.TRANSFERRED: T("{who} is transferred to {to}"),
    StepKind.FORWARDED: T("The call of {who} is forwarded to {to}"),
    StepKind.KEY: T("{who} presses {key}; so far {keys}"),
    StepKind.PROMPT_ENDED: T("{who} has heard the prompt {prompt}"),
    StepKind.JOINED: T("{who} is in the conference {conference}"),
    StepKind.NOT_TAKEN: T("{who} of the queue {queue} does not answer"),
    StepKind.FAILED: T("The call of {who} fails: {reason}"),
    StepKind.HUNG_UP: T("{who} hangs up"),
    StepKind.RATED: T("Survey answer: {result}"),
    StepKind.OTHER: "{event}",
}

_STATES = {
    CallState.RINGING: T("rings"),
    CallState.TALKING: T("talking"),
    CallState.ON_HOLD: T("on hold"),
    CallState.ENDED: T("ended"),
    CallState.NOT_ANSWERED: T("not answered"),
    CallState.FAILED: T("failed"),
    CallState.UNKNOWN: T("in progress"),
}

_UNKNOWN = T("unknown")


def call_step_sentence(step: CallStep) -> str:
    """One thing that happened in a call."""
    if step.record is not None:
        return translate(T("Call record: {result}"), {"result": _result(step.record)})
    if step.kind is StepKind.OTHER:
        return event_word(step.values["event"])
    unknown = translate(_UNKNOWN)
    values = {name: value or unknown for name, value in step.values.items()}
    who = step.who or translate(T("Somebody"))
    return translate(_STEPS[step.kind], values | {"who": who})


def call_title(call: Call) -> str:
    """Who calls whom and how it stands, in a line."""
    unknown = translate(_UNKNOWN)
    between = f"{call.caller or unknown} → {call.callee or unknown}"
    if call.record is not None and call.record.agent:
        between += f" ({call.record.agent})"
    return f"{between}: {call_state(call)}"


def call_state(call: Call) -> str:
    """How a call stands; one with a record by its result and duration."""
    if call.record is None:
        return translate(_STATES[call.state])
    return _result(call.record)


def _result(record: CallRecord) -> str:
    told = [result_of_call(record.result, record.result_word)]
    talked = record.result in (CallResult.ANSWERED, CallResult.UNKNOWN, CallResult.VOICEMAIL)
    if record.duration_s is not None:
        told.append(
            translate(T("{duration} in all"), {"duration": duration_words(record.duration_s)})
        )
    if record.talk_s and talked:
        told.append(translate(T("{duration} of talk"), {"duration": duration_words(record.talk_s)}))
    return ", ".join(filter(None, told))


def duration_words(seconds: int) -> str:
    """`19 s`, `2 min 5 s`, `1 h 4 min`."""
    minutes, rest_s = divmod(seconds, 60)
    hours, rest_min = divmod(minutes, 60)
    if hours:
        return f"{hours} h {rest_min} min"
    return f"{minutes} min {rest_s} s" if minutes else f"{rest_s} s"
