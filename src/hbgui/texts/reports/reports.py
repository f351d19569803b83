"""A single event report in words: what happened, what is wrong with it, why it was turned away."""

from __future__ import annotations

from hbgui.core.pbx.typed import printable
from hbgui.core.reports.receiving import Fault, Refusal, TurnedAway
from hbgui.core.reports.report import KNOWN, Report, ReportProblem, is_p_series, known_as
from hbgui.texts.outcomes import Message
from hbgui.texts.translation import T, translate

_EVENTS = {
    "BootUp": T("PBX started"),
    "ConfigChange": T("Settings changed"),
    "ExtensionStatus": T("Extension state"),
    "ALERT": T("Hears ringing"),
    "RING": T("Rings"),
    "ANSWER": T("Answered"),
    "ANSWERED": T("Was answered"),
    "BYE": T("Hung up"),
    "CallStatus": T("Call state"),
    "Tranfer": T("Transferred"),
    "Forward": T("Forwarded"),
    "CallFailed": T("Call failed"),
    "Invite": T("Call to accept or refuse"),
    "Incoming": T("Call from outside"),
    "DTMF": T("Key pressed"),
    "NewCdr": T("Call record"),
    "PlayPromptEnd": T("Prompt ended"),
    "satisfaction": T("Survey answer"),
    "ConferenceStatus": T("Conference state"),
    "QueueAgentRingNoAnswerTimeout": T("Agent did not answer"),
    "QueueAutoPause": T("Agent paused by the queue"),
    "uacstacall": T("Phone control (uaCSTA)"),
    "sms-send": T("Text message (SMS)"),
}

_PROBLEMS: dict[ReportProblem, tuple[str, str, str]] = {
    ReportProblem.WRONG_PATH: (
        T("Wrong path"),
        T("It came to {path}, where nothing was expected: HTTP 404."),
        T("Compare it with the announced URL; try the other name of the URL mode's field."),
    ),
    ReportProblem.WRONG_SENDER: (
        T("Wrong sender"),
        T("{sender} is not an address of the PBX: HTTP 403."),
        T("If it is the PBX, behind a router for instance, allow it."),
    ),
    ReportProblem.NOT_A_REPORT: (
        T("Not a report"),
        T("{sender} asked in a way that no PBX does: HTTP 405."),
        T("A browser, maybe. It shows that this address is reached."),
    ),
    ReportProblem.WRONG_SERIAL: (
        T("Another PBX"),
        T("It is of the PBX with the serial number {serial}."),
        T("Check which PBX has this address."),
    ),
    ReportProblem.NOT_JSON: (
        T("Cannot be read"),
        T("It is no JSON object. It is kept as it came."),
        T("Log in with version 1.0.2 or 2.0.0 for a cleaner format."),
    ),
    ReportProblem.WRONG_LENGTH: (
        T("Wrong length"),
        T("More came than Content-Length says, and it is no JSON object. It is kept as it came."),
        T("The sender may count letters instead of bytes; tell its manufacturer."),
    ),
    ReportProblem.TOO_MANY: (
        T("Too many at once"),
        T("This is what was left of a request after 64 reports. It is kept as it came."),
        T("Look at its text; another program may have sent it."),
    ),
    ReportProblem.P_SERIES: (
        T("A P-Series PBX"),
        T("It has the form of a P-Series report. The API of the P-Series has no heartbeat."),
        T("hbgui is for the S-Series. Check which PBX sends to this address."),
    ),
    ReportProblem.NO_EVENT: (
        T("Names no event"),
        T("It has neither “event” nor “action”."),
        T("Look at its text; another program may have sent it."),
    ),
}

_REFUSALS = {
    Refusal.WRONG_SENDER: T("wrong sender"),
    Refusal.WRONG_PATH: T("wrong path"),
    Refusal.NOT_POST: T("no POST"),
    Refusal.BROWSER: T("a web page in a browser"),
    Refusal.TOO_LARGE: T("too large"),
    Refusal.TOO_SLOW: T("too slow"),
    Refusal.MALFORMED: T("no HTTP, or broken"),
    Refusal.TLS: T("spoke HTTPS: reports are plain HTTP"),
    Refusal.TOO_MANY: T("too many connections"),
}


_FAULTS = {
    Fault.NO_HOST: T("the request has no Host line"),
    Fault.TWO_HOSTS: T("the request has more than one Host line"),
    Fault.REQUEST_LINE: T("the first line is no HTTP request line"),
    Fault.HEADER_LINE: T("a header line is not in HTTP's form"),
    Fault.LENGTH: T("Content-Length is no number"),
    Fault.TWO_LENGTHS: T("the request tells its length in two ways"),
    Fault.CHUNKS: T("the Transfer-Encoding is broken or unknown"),
    Fault.CUT_OFF: T("the connection ended in the middle of the request"),
    Fault.SHORT_BODY: T("the body is shorter than Content-Length says"),
    Fault.NOT_HTTP: T("no HTTP"),
}


def event_word(event: str) -> str:
    """An event in a word or two; an unknown one is returned as it is."""
    known = known_as(event)
    if known:
        return translate(_EVENTS[known])
    if is_p_series(event):
        return translate(T("P-Series event {number}"), {"number": event})
    return printable(event) or translate(T("Unknown"))


def events_matching(text: str) -> frozenset[str]:
    """The known events whose word contains the text."""
    wanted = text.casefold()
    return frozenset(name for name in KNOWN if wanted in event_word(name).casefold())


def report_problem_message(report: Report) -> Message | None:
    """What is wrong with a report, why, and what to do; None when nothing is."""
    if report.problem is None:
        return None
    values = {
        "path": printable(report.path),
        "sender": report.sender,
        "serial": printable(report.decoded.serial),
    }
    return Message.of(_PROBLEMS[report.problem], values)


def repeat_sentence(report: Report) -> str:
    """A sentence on the repetition of a report; empty when it is none."""
    if not report.repeat:
        return ""
    return translate(
        T(
            "The same text came in the minute before (times: {count}). Either the PBX repeats it, "
            "as it does without a 200, or a state came back."
        ),
        {"count": str(report.repeat)},
    )


def turned_away_sentence(turned_away: TurnedAway) -> str:
    """Who was turned away and why, in a few words."""
    why = (
        translate(_FAULTS[turned_away.fault])
        if turned_away.fault
        else refusal_word(turned_away.refusal)
    )
    return f"{turned_away.sender}: {why}"


def refusal_word(refusal: Refusal) -> str:
    """Why something was turned away, in a few words."""
    return translate(_REFUSALS[refusal])
