"""Why reports cannot be received here, and what to do about it."""

from __future__ import annotations

from hbgui.core.pbx.address import bracketed
from hbgui.core.reports.receiving import ListenProblem, PortHolder
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate
from hbgui.texts.outcomes import Message

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
