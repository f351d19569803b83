"""Headings, columns and single words of a sign-off report."""

from __future__ import annotations

from hbgui.core.reports.report import ReportProblem
from hbgui.core.signoff.signoff import Device, Overall
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate

_NAMES = {
    "report": QT_TRANSLATE_NOOP("texts", "Sign-off report"),
    "test": QT_TRANSLATE_NOOP("texts", "Test"),
    "date": QT_TRANSLATE_NOOP("texts", "Date"),
    "customer": QT_TRANSLATE_NOOP("texts", "Customer, site"),
    "technician": QT_TRANSLATE_NOOP("texts", "Technician"),
    "company": QT_TRANSLATE_NOOP("texts", "Company"),
    "from": QT_TRANSLATE_NOOP("texts", "Tested from"),
    "with": QT_TRANSLATE_NOOP("texts", "Tested with"),
    "note": QT_TRANSLATE_NOOP("texts", "Note"),
    "pbx": QT_TRANSLATE_NOOP("texts", "PBX"),
    "name": QT_TRANSLATE_NOOP("texts", "Name"),
    "address": QT_TRANSLATE_NOOP("texts", "Address"),
    "api": QT_TRANSLATE_NOOP("texts", "API"),
    "certificate": QT_TRANSLATE_NOOP("texts", "Certificate"),
    "model": QT_TRANSLATE_NOOP("texts", "Model"),
    "hardware": QT_TRANSLATE_NOOP("texts", "Hardware"),
    "serial": QT_TRANSLATE_NOOP("texts", "Serial number"),
    "firmware": QT_TRANSLATE_NOOP("texts", "Firmware"),
    "open": QT_TRANSLATE_NOOP("texts", "Open points"),
    "untested": QT_TRANSLATE_NOOP("texts", "Not tested"),
    "nothing_untested": QT_TRANSLATE_NOOP(
        "texts", "Nothing of what this report covers was left untested."
    ),
    "targets": QT_TRANSLATE_NOOP("texts", "Where the reports go"),
    "targets_unknown": QT_TRANSLATE_NOOP(
        "texts", "Where the PBX sends its reports is not known: no PBX tells it."
    ),
    "when": QT_TRANSLATE_NOOP("texts", "When"),
    "goes_to": QT_TRANSLATE_NOOP("texts", "Reports go to"),
    "announced": QT_TRANSLATE_NOOP("texts", "Accepted by the PBX"),
    "now": QT_TRANSLATE_NOOP("texts", "now"),
    "before": QT_TRANSLATE_NOOP("texts", "before that"),
    "earlier": QT_TRANSLATE_NOOP("texts", "before the test"),
    "presumed": QT_TRANSLATE_NOOP("texts", "now, as far as is known"),
    "here": QT_TRANSLATE_NOOP("texts", "the testing computer"),
    "links": QT_TRANSLATE_NOOP("texts", "The way to the PBX, link by link"),
    "no_diagnosis": QT_TRANSLATE_NOOP("texts", "No diagnosis was made."),
    "link": QT_TRANSLATE_NOOP("texts", "Link"),
    "result": QT_TRANSLATE_NOOP("texts", "Result"),
    "finding": QT_TRANSLATE_NOOP("texts", "Finding"),
    "took": QT_TRANSLATE_NOOP("texts", "Time, ms"),
    "heartbeats": QT_TRANSLATE_NOOP("texts", "Heartbeats"),
    "no_heartbeats": QT_TRANSLATE_NOOP("texts", "None to this PBX is known here."),
    "unread_heartbeats": QT_TRANSLATE_NOOP(
        "texts", "Not known: the history of this computer could not be read."
    ),
    "sent": QT_TRANSLATE_NOOP("texts", "Sent"),
    "latency": QT_TRANSLATE_NOOP("texts", "Latency, ms"),
    "reports": QT_TRANSLATE_NOOP("texts", "Event reports that arrived"),
    "no_reports": QT_TRANSLATE_NOOP("texts", "None was received by hbgui on this computer."),
    "event": QT_TRANSLATE_NOOP("texts", "Event"),
    "problem": QT_TRANSLATE_NOOP("texts", "What was wrong"),
    "count": QT_TRANSLATE_NOOP("texts", "Reports"),
    "other_events": QT_TRANSLATE_NOOP("texts", "others"),
    "signatures": QT_TRANSLATE_NOOP("texts", "Signatures"),
    "signed_technician": QT_TRANSLATE_NOOP("texts", "Date, technician"),
    "signed_customer": QT_TRANSLATE_NOOP("texts", "Date, customer"),
}

_VERDICTS = {
    Overall.PASSED: QT_TRANSLATE_NOOP("texts", "Passed"),
    Overall.OPEN: QT_TRANSLATE_NOOP("texts", "Passed with open points"),
    Overall.NOT_PASSED: QT_TRANSLATE_NOOP("texts", "Not passed"),
}

_DEVICE = {
    Device.TOLD: QT_TRANSLATE_NOOP("texts", "not told"),
    Device.NOT_ASKED: QT_TRANSLATE_NOOP("texts", "not asked"),
    Device.NO_ANSWER: QT_TRANSLATE_NOOP("texts", "asked, did not answer"),
}

_PROBLEMS = {
    ReportProblem.WRONG_PATH: QT_TRANSLATE_NOOP("texts", "to another path"),
    ReportProblem.WRONG_SENDER: QT_TRANSLATE_NOOP("texts", "from another address than the PBX's"),
    ReportProblem.NOT_A_REPORT: QT_TRANSLATE_NOOP("texts", "no report at all"),
    ReportProblem.WRONG_SERIAL: QT_TRANSLATE_NOOP("texts", "from another PBX"),
    ReportProblem.NOT_JSON: QT_TRANSLATE_NOOP("texts", "cannot be read"),
    ReportProblem.WRONG_LENGTH: QT_TRANSLATE_NOOP("texts", "has a wrong length"),
    ReportProblem.TOO_MANY: QT_TRANSLATE_NOOP("texts", "one of too many in one request"),
    ReportProblem.NO_EVENT: QT_TRANSLATE_NOOP("texts", "names no event"),
    ReportProblem.P_SERIES: QT_TRANSLATE_NOOP("texts", "from a P-Series PBX"),
}


def name(key: str) -> str:
    """A heading, a column or a short sentence."""
    return translate("texts", _NAMES[key])


def overall_word(found: Overall) -> str:
    """A verdict in words."""
    return translate("texts", _VERDICTS[found])


def device_word(asked: Device) -> str:
    """What stands in the place of something that the PBX did not tell."""
    return translate("texts", _DEVICE[asked])


def problem_word(problem: ReportProblem) -> str:
    """What was wrong with a report."""
    return translate("texts", _PROBLEMS[problem])
