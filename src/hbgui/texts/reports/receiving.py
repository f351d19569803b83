"""The receiver of reports in words: where it listens or why not, and what came."""

from __future__ import annotations

from hbgui.core.pbx.address import bracketed, host_of
from hbgui.core.pbx.profile import Profile
from hbgui.core.reports.arrivals import Proof, ReceiverState, ReportsLamp
from hbgui.core.reports.matching import plain_ip
from hbgui.core.reports.receiving import ListenProblem, PortHolder
from hbgui.core.reports.report import ReportProblem
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Moment
from hbgui.texts.access import tcp_transport_sentence
from hbgui.texts.outcomes import Message
from hbgui.texts.reports.reports import event_word, turned_away_sentence
from hbgui.texts.translation import T, translate

_PROBLEMS = {
    "port_taken": (
        T("Port {port} is in use by another program"),
        T("Two programs cannot listen on {place}."),
        T(
            "End the other one, or receive on another port: the PBX learns it from the next "
            "heartbeat."
        ),
    ),
    "port_taken_by": (
        T("Port {port} is in use by {holder}"),
        T("Two programs cannot listen on {place}."),
        T("End that one, or receive on another port: the PBX learns it from the next heartbeat."),
    ),
    "port_privileged": (
        T("Port {port} needs more rights"),
        T("This system gives ports below 1024 to administrators only."),
        T("Take a port from 1024 on, usually 8260."),
    ),
    "address_not_ours": (
        T("{host} is not an address of this computer"),
        T("Reports that go there reach another computer, or nobody."),
        T(
            "Announce an address of this computer. If it is that of a router, have it forward the "
            "port and receive on this computer's own address."
        ),
    ),
    "place_unknown": (
        T("Where the reports will come in is not known yet"),
        T("A field in Setup is empty or wrong, or there is no way to the PBX."),
        T("Check host, IP address, port and URL in Setup."),
    ),
    "listen_failed": (
        T("Reports cannot be received on {place}"),
        T("The system says: {detail}."),
        T("Try another port or address, or restart this computer."),
    ),
}


def listen_problem_message(problem: ListenProblem, holder: PortHolder | None = None) -> Message:
    """The message on a failed listen; `holder` is the program that has the port, if known."""
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
    return Message.of(_PROBLEMS[code], values)


def holder_words(holder: PortHolder) -> str:
    """`node (process 4120)`."""
    text = T("{name} (process {pid})") if holder.name else T("process {pid}")
    return translate(text, {"name": holder.name, "pid": str(holder.pid)})


_LAMPS = {
    ReportsLamp.NOT_HERE: T("Reports arrive: not checked here"),
    ReportsLamp.NO_RECEIVER: T("Reports cannot be received here"),
    ReportsLamp.ELSEWHERE: T("Reports go elsewhere: {target}"),
    ReportsLamp.UNPROVEN: T("Reports arrive: unproven, none came yet"),
    ReportsLamp.ARRIVE: T("Reports arrive: yes"),
    ReportsLamp.ENDED: T("Reports arrived until the token ended"),
}

_WRONG = {
    ReportProblem.WRONG_PATH: T("Reports come to the wrong path: {path}"),
    ReportProblem.WRONG_SENDER: T("Reports come from another address: {sender}"),
    ReportProblem.WRONG_SERIAL: T("Reports come from another PBX"),
    ReportProblem.NOT_A_REPORT: T("Something else comes, no reports"),
    ReportProblem.NOT_JSON: T("Reports come, but cannot be read"),
    ReportProblem.WRONG_LENGTH: T("Reports come with a wrong length"),
    ReportProblem.TOO_MANY: T("Too many reports come in one request"),
    ReportProblem.NO_EVENT: T("Reports come, but name no event"),
    ReportProblem.P_SERIES: T("Reports come from a P-Series PBX"),
}


def reports_lamp_sentence(pbx: PbxState, now: Moment) -> str:
    """The state of the reports in a few words, beside the second lamp."""
    lamp = pbx.reports_lamp(now)
    if lamp is ReportsLamp.TCP:
        return tcp_transport_sentence(pbx.transport)
    wrong = pbx.arrivals.wrong
    if lamp is ReportsLamp.WRONG and wrong is not None and wrong.problem is not None:
        values = {"path": wrong.path, "sender": wrong.sender}
        return translate(_WRONG[wrong.problem], values)
    target = pbx.accepted.target if pbx.accepted else ""
    return translate(_LAMPS[lamp], {"target": target})


def arrival_sentence(proof: Proof) -> str:
    """Which report arrived from where, how long after the heartbeat, and from which PBX."""
    texts = [T("The report “{event}” arrived at {place} from {sender}.")]
    if proof.latency_s is not None:
        texts.append(T("That was {seconds} s after the heartbeat."))
    if proof.serial:
        texts.append(T("The PBX's serial number is {serial}."))
    values = {
        "event": event_word(proof.event),
        "place": proof.place.url,
        "sender": proof.sender,
        "seconds": f"{proof.latency_s or 0.0:.1f}",
        "serial": proof.serial,
    }
    return " ".join(translate(text, values) for text in texts)


def receiver_sentence(profile: Profile, pbx: PbxState) -> str:
    """Where hbgui listens for the reports of a PBX, or why it does not."""
    receiving = pbx.receiving
    if receiving is None:
        return translate(T("hbgui does not receive reports now."))
    host = host_of(profile.pbx)
    senders = ", ".join([host, *sorted(receiving.senders - {plain_ip(host)})])
    values = {"place": receiving.place.url, "pbx": senders, "bound": receiving.bound}
    if not receiving.listens:
        message = not_listening_message(receiving)
        why = f" {message.why}" if receiving.code == "listen_failed" else ""
        return f"{message.title}.{why} {message.advice}"
    if receiving.bound and receiving.bound != receiving.place.host:
        text = T("Listening on {bound} for what {pbx} sends to {place}")
    else:
        text = T("Listening on {place} for {pbx}")
    return translate(text, values)


def not_listening_message(receiving: ReceiverState) -> Message:
    """Why a receiver does not listen, and what to do."""
    code, detail = receiving.code, receiving.detail
    problem = ListenProblem(code, receiving.bound, receiving.place.port, detail)
    return listen_problem_message(problem, receiving.holder)


def receiver_counts_sentence(pbx: PbxState) -> str:
    """How many reports have arrived; empty while there are none."""
    arrivals, receiving = pbx.arrivals, pbx.receiving
    refused = receiving.refused if receiving else 0
    if not arrivals.count and not refused:
        return ""
    counts = [
        (T("the same again within a minute: {count}"), arrivals.repeats),
        (T("turned away: {count}"), refused),
    ]
    counts = [(T("Reports: {count}"), arrivals.count), *(each for each in counts if each[1])]
    parts = [translate(text, {"count": str(count)}) for text, count in counts]
    if receiving and receiving.turned_away:
        refused_sender = turned_away_sentence(receiving.turned_away)
        parts.append(translate(T("last {who}"), {"who": refused_sender}))
    return " · ".join(parts)
