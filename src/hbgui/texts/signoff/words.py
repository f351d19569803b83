"""Headings, columns and single words of a sign-off report."""

from __future__ import annotations

from hbgui.core.diagnosis import DiagnosisStep, StepId
from hbgui.core.reports.report import ReportProblem
from hbgui.core.signoff.signoff import Device, Overall, Point, SignOff
from hbgui.core.signoff.verdict import failures, not_tested, overall, warnings
from hbgui.texts.diagnosis import finding, step_name
from hbgui.texts.outcomes import outcome_title
from hbgui.texts.translation import QT_TRANSLATE_NOOP, When, translate

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


_SUMMARIES = {
    Overall.PASSED: QT_TRANSLATE_NOOP(
        "texts",
        "The PBX accepts the heartbeat, and its reports were seen to arrive where it was told to "
        "send them.",
    ),
    Overall.OPEN: QT_TRANSLATE_NOOP(
        "texts",
        "The PBX accepts the heartbeat, and its reports were seen to arrive. What is open, or was "
        "not tested, stands below.",
    ),
    Overall.NOT_PASSED: QT_TRANSLATE_NOOP(
        "texts", "It cannot be signed off as it is, for these reasons."
    ),
}

_UNPROVEN = QT_TRANSLATE_NOOP(
    "texts",
    "The PBX accepts the heartbeat. That its reports arrive is not proven: see what was not "
    "tested.",
)

POINTS = {
    "last_heartbeat_failed": QT_TRANSLATE_NOOP(
        "texts", "The last heartbeat, of {time}, was not accepted. Reason: {reason}."
    ),
    "no_heartbeat_accepted": QT_TRANSLATE_NOOP(
        "texts", "There is no heartbeat that the PBX accepted."
    ),
    "heartbeats_unread": QT_TRANSLATE_NOOP(
        "texts",
        "Whether the PBX accepted a heartbeat is not known: the history of this computer could not "
        "be read.",
    ),
    "reports_over_tcp": QT_TRANSLATE_NOOP(
        "texts",
        "The PBX said that it sends its reports over TCP; over HTTP, as announced, it sends none.",
    ),
    "reports_wrong": QT_TRANSLATE_NOOP(
        "texts", "Reports came, but not one as it should: {count} were wrong."
    ),
    "reports_come_here": QT_TRANSLATE_NOOP(
        "texts",
        "The reports still go to the testing computer, {here}. Before the test they went to "
        "{earlier}: restore that.",
    ),
    "heartbeats_failed": QT_TRANSLATE_NOOP(
        "texts", "Of {all} heartbeats in this report {count} earlier ones were not accepted."
    ),
    "reports_odd": QT_TRANSLATE_NOOP(
        "texts", "Besides good reports {count} came that were not as they should be."
    ),
    "arrival_elsewhere": QT_TRANSLATE_NOOP(
        "texts",
        "Arrival of reports at {target}, where they go now. They were seen to arrive at {place}, "
        "at the time of that test.",
    ),
    "arrival_by_command": QT_TRANSLATE_NOOP(
        "texts",
        "Arrival of reports. This report was made by a command, which receives none; the window "
        "can test it.",
    ),
    "arrival_unproven": QT_TRANSLATE_NOOP(
        "texts", "Arrival of reports at the announced address: what came does not prove it."
    ),
    "arrival_no_receiver": QT_TRANSLATE_NOOP(
        "texts", "Arrival of reports. hbgui did not receive them on this computer."
    ),
    "arrival_none_came": QT_TRANSLATE_NOOP(
        "texts", "Arrival of reports. hbgui waited at {place}, and none came."
    ),
    "arrival_cannot_listen": QT_TRANSLATE_NOOP(
        "texts", "Arrival of reports. hbgui could not wait for them at {place}."
    ),
    "history_none": QT_TRANSLATE_NOOP(
        "texts", "Heartbeats of the past. This computer has kept none."
    ),
    "history_unreadable": QT_TRANSLATE_NOOP(
        "texts",
        "Heartbeats of the past. The history of this computer could not be read.",
    ),
    "heartbeat_not_sent": QT_TRANSLATE_NOOP(
        "texts", "The heartbeat. None to this PBX is known here."
    ),
    "heartbeat_old": QT_TRANSLATE_NOOP(
        "texts",
        "The heartbeat in the last 30 minutes, the life of a token. The last accepted one was "
        "sent {time}.",
    ),
    "heartbeat_of_old_token": QT_TRANSLATE_NOOP(
        "texts",
        "A heartbeat with the present token. The last accepted one, sent {time}, was another's.",
    ),
    "diagnosis_not_run": QT_TRANSLATE_NOOP(
        "texts", "The way to the PBX, link by link: no diagnosis was made."
    ),
    "diagnosis_old": QT_TRANSLATE_NOOP(
        "texts", "The way to the PBX at this time: the diagnosis is of {time}."
    ),
    "token_not_read": QT_TRANSLATE_NOOP(
        "texts", "The token, and with it: {links}. The diagnosis had no token to ask with."
    ),
    "links_not_tried": QT_TRANSLATE_NOOP(
        "texts", "Links after the broken one ({broken}): {links}."
    ),
    "tls_none": QT_TRANSLATE_NOOP(
        "texts", "Who answered. The address begins with http: nothing is encrypted or checked."
    ),
    "tls_unchecked": QT_TRANSLATE_NOOP(
        "texts", "Who answered. The settings for this PBX check no certificate."
    ),
    "device_not_asked": QT_TRANSLATE_NOOP(
        "texts", "Model, serial number and firmware: the PBX was not asked."
    ),
    "device_no_answer": QT_TRANSLATE_NOOP(
        "texts", "Model, serial number and firmware: the PBX was asked, and did not tell."
    ),
}


def signoff_verdict(signoff: SignOff) -> str:
    """The verdict in words."""
    return overall_word(overall(signoff))


def signoff_summary(signoff: SignOff) -> str:
    """The verdict in a sentence."""
    found = overall(signoff)
    unproven = found is Overall.OPEN and signoff.arrivals.proof is None
    return translate("texts", _UNPROVEN if unproven else _SUMMARIES[found])


def failed_points(signoff: SignOff, when: When) -> list[str]:
    """A sentence for each thing that does not work."""
    return [point_text(point, when) for point in failures(signoff)]


def open_points(signoff: SignOff, when: When) -> list[str]:
    """A sentence for each thing that needs somebody."""
    return [point_text(point, when) for point in warnings(signoff)]


def untested_points(signoff: SignOff, when: When) -> list[str]:
    """A sentence for each thing that nobody tested."""
    return [point_text(point, when) for point in not_tested(signoff)]


def point_text(point: Point, when: When) -> str:
    """What to say of it."""
    if point.step is not None:
        return _step_text(point.step)
    values = dict(point.values)
    if "time" in values:
        values["time"] = when.iso(values["time"])
    if "errno" in values:
        values["reason"] = outcome_title(values["code"], values["errno"]) or values["code"]
    if "broken" in values:
        values["broken"] = step_name(StepId(values["broken"]))
    if "links" in values:
        values["links"] = ", ".join(step_name(StepId(link)) for link in values["links"].split())
    return translate("texts", POINTS[point.code], values)


def _step_text(step: DiagnosisStep) -> str:
    said = finding(step)
    # No colon: what follows the word token and a colon is taken for one, and hidden.
    parts = (f"{step_name(step.id)} – {said.observation}", said.cause, said.cure)
    return " ".join(part for part in parts if part)
