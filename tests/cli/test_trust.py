"""`hbgui trust`, `--tls` and `--tls-level`: certificates that can be trusted."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from cli.conftest import Shell
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.connection import TlsMode, spelled_fingerprint
from hbgui.simulator.server import Simulator

New = Callable[..., Simulator]


def sha256(pbx: Simulator) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pbx.certificate_pem)).hexdigest()


def trust(shell: Shell, *arguments: str) -> tuple[int, dict]:
    ran = shell.run("trust", *arguments, "--json")
    return ran.returncode, json.loads(ran.stdout)


def profiles(shell: Shell):
    return ProfileFile(shell.home / ".config" / "hbgui" / "settings.json").load().settings.profiles


def test_it_shows_the_certificate_and_sends_no_request(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    code, told = trust(shell, "--pbx", pbx.url)
    assert (code, told["sha256"], told["trusted"]) == (0, sha256(pbx), False)
    assert (told["subject"], told["issuer"]) == ("CN=localhost", "CN=localhost")
    until = datetime.fromisoformat(told["not_after"])
    assert 28 < (until - datetime.now(UTC)).days < 31
    assert (told["tls_version"], told["key"]) == ("TLSv1.2", "EC, 256 bits")
    assert "GCM" in told["cipher"]
    assert (told["stored"], profiles(shell), pbx.received) == (False, (), 0)
    modern = trust(shell, "--pbx", pbx.url, "--tls-level", "modern")[1]
    assert modern["tls_version"] == "TLSv1.3"


def test_it_shows_it_in_words(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    ran = shell.run("trust", "--pbx", pbx.url)
    assert ran.returncode == 0
    assert spelled_fingerprint(sha256(pbx)) in ran.stdout
    assert "does not trust" in ran.stdout
    assert "CN=localhost" in ran.stdout


def test_with_yes_it_is_pinned_and_another_certificate_is_not(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    code, told = trust(shell, "--pbx", pbx.url, "--profile", "Post", "--yes")
    assert (code, told["stored"]) == (0, True)
    (profile,) = profiles(shell)
    assert (profile.name, profile.tls, profile.link.pin) == ("Post", TlsMode.PINNED, sha256(pbx))
    send = ("send", "--profile", "Post", "--ip", "10.0.0.5")
    assert shell.json(*send, token=pbx.token)[0] == 0
    pbx.change_certificate()
    code, told = shell.json(*send, token=pbx.token)
    assert (code, told["outcome"], pbx.received) == (4, "untrusted", 1)
    assert "not the certificate" in told["message"]
    assert trust(shell, "--profile", "Post", "--yes")[0] == 0
    assert shell.json(*send, token=pbx.token)[0] == 0
    assert len(profiles(shell)) == 1


def test_a_profile_alone_stores_nothing(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    assert trust(shell, "--pbx", pbx.url, "--profile", "Post", "--yes")[0] == 0
    before = profiles(shell)
    pbx.change_certificate()
    assert trust(shell, "--profile", "Post")[1]["stored"] is False
    assert profiles(shell) == before


def test_what_is_trusted_is_compared_with_what_is_shown(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    assert trust(shell, "--pbx", pbx.url, "--profile", "Post", "--yes")[1]["trusted"] is True
    old, told = sha256(pbx), trust(shell, "--profile", "Post")[1]
    assert (told["trusted"], told["message"]) == (True, "This is the certificate that is trusted.")
    pbx.change_certificate()
    told = trust(shell, "--profile", "Post")[1]
    assert told["trusted"] is False
    assert "not the certificate that is trusted" in told["message"]
    assert spelled_fingerprint(old) in told["message"]
    assert "do not go on" in told["advice"]
    told = trust(shell, "--profile", "Post", "--yes")[1]
    assert "trusted from now on" in told["message"]
    assert spelled_fingerprint(old) in told["message"]


def test_a_refused_certificate_names_the_command(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    told = shell.json("send", "--pbx", pbx.url, "--ip", "10.0.0.5", token=pbx.token)[1]
    assert "hbgui trust" in told["advice"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--pbx", "http://127.0.0.1:1"],
        ["--pbx", "127.0.0.1:1", "--yes"],
        ["--pbx", "127.0.0.1:1", "--profile", "Nobody"],
        ["--profile", "Nobody", "--yes"],
        [],
    ],
)
def test_bad_input(shell: Shell, arguments: list[str]) -> None:
    code, told = trust(shell, *arguments)
    assert (code, told["outcome"], told["sha256"]) == (2, "invalid", None)


def test_what_is_not_reached_has_the_code_of_send(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="close-at-once", tls=True)
    code, told = trust(shell, "--pbx", pbx.url)
    assert (code, told["outcome"], told["sha256"]) == (3, "unreachable", None)


def test_a_pin_on_the_command_line_in_every_spelling(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    pin = sha256(pbx)
    send = ("send", "--pbx", pbx.url, "--ip", "10.0.0.5", "--tls")
    spaced = " ".join(pin[i : i + 4] for i in range(0, 64, 4))
    for spelled in (pin, spelled_fingerprint(pin), spaced):
        assert shell.json(*send, f"pin:{spelled}", token=pbx.token)[0] == 0
    wrong = ("0" if pin[0] != "0" else "1") + pin[1:]
    code, told = shell.json(*send, f"pin:{wrong}", token=pbx.token)
    assert (code, told["outcome"]) == (4, "untrusted")
    assert pbx.received == 3


@pytest.mark.parametrize("tls", ["pin", "pin:", "pin:" + "a" * 63, "pin:" + "a" * 40, "none", ""])
def test_what_is_no_pin_is_refused(shell: Shell, simulator: New, tls: str) -> None:
    pbx = simulator(tls=True)
    for command in ("send", "keep", "logout", "trust"):
        ran = shell.run(command, "--pbx", pbx.url, "--tls", tls, token=pbx.token)
        assert ran.returncode == 2
        assert "SHA-256" in ran.stderr
    assert pbx.connections == 0


def test_insecure_is_the_short_form(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    send = ("send", "--pbx", pbx.url, "--ip", "10.0.0.5")
    assert shell.json(*send, token=pbx.token)[0] == 4
    for form in (["--insecure"], ["--tls", "insecure"]):
        assert shell.json(*send, *form, token=pbx.token)[0] == 0
    assert shell.json(*send, "--insecure", "--tls", "system", token=pbx.token)[0] == 4


def test_the_level_that_would_work_is_named_and_works(shell: Shell, simulator: New) -> None:
    pbx = simulator(fault="very-old-tls")
    send = ("send", "--pbx", pbx.url, "--ip", "10.0.0.5", "--insecure")
    code, told = shell.json(*send, token=pbx.token)
    assert (code, pbx.received) == (3, 0)
    assert "very-old" in told["advice"]
    assert shell.json(*send, "--tls-level", "very-old", token=pbx.token)[0] == 0


def test_a_proxy_is_named_when_it_fails(shell: Shell, simulator: New) -> None:
    pbx = simulator(tls=True)
    send = ("send", "--pbx", pbx.url, "--ip", "10.0.0.5", "--insecure", "--proxy")
    code, told = shell.json(*send, "127.0.0.1:1", token=pbx.token)
    assert (code, pbx.connections) == (3, 0)
    assert "http://127.0.0.1:1" in told["message"]
    assert shell.json(*send, "none", token=pbx.token)[0] == 0
    ran = shell.run(*send, "socks5://127.0.0.1:1", token=pbx.token)
    assert ran.returncode == 2
