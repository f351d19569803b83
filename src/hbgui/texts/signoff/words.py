"""The wording of a sign-off report: headings, verdicts, points."""

from __future__ import annotations

from hbgui.core.diagnosis import DiagnosisStep, StepId
from hbgui.core.reports.report import ReportProblem
from hbgui.core.signoff.signoff import DeviceQuery, Overall, Point, SignOff
from hbgui.core.signoff.verdict import failures, not_tested, overall, warnings
from hbgui.texts.diagnosis import step_finding, step_name
from hbgui.texts.outcomes import outcome_title
from hbgui.texts.translation import T, TimeFormat, translate

_NAMES = {
    "report": T("Sign-off report"),
    "test": T("Test"),
    "date": T("Date"),
    "customer": T("Customer, site"),
    "technician": T("Technician"),
    "company": T("Company"),
    "from": T("Tested from"),
    "with": T("Tested with"),
    "note": T("Note"),
    "pbx": T("PBX"),
    "name": T("Name"),
    "address": T("Address"),
    "api": T("API"),
    "certificate": T("Certificate"),
    "model": T("Model"),
    "hardware": T("Hardware"),
    "serial": T("Serial number"),
    "firmware": T("Firmware"),
    "open": T("Open points"),
    "untested": T("Not tested"),
    "nothing_untested": T("Nothing of what this report covers was left untested."),
    "targets": T("Where the reports go"),
    "targets_unknown": T("Where the PBX sends its reports is not known: no PBX tells it."),
    "when": T("When"),
    "goes_to": T("Reports go to"),
    "announced": T("Accepted by the PBX"),
    "now": T("now"),
    "before": T("before that"),
    "earlier": T("before the test"),
    "presumed": T("now, as far as is known"),
    "here": T("the testing computer"),
    "links": T("The way to the PBX, link by link"),
    "no_diagnosis": T("No diagnosis was made."),
    "link": T("Link"),
    "result": T("Result"),
    "finding": T("Finding"),
    "took": T("Time, ms"),
    "heartbeats": T("Heartbeats"),
    "no_heartbeats": T("None to this PBX is known here."),
    "unread_heartbeats": T("Not known: the history of this computer could not be read."),
    "sent": T("Sent"),
    "latency": T("Latency, ms"),
    "reports": T("Event reports that arrived"),
    "no_reports": T("None was received by hbgui on this computer."),
    "event": T("Event"),
    "problem": T("What was wrong"),
    "count": T("Reports"),
    "other_events": T("others"),
    "signatures": T("Signatures"),
    "signed_technician": T("Date, technician"),
    "signed_customer": T("Date, customer"),
}

_VERDICTS = {
    Overall.PASSED: T("Passed"),
    Overall.OPEN: T("Passed with open points"),
    Overall.NOT_PASSED: T("Not passed"),
}

_DEVICE = {
    DeviceQuery.ANSWERED: T("not told"),
    DeviceQuery.NOT_ASKED: T("not asked"),
    DeviceQuery.NO_ANSWER: T("asked, did not answer"),
}

_PROBLEMS = {
    ReportProblem.WRONG_PATH: T("to another path"),
    ReportProblem.WRONG_SENDER: T("from another address than the PBX's"),
    ReportProblem.NOT_A_REPORT: T("no report at all"),
    ReportProblem.WRONG_SERIAL: T("from another PBX"),
    ReportProblem.NOT_JSON: T("cannot be read"),
    ReportProblem.WRONG_LENGTH: T("has a wrong length"),
    ReportProblem.TOO_MANY: T("one of too many in one request"),
    ReportProblem.NO_EVENT: T("names no event"),
    ReportProblem.P_SERIES: T("from a P-Series PBX"),
}


def label(key: str) -> str:
    """A heading, a column or a short sentence."""
    return translate(_NAMES[key])


def device_word(asked: DeviceQuery) -> str:
    """The text in place of a fact about the device that the PBX did not send."""
    return translate(_DEVICE[asked])


def problem_word(problem: ReportProblem) -> str:
    """What was wrong with a report."""
    return translate(_PROBLEMS[problem])


_SUMMARIES = {
    Overall.PASSED: T(
        "The PBX accepts the heartbeat, and its reports were seen to arrive where it was told to "
        "send them."
    ),
    Overall.OPEN: T(
        "The PBX accepts the heartbeat, and its reports were seen to arrive. What is open, or was "
        "not tested, stands below."
    ),
    Overall.NOT_PASSED: T("It cannot be signed off as it is, for these reasons."),
}

_UNPROVEN = T(
    "The PBX accepts the heartbeat. That its reports arrive is not proven: see what was not tested."
)

POINTS = {
    "last_heartbeat_failed": T(
        "The last heartbeat, of {time}, was not accepted. Reason: {reason}."
    ),
    "no_heartbeat_accepted": T("There is no heartbeat that the PBX accepted."),
    "heartbeats_unread": T(
        "Whether the PBX accepted a heartbeat is not known: the history of this computer could not "
        "be read."
    ),
    "reports_over_tcp": T(
        "The PBX said that it sends its reports over TCP; over HTTP, as announced, it sends none."
    ),
    "reports_wrong": T("Reports came, but not one as it should: {count} were wrong."),
    "reports_come_here": T(
        "The reports still go to the testing computer, {here}. Before the test they went to "
        "{earlier}: restore that."
    ),
    "heartbeats_failed": T(
        "Of {all} heartbeats in this report {count} earlier ones were not accepted."
    ),
    "reports_odd": T("Besides good reports {count} came that were not as they should be."),
    "arrival_elsewhere": T(
        "Arrival of reports at {target}, where they go now. They were seen to arrive at {place}, "
        "at the time of that test."
    ),
    "arrival_by_command": T(
        "Arrival of reports. This report was made by a command, which receives none; the window "
        "can test it."
    ),
    "arrival_unproven": T(
        "Arrival of reports at the announced address: what came does not prove it."
    ),
    "arrival_no_receiver": T("Arrival of reports. hbgui did not receive them on this computer."),
    "arrival_none_came": T("Arrival of reports. hbgui waited at {place}, and none came."),
    "arrival_cannot_listen": T("Arrival of reports. hbgui could not wait for them at {place}."),
    "history_none": T("Heartbeats of the past. This computer has kept none."),
    "history_unreadable": T(
        "Heartbeats of the past. The history of this computer could not be read."
    ),
    "heartbeat_not_sent": T("The heartbeat. None to this PBX is known here."),
    "heartbeat_old": T(
        "The heartbeat in the last 30 minutes, the life of a token. The last accepted one was sent "
        "{time}."
    ),
    "heartbeat_of_old_token": T(
        "A heartbeat with the present token. The last accepted one, sent {time}, was another's."
    ),
    "diagnosis_not_run": T("The way to the PBX, link by link: no diagnosis was made."),
    "diagnosis_old": T("The way to the PBX at this time: the diagnosis is of {time}."),
    "token_not_read": T("The token, and with it: {links}. The diagnosis had no token to ask with."),
    "links_not_tried": T("Links after the broken one ({broken}): {links}."),
    "tls_none": T("Who answered. The address begins with http: nothing is encrypted or checked."),
    "tls_unchecked": T("Who answered. The settings for this PBX check no certificate."),
    "device_not_asked": T("Model, serial number and firmware: the PBX was not asked."),
    "device_no_answer": T(
        "Model, serial number and firmware: the PBX was asked, and did not tell."
    ),
}


def signoff_verdict(signoff: SignOff) -> str:
    """The verdict in words."""
    return translate(_VERDICTS[overall(signoff)])


def signoff_summary(signoff: SignOff) -> str:
    """The verdict in a sentence."""
    verdict = overall(signoff)
    unproven = verdict is Overall.OPEN and signoff.arrivals.proof is None
    return translate(_UNPROVEN if unproven else _SUMMARIES[verdict])


def failed_points(signoff: SignOff, times: TimeFormat) -> list[str]:
    """A sentence for each thing that does not work."""
    return [point_text(point, times) for point in failures(signoff)]


def open_points(signoff: SignOff, times: TimeFormat) -> list[str]:
    """A sentence for each thing that a person must still check."""
    return [point_text(point, times) for point in warnings(signoff)]


def untested_points(signoff: SignOff, times: TimeFormat) -> list[str]:
    """A sentence for each thing that nobody tested."""
    return [point_text(point, times) for point in not_tested(signoff)]


def point_text(point: Point, times: TimeFormat) -> str:
    """The sentence of a point."""
    if point.step is not None:
        return _step_text(point.step)
    values = dict(point.values)
    if "time" in values:
        values["time"] = times.iso(values["time"])
    if "errno" in values:
        values["reason"] = outcome_title(values["code"], values["errno"]) or values["code"]
    if "broken" in values:
        values["broken"] = step_name(StepId(values["broken"]))
    if "links" in values:
        values["links"] = ", ".join(step_name(StepId(link)) for link in values["links"].split())
    return translate(POINTS[point.code], values)


def _step_text(step: DiagnosisStep) -> str:
    finding = step_finding(step)
    # No colon: the redactor takes text after “Token:” for a token, and hides it.
    parts = (f"{step_name(step.id)} – {finding.observation}", finding.cause, finding.cure)
    return " ".join(part for part in parts if part)
