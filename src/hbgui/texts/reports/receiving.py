"""Why reports cannot be received here, and what to do about it."""

from __future__ import annotations

from hbgui.core.pbx.address import bracketed, host_of
from hbgui.core.pbx.profile import Profile
from hbgui.core.reports.arrivals import Proof, ReceiverState, ReportsLamp
from hbgui.core.reports.matching import plain_ip
from hbgui.core.reports.receiving import ListenProblem, PortHolder
from hbgui.core.reports.report import ReportProblem
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Moment
from hbgui.texts.access import no_reports
from hbgui.texts.outcomes import Message
from hbgui.texts.reports.reports import event_word, turned_away
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

_PROBLEMS = {
    "port_taken": (
        QT_TRANSLATE_NOOP("texts", "Port {port} is in use by another program"),
        QT_TRANSLATE_NOOP("texts", "Two programs cannot listen on {place}."),
        QT_TRANSLATE_NOOP(
            "texts",
            "End the other one, or receive on another port: the PBX learns it from the next "
            "heartbeat.",
        ),
    ),
    "port_taken_by": (
        QT_TRANSLATE_NOOP("texts", "Port {port} is in use by {holder}"),
        QT_TRANSLATE_NOOP("texts", "Two programs cannot listen on {place}."),
        QT_TRANSLATE_NOOP(
            "texts",
            "End that one, or receive on another port: the PBX learns it from the next heartbeat.",
        ),
    ),
    "port_privileged": (
        QT_TRANSLATE_NOOP("texts", "Port {port} needs more rights"),
        QT_TRANSLATE_NOOP("texts", "This system gives ports below 1024 to administrators only."),
        QT_TRANSLATE_NOOP("texts", "Take a port from 1024 on, usually 8260."),
    ),
    "address_not_ours": (
        QT_TRANSLATE_NOOP("texts", "{host} is not an address of this computer"),
        QT_TRANSLATE_NOOP("texts", "Reports that go there reach another computer, or nobody."),
        QT_TRANSLATE_NOOP(
            "texts",
            "Announce an address of this computer. If it is that of a router, have it forward "
            "the port and receive on this computer's own address.",
        ),
    ),
    "place_unknown": (
        QT_TRANSLATE_NOOP("texts", "Where the reports will come in is not known yet"),
        QT_TRANSLATE_NOOP(
            "texts", "A field in Setup is empty or wrong, or there is no way to the PBX."
        ),
        QT_TRANSLATE_NOOP("texts", "Check host, IP address, port and URL in Setup."),
    ),
    "listen_failed": (
        QT_TRANSLATE_NOOP("texts", "Reports cannot be received on {place}"),
        QT_TRANSLATE_NOOP("texts", "The system says: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Try another port or address, or restart this computer."),
    ),
}


def listen_problem(problem: ListenProblem, holder: PortHolder | None = None) -> Message:
    """What to say; `holder` is the program that has the port, where that is known."""
    code = problem.code
    if holder is not None and code == "port_taken":
        code = "port_taken_by"
    values = {
        "host": problem.host,
        "port": str(problem.port),
        "place": f"{bracketed(problem.host)}:{problem.port}",
        "detail": problem.detail,
        "holder": holder_words(holder) if holder else "",
    }
    title, why, advice = (translate("texts", text, values) for text in _PROBLEMS[code])
    return Message(title, why, advice)


def holder_words(holder: PortHolder) -> str:
    """`node (process 4120)`."""
    values = {"name": holder.name, "pid": str(holder.pid)}
    if holder.name:
        return translate("texts", QT_TRANSLATE_NOOP("texts", "{name} (process {pid})"), values)
    return translate("texts", QT_TRANSLATE_NOOP("texts", "process {pid}"), values)


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
        message = not_listening(receiving)
        why = f" {message.why}" if receiving.code == "listen_failed" else ""
        return f"{message.title}.{why} {message.advice}"
    if receiving.bound and receiving.bound != receiving.place.host:
        text = QT_TRANSLATE_NOOP("texts", "Listening on {bound} for what {pbx} sends to {place}")
    else:
        text = QT_TRANSLATE_NOOP("texts", "Listening on {place} for {pbx}")
    return translate("texts", text, values)


def not_listening(receiving: ReceiverState) -> Message:
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
