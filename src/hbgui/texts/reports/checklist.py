"""Why no report may have come: each cause in a sentence, and what to do about it."""

from __future__ import annotations

from hbgui.core.reports.receiving import Fault, Refusal, TurnedAway
from hbgui.core.state.report_checklist import Check, Finding
from hbgui.texts.reports.reports import turned_away
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

_API_PAGE = "Settings > PBX > General > API"

_CAUSES: dict[str, tuple[str, str]] = {
    "receiver_off": (
        QT_TRANSLATE_NOOP("texts", "hbgui does not receive reports now"),
        QT_TRANSLATE_NOOP("texts", "Switch Receive reports on."),
    ),
    "receiver_deaf": (
        QT_TRANSLATE_NOOP("texts", "hbgui cannot listen where reports would come in"),
        QT_TRANSLATE_NOOP("texts", "The reason is shown above."),
    ),
    "receiver_on": (QT_TRANSLATE_NOOP("texts", "hbgui listens on {place}"), ""),
    "token_shared": (
        QT_TRANSLATE_NOOP("texts", "Another program seems to take the token away"),
        QT_TRANSLATE_NOOP("texts", "End the program that uses the same API account."),
    ),
    "token_ended": (
        QT_TRANSLATE_NOOP("texts", "The token has ended, and its reports with it"),
        QT_TRANSLATE_NOOP("texts", "Get a new token, then send a heartbeat."),
    ),
    "token_not_valid": (
        QT_TRANSLATE_NOOP("texts", "The PBX does not take the token: it is not valid"),
        QT_TRANSLATE_NOOP("texts", "Get a new token, then send a heartbeat."),
    ),
    "token_unknown": (
        QT_TRANSLATE_NOOP("texts", "No heartbeat was accepted lately: the token may be dead"),
        QT_TRANSLATE_NOOP("texts", "Send a heartbeat."),
    ),
    "token_alive": (QT_TRANSLATE_NOOP("texts", "The token is alive"), ""),
    "elsewhere_unknown": (
        QT_TRANSLATE_NOOP("texts", "Where the PBX sends reports is not known"),
        QT_TRANSLATE_NOOP("texts", "Send a heartbeat: it announces this computer."),
    ),
    "elsewhere_announced": (
        QT_TRANSLATE_NOOP("texts", "The PBX was told to send to {target}, not to {place}"),
        QT_TRANSLATE_NOOP("texts", "Send a heartbeat that announces this place."),
    ),
    "elsewhere_not_ours": (
        QT_TRANSLATE_NOOP("texts", "{place} leads here only through a router or a name service"),
        QT_TRANSLATE_NOOP("texts", "Check the port forwarding, or announce this computer itself."),
    ),
    "elsewhere_here": (QT_TRANSLATE_NOOP("texts", "The PBX was told to send to this place"), ""),
    "path_wrong": (
        QT_TRANSLATE_NOOP("texts", "Reports came to {path}, another path than announced"),
        QT_TRANSLATE_NOOP(
            "texts",
            "The PBX may not know the name of the URL mode's field: choose “both” in the form.",
        ),
    ),
    "path_none": (
        QT_TRANSLATE_NOOP("texts", "No path is announced, so that none can be misunderstood"),
        "",
    ),
    "path_both": (QT_TRANSLATE_NOOP("texts", "The URL mode goes out as urlflag and urltag"), ""),
    "path_field": (
        QT_TRANSLATE_NOOP("texts", "The URL mode goes out as {field} only"),
        QT_TRANSLATE_NOOP("texts", "Some PBXs know it by the other name: choose “both”."),
    ),
    "sender_other": (
        QT_TRANSLATE_NOOP("texts", "Reports came from {sender}, which is not the PBX's address"),
        QT_TRANSLATE_NOOP("texts", "If a router is between, allow that sender."),
    ),
    "sender_other_pbx": (
        QT_TRANSLATE_NOOP("texts", "Reports came from another PBX, with serial number {serial}"),
        QT_TRANSLATE_NOOP("texts", "Check which PBX has the address in Setup."),
    ),
    "sender_turned_away": (
        QT_TRANSLATE_NOOP("texts", "A request of the PBX was turned away. {who}"),
        QT_TRANSLATE_NOOP(
            "texts",
            "Look whether a proxy or another program between the PBX and this computer changes "
            "its requests.",
        ),
    ),
    "sender_p_series": (
        QT_TRANSLATE_NOOP("texts", "{sender} sends the reports of a P-Series PBX"),
        QT_TRANSLATE_NOOP(
            "texts", "Check which PBX has the address in Setup: hbgui is for the S-Series."
        ),
    ),
    "sender_unreadable": (
        QT_TRANSLATE_NOOP("texts", "What came from {sender} cannot be read as a report"),
        QT_TRANSLATE_NOOP("texts", "Look at it in the list of reports: Raw shows what came."),
    ),
    "sender_none": (QT_TRANSLATE_NOOP("texts", "No report from a wrong address was refused"), ""),
    "nat_unknown": (
        QT_TRANSLATE_NOOP("texts", "A router between PBX and this computer may hold reports up"),
        QT_TRANSLATE_NOOP("texts", "Send a heartbeat: then hbgui can compare the networks."),
    ),
    "nat_other_network": (
        QT_TRANSLATE_NOOP("texts", "{ip} and the PBX {pbx} seem to be in different networks"),
        QT_TRANSLATE_NOOP(
            "texts",
            "Forward TCP port {port} on the router of this computer, and announce the address "
            "that the PBX can reach.",
        ),
    ),
    "nat_same_network": (
        QT_TRANSLATE_NOOP("texts", "{ip} and the PBX are in the same network"),
        "",
    ),
    "transport_tcp": (
        QT_TRANSLATE_NOOP("texts", "The PBX delivers reports over TCP, not over HTTP"),
        QT_TRANSLATE_NOOP("texts", "Choose report method HTTP on the PBX: {page}."),
    ),
    "transport_http": (QT_TRANSLATE_NOOP("texts", "The PBX delivers reports over HTTP"), ""),
    "transport_unknown": (
        QT_TRANSLATE_NOOP("texts", "The PBX may deliver reports over TCP; only its login tells"),
        QT_TRANSLATE_NOOP("texts", "Look on the PBX: {page}, report method HTTP."),
    ),
    "firewall_blocked": (
        QT_TRANSLATE_NOOP("texts", "The receiver does not even answer this computer"),
        QT_TRANSLATE_NOOP("texts", "Look for a firewall that blocks TCP port {port}."),
    ),
    "firewall_outside": (
        QT_TRANSLATE_NOOP("texts", "A firewall may block TCP port {port} from outside"),
        QT_TRANSLATE_NOOP(
            "texts",
            "From this computer the receiver answers; from outside only the PBX can tell. The "
            "rule below allows it.",
        ),
    ),
    "firewall_untried": (
        QT_TRANSLATE_NOOP("texts", "A firewall may block TCP port {port}"),
        QT_TRANSLATE_NOOP("texts", "Only the PBX can tell. The rule below allows it."),
    ),
    "monitors_ask": (
        QT_TRANSLATE_NOOP("texts", "The PBX reports only what is ticked under Status Monitor"),
        QT_TRANSLATE_NOOP("texts", "Tick the extension and the trunk: {page}, Status Monitor."),
    ),
}


_FINDINGS = {
    Finding.FOUND: QT_TRANSLATE_NOOP("texts", "Found"),
    Finding.LIKELY: QT_TRANSLATE_NOOP("texts", "Likely"),
    Finding.ASK: QT_TRANSLATE_NOOP("texts", "To be looked up"),
    Finding.RULED_OUT: QT_TRANSLATE_NOOP("texts", "Ruled out"),
}


def cause_finding(check: Check) -> str:
    """What hbgui can say of the cause, in a word or two."""
    return translate("texts", _FINDINGS[check.finding])


def cause(check: Check) -> tuple[str, str]:
    """The cause in a sentence without a full stop, and its cure, empty where there is none."""
    values = check.values | {"page": _API_PAGE}
    if refusal := values.get("refusal"):
        fault = Fault(values["fault"]) if values["fault"] else None
        values["who"] = turned_away(TurnedAway(Refusal(refusal), fault, values["sender"]))
    said, cure = (translate("texts", t, values) if t else "" for t in _CAUSES[check.code])
    return said.strip(), cure
