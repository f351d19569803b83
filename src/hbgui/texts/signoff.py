"""The sentences of a sign-off report: its verdict, and the points behind it."""

from __future__ import annotations

from hbgui.core.diagnosis import Step, StepId
from hbgui.core.signoff.signoff import Overall, Point, SignOff
from hbgui.core.signoff.verdict import failures, not_tested, overall, warnings
from hbgui.texts.diagnosis import finding, step_name
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.outcomes import outcome_title
from hbgui.texts.signoff_names import overall_word
from hbgui.texts.when import When

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


def _step_text(step: Step) -> str:
    said = finding(step)
    # No colon: what follows the word token and a colon is taken for one, and hidden.
    parts = (f"{step_name(step.id)} – {said.observation}", said.cause, said.cure)
    return " ".join(part for part in parts if part)
