"""Whether reports arrive, in the words of the second lamp."""

from __future__ import annotations

from hbgui.core.pbx.address import host_of
from hbgui.core.pbx.profile import Profile
from hbgui.core.reports.arrivals import Proof, Receiving, ReportsLamp
from hbgui.core.reports.matching import plain_ip
from hbgui.core.reports.receiving import ListenProblem
from hbgui.core.reports.report import ReportProblem
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Moment
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.listening import listen_problem
from hbgui.texts.login import no_reports
from hbgui.texts.outcomes import Message
from hbgui.texts.reports import event_word, turned_away

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
    ReportProblem.WRONG_LENGTH: QT_TRANSLATE_NOOP("texts", "Reports come with a wrong length"),
    ReportProblem.TOO_MANY: QT_TRANSLATE_NOOP("texts", "Too many reports come in one request"),
    ReportProblem.NO_EVENT: QT_TRANSLATE_NOOP("texts", "Reports come, but name no event"),
    ReportProblem.P_SERIES: QT_TRANSLATE_NOOP("texts", "Reports come from a P-Series PBX"),
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
    text = QT_TRANSLATE_NOOP("texts", "The report “{event}” arrived at {place} from {sender}.")
    values = {"event": event_word(proof.event), "place": proof.place.url, "sender": proof.sender}
    said = [translate("texts", text, values)]
    if proof.latency_s is not None:
        after = QT_TRANSLATE_NOOP("texts", "That was {seconds} s after the heartbeat.")
        said.append(translate("texts", after, {"seconds": f"{proof.latency_s:.1f}"}))
    if proof.serial:
        serial = QT_TRANSLATE_NOOP("texts", "The PBX's serial number is {serial}.")
        said.append(translate("texts", serial, {"serial": proof.serial}))
    return " ".join(said)


def receiver_sentence(profile: Profile, pbx: PbxState) -> str:
    """Where hbgui listens for the reports of a PBX, or why it does not."""
    receiving = pbx.receiving
    if receiving is None:
        off = QT_TRANSLATE_NOOP("texts", "hbgui does not receive reports now.")
        return translate("texts", off)
    host = host_of(profile.pbx)
    whose = ", ".join([host, *sorted(receiving.senders - {plain_ip(host)})])
    values = {"place": receiving.place.url, "pbx": whose, "bound": receiving.bound}
    if not receiving.listens:
        message = deaf(receiving)
        why = f" {message.why}" if receiving.code == "listen_failed" else ""
        return f"{message.title}.{why} {message.advice}"
    if receiving.bound and receiving.bound != receiving.place.host:
        text = QT_TRANSLATE_NOOP("texts", "Listening on {bound} for what {pbx} sends to {place}")
    else:
        text = QT_TRANSLATE_NOOP("texts", "Listening on {place} for {pbx}")
    return translate("texts", text, values)


def deaf(receiving: Receiving) -> Message:
    """Why a receiver does not listen, and what to do."""
    code, detail = receiving.code, receiving.detail
    problem = ListenProblem(code, receiving.bound, receiving.place.port, detail)
    return listen_problem(problem, receiving.holder)


def receiver_counts(pbx: PbxState) -> str:
    """What came in so far; empty while nothing did."""
    arrivals, receiving = pbx.arrivals, pbx.receiving
    refused = receiving.refused if receiving else 0
    if not arrivals.count and not refused:
        return ""
    said = [_count(QT_TRANSLATE_NOOP("texts", "Reports: {count}"), arrivals.count)]
    if arrivals.repeats:
        text = QT_TRANSLATE_NOOP("texts", "the same again within a minute: {count}")
        said.append(_count(text, arrivals.repeats))
    if refused:
        said.append(_count(QT_TRANSLATE_NOOP("texts", "turned away: {count}"), refused))
    if receiving and receiving.turned_away:
        last = QT_TRANSLATE_NOOP("texts", "last {who}")
        said.append(translate("texts", last, {"who": turned_away(receiving.turned_away)}))
    return " · ".join(said)


def _count(text: str, count: int) -> str:
    return translate("texts", text, {"count": str(count)})
