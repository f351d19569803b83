"""The heartbeat on the wire, and what its answer means."""

import json

import pytest

from hbgui.core.api.heartbeat import HttpAnswer, answer_text, build, read_answer
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.profile import ApiVersion, UrlField
from hbgui.texts.outcomes import outcome_message

V1, V2 = ApiVersion.V1, ApiVersion.V2
NONE, RELATIVE, ABSOLUTE = UrlMode.NONE, UrlMode.RELATIVE, UrlMode.ABSOLUTE


@pytest.mark.parametrize(
    ("api", "field", "mode", "url", "extra"),
    [
        (V1, UrlField.URLFLAG, NONE, "", {}),
        (V1, UrlField.URLFLAG, RELATIVE, "report", {"url": "report", "urlflag": "0"}),
        (
            V1,
            UrlField.URLTAG,
            ABSOLUTE,
            "10.0.0.1:8260/r",
            {"url": "10.0.0.1:8260/r", "urltag": "1"},
        ),
        (V1, UrlField.BOTH, RELATIVE, "r", {"url": "r", "urlflag": "0", "urltag": "0"}),
        (V2, UrlField.URLTAG, NONE, "", {"version": "2.0.0"}),
        (V2, UrlField.URLTAG, RELATIVE, "r", {"url": "r", "urltag": "0", "version": "2.0.0"}),
    ],
)
def test_request(api: ApiVersion, field: UrlField, mode: UrlMode, url: str, extra: dict) -> None:
    request = build(api, field, ReportTarget("10.20.30.40", 8260, mode, url))
    assert request.path == f"/api/{api.value}/heartbeat"
    assert json.loads(request.body) == {"ipaddr": "10.20.30.40", "port": "8260"} | extra


def test_documented_example_has_the_documented_length() -> None:
    target = ReportTarget("10.20.30.40", 8260, ABSOLUTE, "10.20.30.40:8260/report")
    assert len(build(V1, UrlField.URLTAG, target).body) == 83


ACCEPTED = [
    b'{"status":"Success"}',
    b'\xef\xbb\xbf{"status":"Success"}',
    b' \r\n{"status" : "Success", "more": [1, {"status": "x"}]}\n',
    '{"status":"Success"}'.encode("utf-16"),
    b'{"status":"Success","n":' + b"9" * 5001 + b"}",
]


@pytest.mark.parametrize("body", ACCEPTED)
def test_accepted(body: bytes) -> None:
    assert read_answer(HttpAnswer(200, body)).kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("status", [100, 103, 201, 202, 204, 206, 400, 404, 500])
@pytest.mark.parametrize("body", ACCEPTED)
def test_success_with_another_http_status_is_no_success(status: int, body: bytes) -> None:
    assert read_answer(HttpAnswer(status, body)).kind is OutcomeKind.UNCLEAR


@pytest.mark.parametrize(
    ("body", "errno"),
    [
        (b'{"status":"Failed","errno":"20006"}', "20006"),
        (b'{"status":"Failed","errno":20006}', "20006"),
        (b'{"errno":"99999","status":"Failed"}', "99999"),
        (b'{"status":"Failed","errno":"20006"}<!-- rubbish -->', "20006"),
        (b'{"status":"Failed","errno":" 20004 "}', "20004"),
        (b'{"status":"Failed","errno":' + b"2" * 32 + b"}", "2" * 32),
        ('{"status":"Failed","errno":"20004\u202e"}'.encode(), "20004\\u202e"),
    ],
)
@pytest.mark.parametrize("status", [200, 302, 403, 500])
def test_refused_whatever_the_http_status(body: bytes, errno: str, status: int) -> None:
    outcome = read_answer(HttpAnswer(status, body, "https://elsewhere/"))
    assert (outcome.kind, outcome.errno) == (OutcomeKind.REFUSED, errno)
    assert outcome.http_status == status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "answer_empty"),
        (b" \n", "answer_empty"),
        (b"<html>Success</html>", "answer_web_page"),
        (b"<!DOCTYPE html>\n<html lang=en>", "answer_web_page"),
        (b'\xef\xbb\xbf\r\n<?xml version="1.0"?><!-- a\nb --><HTML xmlns="x">', "answer_web_page"),
        (b"<?xml version='1.0'?><Response/>", "answer_not_json"),
        (b"success", "answer_not_json"),
        (b'rubbish {"status":"Success"}', "answer_not_json"),
        (b'{"status":"Success"', "answer_cut_off"),
        (b'{"status":"Success"\r\n', "answer_cut_off"),
        (b'{"status":"Success","x":{"y":1}', "answer_cut_off"),
        (b'"status":"Success"}', "answer_cut_off"),
        (b'{"status":"Succ', "answer_cut_off"),
        (b'{"status":"Failed","errno":"2000', "answer_cut_off"),
        (b'{"status":"Failed","errno":2000', "answer_cut_off"),
        (b"{", "answer_cut_off"),
        (b'{"status":"Success"}{"status":"Failed","errno":"20004"}', "answer_several"),
        (b'{"status":"Failed","errno":"20004"}{"status":"Success"}', "answer_several"),
        (
            b'{"status":"Failed","errno":"20004"}{"status":"Failed","errno":"20004"}',
            "answer_several",
        ),
        (b'{"status":"Success"}{"status":"Success"}', "answer_several"),
        (b'{"status":"Success"}\r\n{"status":"Success"}', "answer_several"),
        (b'{"status":"Success"},{"status":"Success"}', "answer_several"),
        (b'{"status":"Success"}\0{}', "answer_several"),
        (b'{"status":"Success"}{"sta', "answer_several"),
        (b'{"status":"Success"}<!-- rubbish \xff -->', "answer_has_more"),
        (b'{"status":"Success"}}', "answer_has_more"),
        (b'{"status":"Success"}\0', "answer_has_more"),
        (b'{"status":"Success"},', "answer_has_more"),
        (b'{"status":"Success"}[]', "answer_has_more"),
        (b'{"status":"Success","x":NaN}', "answer_not_json"),
        ('{"status":"Success"}'.encode("utf-32"), "answer_not_json"),
        (b"[" * 100_000, "answer_not_json"),
        (b"null", "answer_not_json"),
        (b"[]", "answer_not_json"),
        (b'"Success"', "answer_not_json"),
        (b'[{"status":"Success"}]', "answer_not_json"),
        (b"{}", "status_unclear"),
        (b'{"status":"success"}', "status_unclear"),
        (b'{"status":"SUCCESS"}', "status_unclear"),
        (b'{"status":" Success"}', "status_unclear"),
        (b'{"Status":"Success"}', "status_unclear"),
        (b'{"status":true}', "status_unclear"),
        (b'{"status":["Success"]}', "status_unclear"),
        (b'{"status":"Success","status":"Success"}', "answer_repeats"),
        (b'{"status":"Failed","status":"Success"}', "answer_repeats"),
        (b'{"status":"Success","status":"Failed","errno":"20004"}', "answer_repeats"),
        (b'{"status":"Success","\\u0073tatus":"Failed"}', "answer_repeats"),
        (b'{"status":"Success","status":null}', "answer_repeats"),
        (b'{"status":"Success","errno":"0","errno":"20004"}', "answer_repeats"),
        (b'{"errno":20004,"status":"Success","errno":null}', "answer_repeats"),
        (b'{"a":{"status":"Success"}}', "status_unclear"),
        (b'{"status":"Failure","errno":"20006"}', "status_unclear"),
        (b'{"status":"Failed"}', "failed_without_errno"),
        (b'{"status":"Failed","errno":""}', "failed_without_errno"),
        (b'{"status":"Failed","errno":null}', "failed_without_errno"),
        (b'{"status":"Failed","errno":true}', "failed_without_errno"),
        (b'{"status":"Failed","errno":' + b"2" * 5001 + b"}", "failed_without_errno"),
        (b'{"status":"Failed","errno":-' + b"2" * 60_000 + b"}", "failed_without_errno"),
        (b'{"status":"Failed","errno":"20006","errno":"20004"}', "failed_without_errno"),
    ],
)
def test_unclear(body: bytes, code: str) -> None:
    outcome = read_answer(HttpAnswer(200, body))
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNCLEAR, code)


P_SERIES = [
    b'{"errcode":10001,"errmsg":"INTERFACE NOT EXISTED"}',
    b'{"errcode": 70004, "errmsg": "PARAMETER ERROR", "data": {}}\n',
    b'{"errmsg":"SUCCESS","errcode":0}',
    b'{"errcode":"10004","errmsg":"ACCESS TOKEN EXPIRED"}',
]


@pytest.mark.parametrize("body", P_SERIES)
@pytest.mark.parametrize("status", [200, 400, 401, 404, 500])
def test_a_p_series_is_named_and_not_asked_again(body: bytes, status: int) -> None:
    outcome = read_answer(HttpAnswer(status, body))
    assert (outcome.kind, outcome.code) == (OutcomeKind.UNCLEAR, "other_series")
    assert not outcome.may_pass
    assert "P-Series" in outcome_message(outcome, "192.168.5.150:8088").title


def test_who_has_a_status_is_no_p_series() -> None:
    body = b'{"status":"Success","errcode":0,"errmsg":"SUCCESS"}'
    assert read_answer(HttpAnswer(200, body)).accepted
    assert read_answer(HttpAnswer(200, b'{"errcode":0}')).code == "status_unclear"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_show_where_to(status: int) -> None:
    outcome = read_answer(
        HttpAnswer(status, b'{"status":"Success"}', "https://192.168.5.150:8088/")
    )
    assert outcome.kind is OutcomeKind.REDIRECTED
    assert (outcome.http_status, outcome.location) == (status, "https://192.168.5.150:8088/")


def test_a_redirect_to_nowhere_is_still_one() -> None:
    outcome = read_answer(HttpAnswer(302, b""))
    assert (outcome.kind, outcome.code) == (OutcomeKind.REDIRECTED, "redirected_nowhere")


@pytest.mark.parametrize(
    ("errno", "may_pass"),
    [
        ("20010", True),
        ("30001", True),
        ("30003", True),
        ("99999", True),
        ("odd", True),
        ("20002", False),
        ("20003", False),
        ("20004", False),
        ("20005", False),
        ("20006", False),
        ("20008", False),
        ("20011", False),
        ("10003", False),
        ("10004", False),
    ],
)
def test_what_is_worth_another_try(errno: str, may_pass: bool) -> None:
    body = json.dumps({"status": "Failed", "errno": errno}).encode()
    assert read_answer(HttpAnswer(200, body)).may_pass is may_pass


def test_a_long_answer_is_shown_only_in_part() -> None:
    outcome = read_answer(HttpAnswer(200, b"x" * 60_000))
    assert len(outcome.detail) == 2048


def test_what_is_shown_has_no_control_characters() -> None:
    outcome = read_answer(HttpAnswer(200, "a\x1b[31m\u202eb\n<b>".encode()))
    assert outcome.detail == r"a\x1b[31m\u202eb\n<b>"


@pytest.mark.parametrize(
    "errno",
    [
        b"2" * 4200,
        b'"' + b"2" * 4200 + b'"',
        b"2" * 33,
        b"-" + b"2" * 32,
        b'"' + b"\\u0001" * 32 + b'"',
        b"2" * 5000,
    ],
)
@pytest.mark.parametrize("status", [200, 500])
def test_an_errno_longer_than_any_fills_no_window(errno: bytes, status: int) -> None:
    outcome = read_answer(HttpAnswer(status, b'{"status":"Failed","errno":' + errno + b"}"))
    assert (outcome.kind, outcome.errno) == (OutcomeKind.UNCLEAR, None)
    message = outcome_message(outcome, "https://192.168.5.150:8088")
    assert len(message.title + message.why + message.advice) < 600


def test_a_place_longer_than_any_fills_no_window() -> None:
    place = "https://192.168.5.150/\u202e" + "x" * 60_000
    answer = HttpAnswer(302, b"", place)
    outcome = read_answer(answer)
    assert outcome.location.startswith("https://192.168.5.150/\\u202exxx")
    assert len(outcome.location) == 512
    assert len(answer_text(answer)) < 600
