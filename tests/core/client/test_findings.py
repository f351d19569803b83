"""What an observation means: tables for each link."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hbgui.core.api.device import DeviceInfo, read_answer
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.outcome import Attempt, OutcomeKind
from hbgui.core.client import findings
from hbgui.core.client.device_query import DeviceReply
from hbgui.core.diagnosis import DiagnosisStep, ReceiverFacts, StepVerdict
from hbgui.core.pbx.connection import Certificate, ConnectionSettings, TlsMode
from hbgui.core.pbx.destination import ReportTarget, UrlMode
from hbgui.core.pbx.networks import LocalAddress
from hbgui.core.pbx.profile import ApiVersion
from hbgui.core.values import Moment
from hbgui.texts.diagnosis import step_finding

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SHA = "ab" * 32
OK, WARNING, BROKEN, SKIPPED = (
    StepVerdict.OK,
    StepVerdict.WARNING,
    StepVerdict.BROKEN,
    StepVerdict.SKIPPED,
)
V1, V2 = ApiVersion.V1, ApiVersion.V2


def judged(step: DiagnosisStep) -> tuple[StepVerdict, str]:
    """Verdict and code of a step, for which there are words."""
    said = step_finding(step)
    assert said.observation
    assert not re.search(r"\{\w+\}", said.observation + said.cause + said.cure)
    assert bool(step.outcome) == (step.verdict is BROKEN)
    return step.verdict, step.code


@pytest.mark.parametrize(
    ("link", "fault", "days", "version", "verdict", "code"),
    [
        (ConnectionSettings(), "", 31, "TLSv1.2", OK, "tls_agreed"),
        (ConnectionSettings(), "", 29, "TLSv1.2", WARNING, "tls_expires"),
        (
            ConnectionSettings(),
            "certificate_self_signed",
            300,
            "TLSv1.2",
            BROKEN,
            "certificate_self_signed",
        ),
        (ConnectionSettings(), "certificate_expired", -2, "TLSv1.2", BROKEN, "certificate_expired"),
        (ConnectionSettings(), "", 300, "TLSv1", WARNING, "tls_outdated"),
        (
            ConnectionSettings(TlsMode.PINNED, pin=SHA),
            "certificate_expired",
            -2,
            "TLSv1.2",
            OK,
            "tls_pinned",
        ),
        (ConnectionSettings(TlsMode.PINNED, pin=SHA), "", 300, "TLSv1.1", WARNING, "tls_outdated"),
        (
            ConnectionSettings(TlsMode.PINNED, pin="c" * 64),
            "",
            300,
            "TLSv1.2",
            BROKEN,
            "certificate_changed",
        ),
        (ConnectionSettings(TlsMode.PINNED), "", 300, "TLSv1.2", BROKEN, "certificate_not_pinned"),
        (ConnectionSettings(TlsMode.INSECURE), "", 300, "TLSv1.2", WARNING, "tls_unchecked"),
    ],
)
def test_certificates(
    link: ConnectionSettings, fault: str, days: int, version: str, verdict: StepVerdict, code: str
) -> None:
    until = NOW + days * DAY + timedelta(hours=1)
    seen = Certificate(
        SHA, "CN=pbx", not_after=until, fault=fault, tls_version=version, cipher="AES"
    )
    step = findings.tls(seen, link, NOW, "https://192.168.5.150:8088")
    assert judged(step) == (verdict, code)
    assert step.values["days"] == str(days)
    assert step.kind is (OutcomeKind.UNTRUSTED if verdict is BROKEN else None)


def test_a_certificate_that_cannot_be_read() -> None:
    seen = Certificate(SHA, tls_version="TLSv1.2", cipher="AES")
    assert judged(findings.tls(seen, ConnectionSettings(), NOW, "")) == (OK, "tls_agreed")


def asked(
    body: bytes, status: int = 200, location: str = "", api: ApiVersion = V1, server: str = ""
) -> DeviceReply:
    answer = HttpAnswer(status, body, location, server=server)
    said = read_answer(answer)
    attempt = Attempt(Moment(0, NOW), said.outcome, "https://192.168.5.150:8088")
    return DeviceReply(attempt, api, said.device, answer)


def refused(errno: int, api: ApiVersion = V1) -> DeviceReply:
    return asked(b'{"status":"Failed","errno":"%d"}' % errno, api=api)


def told(firmware: str, api: ApiVersion = V1) -> DeviceReply:
    body = {"status": "Success", "deviceinfo": {"firmwarever": firmware}}
    return asked(json.dumps(body).encode(), api=api)


@pytest.mark.parametrize(
    ("free", "verdict", "code"),
    [
        (refused(20005), OK, "http_answers"),
        (asked(b"", server="Boa"), OK, "http_answers_named"),
        (asked(b"<html>"), OK, "http_answers"),
        (asked(b"", 404), OK, "http_answers"),
        (asked(b"", 302, "https://10.0.0.9/"), BROKEN, "redirected"),
        (asked(b"", 302), BROKEN, "redirected_nowhere"),
        (asked(b"", 503), BROKEN, "http_status"),
        (asked(b'{"status":"Failed","errno":"20010"}', 500), OK, "http_answers"),
    ],
)
def test_web_servers(free: DeviceReply, verdict: StepVerdict, code: str) -> None:
    assert judged(findings.http(free)) == (verdict, code)


@pytest.mark.parametrize(
    ("free", "verdict", "code"),
    [
        (refused(20005), OK, "api_answers"),
        (refused(20004), OK, "api_answers"),
        (refused(10003), OK, "api_answers"),
        (refused(99999), OK, "api_answers"),
        (told(""), OK, "api_answers"),
        (refused(30003), BROKEN, "refused"),
        (refused(20010), BROKEN, "refused"),
        (refused(20002), BROKEN, "refused"),
        (refused(20015), BROKEN, "refused"),
        (refused(20001), BROKEN, "refused"),
        (asked(b"<html>Log in"), BROKEN, "answer_web_page"),
        (asked(b""), BROKEN, "answer_empty"),
        (asked(b"{}"), BROKEN, "status_unclear"),
        (asked(b'{"status":"success"}'), BROKEN, "status_unclear"),
        (asked(b"not found", 404), BROKEN, "no_api_here"),
    ],
)
def test_what_is_the_api(free: DeviceReply, verdict: StepVerdict, code: str) -> None:
    assert judged(findings.api(free)) == (verdict, code)


YES, NO = refused(20005).attempt.outcome, refused(10003).attempt.outcome


@pytest.mark.parametrize(
    ("wanted", "last", "heartbeats", "verdict", "code"),
    [
        (V1, told("30.14.0.127"), None, OK, "version_supported"),
        (V1, told("30.10.0.58"), None, WARNING, "version_early"),
        (V1, told("81.13.0.30"), None, OK, "version_answers_firmware"),
        (V1, told(""), None, OK, "version_answers"),
        (V1, refused(20006), None, OK, "version_answers"),
        (V1, refused(10003), NO, BROKEN, "version_missing"),
        (V1, refused(10003), YES, WARNING, "version_not_told"),
        (V2, told("30.13.0.30", V2), None, OK, "version_supported"),
        (V2, told("30.13.0.30", V1), YES, OK, "version_supported"),
        (V2, told("30.12.0.30", V1), NO, BROKEN, "version_missing"),
        (V2, told("30.12.0.30", V1), YES, WARNING, "version_early"),
        (V2, refused(20006, V1), NO, BROKEN, "version_missing"),
        (V2, refused(20006, V1), YES, OK, "version_answers"),
    ],
)
def test_versions(
    wanted: ApiVersion, last: DeviceReply, heartbeats: object, verdict: StepVerdict, code: str
) -> None:
    step = findings.version(wanted, refused(20005), last, heartbeats)
    assert judged(step) == (verdict, code)
    if verdict is BROKEN:
        assert step.kind is OutcomeKind.REFUSED
        assert f"API {wanted}" in step_finding(step).observation


def test_without_a_token_the_refusal_tells_the_version() -> None:
    assert judged(findings.version(V1, refused(20005), None)) == (OK, "version_answers")
    assert judged(findings.version(V1, refused(10003), None, NO)) == (BROKEN, "version_missing")


@pytest.mark.parametrize(
    ("last", "verdict", "code"),
    [
        (told(""), OK, "token_alive"),
        (refused(20004), BROKEN, "refused"),
        (refused(20006), BROKEN, "refused"),
        (refused(99999), BROKEN, "refused"),
        (refused(10003), SKIPPED, "token_not_asked"),
        (asked(b"<html>"), BROKEN, "answer_web_page"),
    ],
)
def test_tokens(last: DeviceReply, verdict: StepVerdict, code: str) -> None:
    assert judged(findings.token(last)) == (verdict, code)


@pytest.mark.parametrize(
    ("ahead_s", "verdict", "code"),
    [
        (0, OK, "clock_right"),
        (120, OK, "clock_right"),
        (-120, OK, "clock_right"),
        (121, WARNING, "clock_ahead"),
        (-400, WARNING, "clock_behind"),
        (3600, WARNING, "clock_zone"),
        (-3600 * 8 + 60, WARNING, "clock_zone"),
        (5.5 * 3600, WARNING, "clock_zone"),
        (86400, WARNING, "clock_ahead"),
        (-86400 * 365 * 50, WARNING, "clock_behind"),
    ],
)
def test_clocks(ahead_s: float, verdict: StepVerdict, code: str) -> None:
    zone = timezone(timedelta(hours=-8))
    device = DeviceInfo(system_time=(NOW + timedelta(seconds=ahead_s)).astimezone(zone))
    step = findings.clock(device, NOW)
    assert judged(step) == (verdict, code)
    assert "UTC-08:00" in step_finding(step).observation


@pytest.mark.parametrize("device", [None, DeviceInfo()])
def test_a_clock_that_is_not_told(device: DeviceInfo | None) -> None:
    assert judged(findings.clock(device, NOW)) == (SKIPPED, "clock_not_told")


HERE = (LocalAddress("10.0.0.5", "eth0", 24), LocalAddress("127.0.0.1", "lo", 8))


@pytest.mark.parametrize(
    ("target", "here"),
    [
        (ReportTarget("10.0.0.5", 8260), True),
        (ReportTarget("127.0.0.2", 8260), True),
        (ReportTarget("::1", 8260), True),
        (ReportTarget("10.0.0.6", 8260), False),
        (ReportTarget("pbx.example", 8260), False),
        (ReportTarget("10.0.0.6", 8260, UrlMode.ABSOLUTE, "10.0.0.5:80/x"), True),
        (ReportTarget("10.0.0.5", 8260, UrlMode.ABSOLUTE, "10.0.0.6:80/x"), False),
    ],
)
def test_which_target_is_here(target: ReportTarget, here: bool) -> None:
    assert findings.is_this_computer(target, HERE) is here


TARGET = ReportTarget("10.0.0.5", 8260, UrlMode.RELATIVE, "report")
LISTENING = ReceiverFacts("0.0.0.0", 8260, "/report", since=NOW)


@pytest.mark.parametrize(
    ("here", "listens", "facts", "verdict", "code"),
    [
        (False, False, None, SKIPPED, "receiver_elsewhere"),
        (True, True, None, OK, "receiver_listens"),
        (True, False, None, WARNING, "receiver_absent"),
        (True, True, LISTENING, OK, "receiver_reachable"),
        (True, True, ReceiverFacts("10.0.0.5", 8260, "/report"), OK, "receiver_reachable"),
        (True, True, ReceiverFacts("::", 8260, "/report"), OK, "receiver_reachable"),
        (True, False, LISTENING, BROKEN, "receiver_unreachable"),
        (False, False, LISTENING, WARNING, "receiver_other_place"),
        (True, True, ReceiverFacts("127.0.0.1", 8260, "/report"), WARNING, "receiver_other_place"),
        (True, True, ReceiverFacts("0.0.0.0", 8261, "/report"), WARNING, "receiver_other_place"),
        (True, True, ReceiverFacts("0.0.0.0", 8260, "/"), WARNING, "receiver_other_place"),
        (True, True, ReceiverFacts("0.0.0.0", 8260, error="in use"), BROKEN, "receiver_failed"),
    ],
)
def test_receivers(
    here: bool, listens: bool, facts: ReceiverFacts | None, verdict: StepVerdict, code: str
) -> None:
    step = findings.receiver(TARGET, here, listens, facts)
    assert judged(step) == (verdict, code)
    assert step.kind is (OutcomeKind.UNREACHABLE if verdict is BROKEN else None)


def seen(**members: object) -> ReceiverFacts:
    return ReceiverFacts("0.0.0.0", 8260, **members)


@pytest.mark.parametrize(
    ("facts", "verdict", "code"),
    [
        (None, SKIPPED, "reports_not_received"),
        (seen(since=NOW - timedelta(seconds=59)), SKIPPED, "reports_none_yet"),
        (seen(since=NOW - timedelta(seconds=61)), WARNING, "reports_none"),
        (seen(since=NOW - DAY, count=3, last=NOW - timedelta(seconds=5)), OK, "reports_seen"),
        (seen(since=NOW - DAY, refused=2), WARNING, "reports_refused"),
        (seen(), SKIPPED, "reports_none_so_far"),
    ],
)
def test_reports_are_looked_back_at(
    facts: ReceiverFacts | None, verdict: StepVerdict, code: str
) -> None:
    assert judged(findings.reports(facts, NOW)) == (verdict, code)


@pytest.mark.parametrize(
    ("target", "place"),
    [
        (ReportTarget("10.0.0.5", 8260), ("10.0.0.5", 8260, "/")),
        (TARGET, ("10.0.0.5", 8260, "/report")),
        (
            ReportTarget("10.0.0.5", 8260, UrlMode.ABSOLUTE, "10.0.0.6:9000/a/b"),
            ("10.0.0.6", 9000, "/a/b"),
        ),
        (ReportTarget("10.0.0.5", 8260, UrlMode.ABSOLUTE, "x.example"), ("x.example", 80, "/")),
        (ReportTarget("10.0.0.5", 1, UrlMode.ABSOLUTE, "[::1]:9/r"), ("::1", 9, "/r")),
        (
            ReportTarget("10.0.0.5", 1, UrlMode.ABSOLUTE, "x.example:9?a=/"),
            ("x.example", 9, "?a=/"),
        ),
    ],
)
def test_where_a_target_is(target: ReportTarget, place: tuple[str, int, str]) -> None:
    assert target.place == place
