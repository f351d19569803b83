"""What the second lamp says, as tables of what happened before."""

import pytest

from core.pbx_events import ELSEWHERE, HERE, LISTENS, OFF, at, beat, came, pbx, report
from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.events import Event
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.reports.arrivals import ReceiverState, ReportsLamp, proof_of
from hbgui.core.reports.receiving import Place, path_asked_for, place_of
from hbgui.core.reports.report import ReportFormat, ReportProblem, decode, read_fields


@pytest.mark.parametrize(
    ("happened", "lamp"),
    [
        ((), ReportsLamp.NOT_HERE),
        ((beat(0),), ReportsLamp.NOT_HERE),
        ((LISTENS,), ReportsLamp.UNPROVEN),
        ((LISTENS, beat(0)), ReportsLamp.UNPROVEN),
        ((LISTENS, beat(0), came(3)), ReportsLamp.ARRIVE),
        ((LISTENS, came(3)), ReportsLamp.ARRIVE),
        ((LISTENS, beat(0, ELSEWHERE)), ReportsLamp.ELSEWHERE),
        ((LISTENS, beat(0, ELSEWHERE), came(3)), ReportsLamp.ELSEWHERE),
        # What came before this place was announced was sent by an older order.
        ((LISTENS, beat(0, ELSEWHERE), came(3), beat(9)), ReportsLamp.UNPROVEN),
        ((LISTENS, beat(0), came(3), beat(9, ELSEWHERE)), ReportsLamp.ELSEWHERE),
        ((LISTENS, beat(0), came(3), beat(9, ELSEWHERE), beat(12)), ReportsLamp.UNPROVEN),
        ((LISTENS, beat(0), came(3), beat(9)), ReportsLamp.ARRIVE),
        ((LISTENS, beat(0), came(3, ReportProblem.WRONG_PATH)), ReportsLamp.WRONG),
        ((LISTENS, beat(0), came(3, ReportProblem.WRONG_SENDER), came(4)), ReportsLamp.ARRIVE),
        ((LISTENS, beat(0), came(3), OFF), ReportsLamp.NOT_HERE),
        ((LISTENS, beat(0), came(3), OFF, LISTENS), ReportsLamp.UNPROVEN),
        ((LISTENS, beat(0), came(3), LISTENS), ReportsLamp.ARRIVE),
        ((LISTENS, beat(0), came(3), events.TokenChanged("a", at(5))), ReportsLamp.UNPROVEN),
        (
            (events.ReceiverChanged("a", ReceiverState(place_of(HERE), "port_taken")), beat(0)),
            ReportsLamp.NO_RECEIVER,
        ),
    ],
)
def test_lamp(happened: tuple[Event, ...], lamp: ReportsLamp) -> None:
    assert pbx(*happened).reports_lamp(at(20)) is lamp


def test_the_lamp_goes_out_with_the_token() -> None:
    proven = pbx(LISTENS, beat(0), came(3))
    assert proven.reports_lamp(at(1799)) is ReportsLamp.ARRIVE
    assert proven.reports_lamp(at(1801)) is ReportsLamp.ENDED
    lost = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)
    refused = pbx(LISTENS, beat(0), came(3), beat(30, outcome=lost))
    assert refused.reports_lamp(at(31)) is ReportsLamp.ENDED


def test_a_pbx_that_sends_over_tcp_sends_nothing_here() -> None:
    renewed = Attempt(at(0), ACCEPTED, renewed=at(0), transport="TCP", announced=HERE)
    over_tcp = events.HeartbeatFinished("a", 0, renewed, at(0), 0)
    assert pbx(LISTENS, over_tcp).reports_lamp(at(1)) is ReportsLamp.TCP
    # What did arrive is worth more than what the PBX said.
    assert pbx(LISTENS, over_tcp, came(3)).reports_lamp(at(4)) is ReportsLamp.ARRIVE


def test_proof_says_what_came_from_where_and_how_long_after() -> None:
    proof = pbx(LISTENS, beat(2), came(7.5), came(60)).arrivals.proof
    assert proof is not None
    assert (proof.latency_s, proof.sender) == (5.5, "192.168.5.150")
    assert (proof.event, proof.serial) == ("BootUp", "369000000001")
    assert proof.place == Place("192.168.5.20", 8260)


def test_a_report_proves_nothing_while_another_place_is_announced() -> None:
    assert pbx(LISTENS, beat(0, ELSEWHERE), came(3)).arrivals.proof is None
    assert pbx(LISTENS, beat(0, ELSEWHERE), came(3), beat(9)).arrivals.proof is None
    assert pbx(LISTENS, beat(0, ELSEWHERE), beat(9), came(12)).arrivals.proof is not None


def test_a_heartbeat_that_announced_another_place_caused_no_report() -> None:
    accepted = pbx(beat(1, ELSEWHERE)).accepted
    assert proof_of(report(7.5), place_of(HERE), accepted).latency_s is None
    assert proof_of(report(7.5), place_of(HERE), pbx(beat(1)).accepted).latency_s == 6.5


def test_arrivals_are_counted() -> None:
    arrivals = pbx(
        LISTENS,
        came(1),
        came(2, repeat=1),
        came(3, ReportProblem.WRONG_PATH),
        came(4, ReportProblem.WRONG_PATH),
    ).arrivals
    assert (arrivals.count, arrivals.repeats) == (4, 1)
    assert arrivals.problems == {ReportProblem.WRONG_PATH: 2}
    assert arrivals.last is not None
    assert arrivals.last.received == at(2)


@pytest.mark.parametrize(
    ("target", "url"),
    [
        (HERE, "http://192.168.5.20:8260/"),
        (ReportTarget("fd00::1", 8260), "http://[fd00::1]:8260/"),
        (
            ReportTarget("192.168.5.20", 8260, UrlMode.RELATIVE, "a/b"),
            "http://192.168.5.20:8260/a/b",
        ),
        (ReportTarget("1.2.3.4", 1, UrlMode.ABSOLUTE, "10.0.0.9:9000/r"), "http://10.0.0.9:9000/r"),
        (ReportTarget("1.2.3.4", 1, UrlMode.ABSOLUTE, "pbx.example/r"), "http://pbx.example:80/r"),
        (ReportTarget("1.2.3.4", 1, UrlMode.ABSOLUTE, "10.0.0.9:9000"), "http://10.0.0.9:9000/"),
    ],
)
def test_place(target: ReportTarget, url: str) -> None:
    assert place_of(target).url == url


@pytest.mark.parametrize(
    ("asked", "path"),
    [("", "/"), ("/report", "/report"), ("http://10.0.0.9:9000/r?x=1", "/r?x=1")],
)
def test_path_asked_for(asked: str, path: str) -> None:
    assert path_asked_for(asked) == path


@pytest.mark.parametrize(
    ("body", "format_", "event"),
    [
        ('{"event":"BootUp"}', ReportFormat.V2, "BootUp"),
        # Asked for no version, boxes send their serial number, too.
        ('{"action":"BootUp","sn":"3"}', ReportFormat.DEFAULT, "BootUp"),
        (
            '{"action":"NewCdr","callfrom":"9002","callid":"1556268469.2846","callto":"9001",'
            '"sn":"369464000000","status":"ANSWERED","type":"Internal"}',
            ReportFormat.DEFAULT,
            "NewCdr",
        ),
        (
            '{"action":"RING","callid":"1","ext":{"extid":"1"},"ext":{"extid":"2"},"sn":"3"}',
            ReportFormat.DEFAULT,
            "RING",
        ),
        ('{"action":"RING","call":[{"ext":{"extid":"1"}}],"sn":"3"}', ReportFormat.V1, "RING"),
        ('{"action":"RING","call":[]}', ReportFormat.V1, "RING"),
        ('{"action":"RING","callid":"1"}', ReportFormat.DEFAULT, "RING"),
        ('{"callid":"1"}', ReportFormat.UNKNOWN, ""),
        ('{"action":"RING",}', ReportFormat.UNKNOWN, ""),
    ],
)
def test_format(body: str, format_: ReportFormat, event: str) -> None:
    decoded = decode(body.encode())
    assert (decoded.format, decoded.event) == (format_, event)


def test_members_that_occur_twice_are_lists() -> None:
    body = b'{"action":"RING","callid":"7.1","ext":{"extid":"1"},"ext":{"extid":"2"}}'
    fields = read_fields(body)
    assert fields is not None
    assert fields["ext"] == [{"extid": "1"}, {"extid": "2"}]
    assert decode(body).call_id == "7.1"
