"""What is read of reports, as tables: columns, lines, records, filter, export."""

from __future__ import annotations

import codecs
import csv
import io
import json
import time
import timeit
from collections.abc import Callable

import pytest

from core.reporting import INBOUND, MEMBERS, ext, report, reports, v2
from hbgui.core.reports.matching import Match
from hbgui.core.reports.parties import CallResult, call_record, call_result, parties
from hbgui.core.reports.receiving import (
    LISTEN_CODES,
    Fault,
    ListenProblem,
    Place,
    PortHolder,
    Refusal,
    RefusalCounts,
    Subscription,
)
from hbgui.core.reports.report import (
    KNOWN,
    Report,
    ReportFormat,
    ReportProblem,
    decode,
    known_as,
    read_fields,
)
from hbgui.core.reports.view import Columns, ReportFilter, columns, csv_lines, json_line, json_lines
from hbgui.simulator.documented import documented
from hbgui.texts.reports.fields import report_lines
from hbgui.texts.reports.receiving import listen_problem_message
from hbgui.texts.reports.reports import (
    event_word,
    events_matching,
    refusal_word,
    repeat_sentence,
    report_problem_message,
    turned_away_sentence,
)

FORMATS = ("1.0.0", "1.0.2", "2.0.0")


OUTBOUND = '{"outbound":{"from":"2001","to":"5550101","trunkname":"sip","memberstatus":"RING"}}'


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (v2(ext("2001", "ALERT"), ext("2002", "RING")), ("2001, 2002", "", "2001", "2002")),
        (v2(ext("2002", "ANSWER"), ext("2001", "ANSWERED")), ("2002, 2001", "", "2001", "2002")),
        (v2(ext("2002", "HOLD"), ext("2001", "ANSWERED")), ("2002, 2001", "", "2001", "2002")),
        (v2(ext("2001", "BYE"), ext("2002", "BYE")), ("2001, 2002", "", "", "")),
        (v2(INBOUND, ext("2001", "RING")), ("2001", "sip", "5550100", "2001")),
        (v2(INBOUND), ("", "sip", "5550100", "6200")),
        (v2(ext("2001", "ALERT"), OUTBOUND), ("2001", "sip", "2001", "5550101")),
        (
            '{"action":"RING","callid":"7.1","ext":{"extid":"2002"},"ext":{"extid":"2001"}}',
            ("2002, 2001", "", "2001", "2002"),
        ),
        (
            '{"action":"ANSWERED","call":[{"ext":{"extid":"2001"}},{"ext":{"extid":"2002"}}]}',
            ("2001, 2002", "", "2001", "2002"),
        ),
        ('{"action":"ALERT","ext":{"extid":"2001"}}', ("2001", "", "2001", "")),
        (
            '{"action":"Incoming","call":[{"inbound":{"from":"1","to":"2","trunk":"t"}}]}',
            ("", "t", "1", "2"),
        ),
        ('{"event":"ExtensionStatus","extension":"2001","status":"Busy"}', ("2001", "", "", "")),
        ('{"event":"ConfigChange","type":"trunk","trunkname":"t"}', ("", "t", "", "")),
        ('{"event":"ConfigChange","type":"extension","extid":"2001"}', ("2001", "", "", "")),
        (
            '{"event":"NewCdr","callfrom":"1","callto":"6200(4002)","type":"Inbound","srctrunkname":"t"}',
            ("4002", "t", "1", "6200 (4002)"),
        ),
        (
            '{"action":"NewCdr","callfrom":"2001","callto":"5","type":"Outbound","dsttrcunkname":"t"}',
            ("2001", "t", "2001", "5"),
        ),
        (
            '{"event":"QueueAgentRingNoAnswerTimeout","queue":"queue-6700","agent":"Anna","caller":"5"}',
            ("6700", "", "5", "Anna"),
        ),
        (
            '{"event":"QueueAutoPause","queue":"6700","agent":"2001","misscall":[{"caller":"5"},{"caller":"6"}]}',
            ("2001", "", "5, 6", "6700"),
        ),
        ('{"event":"uacstacall","extnumber":"2001"}', ("2001", "", "", "")),
        ('{"action":"PlayPromptEnd","playtonum":"2001","ivr":{}}', ("2001", "", "", "")),
        (
            '{"event":"ConferenceStatus","conferencenumber":"6400","members":['
            f'{ext("2001", "ANSWERED")},{ext("2002", "ANSWER")}]}}',
            ("2001, 2002", "", "", "6400"),
        ),
        ('{"event":"Unheard","extension":2001}', ("2001", "", "", "")),
        ('{"event":"CallStatus","members":"broken"}', ("", "", "", "")),
        ('{"event":"CallStatus","members":[1,[2],{"ext":3}]}', ("", "", "", "")),
        ("not json", ("", "", "", "")),
    ],
)  # fmt: skip
def test_columns(raw: str, expected: tuple[str, str, str, str]) -> None:
    assert columns(report(raw)) == Columns(*expected)


def test_extension_or_trunk() -> None:
    assert Columns("2001", "sip").subject == "2001"
    assert Columns("", "sip").subject == "sip"


def test_two_parties_of_one_kind_are_two_parties() -> None:
    flat = read_fields(
        b'{"action":"RING","ext":{"extid":"1"},"ext":{"extid":"2"},"inbound":{"from":"3"}}'
    )
    assert flat is not None
    assert [(p.kind, p.number) for p in parties(flat)] == [
        ("ext", "1"),
        ("ext", "2"),
        ("inbound", "3"),
    ]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ('"ext":{"extid":["106","101"]}', [("ext", "106"), ("ext", "101")]),
        ('"ext":{"number":[106,101]}', [("ext", "106"), ("ext", "101")]),
        ('"ext":["106","101"]', [("ext", "106"), ("ext", "101")]),
        ('"ext":"106"', [("ext", "106")]),
        ('"ext":[{"extid":"106"},{"extid":["101"]}]', [("ext", "106"), ("ext", "101")]),
        ('"call":[{"ext":{"extid":["106","101"]}}]', [("ext", "106"), ("ext", "101")]),
        ('"members":[{"ext":{"number":["106","101"]}}]', [("ext", "106"), ("ext", "101")]),
        ('"inbound":{"from":["1","2"],"to":"3"}', [("inbound", "1"), ("inbound", "2")]),
        ('"inbound":["5550100"]', [("inbound", "5550100")]),
        ('"outbound":{"from":"1","to":["8","9"]}', [("outbound", "8"), ("outbound", "9")]),
        ('"ext":{"extid":[]}', [("ext", "")]),
    ],
)
def test_parties_in_lists_are_all_told(told: str, expected: list[tuple[str, str]]) -> None:
    """Some boxes of the family put all extensions of a call into one member."""
    one = report(f'{{"action":"RING","callid":"7.1",{told}}}')
    assert [(p.kind, p.name) for p in parties(one.fields)] == expected
    shown = " ".join(value for _label, value in report_lines(one))
    assert all(number in shown for _kind, number in expected)


def test_each_party_of_a_list_has_its_own_state() -> None:
    fields = read_fields(
        b'{"members":[{"ext":{"number":["106","101"],"memberstatus":["ALERT","RING"],'
        b'"callpath":["6200"]}}]}'
    )
    assert fields is not None
    assert [(p.number, p.status, p.path) for p in parties(fields)] == [
        ("106", "ALERT", "6200"),
        ("101", "RING", "6200"),
    ]


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ('{"event":"ExtensionStatus","extension":["106","101"],"status":"Busy"}', "106, 101"),
        ('{"event":"ConfigChange","type":"extension","extid":["106","101","106"]}', "106, 101"),
        ('{"action":"RING","ext":{"extid":["106","101"]}}', "106, 101"),
    ],
)
def test_extensions_in_a_list_are_all_shown(raw: str, numbers: str) -> None:
    assert columns(report(raw)).extension == numbers


def test_a_text_message_that_was_sent_is_named() -> None:
    sent = report('{"action":"sms-send","status":"Failed","smsid":"18396210850-1502874159"}')
    assert known_as("sms-send") == "sms-send"
    assert report_lines(sent) == (
        ("Event", "Text message (SMS) (sms-send)"),
        ("State", "Failed"),
        ("SMS id", "18396210850-1502874159"),
    )


@pytest.mark.parametrize(
    ("number", "event"), [("30011", "30011"), ('"30012"', "30012"), ("30008", "30008")]
)
@pytest.mark.parametrize("message", ['"{\\"extension\\":\\"2002\\"}"', '{"extension":"2002"}'])
def test_a_report_of_the_p_series_is_named(number: str, event: str, message: str) -> None:
    decoded = decode(f'{{"type":{number},"sn":"3631A2124000","msg":{message}}}'.encode())
    assert (decoded.event, decoded.serial) == (event, "3631A2124000")
    assert decoded.format is ReportFormat.P_SERIES
    assert event_word(decoded.event) == f"P-Series event {event}"
    shown = report_lines(report(f'{{"type":{number},"msg":{message}}}'))
    assert shown[0] == ("Event", f"P-Series event {event}")
    assert shown[-1][0] == "Message"
    fitting = Subscription(Place("192.0.2.1", 8260), "a")
    assert Match((fitting,)).owner(decoded) == ("a", ReportProblem.P_SERIES)


@pytest.mark.parametrize(
    "raw",
    [
        '{"type":30011,"sn":"1"}',
        '{"type":"extension","msg":"x"}',
        '{"type":300110,"msg":"x"}',
        '{"event":"ConfigChange","type":"30011","msg":"x"}',
    ],
)
def test_what_only_looks_like_it_is_none_of_the_p_series(raw: str) -> None:
    assert decode(raw.encode()).format is not ReportFormat.P_SERIES


@pytest.mark.parametrize("version", FORMATS)
def test_every_documented_event_has_a_word_and_lines(version: str) -> None:
    for one in reports(documented(version)):
        name = one.decoded.event
        assert known_as(name), name
        assert event_word(name) != name
        lines = report_lines(one)
        assert name in lines[0][1]
        shown = " ".join(f"{label} {value}" for label, value in lines)
        assert "{" not in shown
        assert "[" not in shown
        for value in _values(one.fields):
            assert value in shown or _read_otherwise(value), (value, lines)


def _values(fields: object) -> list[str]:
    if isinstance(fields, dict):
        return [v for value in fields.values() for v in _values(value)]
    if isinstance(fields, list):
        return [v for value in fields for v in _values(value)]
    return [str(fields)]


def _read_otherwise(value: str) -> bool:
    states = {"ALERT", "RING", "ANSWER", "ANSWERED", "HOLD", "BYE"}
    return value in states or call_result(value) is not CallResult.UNKNOWN or "(" in value


@pytest.mark.parametrize(
    ("event", "name"),
    [
        *((name, name) for name in KNOWN),
        ("Transfer", "Tranfer"),
        ("CallTransfer", "Tranfer"),
        ("CallForward", "Forward"),
        ("DTMF event", "DTMF"),
        ("newcdr", "NewCdr"),
        ("Satisfaction", "satisfaction"),
        ("Unheard", ""),
        ("", ""),
    ],
)
def test_an_event_is_known_in_each_spelling(event: str, name: str) -> None:
    assert known_as(event) == name


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("ANSWERED", CallResult.ANSWERED),
        ("ANSWERD", CallResult.ANSWERED),
        ("answered", CallResult.ANSWERED),
        ("NO ANSWER", CallResult.NO_ANSWER),
        ("NO ANSWERED", CallResult.NO_ANSWER),
        ("NOANSWER", CallResult.NO_ANSWER),
        ("No_Answer", CallResult.NO_ANSWER),
        ("BUSY", CallResult.BUSY),
        ("FAILED", CallResult.FAILED),
        ("VOICEMAIL", CallResult.VOICEMAIL),
        ("CONGESTION", CallResult.UNKNOWN),
        ("", CallResult.UNKNOWN),
    ],
)
def test_the_result_of_a_call_in_each_spelling(word: str, result: CallResult) -> None:
    assert call_result(word) is result


@pytest.mark.parametrize("out", ["desttrunkname", "dstrunkname", "dsttrcunkname"])
@pytest.mark.parametrize("misspelled", ["callduraction", "callduration"])
def test_a_record_in_each_spelling(out: str, misspelled: str) -> None:
    record = call_record(
        {misspelled: "19", "talkduraction": 14, out: "sip", "callto": "6200(4002)"}
    )
    assert (record.duration_s, record.talk_s, record.trunk) == (19, 14, "sip")
    assert (record.callee, record.agent) == ("6200", "4002")


def test_a_record_with_nonsense_is_read_all_the_same() -> None:
    record = call_record({"callduraction": "soon", "talkduraction": "-1", "callfrom": {"a": 1}})
    assert (record.duration_s, record.talk_s, record.caller) == (None, None, "")


def test_lines_say_it_in_words() -> None:
    cdr = (
        '{"event":"NewCdr","callto":"6200(4002)","callduraction":"19",'
        '"status":"NO ANSWERED","x":[1,2]}'
    )
    assert report_lines(report(cdr)) == (
        ("Event", "Call record (NewCdr)"),
        ("Called", "group 6200, answered by 4002"),
        ("Duration", "19 s"),
        ("State", "not answered"),
        ("x", "1"),
        ("x", "2"),
    )
    assert report_lines(report(v2(INBOUND, ext("2001", "RING"))))[1:3] == (
        ("From outside", "5550100 → 6200, hears ringing, trunk sip"),
        ("Extension", "2001, rings"),
    )
    assert report_lines(report("broken")) == ()


WRONG = report("x", 2, ReportProblem.NOT_JSON, sender="10.0.0.9")
BOOT = report('{"event":"BootUp","sn":"369"}', 1)
CALL = report('{"action":"Transfer","callid":"7.1"}', 3, pbx_id="b")


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (ReportFilter(), [BOOT, WRONG, CALL]),
        (ReportFilter(pbx_id="b"), [CALL]),
        (ReportFilter(events=frozenset({"BootUp"})), [BOOT]),
        (ReportFilter(events=frozenset({"Tranfer"})), [CALL]),
        (ReportFilter(problems_only=True), [WRONG]),
        (ReportFilter(call_id="7.1"), [CALL]),
        (ReportFilter(text="369"), [BOOT]),
        (ReportFilter(text="BOOTUP"), [BOOT]),
        (ReportFilter(text="10.0.0"), [WRONG]),
        (ReportFilter(text="started", matching_events=events_matching("started")), [BOOT]),
        (ReportFilter(text="started"), []),
        (ReportFilter(pbx_id="b", problems_only=True), []),
    ],
)
def test_filter(wanted: ReportFilter, taken: list) -> None:
    assert [one for one in (BOOT, WRONG, CALL) if wanted.takes(one)] == taken


def test_json_lines_have_every_member() -> None:
    lines = "".join(json_lines([BOOT, WRONG])).splitlines()
    boot, wrong = map(json.loads, lines)
    assert list(boot) == list(wrong) == MEMBERS
    assert boot == {
        "event": "BootUp",
        "format": "2.0.0",
        "serial": "369",
        "call_id": None,
        "sender": "192.168.5.150",
        "sender_checked": True,
        "path": "/",
        "received": "2026-01-02T03:04:06.678Z",
        "repeat": 0,
        "fields": {"event": "BootUp", "sn": "369"},
        "raw": '{"event":"BootUp","sn":"369"}',
        "problem": None,
    }
    assert (wrong["event"], wrong["format"], wrong["fields"]) == (None, "unknown", None)
    assert (wrong["raw"], wrong["problem"]) == ("x", "not_json")


@pytest.mark.parametrize(
    "raw",
    [
        '{"event":"A\\ud800","x":1e999}',
        '{"event":"A\\u2028\\u202e\\n"}',
        b'{"event":"\xff"}',
        "{" * 9999,
        '{"event":' * 31 + "1" + "}" * 31,
    ],
)
def test_whatever_comes_is_a_line_that_others_can_read(raw: str | bytes) -> None:
    line = json_line(report(raw))
    assert line.isascii()
    assert "\n" not in line

    def no_constant(name: str) -> None:
        raise AssertionError(name)

    json.loads(line, parse_constant=no_constant)
    "".join(csv_lines([report(raw)])).encode()


def table(shown: list[Report]) -> str:
    """As a spreadsheet reads it."""
    return "".join(csv_lines(shown)).encode().decode("utf-8-sig")


def test_a_spreadsheet_takes_the_table_for_utf_8() -> None:
    """Excel reads a file without this mark in the charset of the country."""
    written = "".join(csv_lines([report('{"event":"BootUp","name":"Müller"}'), BOOT])).encode()
    assert written.startswith(codecs.BOM_UTF8 + b"event,")
    assert written.count(codecs.BOM_UTF8) == 1
    assert "Müller" in written.decode("utf-8-sig")


@pytest.mark.parametrize(
    "begin", ["=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
)
def test_no_cell_is_a_formula(begin: str) -> None:
    evil = report(json.dumps({"event": f"{begin}cmd|' /C calc'!A0"}))
    rows = list(csv.DictReader(io.StringIO(table([evil, BOOT]), newline="")))
    assert list(rows[0]) == MEMBERS
    assert not rows[0]["event"].startswith(begin) or begin in "\t\r"
    assert rows[1]["event"] == "BootUp"
    assert json.loads(rows[1]["fields"]) == {"event": "BootUp", "sn": "369"}


@pytest.mark.parametrize("problem", ReportProblem)
def test_each_problem_says_what_why_and_what_to_do(problem: ReportProblem) -> None:
    told = report_problem_message(report('{"event":"BootUp","sn":"369"}', problem=problem))
    assert told is not None
    assert all((told.title, told.why, told.advice))
    assert "{" not in told.title + told.why + told.advice


def test_a_report_in_order_has_no_problem_and_a_repeat_says_why() -> None:
    assert report_problem_message(BOOT) is None
    assert repeat_sentence(BOOT) == ""
    assert "(times: 3). Either the PBX repeats it" in repeat_sentence(report("{}", repeat=3))


@pytest.mark.parametrize("refusal", Refusal)
def test_each_refusal_has_its_own_word(refusal: Refusal) -> None:
    others = {refusal_word(other) for other in Refusal if other is not refusal}
    assert refusal_word(refusal) not in others


@pytest.mark.parametrize("fault", Fault)
def test_what_was_turned_away_has_its_sender_and_its_own_reason(fault: Fault) -> None:
    def said(one: Fault) -> str:
        last = RefusalCounts().plus(Refusal.MALFORMED, "192.0.2.7", one).last
        assert last is not None
        return turned_away_sentence(last)

    assert said(fault).startswith("192.0.2.7: ")
    assert said(fault) not in {said(other) for other in Fault if other is not fault}


@pytest.mark.parametrize("code", sorted(LISTEN_CODES))
def test_each_reason_not_to_listen_has_cause_and_cure(code: str) -> None:
    told = listen_problem_message(ListenProblem(code, "::1", 8260, "odd"))
    assert all((told.title, told.why, told.advice))
    assert "{" not in told.title + told.why + told.advice


def test_the_program_that_has_the_port_is_named() -> None:
    taken = ListenProblem("port_taken", "192.0.2.1", 8260)
    assert "node (process 41)" in listen_problem_message(taken, PortHolder("node", 41)).title
    assert "process 41" in listen_problem_message(taken, PortHolder("", 41)).title


@pytest.mark.parametrize("inner", ["[],", "{},"])
def test_decoding_costs_much_less_than_reading_all_members(inner: str) -> None:
    body = f'{{"event":"BootUp","a":[{inner * 80_000}1]}}'.encode()
    assert decode(body).event == "BootUp"
    assert quickest_s(lambda: decode(body)) < quickest_s(lambda: read_fields(body)) / 2


def quickest_s(work: Callable[[], object]) -> float:
    """Of the processor, so that other programs do not count."""
    return min(timeit.repeat(work, timer=time.thread_time, repeat=8, number=1))


@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}"), ('[{"[{":', "}]")])
def test_what_is_called_readable_can_be_read(begin: str, end: str) -> None:
    for depth in range(1, 40):
        body = f'{{"event":"}}]","x":{begin * depth}1{end * depth}}}'.encode()
        assert decode(body).readable is (read_fields(body) is not None)
