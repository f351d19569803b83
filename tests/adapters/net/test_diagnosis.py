"""Each link of the chain broken on a real connection, and found; within bounds of time."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme

from adapters import certificates
from adapters.servers import (
    LIKE_A_PBX,
    Behaviour,
    Server,
    closed_port,
    drip,
    full_backlog,
    hang,
    reply,
    reply_with,
)
from hbgui.adapters.clock import SystemClock
from hbgui.adapters.net.connection import NetworkProbes
from hbgui.adapters.net.deadline import WireCancel
from hbgui.adapters.net.dns import Lookups
from hbgui.adapters.net.local import SystemNetwork
from hbgui.adapters.net.pbx_http import PbxHttp
from hbgui.adapters.secrets.redact import Redactor
from hbgui.adapters.threads import DaemonThreads
from hbgui.core.api.errors import Cancelled, SecretError
from hbgui.core.api.outcome import OutcomeKind
from hbgui.core.client.diagnoser import Diagnoser
from hbgui.core.client.pbx_client import PbxClient
from hbgui.core.diagnosis import Diagnosis, DiagnosisStep, ReceiverFacts, StepId, StepVerdict
from hbgui.core.pbx.connection import Pin, TlsLevel, TlsMode
from hbgui.core.pbx.destination import ALLOW_ALL, Announced, Guard, ReportTarget
from hbgui.core.pbx.profile import AddressKind, ApiVersion, Profile, ServerAddress
from hbgui.core.pbx.validation import check
from hbgui.core.values import Secret
from hbgui.simulator.server import Simulator
from hbgui.texts.diagnosis import step_finding
from patience import HANG_S, at_once

CANARY = "0badcafe" * 4
New = Callable[..., Simulator]


class Doctor:
    """Makes diagnoses as the program does, and keeps what it was told meanwhile."""

    def __init__(self, resolve: Callable[..., Any] = socket.getaddrinfo) -> None:
        lookups = Lookups(resolve)
        self.redactor = Redactor()
        transport, network = PbxHttp(self.redactor, lookups), SystemNetwork(lookups)
        client = PbxClient(transport, network, SystemClock(), None, str, str)
        self.diagnoser = Diagnoser(client, NetworkProbes(lookups), DaemonThreads())
        self.told: list[DiagnosisStep] = []

    def __call__(
        self,
        pbx: str,
        token: str | Callable[[], Secret] = CANARY,
        guard: Guard | None = ALLOW_ALL,
        *,
        timeout_s: float = 10.0,
        receiver: ReceiverFacts | None = None,
        cancel: WireCancel | None = None,
        **members: Any,
    ) -> Diagnosis:
        self.told.clear()
        return self.diagnoser.diagnose(
            check(Profile("", pbx=pbx, **members), None),
            (lambda: Secret(token)) if isinstance(token, str) else token,
            guard,
            cancel or WireCancel(),
            self.told.append,
            timeout_s,
            receiver,
        )


@pytest.fixture
def doctor() -> Doctor:
    return Doctor()


def found(diagnosis: Diagnosis) -> tuple[str, str]:
    """Link and code of what is broken, after a look at the whole."""
    steps = diagnosis.steps
    assert [s.id for s in steps] == list(StepId)
    assert all(step_finding(step).observation for step in steps)
    broken = diagnosis.first_broken
    assert broken is not None
    after = steps[steps.index(broken) + 1 :]
    assert {(s.verdict, s.code, s.ms) for s in after} <= {(StepVerdict.SKIPPED, "not_tried", None)}
    assert all(s.values == {"broken": broken.id} for s in after)
    before = steps[: steps.index(broken)]
    assert all(
        s.verdict in (StepVerdict.OK, StepVerdict.WARNING, StepVerdict.SKIPPED) for s in before
    )
    return broken.id, broken.code


def verdicts(diagnosis: Diagnosis) -> dict[str, str]:
    return {s.id: s.verdict for s in diagnosis.steps}


def test_a_healthy_pbx(doctor: Doctor, simulator: New) -> None:
    pbx = simulator(tls=True)
    pin = Pin(hashlib.sha256(ssl.PEM_cert_to_DER_cert(pbx.certificate_pem)).hexdigest(), "")
    pin = Pin(pin.sha256, pbx.url.removeprefix("https://"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        diagnosis = doctor(pbx.url, pbx.token, tls=TlsMode.PINNED, pin=pin, port=port)
    assert verdicts(diagnosis) == dict.fromkeys(StepId, "ok") | {"reports": "skipped"}
    assert diagnosis.kind is OutcomeKind.ACCEPTED
    assert diagnosis.device is not None
    assert diagnosis.device.serial == "369000000001"
    assert diagnosis.step(StepId.HTTP).values["server"].startswith("Boa/")
    assert str(pbx.targets[pbx.token]) == f"127.0.0.1:{port}"
    assert diagnosis.heartbeat is not None
    assert diagnosis.heartbeat.to_this_computer
    assert all(s.ms is not None and 0 <= s.ms < 5000 for s in diagnosis.steps[:-1])


def test_each_link_is_told_when_it_begins_and_when_it_is_judged(
    doctor: Doctor, simulator: New
) -> None:
    pbx = simulator(fault="html")
    diagnosis = doctor(pbx.url, pbx.token)
    judged = [s for s in doctor.told if s.verdict is not StepVerdict.RUNNING]
    assert tuple(judged) == diagnosis.steps
    running = [s.id for s in doctor.told if s.verdict is StepVerdict.RUNNING]
    assert running == [StepId.NAME, StepId.ROUTE, StepId.TCP, StepId.TLS, StepId.HTTP, StepId.API]


def unknown(*_args: object, **_options: object) -> object:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_an_unknown_name() -> None:
    assert found(Doctor(unknown)("https://pbx.example")) == ("name", "name_unknown")


def test_no_address_at_all(doctor: Doctor) -> None:
    diagnosis = doctor("")
    assert found(diagnosis) == ("name", "host_missing")
    assert diagnosis.kind is OutcomeKind.INVALID


def test_a_name_that_is_known(simulator: New) -> None:
    pbx = simulator()
    port = pbx.address[1]

    def resolve(_host: str, port: int, **_options: object) -> object:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    name = Doctor(resolve)(f"http://pbx.example:{port}", pbx.token).step(StepId.NAME)
    assert (name.code, name.values["addresses"]) == ("name_found", "127.0.0.1")


def test_an_adapter_that_is_down(doctor: Doctor, simulator: New) -> None:
    server = ServerAddress(AddressKind.ADAPTER, "none0")
    assert found(doctor(simulator().url, server=server)) == ("route", "adapter_down")


def test_an_own_address_that_is_doubtful(doctor: Doctor, simulator: New) -> None:
    pbx = simulator()
    server = ServerAddress(AddressKind.FIXED, "169.254.3.4")
    route = doctor(pbx.url, pbx.token, server=server).step(StepId.ROUTE)
    assert (route.verdict, route.values["problem"]) == (StepVerdict.WARNING, "ip_link_local")
    assert route.values["adapter"] == "lo"


def test_a_refused_connection(doctor: Doctor) -> None:
    diagnosis = doctor(f"https://127.0.0.1:{closed_port()}")
    assert found(diagnosis) == ("tcp", "connection_refused")
    assert diagnosis.step(StepId.ROUTE).verdict is StepVerdict.OK
    assert diagnosis.kind is OutcomeKind.UNREACHABLE


def test_a_black_hole(doctor: Doctor) -> None:
    with full_backlog() as port:
        diagnosis = doctor(f"https://127.0.0.1:{port}")
    assert found(diagnosis) == ("tcp", "connect_timed_out")


def test_a_proxy_that_is_not_there(doctor: Doctor) -> None:
    diagnosis = doctor("https://192.0.2.1", proxy=f"127.0.0.1:{closed_port()}")
    assert found(diagnosis) == ("tcp", "proxy_unreachable")
    assert diagnosis.step(StepId.NAME).code == "name_of_proxy"


@pytest.mark.parametrize(
    ("fault", "level", "code"),
    [
        ("very-old-tls", TlsLevel.COMPATIBLE, "tls_too_old"),
        ("none", TlsLevel.COMPATIBLE, "certificate_self_signed"),
        ("not-http", TlsLevel.COMPATIBLE, "tls_failed"),
        ("reset-at-once", TlsLevel.COMPATIBLE, "connection_cut_in_handshake"),
        ("old-tls", TlsLevel.MODERN, "tls_no_common_cipher"),
    ],
)
def test_encryption_that_cannot_be(
    doctor: Doctor, simulator: New, fault: str, level: TlsLevel, code: str
) -> None:
    pbx = simulator(tls=True, fault=fault)
    diagnosis = doctor(pbx.url, pbx.token, tls_level=level)
    assert found(diagnosis) == ("tls", code)
    assert not pbx.requests


def test_plain_http_where_https_was_wanted(doctor: Doctor, simulator: New) -> None:
    url = simulator().url.replace("http:", "https:")
    assert found(doctor(url)) == ("tls", "plain_http_on_this_port")


def test_https_where_plain_http_was_wanted(doctor: Doctor, simulator: New) -> None:
    url = simulator(tls=True).url.replace("https:", "http:")
    assert found(doctor(url)) == ("http", "tls_on_this_port")


def test_a_changed_certificate(doctor: Doctor, simulator: New) -> None:
    pbx = simulator(tls=True)
    pin = Pin("c" * 64, pbx.url.removeprefix("https://"))
    diagnosis = doctor(pbx.url, pbx.token, tls=TlsMode.PINNED, pin=pin)
    assert found(diagnosis) == ("tls", "certificate_changed")
    assert diagnosis.kind is OutcomeKind.UNTRUSTED
    assert diagnosis.step(StepId.TLS).values["subject"] == "CN=localhost"
    assert not pbx.requests


def test_a_certificate_of_a_known_issuer_that_ends_soon(
    doctor: Doctor, trusted: trustme.CA
) -> None:
    until = certificates.NOW + 20 * certificates.DAY
    leaf = trusted.issue_cert("127.0.0.1", not_after=until.replace(tzinfo=None))
    with Server(reply(LIKE_A_PBX), tls=certificates.server_context(leaf)) as server:
        diagnosis = doctor(f"https://127.0.0.1:{server.port}")
    tls = diagnosis.step(StepId.TLS)
    assert (tls.verdict, tls.code, tls.values["days"]) == (StepVerdict.WARNING, "tls_expires", "19")
    assert diagnosis.kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize(
    ("fault", "link", "code"),
    [
        ("redirect-302", "http", "redirected"),
        ("redirect-307", "http", "redirected"),
        ("redirect-nowhere", "http", "redirected_nowhere"),
        ("error-503", "http", "http_status"),
        ("close", "http", "connection_lost"),
        ("cut-off", "api", "answer_cut_off"),
        ("cut-off-length", "http", "answer_cut_off"),
        ("too-large", "http", "answer_too_large"),
        ("not-http", "http", "not_http"),
        ("html", "api", "answer_web_page"),
        ("not-found", "api", "no_api_here"),
        ("empty", "api", "answer_empty"),
        ("failed-30003", "api", "refused"),
        ("failed-without-errno", "api", "failed_without_errno"),
        ("failed-10003", "version", "version_missing"),
        ("expired", "token", "refused"),
        ("failed-99999", "token", "refused"),
    ],
)
def test_answers_that_break_the_chain(
    doctor: Doctor, simulator: New, fault: str, link: str, code: str
) -> None:
    pbx = simulator(fault=fault)
    assert found(doctor(pbx.url, pbx.token)) == (link, code)
    assert not pbx.targets, "nothing was moved"


@pytest.mark.parametrize("fault", ["redirect-302", "html", "not-found", "error-503", "expired"])
def test_the_token_goes_only_to_what_answers_as_the_api(
    doctor: Doctor, simulator: New, fault: str
) -> None:
    pbx = simulator(fault=fault)
    doctor(pbx.url, pbx.token)
    carried = [pbx.token in r.query for r in pbx.requests]
    assert carried == ([False, True] if fault == "expired" else [False])


@pytest.mark.parametrize("api", list(ApiVersion))
def test_an_unknown_token(doctor: Doctor, simulator: New, api: ApiVersion) -> None:
    diagnosis = doctor(simulator().url, api=api)
    assert found(diagnosis) == ("token", "refused")
    assert diagnosis.kind is OutcomeKind.REFUSED
    assert diagnosis.first_broken.outcome.errno == "20004"


def absent() -> Secret:
    raise SecretError("token_not_given")


def test_without_a_token_the_links_before_it_are_judged(doctor: Doctor, simulator: New) -> None:
    pbx = simulator()
    diagnosis = doctor(pbx.url, absent)
    assert found(diagnosis) == ("token", "token_not_given")
    assert diagnosis.kind is OutcomeKind.NO_SECRET
    assert diagnosis.step(StepId.VERSION).code == "version_answers"
    assert len(pbx.requests) == 1


def test_v2_of_a_pbx_that_tells_about_itself_under_v1_only(doctor: Doctor, simulator: New) -> None:
    pbx = simulator(fault="deviceinfo-v1-only", firmware="30.13.0.30")
    diagnosis = doctor(pbx.url, pbx.token, api=ApiVersion.V2)
    assert diagnosis.first_broken is None
    assert diagnosis.step(StepId.VERSION).code == "version_supported"
    assert diagnosis.step(StepId.TOKEN).code == "token_alive"
    assert pbx.targets[pbx.token].version == "2.0.0"


@pytest.mark.parametrize("api", list(ApiVersion))
def test_a_pbx_that_tells_nothing_about_itself(
    doctor: Doctor, simulator: New, api: ApiVersion
) -> None:
    pbx = simulator(fault="deviceinfo-unknown")
    diagnosis = doctor(pbx.url, pbx.token, api=api)
    told = {s.id: s.code for s in diagnosis.steps}
    assert told["version"] == "version_not_told"
    assert told["token"] == "token_not_asked"
    assert told["heartbeat"] == "heartbeat_accepted"


def box(**replies: bytes) -> Callable[[Server], Behaviour]:
    """A PBX that answers by the last word of the path."""

    def behave(server: Server) -> Behaviour:
        def act(sock: socket.socket) -> None:
            path = server.requests[-1].split(b"?")[0].split(b" ")[1].decode()
            told = replies.get(path.rpartition("/")[2], b'{"status":"Success"}')
            reply_with(told)(sock)

        return act

    return behave


@contextlib.contextmanager
def serving(make: Callable[[Server], Behaviour]) -> Iterator[Server]:
    with Server(lambda sock: make(server)(sock)) as server:
        yield server


def test_a_refused_heartbeat(doctor: Doctor) -> None:
    with serving(box(heartbeat=b'{"status":"Failed","errno":"20011"}')) as server:
        diagnosis = doctor(f"http://127.0.0.1:{server.port}")
    assert found(diagnosis) == ("heartbeat", "refused")
    assert diagnosis.step(StepId.HEARTBEAT).values["target"] == "127.0.0.1:8260"
    assert diagnosis.step(StepId.CLOCK).code == "clock_not_told"


@pytest.mark.parametrize(
    ("offset_s", "code"), [(300, "clock_ahead"), (-300, "clock_behind"), (7200, "clock_zone")]
)
def test_a_wrong_clock(doctor: Doctor, simulator: New, offset_s: float, code: str) -> None:
    pbx = simulator(clock_offset_s=offset_s, utc_offset_s=-28800)
    clock = doctor(pbx.url, pbx.token).step(StepId.CLOCK)
    assert (clock.verdict, clock.code) == (StepVerdict.WARNING, code)
    assert abs(int(clock.values["seconds"]) - abs(offset_s)) <= 3


HERE = ReportTarget("127.0.0.1", 8260)
THERE = ReportTarget("192.0.2.7", 8260)


@pytest.mark.parametrize(
    ("guard", "verdict"),
    [
        (None, StepVerdict.SKIPPED),
        (Guard(THERE), StepVerdict.SKIPPED),
        (Guard(HERE), StepVerdict.OK),
        (ALLOW_ALL, StepVerdict.OK),
    ],
)
def test_reports_are_moved_by_a_persons_word_only(
    doctor: Doctor, simulator: New, guard: Guard | None, verdict: StepVerdict
) -> None:
    pbx = simulator()
    diagnosis = doctor(pbx.url, pbx.token, guard)
    heartbeat = diagnosis.step(StepId.HEARTBEAT)
    assert heartbeat.verdict is verdict
    assert heartbeat.values["target"] == "127.0.0.1:8260"
    assert bool(pbx.targets) is (verdict is StepVerdict.OK)
    assert (diagnosis.heartbeat is not None) is (verdict is StepVerdict.OK)


def test_a_wrong_report_port_is_found_at_the_heartbeat(doctor: Doctor, simulator: New) -> None:
    pbx = simulator()
    for guard in (ALLOW_ALL, None):
        diagnosis = doctor(pbx.url, pbx.token, guard, port="0")
        assert found(diagnosis) == ("heartbeat", "port_end")
        assert diagnosis.kind is OutcomeKind.INVALID


@pytest.mark.parametrize(
    ("server_ip", "announced", "verdict"),
    [
        ("127.0.0.1", None, StepVerdict.WARNING),
        ("192.0.2.7", None, StepVerdict.SKIPPED),
        ("127.0.0.1", THERE, StepVerdict.SKIPPED),
    ],
)
def test_nobody_at_the_announced_place(
    doctor: Doctor,
    simulator: New,
    server_ip: str,
    announced: ReportTarget | None,
    verdict: StepVerdict,
) -> None:
    pbx = simulator()
    diagnosis = doctor(
        pbx.url,
        pbx.token,
        None,
        server=ServerAddress(AddressKind.FIXED, server_ip),
        port=str(closed_port()),
        announced=(Announced("2026-01-02T00:00:00Z", announced),) if announced else (),
    )
    assert diagnosis.step(StepId.RECEIVER).verdict is verdict


def test_the_own_receiver_is_reached_and_judged(doctor: Doctor, simulator: New) -> None:
    pbx = simulator()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        facts = ReceiverFacts("127.0.0.1", port)
        good = doctor(pbx.url, pbx.token, port=str(port), receiver=facts)
        other = doctor(pbx.url, pbx.token, port=str(closed_port()), receiver=facts)
    gone = doctor(pbx.url, pbx.token, port=str(port), receiver=facts)
    assert good.step(StepId.RECEIVER).code == "receiver_reachable"
    assert good.step(StepId.REPORTS).code == "reports_none_so_far"
    assert other.step(StepId.RECEIVER).code == "receiver_other_place"
    assert found(gone) == ("receiver", "receiver_unreachable")


def stuck(*_args: object, **_options: object) -> object:
    time.sleep(HANG_S)
    return []


def hung_keyring() -> Secret:
    time.sleep(HANG_S)
    return Secret("")


LIMIT_S = 3.0


@pytest.mark.parametrize(
    ("early", "behave", "link"),
    [
        (True, hang, "tls"),
        (False, hang, "http"),
        (False, drip(b"HTTP/1.1 200 OK\r\n", b"X"), "http"),
        (False, drip(b"HTTP/1.1 200 OK\r\n\r\n", b" "), "http"),
        (False, drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "http"),
    ],
)
def test_one_deadline_for_a_peer_that_hangs(
    doctor: Doctor, early: bool, behave: Behaviour, link: str
) -> None:
    with Server(behave, early=early) as server:
        url = f"{'https' if early else 'http'}://127.0.0.1:{server.port}"
        with at_once():
            diagnosis = doctor(url, timeout_s=LIMIT_S)
    assert found(diagnosis) == (link, "timed_out")


def test_one_deadline_for_a_name_service_that_hangs() -> None:
    doctor = Doctor(stuck)
    with at_once():
        diagnosis = doctor("https://pbx.example", timeout_s=LIMIT_S)
    assert found(diagnosis) == ("name", "name_unknown")


def test_one_deadline_for_a_keyring_that_hangs(doctor: Doctor, simulator: New) -> None:
    pbx = simulator()
    with at_once():
        diagnosis = doctor(pbx.url, hung_keyring, timeout_s=LIMIT_S)
    assert found(diagnosis) == ("token", "keyring_hung")
    waited_ms = diagnosis.step(StepId.TOKEN).ms
    assert waited_ms > 2000
    assert diagnosis.step(StepId.VERSION).ms < waited_ms


@pytest.mark.parametrize("what", ["name", "tcp", "tls", "http", "keyring"])
def test_a_cancelled_one_ends_at_once(what: str) -> None:
    with contextlib.ExitStack() as stack:
        port = stack.enter_context(full_backlog()) if what == "tcp" else None
        if what in ("tls", "http"):
            port = stack.enter_context(Server(hang, early=what == "tls")).port
        if what == "keyring":
            port = stack.enter_context(Server()).port
        scheme = "https" if what == "tls" else "http"
        host = "pbx.example" if what == "name" else "127.0.0.1"
        doctor, cancel = Doctor(stuck), WireCancel()
        threading.Timer(0.5, cancel.cancel).start()
        token = hung_keyring if what == "keyring" else CANARY
        with at_once(), pytest.raises(Cancelled):
            doctor(f"{scheme}://{host}:{port or 80}", token, cancel=cancel, timeout_s=HANG_S)


@pytest.mark.parametrize("fault", ["echo-token", "echo-token-errno"])
def test_an_answer_that_repeats_the_token(doctor: Doctor, fault: str) -> None:
    token = 'a+b/c=d&e%f"ü'
    with Simulator(token=token) as pbx:
        shown: list[Diagnosis] = []

        def spoil(step: DiagnosisStep) -> None:
            if step.id is StepId.API and step.verdict is StepVerdict.OK:
                pbx.fault = fault

        shown.append(
            doctor.diagnoser.diagnose(
                check(Profile("", pbx=pbx.url), None),
                lambda: Secret(token),
                ALLOW_ALL,
                WireCancel(),
                spoil,
            )
        )
    assert found(shown[0])[0] == "token"
    assert "***" in repr(shown[0])
    assert not [t for t in ("a+b/c", "a%2Bb") if t in repr(shown[0])]
