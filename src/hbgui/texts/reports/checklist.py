"""Why no report may have come: each cause with its cure."""

from __future__ import annotations

from hbgui.core.reports.receiving import Fault, Refusal, TurnedAway
from hbgui.core.state.report_checklist import Check, Finding
from hbgui.texts.reports.reports import turned_away_sentence
from hbgui.texts.translation import T, translate

_API_PAGE = "Settings > PBX > General > API"

_CAUSES: dict[str, tuple[str, str]] = {
    "receiver_off": (T("hbgui does not receive reports now"), T("Switch Receive reports on.")),
    "receiver_deaf": (
        T("hbgui cannot listen where reports would come in"),
        T("The reason is shown above."),
    ),
    "receiver_on": (T("hbgui listens on {place}"), ""),
    "token_shared": (
        T("Another program seems to take the token away"),
        T("End the program that uses the same API account."),
    ),
    "token_ended": (
        T("The token has ended, and its reports with it"),
        T("Get a new token, then send a heartbeat."),
    ),
    "token_not_valid": (
        T("The PBX does not take the token: it is not valid"),
        T("Get a new token, then send a heartbeat."),
    ),
    "token_unknown": (
        T("No heartbeat was accepted lately: the token may be dead"),
        T("Send a heartbeat."),
    ),
    "token_alive": (T("The token is alive"), ""),
    "elsewhere_unknown": (
        T("Where the PBX sends reports is not known"),
        T("Send a heartbeat: it announces this computer."),
    ),
    "elsewhere_announced": (
        T("The PBX was told to send to {target}, not to {place}"),
        T("Send a heartbeat that announces this place."),
    ),
    "elsewhere_not_ours": (
        T("{place} leads here only through a router or a name service"),
        T("Check the port forwarding, or announce this computer itself."),
    ),
    "elsewhere_here": (T("The PBX was told to send to this place"), ""),
    "path_wrong": (
        T("Reports came to {path}, another path than announced"),
        T("The PBX may not know the name of the URL mode's field: choose “both” in the form."),
    ),
    "path_none": (T("No path is announced, so that none can be misunderstood"), ""),
    "path_both": (T("The URL mode goes out as urlflag and urltag"), ""),
    "path_field": (
        T("The URL mode goes out as {field} only"),
        T("Some PBXs know it by the other name: choose “both”."),
    ),
    "sender_other": (
        T("Reports came from {sender}, which is not the PBX's address"),
        T("If a router is between, allow that sender."),
    ),
    "sender_other_pbx": (
        T("Reports came from another PBX, with serial number {serial}"),
        T("Check which PBX has the address in Setup."),
    ),
    "sender_turned_away": (
        T("A request of the PBX was turned away. {who}"),
        T(
            "Look whether a proxy or another program between the PBX and this computer changes its "
            "requests."
        ),
    ),
    "sender_p_series": (
        T("{sender} sends the reports of a P-Series PBX"),
        T("Check which PBX has the address in Setup: hbgui is for the S-Series."),
    ),
    "sender_unreadable": (
        T("What came from {sender} cannot be read as a report"),
        T("Look at it in the list of reports: Raw shows what came."),
    ),
    "sender_none": (T("No report from a wrong address was refused"), ""),
    "nat_unknown": (
        T("A router between PBX and this computer may hold reports up"),
        T("Send a heartbeat: then hbgui can compare the networks."),
    ),
    "nat_other_network": (
        T("{ip} and the PBX {pbx} seem to be in different networks"),
        T(
            "Forward TCP port {port} on the router of this computer, and announce the address that "
            "the PBX can reach."
        ),
    ),
    "nat_same_network": (T("{ip} and the PBX are in the same network"), ""),
    "transport_tcp": (
        T("The PBX delivers reports over TCP, not over HTTP"),
        T("Choose report method HTTP on the PBX: {page}."),
    ),
    "transport_http": (T("The PBX delivers reports over HTTP"), ""),
    "transport_unknown": (
        T("The PBX may deliver reports over TCP; only its login tells"),
        T("Look on the PBX: {page}, report method HTTP."),
    ),
    "firewall_blocked": (
        T("The receiver does not even answer this computer"),
        T("Look for a firewall that blocks TCP port {port}."),
    ),
    "firewall_outside": (
        T("A firewall may block TCP port {port} from outside"),
        T(
            "From this computer the receiver answers; from outside only the PBX can tell. The rule "
            "below allows it."
        ),
    ),
    "firewall_untried": (
        T("A firewall may block TCP port {port}"),
        T("Only the PBX can tell. The rule below allows it."),
    ),
    "monitors_ask": (
        T("The PBX reports only what is ticked under Status Monitor"),
        T("Tick the extension and the trunk: {page}, Status Monitor."),
    ),
}


_FINDINGS = {
    Finding.FOUND: T("Found"),
    Finding.LIKELY: T("Likely"),
    Finding.ASK: T("To be looked up"),
    Finding.RULED_OUT: T("Ruled out"),
}


def cause_finding(check: Check) -> str:
    """Whether the cause was found, is likely or ruled out, or to be looked up, in a few words."""
    return translate(_FINDINGS[check.finding])


def cause_and_cure(check: Check) -> tuple[str, str]:
    """The cause in a sentence without a full stop, and its cure, empty where there is none."""
    values = check.values | {"page": _API_PAGE}
    if refusal := values.get("refusal"):
        fault = Fault(values["fault"]) if values["fault"] else None
        values["who"] = turned_away_sentence(TurnedAway(Refusal(refusal), fault, values["sender"]))
    cause, cure = (translate(text, values) for text in _CAUSES[check.code])
    return cause.strip(), cure
