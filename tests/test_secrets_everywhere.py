"""Whatever token is sent into whatever failure: nothing that comes out holds it."""

from __future__ import annotations

import http.client
import io
import json
import logging
import os
import pickle
import pprint
import socket
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from hbgui.adapters.clock import SystemClock
from hbgui.adapters.net import pbx_http
from hbgui.adapters.net.connection import NetworkProbes
from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.local import SystemNetwork
from hbgui.adapters.net.pbx_http import PbxHttp
from hbgui.adapters.secrets.redact import Redactor
from hbgui.adapters.threads import DaemonThreads
from hbgui.cli.receive import report_line
from hbgui.core.api.errors import HbguiError
from hbgui.core.api.heartbeat import HttpAnswer
from hbgui.core.api.login import LoginCount, hashed
from hbgui.core.client.diagnoser import Diagnoser
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.diagnosis import DiagnosisStep, StepId, StepVerdict
from hbgui.core.pbx.address import parse_pbx
from hbgui.core.pbx.connection import Certificate, ConnectionSettings, TlsMode
from hbgui.core.pbx.destination import ALLOW_ALL
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress
from hbgui.core.pbx.validation import check
from hbgui.core.reports.arrivals import proof_of
from hbgui.core.reports.calls import calls
from hbgui.core.reports.receiving import Place
from hbgui.core.reports.report import Report
from hbgui.core.reports.view import columns, csv_lines, json_line
from hbgui.core.values import Secret
from hbgui.simulator.faults import FAULTS, fault_named
from hbgui.simulator.server import Simulator
from hbgui.texts.diagnosis import diagnosis_message, step_finding
from hbgui.texts.outcomes import attempt_message
from hbgui.texts.reports.fields import call_step_sentence, call_title, report_lines
from hbgui.texts.reports.receiving import arrival_sentence
from hbgui.texts.reports.reports import report_problem_message
from leaks import leaks, tokens
from runtime.reporting import Listening, post, status

FAMILY_MEMBERS = ["failed-20006", "redirect-302", "redirect-307", "status-103", "status-418"]
WAITS = {"slow", "hang", "silent", "drip-headers", "drip-body"}
"""Each of these takes the whole time limit."""

ECHOES = {"echo-token", "echo-token-errno", "redirect-302", "redirect-307"}


class Told:
    """Collects everything that a call writes, logs, returns or raises."""

    def __init__(self) -> None:
        self._parts = io.StringIO()

    def add(self, *things: object) -> None:
        for thing in things:
            self._parts.write(f"{thing}\n{thing!r}\n")

    def about(self, thing: object) -> None:
        """What prints, pickles or looks into a result would show."""
        self.add(thing, pprint.pformat(thing), getattr(thing, "__dict__", ""))
        self.add(pickle.dumps(thing).decode("utf-8", "replace"))
        self.add(pickle.dumps(thing, protocol=0).decode("latin-1"))

    def about_error(self, error: BaseException) -> None:
        """All that hangs on an exception, found by hand: what is not printed is still there."""
        seen: list[BaseException] = []
        wanted: list[BaseException | None] = [error]
        while wanted:
            one = wanted.pop()
            if one is None or one in seen:
                continue
            seen.append(one)
            wanted += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
            self.add(one, one.args, vars(one), getattr(one, "__notes__", ""))
            self.add(*traceback.format_exception(one))
            if isinstance(one, HbguiError):
                self.add(pickle.dumps(one, protocol=0).decode("latin-1"))
            self._frames(one)

    def _frames(self, error: BaseException) -> None:
        """The variables of the program's frames, as a crash report with locals shows them."""
        for frame, _line in traceback.walk_tb(error.__traceback__):
            if f"{os.sep}hbgui{os.sep}" in frame.f_code.co_filename:
                for value in frame.f_locals.values():
                    self._inside(value)

    def _inside(self, value: object, depth: int = 4) -> None:
        self.add(value)
        if depth and type(value).__module__.startswith("hbgui"):
            for name, member in getattr(value, "__dict__", {}).items():
                self.add(name)
                self._inside(member, depth - 1)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Output, warnings, and all logs in full: no formatter redacts anything here."""
        handler = logging.StreamHandler(self._parts)
        handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
        root = logging.getLogger()
        level = root.level
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(self._parts))
            stack.enter_context(redirect_stderr(self._parts))
            caught = stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
            root.addHandler(handler)
            stack.callback(root.removeHandler, handler)
            root.setLevel(logging.DEBUG)
            stack.callback(root.setLevel, level)
            yield
        self.add(*caught)

    @property
    def text(self) -> str:
        return self._parts.getvalue()


def no_such_name(*_args: object, **_options: object) -> None:
    """A name service that knows nothing; addresses need none."""
    raise socket.gaierror(socket.EAI_NONAME, "no such name")


class Watched(PbxHttp):
    """The real transport; what it returns or raises is looked at before it goes on.

    With `login` only what it raises: the answer has to hold the new token.
    """

    def __init__(self, *, login: bool = False) -> None:
        self.redactor = Redactor()
        super().__init__(self.redactor, Lookups(no_such_name))
        self.told = Told()
        self._login = login

    def post(self, *args: Any, **options: Any) -> HttpAnswer:
        try:
            answer = super().post(*args, **options)
        except BaseException as error:
            self.told.about_error(error)
            raise
        self.told.add(answer) if self._login else self.told.about(answer)
        return answer


class NoCounts:
    """Never blocked."""

    def get(self, _authority: str) -> LoginCount:
        return LoginCount()

    def update(self, _authority: str, change: Callable[[LoginCount], LoginCount]) -> LoginCount:
        return change(LoginCount())


def client(transport: Watched) -> PbxClient:
    redactor, network = transport.redactor, SystemNetwork(Lookups())
    return PbxClient(transport, network, SystemClock(), NoCounts(), redactor.add, redactor.text)


class Client:
    """The real program against one simulator."""

    def __init__(self, pbx: Simulator) -> None:
        self._pbx = pbx
        ip = ServerAddress(AddressKind.FIXED, "192.0.2.10")
        self._profile = Profile("p", "Hotel", pbx.url, server=ip, tls=TlsMode.INSECURE)

    def beat(self, token: str, timeout_s: float, **changes: Any) -> str:
        """Send one heartbeat with that token; all that could be learnt from it."""
        transport = Watched()
        checked, told = check(replace(self._profile, **changes), None), transport.told
        with told.listening():
            attempt = client(transport).send_heartbeat(
                checked, Secret(token), WireCancel(), timeout_s
            )
        for thing in (attempt, attempt.outcome, attempt_message(attempt)):
            told.about(thing)
        return told.text

    def log_in(self, password: str, timeout_s: float, **changes: Any) -> str:
        """Log in with that password; all that could be learnt from it."""
        transport = Watched(login=True)
        checked, told = check(replace(self._profile, **changes), None), transport.told
        with told.listening():
            logged_in = client(transport).log_in(
                checked, "api", Secret(password), WireCancel(), timeout_s
            )
        told.add(logged_in)
        for thing in (logged_in.attempt, attempt_message(logged_in.attempt)):
            told.about(thing)
        return told.text

    def diagnose(self, token: str, fault: str, timeout_s: float) -> str:
        """Diagnose with that token, which is sent into the fault; all that could be learnt."""
        transport = Watched()
        checked, told = check(self._profile, None), transport.told
        diagnoser = Diagnoser(client(transport), NetworkProbes(Lookups()), DaemonThreads())

        def hear(step: DiagnosisStep) -> None:
            told.about(step)
            if step.id is StepId.VERSION and step.verdict is StepVerdict.RUNNING:
                self._pbx.fault = fault

        with told.listening():
            diagnosis = diagnoser.diagnose(
                checked,
                lambda: Secret(token),
                ALLOW_ALL,
                WireCancel(),
                hear,
                timeout_s,
            )
        told.about(diagnosis)
        told.about(diagnosis_message(diagnosis))
        for step in diagnosis.steps:
            told.about(step_finding(step))
        return told.text


NASTY = "a%2Bb&amp;\\\"'<\N{PILE OF POO}>/?=#+\xfc;"


@pytest.mark.parametrize("fault", [*FAULTS, *FAMILY_MEMBERS])
def test_no_failure_tells_the_token(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Switched on for the whole process: prints requests, unless the program's connections refuse.
    monkeypatch.setattr(http.client.HTTPConnection, "debuglevel", 1)
    with Simulator(fault=fault) as pbx:
        client = Client(pbx)

        @settings(
            max_examples=50 if fault in ECHOES else 2 if fault in WAITS else 12,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @example(NASTY, ApiVersion.V1)
        @given(tokens(), st.sampled_from(ApiVersion))
        def nothing_tells_it(token: str, api: ApiVersion) -> None:
            pbx.admit(token)
            before = pbx.received
            text = client.beat(token, 0.3 if fault in WAITS else 5.0, api=api)
            assert not leaks(text, token)
            received = [r.token for r in pbx.requests[before:]]
            assert received == [token] or fault in WAITS or not is_read(fault)

        nothing_tells_it()
        assert pbx.connections >= 3


@pytest.mark.parametrize(
    "fault", [f for f in (*FAULTS, *FAMILY_MEMBERS) if fault_named(f).tls is None]
)
def test_no_diagnosis_tells_the_token(fault: str) -> None:
    for token in (NASTY, "0f" * 16):
        with Simulator(token=token) as pbx:
            text = Client(pbx).diagnose(token, fault, 1.0 if fault in WAITS else 5.0)
            assert not leaks(text, token)
            carried = [r.token == token for r in pbx.requests]
            assert carried[:2] == [False, True][: len(carried)]


@settings(max_examples=20, deadline=None, database=None, derandomize=True)
@given(tokens(), st.sampled_from(["127.0.0.1", "pbx.invalid"]))
def test_a_pbx_that_is_not_there_tells_nothing(token: str, host: str) -> None:
    with Simulator() as gone:
        port = gone.address[1]
    assert not leaks(Client(gone).beat(token, 5.0, pbx=f"http://{host}:{port}"), token)


def is_read(fault: str) -> bool:
    """Whether each request of a client without certificate reaches the PBX in spite of it."""
    known = fault_named(fault)
    return known.connect is None and known.tls is None


GIVES_A_TOKEN = {"none", "success-lowercase", "success-true", "success-in-list", "cut-off"}


@pytest.mark.parametrize("fault", [*FAULTS, *FAMILY_MEMBERS])
def test_no_failure_tells_what_a_login_needs_or_gives(fault: str) -> None:
    for password in (NASTY, 'p%40ss+"wörd"&\N{SNOWMAN}'):
        with Simulator(fault=fault, password=password) as pbx:
            md5 = hashed(Secret(password)).reveal()
            for api in ApiVersion:
                text = Client(pbx).log_in(password, 0.3 if fault in WAITS else 5.0, api=api)
                given = pbx.tokens.keys() - {pbx.token}
                for secret in (password, md5, *given):
                    assert not leaks(text, secret)
            received = [md5.encode() in request.body for request in pbx.requests]
            assert received == [True, True] or fault in WAITS or not is_read(fault)
            assert given or fault not in GIVES_A_TOKEN


class EchoingPbx:
    """Sends its token back in every place of a report."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._said = json.dumps(token, ensure_ascii=False)[1:-1]

    def bodies(self) -> list[bytes]:
        party = f'{{"ext":{{"number":"{self._said}","memberstatus":"RING"}}}}'
        call = f'{{"event":"CallStatus","callid":"{self._said}","sn":"{self._said}"'
        escaped = "".join(f"\\u{ord(c):04x}" if ord(c) < 65536 else c for c in self._token)
        return [
            f'{call},"members":[{party}]}}'.encode(),
            f'{{"event":"{self._said}","{self._said}":["{quote(self._token, safe="")}"]}}'.encode(),
            f'{{"action":"{escaped}","extension":"{escaped}"}}'.encode(),
            self._token.encode(),
        ]


def shown_of(report: Report) -> Iterator[object]:
    """All that people and other programs are told of a report."""
    problem = report_problem_message(report)
    yield from (report, columns(report), problem, report_line(report), json_line(report))
    yield from (*csv_lines([report]), *report_lines(report), report.fields)
    for call in calls([report]):
        yield from (call, call_title(call), *map(call_step_sentence, call.steps))
    yield arrival_sentence(proof_of(report, Place("127.0.0.1", 8260), None))


@pytest.mark.parametrize("token", ["0f" * 16, NASTY])
def test_a_pbx_that_sends_the_token_back_is_not_believed(token: str, qtbot: QtBot) -> None:
    redactor, told = Redactor(), Told()
    redactor.add(Secret(token))
    listening = Listening(qtbot, redactor.data)
    quoted = quote(token, safe="")
    with told.listening():
        for body in EchoingPbx(token).bodies():
            data = post(body, f"/{quoted}?token={quoted}", f"X-Token: {quoted}", f"X: {body!r}")
            assert status(listening.ask(data)) == 404
            listening.only("127.0.0.1", path=f"/{quoted}?token={quoted}")
            assert status(listening.ask(data)) == 200
            listening.only("127.0.0.1")
    listening.receiver.close()
    assert len(listening.reports) == 8
    told.add(*listening.reports)
    for report in listening.reports:
        told.add(*shown_of(report))
    assert "***" in told.text
    assert not leaks(told.text, token)


def test_a_certificate_that_names_the_token_does_not_tell_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = "0f" * 16
    made = Certificate("ab" * 32, f"CN={token}", f"CN=x {token}", names=(f"{token}.example",))
    monkeypatch.setattr(pbx_http, "look", lambda _line: made)
    transport = Watched()
    transport.redactor.add(Secret(token))
    address = parse_pbx("https://127.0.0.1:1")
    shown = transport.certificate(
        address, link=ConnectionSettings(), timeout_s=1, cancel=WireCancel()
    )
    assert shown.sha256 == made.sha256
    assert not leaks(repr(shown), token)
