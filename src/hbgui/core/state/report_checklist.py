"""Why no report may have arrived: each usual cause, and whether it applies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hbgui.core.api.login import HTTP, TCP
from hbgui.core.pbx.address import host_of
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.networks import LocalAddress, address_warnings
from hbgui.core.pbx.profile import ApiVersion, Profile, UrlField
from hbgui.core.reports.arrivals import ReceiverState, announces, still_wrong
from hbgui.core.reports.receiving import NOWHERE
from hbgui.core.reports.report import Report, ReportProblem
from hbgui.core.state.pbx_state import PbxState, Phase
from hbgui.core.values import Moment


class Cause(StrEnum):
    """The usual causes; those that hbgui can check come first."""

    RECEIVER = "receiver"
    TOKEN = "token"  # noqa: S105 - the name of a cause
    ELSEWHERE = "elsewhere"
    PATH = "path"
    SENDER = "sender"
    NAT = "nat"
    TRANSPORT = "transport"
    FIREWALL = "firewall"
    MONITORS = "monitors"


class Finding(StrEnum):
    """How certain a cause is: FOUND is certain, ASK cannot be checked by hbgui."""

    FOUND = "found"
    LIKELY = "likely"
    ASK = "ask"
    RULED_OUT = "ruled_out"


@dataclass(frozen=True, slots=True)
class Check:
    """The result for one cause. `code` is a key of the texts, `values` fill in its placeholders."""

    cause: Cause
    finding: Finding
    code: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Situation:
    """The data for the checklist. `local` are this computer's addresses."""

    profile: Profile
    pbx: PbxState
    now: Moment
    local: tuple[LocalAddress, ...] = ()

    def wrong(self, problem: ReportProblem) -> Report | None:
        """The last report with that problem, unless it would be accepted now."""
        report = self.pbx.arrivals.wrongs.get(problem)
        return report if still_wrong(report, self.pbx.receiving) else None


_ORDER = (Finding.FOUND, Finding.LIKELY, Finding.ASK, Finding.RULED_OUT)


def checklist(seen: Situation) -> tuple[Check, ...]:
    """Every cause, the certain ones first, those that are ruled out last."""
    return tuple(sorted(_checks(seen), key=lambda check: _ORDER.index(check.finding)))


def _checks(seen: Situation) -> Iterator[Check]:
    for cause, look in _LOOKS.items():
        finding, code, values = look(seen)
        yield Check(cause, finding, f"{cause}_{code}", values)


_Found = tuple[Finding, str, dict[str, str]]


def _receiver(seen: Situation) -> _Found:
    receiving = seen.pbx.receiving
    if receiving is None:
        return Finding.FOUND, "off", {}
    if not receiving.listens:
        return Finding.FOUND, "deaf", {}
    return Finding.RULED_OUT, "on", {"place": receiving.place.url}


def _token(seen: Situation) -> _Found:
    pbx = seen.pbx
    code = pbx.last_contact_attempt.outcome.code if pbx.last_contact_attempt else ""
    if code == "token_shared":
        return Finding.FOUND, "shared", {}
    if pbx.token_not_valid:
        return Finding.FOUND, "not_valid", {}
    if pbx.token_dead or pbx.token_left_s(seen.now) == 0:
        return Finding.FOUND, "ended", {}
    if pbx.accepted is None or pbx.phase(seen.now) is not Phase.ALIVE:
        return Finding.LIKELY, "unknown", {}
    return Finding.RULED_OUT, "alive", {}


def _elsewhere(seen: Situation) -> _Found:
    accepted, receiving = seen.pbx.accepted, seen.pbx.receiving
    if accepted is None or receiving is None or receiving.place == NOWHERE:
        return Finding.ASK, "unknown", {}
    values = {"target": accepted.target, "place": receiving.place.url}
    if announces(accepted, receiving.place) is False:
        return Finding.FOUND, "announced", values
    if receiving.bound not in ("", receiving.place.host):
        return Finding.LIKELY, "not_ours", values
    return Finding.RULED_OUT, "here", values


def _path(seen: Situation) -> _Found:
    profile = seen.profile
    if (wrong := seen.wrong(ReportProblem.WRONG_PATH)) is not None:
        return Finding.FOUND, "wrong", {"path": wrong.path}
    if profile.url_mode is UrlMode.NONE:
        return Finding.RULED_OUT, "none", {}
    field = profile.wire_url_field
    if field is UrlField.BOTH:
        return Finding.RULED_OUT, "both", {}
    usual = field is UrlField.URLTAG or profile.api is ApiVersion.V2
    return Finding.ASK if usual else Finding.LIKELY, "field", {"field": field.value}


def _turned_away(receiving: ReceiverState | None) -> _Found | None:
    """The last request of the PBX that was rejected before it could become a report."""
    last = receiving.turned_away if receiving else None
    if receiving is None or last is None or last.refusal.is_listed:
        return None
    if last.sender not in receiving.senders:
        return None
    values = {"sender": last.sender, "refusal": last.refusal, "fault": last.fault or ""}
    return Finding.FOUND, "turned_away", values


_UNREADABLE = (
    ReportProblem.NOT_JSON,
    ReportProblem.WRONG_LENGTH,
    ReportProblem.TOO_MANY,
    ReportProblem.NO_EVENT,
)


def _sender(seen: Situation) -> _Found:
    if (wrong := seen.wrong(ReportProblem.WRONG_SENDER)) is not None:
        return Finding.FOUND, "other", {"sender": wrong.sender}
    if (wrong := seen.wrong(ReportProblem.WRONG_SERIAL)) is not None:
        return Finding.FOUND, "other_pbx", {"serial": wrong.decoded.serial}
    if (turned_away := _turned_away(seen.pbx.receiving)) is not None:
        return turned_away
    if (wrong := seen.wrong(ReportProblem.P_SERIES)) is not None:
        return Finding.FOUND, "p_series", {"sender": wrong.sender}
    for problem in _UNREADABLE:
        if (wrong := seen.wrong(problem)) is not None:
            return Finding.LIKELY, "unreadable", {"sender": wrong.sender}
    return Finding.RULED_OUT, "none", {}


def _nat(seen: Situation) -> _Found:
    target = seen.pbx.accepted.announced if seen.pbx.accepted else None
    if target is None:
        return Finding.ASK, "unknown", {}
    host = host_of(seen.profile.pbx)
    values = {"ip": target.host, "pbx": host, "port": str(target.port)}
    if "ip_other_subnet" in address_warnings(target.host, host, seen.local):
        return Finding.LIKELY, "other_network", values
    return Finding.RULED_OUT, "same_network", values


def _transport(seen: Situation) -> _Found:
    match seen.pbx.transport:
        case word if word == TCP:
            return Finding.FOUND, "tcp", {}
        case word if word == HTTP:
            return Finding.RULED_OUT, "http", {}
        case _:
            return Finding.ASK, "unknown", {}


def _firewall(seen: Situation) -> _Found:
    receiving = seen.pbx.receiving
    values = {"port": str(receiving.place.port) if receiving else ""}
    if receiving is not None and receiving.reachable is False:
        return Finding.FOUND, "blocked", values
    answers = receiving is not None and receiving.reachable
    return Finding.ASK, "outside" if answers else "untried", values


def _monitors(_seen: Situation) -> _Found:
    return Finding.ASK, "ask", {}


_LOOKS = {
    Cause.RECEIVER: _receiver,
    Cause.TOKEN: _token,
    Cause.ELSEWHERE: _elsewhere,
    Cause.PATH: _path,
    Cause.SENDER: _sender,
    Cause.NAT: _nat,
    Cause.TRANSPORT: _transport,
    Cause.FIREWALL: _firewall,
    Cause.MONITORS: _monitors,
}
