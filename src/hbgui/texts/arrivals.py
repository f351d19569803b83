"""Whether reports arrive, in the words of the second lamp."""

from __future__ import annotations

from hbgui.core.arrivals import Proof, ReportsLamp
from hbgui.core.moment import Moment
from hbgui.core.report import ReportProblem
from hbgui.core.state import PbxState
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.login import no_reports

_LAMPS = {
    ReportsLamp.NOT_HERE: QT_TRANSLATE_NOOP("texts", "Reports arrive: not checked here"),
    ReportsLamp.NO_RECEIVER: QT_TRANSLATE_NOOP("texts", "Reports cannot be received here"),
    ReportsLamp.ELSEWHERE: QT_TRANSLATE_NOOP("texts", "Reports go elsewhere: {target}"),
    ReportsLamp.UNPROVEN: QT_TRANSLATE_NOOP("texts", "Reports arrive: unproven, none came yet"),
    ReportsLamp.ARRIVE: QT_TRANSLATE_NOOP("texts", "Reports arrive: yes"),
    ReportsLamp.ENDED: QT_TRANSLATE_NOOP("texts", "Reports arrived until the token ended"),
}

_WRONG = {
    ReportProblem.WRONG_PATH: QT_TRANSLATE_NOOP("texts", "Reports come to the wrong path: {path}"),
    ReportProblem.WRONG_SENDER: QT_TRANSLATE_NOOP(
        "texts", "Reports come from another address: {sender}"
    ),
    ReportProblem.WRONG_SERIAL: QT_TRANSLATE_NOOP("texts", "Reports come from another PBX"),
    ReportProblem.NOT_A_REPORT: QT_TRANSLATE_NOOP("texts", "Something else comes, no reports"),
    ReportProblem.NOT_JSON: QT_TRANSLATE_NOOP("texts", "Reports come, but cannot be read"),
    ReportProblem.NO_EVENT: QT_TRANSLATE_NOOP("texts", "Reports come, but name no event"),
}


def reports_lamp(pbx: PbxState, now: Moment) -> str:
    """What the second lamp says, in a few words."""
    lamp = pbx.reports_lamp(now)
    if lamp is ReportsLamp.TCP:
        return no_reports(pbx.transport)
    wrong = pbx.arrivals.wrong
    if lamp is ReportsLamp.WRONG and wrong is not None and wrong.problem is not None:
        values = {"path": wrong.path, "sender": wrong.sender}
        return translate("texts", _WRONG[wrong.problem], values)
    target = pbx.accepted.target if pbx.accepted else ""
    return translate("texts", _LAMPS[lamp], {"target": target})


def arrived(proof: Proof) -> str:
    """What came from where, how long after the heartbeat, and from which box."""
    text = QT_TRANSLATE_NOOP("texts", "{event} arrived at {place} from {sender}.")
    values = {"event": proof.event, "place": proof.place.url, "sender": proof.sender}
    said = [translate("texts", text, values)]
    if proof.latency_s is not None:
        after = QT_TRANSLATE_NOOP("texts", "That was {seconds} s after the heartbeat.")
        said.append(translate("texts", after, {"seconds": f"{proof.latency_s:.1f}"}))
    if proof.serial:
        serial = QT_TRANSLATE_NOOP("texts", "The PBX's serial number is {serial}.")
        said.append(translate("texts", serial, {"serial": proof.serial}))
    return " ".join(said)
