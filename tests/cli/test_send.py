"""`hbgui send`: what goes out, what is said, and the exit code."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.servers import SUCCESS, Server, reply
from cli.conftest import SOURCE, Shell
from hbgui.cli.parser import COMMANDS
from hbgui.simulator.server import Simulator
from patience import PATIENCE_S

New = Callable[..., Simulator]


def body(pbx: Simulator) -> dict:
    return json.loads(pbx.requests[-1].body)


def test_accepted(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    before = datetime.now(UTC)
    code, told = shell.json("send", "--pbx", pbx.url, "--ip", "10.20.30.40", token=pbx.token)
    assert code == 0
    assert told["outcome"] == "accepted"
    assert told["pbx"] == pbx.url
    assert told["http_status"] == 200
    assert isinstance(told["latency_ms"], float)
    assert told["report_target"] == "10.20.30.40:8260"
    assert told["errno"] is None
    assert told["advice"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["token_good_until"])
    until = datetime.fromisoformat(told["token_good_until"])
    assert abs(until - before - timedelta(minutes=30)) < timedelta(seconds=10)
    assert str(pbx.targets[pbx.token]) == "10.20.30.40:8260"
    assert pbx.received == 1


def test_only_hbguis_own_words_are_said_of_an_odd_answer(shell: Shell) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 20\r\n\r\n"
    with Server(reply(head + b"14\r\n" + SUCCESS + b"\r\n0\r\n\r\n")) as server:
        url = f"http://127.0.0.1:{server.port}"
        ran = shell.run("send", "--pbx", url, "--ip", "10.20.30.40", token="0f" * 16)
    assert ran.returncode == 0
    assert "forbidden" not in ran.stderr


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ([], {"ipaddr": "10.0.0.9", "port": "8260"}),
        (["--port", "9000"], {"ipaddr": "10.0.0.9", "port": "9000"}),
        (
            ["--url", "/report"],
            {"ipaddr": "10.0.0.9", "port": "8260", "url": "report", "urlflag": "0"},
        ),
        (
            ["--url", "10.0.0.9:8260/r", "--url-mode", "absolute", "--url-field", "urltag"],
            {"ipaddr": "10.0.0.9", "port": "8260", "url": "10.0.0.9:8260/r", "urltag": "1"},
        ),
        (
            ["--url", "r", "--url-field", "both"],
            {"ipaddr": "10.0.0.9", "port": "8260", "url": "r", "urlflag": "0", "urltag": "0"},
        ),
        (
            ["--api", "v2.0.0", "--url", "r", "--url-mode", "relative"],
            {
                "ipaddr": "10.0.0.9",
                "port": "8260",
                "url": "r",
                "urltag": "0",
                "version": "2.0.0",
            },
        ),
    ],
)
def test_what_goes_out(shell: Shell, simulator: New, options: list[str], wanted: dict) -> None:
    pbx = simulator()
    ran = shell.run("send", "--pbx", pbx.url, "--ip", "10.0.0.9", *options, token=pbx.token)
    assert ran.returncode == 0, ran.stderr
    request = pbx.requests[-1]
    api = "v2.0.0" if "v2.0.0" in options else "v1.1.0"
    assert (request.method, request.path) == ("POST", f"/api/{api}/heartbeat")
    assert request.query == f"token={pbx.token}"
    assert body(pbx) == wanted
    assert request.header("Content-Type") == ["application/json; charset=utf-8"]
    assert request.header("Content-Length") == [str(len(request.body))]


def test_auto_is_the_route_to_the_pbx(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    code, told = shell.json("send", "--pbx", pbx.url, "--ip", "auto", token=pbx.token)
    assert (code, told["report_target"]) == (0, "127.0.0.1:8260")
    assert body(pbx)["ipaddr"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("fault", "code", "outcome", "errno"),
    [
        ("failed-20006", 1, "refused", "20006"),
        ("failed-number", 1, "refused", None),
        ("failed-99999", 1, "refused", "99999"),
        ("failed-without-errno", 6, "unclear", None),
        ("success-lowercase", 6, "unclear", None),
        ("success-twice", 6, "unclear", None),
        ("success-then-rubbish", 6, "unclear", None),
        ("bom", 0, "accepted", None),
        ("html", 6, "unclear", None),
        ("not-found", 6, "unclear", None),
        ("error-503", 6, "unclear", None),
        ("empty", 6, "unclear", None),
        ("cut-off", 6, "unclear", None),
        ("too-large", 6, "unclear", None),
        ("gzip", 6, "unclear", None),
        ("status-103", 6, "unclear", None),
        ("redirect-302", 6, "redirected", None),
        ("redirect-307", 6, "redirected", None),
        ("close", 3, "unreachable", None),
        ("reset", 3, "unreachable", None),
    ],
)
def test_each_end_has_its_word_and_code(
    shell: Shell, simulator: New, fault: str, code: int, outcome: str, errno: str | None
) -> None:
    pbx = simulator(fault=fault)
    got, told = shell.json("send", "--pbx", pbx.url, "--ip", "127.0.0.1", token=pbx.token)
    assert (got, told["outcome"]) == (code, outcome)
    if errno:
        assert told["errno"] == errno
    assert told["message"]
    assert (told["token_good_until"] is not None) is (outcome == "accepted")
    if outcome != "accepted":
        assert told["advice"]
    if outcome == "redirected":
        assert pbx.received == 1
        assert pbx.token not in told["message"]


def test_a_dead_host_ends_with_3_in_time(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as dead:
        url = f"http://127.0.0.1:{dead.getsockname()[1]}"
        code, told = shell.json(
            "send", "--pbx", url, "--ip", "127.0.0.1", "--timeout", "1", token="0f" * 16
        )
    assert (code, told["outcome"]) == (3, "unreachable")
    assert 1000 <= told["latency_ms"] < PATIENCE_S * 1000


def test_a_closed_port_ends_with_3(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
    code, told = shell.json("send", "--pbx", url, "--ip", "127.0.0.1", token="0f" * 16)
    assert (code, told["outcome"]) == (3, "unreachable")


@pytest.mark.parametrize(
    ("options", "code", "outcome"),
    [([], 4, "untrusted"), (["--insecure"], 0, "accepted")],
)
def test_a_certificate_of_its_own(
    shell: Shell, simulator: New, options: list[str], code: int, outcome: str
) -> None:
    pbx = simulator(tls=True)
    got, told = shell.json("send", "--pbx", pbx.url, "--ip", "127.0.0.1", *options, token=pbx.token)
    assert (got, told["outcome"]) == (code, outcome)
    assert pbx.received == (0 if code else 1)


def test_a_trusted_certificate(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="old-tls")
    trusted = shell.home / "ca.pem"
    trusted.write_text(pbx.certificate_pem)
    code, told = shell.json(
        "send",
        "--pbx",
        pbx.url,
        "--ip",
        "127.0.0.1",
        token=pbx.token,
        env={"SSL_CERT_FILE": str(trusted), "REQUESTS_CA_BUNDLE": "/nowhere"},
    )
    assert (code, told["outcome"]) == (0, "accepted")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--pbx", ""], "--pbx"),
        (["--pbx", "999.1.1.1"], "IPv4"),
        (["--pbx", "ftp://x"], "https://"),
        (["--pbx", "http://user:pw@127.0.0.1"], "@"),
        (["--ip", "1.2.3"], "--ip"),
        (["--ip", ""], "--ip"),
        (["--port", "0"], "1 to 65535"),
        (["--port", "65536"], "1 to 65535"),
        (["--port", "x"], "1 to 65535"),
        (["--url-mode", "relative"], "--url"),
        (["--url-mode", "absolute"], "--url"),
        (["--url-mode", "sideways"], "none, relative, absolute"),
        (["--url-field", "flag"], "urlflag, urltag, both"),
        (["--api", "v3"], "v1.1.0, v2.0.0"),
        (["--timeout", "0"], "above 0"),
        (["--timeout", "x"], "above 0"),
        (["--profile", "nobody"], "--profile"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_bad_input_names_the_field_and_what_is_allowed(
    shell: Shell, options: list[str], words: str, as_json: bool
) -> None:
    usual = ["--pbx", "http://127.0.0.1:1", "--ip", "127.0.0.1"]
    if as_json:
        code, told = shell.json("send", *usual, *options, token="0f" * 16)
        assert told["outcome"] == "invalid"
        said = told["message"]
        assert told["latency_ms"] is None
    else:
        ran = shell.run("send", *usual, *options, token="0f" * 16)
        code, said = ran.returncode, ran.stderr
        assert ran.stdout == ""
    assert code == 2
    assert words in said


def test_no_pbx_at_all(shell: Shell) -> None:
    code, told = shell.json("send", "--ip", "127.0.0.1", token="0f" * 16)
    assert (code, told["outcome"], told["pbx"]) == (2, "invalid", None)
    assert "--pbx" in told["message"]


@pytest.mark.parametrize("arguments", [[], ["sand"], ["send", "--what"], ["--what"]])
def test_usage_errors_end_with_2(shell: Shell, arguments: list[str]) -> None:
    if arguments:
        ran = shell.run(*arguments)
        assert ran.returncode == 2
        assert "--help" in ran.stderr


def test_a_command_that_is_not_there_is_answered_with_those_that_are(shell: Shell) -> None:
    ran = shell.run("0f" * 16)
    assert ran.returncode == 2
    assert "allowed: send, keep, login" in ran.stderr
    assert "0f0f" not in ran.stderr
    listed = set(re.findall(r"^    ([a-z]+)  ", shell.run("--help").stdout, re.MULTILINE))
    assert listed == set(COMMANDS)


@pytest.mark.parametrize(("arguments", "code"), [(["check"], 141), (["check", "--help"], 0)])
def test_a_result_that_nobody_read_is_no_success(
    shell: Shell, arguments: list[str], code: int
) -> None:
    with shell.start(*arguments, "--pbx", "http://127.0.0.1:1", token="0f" * 16) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == code
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_help_and_version(shell: Shell) -> None:
    told = shell.run("--help")
    assert told.returncode == 0
    for word in ("send", "keep", "check", "diagnose", "simulate", "--demo", "window"):
        assert word in told.stdout
    assert shell.run("--version").stdout.startswith("hbgui 0.")
    for command in ("send", "keep", "check", "diagnose", "simulate"):
        helped = shell.run(command, "--help")
        assert (helped.returncode, helped.stderr) == (0, "")
    assert "exit codes" in shell.run("keep", "--help").stdout


# --- the token


def test_stdin_beats_the_variable(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    ran = shell.run(
        "send",
        "--pbx",
        pbx.url,
        "--ip",
        "127.0.0.1",
        "--token-stdin",
        token="0f" * 16,
        stdin=f" {pbx.token}\r\n",
    )
    assert ran.returncode == 0, ran.stdout
    assert pbx.requests[-1].token == pbx.token


@pytest.mark.parametrize("how", [{}, {"token": ""}, {"token": "  "}])
def test_no_token_ends_with_5(shell: Shell, simulator: New, how: dict) -> None:
    pbx = simulator()
    code, told = shell.json("send", "--pbx", pbx.url, "--ip", "127.0.0.1", **how)
    assert (code, told["outcome"]) == (5, "no_secret")
    assert pbx.received == 0


@pytest.mark.parametrize("token", ["a" * 1201, "0f\n0f"])
def test_what_cannot_be_a_token_ends_with_2(shell: Shell, simulator: New, token: str) -> None:
    pbx = simulator()
    code, told = shell.json("send", "--pbx", pbx.url, "--ip", "127.0.0.1", token=token)
    assert (code, told["outcome"]) == (2, "invalid")
    assert token not in told["message"]
    assert "HBGUI_TOKEN or --token-stdin: " in told["message"]
    assert "***" not in told["message"], "a word of the sentence was taken for a token"


CANARY = "Canary+b/c=d&e%f-ü"


@pytest.mark.parametrize(
    "options",
    [
        ["--token", CANARY],
        [f"--token={CANARY}"],
        [f"--tok={CANARY}"],
        [f"--token-stdin={CANARY}"],
        ["--tokn", CANARY],
        [f"--{CANARY}"],
        [CANARY],
        ["--port", CANARY],
        ["--url-mode", CANARY],
        ["--timeout", CANARY],
        ["--api", CANARY],
        ["--json", CANARY],
    ],
)
def test_a_token_on_the_command_line_is_refused_and_not_echoed(
    shell: Shell, options: list[str]
) -> None:
    ran = shell.run("send", "--pbx", "http://127.0.0.1:1", "--ip", "127.0.0.1", *options)
    assert ran.returncode in (2, 5)
    assert CANARY not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    "fault",
    [
        "none",
        "echo-token",
        "redirect-301",
        "reset",
        "failed-20004",
        "html",
        "cut-off",
        "huge-headers",
    ],
)
def test_the_token_is_nowhere_in_what_is_said_or_written(
    shell: Shell, simulator: New, fault: str
) -> None:
    pbx = simulator(token=CANARY, fault=fault)
    for arguments in (["--json"], []):
        ran = shell.run("send", "--pbx", pbx.url, "--ip", "127.0.0.1", *arguments, token=CANARY)
        said = ran.stdout + ran.stderr
        for spelled in (CANARY, urllib.parse.quote(CANARY, safe=""), urllib.parse.quote(CANARY)):
            assert spelled not in said
        assert "Traceback" not in said
    assert pbx.requests[-1].token == CANARY
    for path in shell.home.rglob("*"):
        assert not path.is_file() or CANARY.encode() not in path.read_bytes()


def test_no_window_is_loaded(shell: Shell, simulator: New) -> None:
    pbx = simulator()
    script = (
        "import sys; from hbgui.app import main; code = main(sys.argv[1:]);"
        "print([m for m in sys.modules if m.startswith('PySide6')]); sys.exit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, "send", "--pbx", pbx.url, "--ip", "127.0.0.1"],
        env={"PYTHONPATH": str(SOURCE), "HBGUI_TOKEN": pbx.token, "HOME": str(shell.home)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_token_in_the_address_is_not_repeated(shell: Shell) -> None:
    for host in ("no-such-host.invalid", "127.0.0.1:1"):
        pasted = f"http://{host}/api/v1.1.0/heartbeat?token=Canary0f0f"
        code, told = shell.json("send", "--pbx", pasted, "--ip", "auto", token="1e" * 16)
        assert code == 3
        assert "Canary" not in json.dumps(told)
        assert told["pbx"].startswith(f"http://{host}")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_result_that_cannot_be_written_is_told(shell: Shell) -> None:
    with Path("/dev/full").open("w") as full:
        process = shell.start("selftest", "--json", stdout=full)
        assert process.wait(30) == 2
        said = process.stderr.read()
        process.stderr.close()
        process.stdin.close()
    assert said.startswith("hbgui: the result cannot be written: ")
    assert "Traceback" not in said
