"""Event reports in words: what happened, and what is wrong with one."""

from __future__ import annotations

from hbgui.core.pbx.typed import printable
from hbgui.core.reports.receiving import Fault, Refusal, TurnedAway
from hbgui.core.reports.report import KNOWN, Report, ReportProblem, is_p_series, known_as
from hbgui.texts.outcomes import Message
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

_EVENTS = {
    "BootUp": QT_TRANSLATE_NOOP("texts", "PBX started"),
    "ConfigChange": QT_TRANSLATE_NOOP("texts", "Settings changed"),
    "ExtensionStatus": QT_TRANSLATE_NOOP("texts", "Extension state"),
    "ALERT": QT_TRANSLATE_NOOP("texts", "Hears ringing"),
    "RING": QT_TRANSLATE_NOOP("texts", "Rings"),
    "ANSWER": QT_TRANSLATE_NOOP("texts", "Answered"),
    "ANSWERED": QT_TRANSLATE_NOOP("texts", "Was answered"),
    "BYE": QT_TRANSLATE_NOOP("texts", "Hung up"),
    "CallStatus": QT_TRANSLATE_NOOP("texts", "Call state"),
    "Tranfer": QT_TRANSLATE_NOOP("texts", "Transferred"),
    "Forward": QT_TRANSLATE_NOOP("texts", "Forwarded"),
    "CallFailed": QT_TRANSLATE_NOOP("texts", "Call failed"),
    "Invite": QT_TRANSLATE_NOOP("texts", "Call to accept or refuse"),
    "Incoming": QT_TRANSLATE_NOOP("texts", "Call from outside"),
    "DTMF": QT_TRANSLATE_NOOP("texts", "Key pressed"),
    "NewCdr": QT_TRANSLATE_NOOP("texts", "Call record"),
    "PlayPromptEnd": QT_TRANSLATE_NOOP("texts", "Prompt ended"),
    "satisfaction": QT_TRANSLATE_NOOP("texts", "Survey answer"),
    "ConferenceStatus": QT_TRANSLATE_NOOP("texts", "Conference state"),
    "QueueAgentRingNoAnswerTimeout": QT_TRANSLATE_NOOP("texts", "Agent did not answer"),
    "QueueAutoPause": QT_TRANSLATE_NOOP("texts", "Agent paused by the queue"),
    "uacstacall": QT_TRANSLATE_NOOP("texts", "Phone control (uaCSTA)"),
    "sms-send": QT_TRANSLATE_NOOP("texts", "Text message (SMS)"),
}

_P_SERIES = QT_TRANSLATE_NOOP("texts", "P-Series event {number}")
_NO_EVENT = QT_TRANSLATE_NOOP("texts", "Unknown")

_PROBLEMS: dict[ReportProblem, tuple[str, str, str]] = {
    ReportProblem.WRONG_PATH: (
        QT_TRANSLATE_NOOP("texts", "Wrong path"),
        QT_TRANSLATE_NOOP("texts", "It came to {path}, where nothing was expected: HTTP 404."),
        QT_TRANSLATE_NOOP(
            "texts",
            "Compare it with the announced URL; try the other name of the URL mode's field.",
        ),
    ),
    ReportProblem.WRONG_SENDER: (
        QT_TRANSLATE_NOOP("texts", "Wrong sender"),
        QT_TRANSLATE_NOOP("texts", "{sender} is not an address of the PBX: HTTP 403."),
        QT_TRANSLATE_NOOP("texts", "If it is the PBX, behind a router for instance, allow it."),
    ),
    ReportProblem.NOT_A_REPORT: (
        QT_TRANSLATE_NOOP("texts", "Not a report"),
        QT_TRANSLATE_NOOP("texts", "{sender} asked in a way that no PBX does: HTTP 405."),
        QT_TRANSLATE_NOOP("texts", "A browser, maybe. It shows that this address is reached."),
    ),
    ReportProblem.WRONG_SERIAL: (
        QT_TRANSLATE_NOOP("texts", "Another PBX"),
        QT_TRANSLATE_NOOP("texts", "It is of the PBX with the serial number {serial}."),
        QT_TRANSLATE_NOOP("texts", "Check which PBX has this address."),
    ),
    ReportProblem.NOT_JSON: (
        QT_TRANSLATE_NOOP("texts", "Cannot be read"),
        QT_TRANSLATE_NOOP("texts", "It is no JSON object. It is kept as it came."),
        QT_TRANSLATE_NOOP("texts", "Log in with version 1.0.2 or 2.0.0 for a cleaner format."),
    ),
    ReportProblem.WRONG_LENGTH: (
        QT_TRANSLATE_NOOP("texts", "Wrong length"),
        QT_TRANSLATE_NOOP(
            "texts",
            "More came than Content-Length says, and it is no JSON object. It is kept as it came.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "The sender may count letters instead of bytes; tell its manufacturer."
        ),
    ),
    ReportProblem.TOO_MANY: (
        QT_TRANSLATE_NOOP("texts", "Too many at once"),
        QT_TRANSLATE_NOOP(
            "texts",
            "This is what was left of a request after 64 reports. It is kept as it came.",
        ),
        QT_TRANSLATE_NOOP("texts", "Look at its text; another program may have sent it."),
    ),
    ReportProblem.P_SERIES: (
        QT_TRANSLATE_NOOP("texts", "A P-Series PBX"),
        QT_TRANSLATE_NOOP(
            "texts",
            "It has the form of a P-Series report. The API of the P-Series has no heartbeat.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "hbgui is for the S-Series. Check which PBX sends to this address."
        ),
    ),
    ReportProblem.NO_EVENT: (
        QT_TRANSLATE_NOOP("texts", "Names no event"),
        QT_TRANSLATE_NOOP("texts", "It has neither “event” nor “action”."),
        QT_TRANSLATE_NOOP("texts", "Look at its text; another program may have sent it."),
    ),
}

_REPEAT = QT_TRANSLATE_NOOP(
    "texts",
    "The same text came in the minute before (times: {count}). Either the PBX repeats it, as it "
    "does without a 200, or a state came back.",
)

_REFUSALS = {
    Refusal.WRONG_SENDER: QT_TRANSLATE_NOOP("texts", "wrong sender"),
    Refusal.WRONG_PATH: QT_TRANSLATE_NOOP("texts", "wrong path"),
    Refusal.NOT_POST: QT_TRANSLATE_NOOP("texts", "no POST"),
    Refusal.BROWSER: QT_TRANSLATE_NOOP("texts", "a web page in a browser"),
    Refusal.TOO_LARGE: QT_TRANSLATE_NOOP("texts", "too large"),
    Refusal.TOO_SLOW: QT_TRANSLATE_NOOP("texts", "too slow"),
    Refusal.MALFORMED: QT_TRANSLATE_NOOP("texts", "no HTTP, or broken"),
    Refusal.TLS: QT_TRANSLATE_NOOP("texts", "spoke HTTPS: reports are plain HTTP"),
    Refusal.TOO_MANY: QT_TRANSLATE_NOOP("texts", "too many connections"),
}


_FAULTS = {
    Fault.NO_HOST: QT_TRANSLATE_NOOP("texts", "the request has no Host line"),
    Fault.TWO_HOSTS: QT_TRANSLATE_NOOP("texts", "the request has more than one Host line"),
    Fault.REQUEST_LINE: QT_TRANSLATE_NOOP("texts", "the first line is no HTTP request line"),
    Fault.HEADER_LINE: QT_TRANSLATE_NOOP("texts", "a header line is not in HTTP's form"),
    Fault.LENGTH: QT_TRANSLATE_NOOP("texts", "Content-Length is no number"),
    Fault.TWO_LENGTHS: QT_TRANSLATE_NOOP("texts", "the request tells its length in two ways"),
    Fault.CHUNKS: QT_TRANSLATE_NOOP("texts", "the Transfer-Encoding is broken or unknown"),
    Fault.CUT_OFF: QT_TRANSLATE_NOOP("texts", "the connection ended in the middle of the request"),
    Fault.SHORT_BODY: QT_TRANSLATE_NOOP("texts", "the body is shorter than Content-Length says"),
    Fault.NOT_HTTP: QT_TRANSLATE_NOOP("texts", "no HTTP"),
}


def event_word(event: str) -> str:
    """An event in a word or two; one that nobody knows as it came."""
    known = known_as(event)
    if known:
        return translate("texts", _EVENTS[known])
    if is_p_series(event):
        return translate("texts", _P_SERIES, {"number": event})
    return printable(event) or translate("texts", _NO_EVENT)


def events_saying(text: str) -> frozenset[str]:
    """The known events whose word holds the text."""
    wanted = text.casefold()
    return frozenset(name for name in KNOWN if wanted in event_word(name).casefold())


def report_problem(report: Report) -> Message | None:
    """What is wrong with a report, why, and what to do; None when nothing is."""
    if report.problem is None:
        return None
    values = {
        "path": printable(report.path),
        "sender": report.sender,
        "serial": printable(report.decoded.serial),
    }
    title, why, advice = _PROBLEMS[report.problem]
    return Message(
        translate("texts", title),
        translate("texts", why, values),
        translate("texts", advice, values),
    )


def repeat_sentence(report: Report) -> str:
    """That it came before, empty when it did not."""
    if not report.repeat:
        return ""
    return translate("texts", _REPEAT, {"count": str(report.repeat)})


def turned_away(one: TurnedAway) -> str:
    """Who was turned away and why, in a few words."""
    why = translate("texts", _FAULTS[one.fault]) if one.fault else refusal_word(one.refusal)
    return f"{one.sender}: {why}"


def refusal_word(refusal: Refusal) -> str:
    """Why something was turned away, in a few words."""
    return translate("texts", _REFUSALS[refusal])
