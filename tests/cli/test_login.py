"""`hbgui login` and `hbgui logout`: tokens without copy and paste."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cli.conftest import ASIDE, Shell
from hbgui.adapters.files.profile_file import ProfileFile
from hbgui.core.pbx.destination import Announced, ReportTarget, UrlMode
from hbgui.core.pbx.profile import Profile
from hbgui.core.ports import Settings
from hbgui.runtime.named_lock import WINDOW, NamedLock
from hbgui.simulator.server import Simulator
from keyring_session import KeyringSession

New = Callable[..., Simulator]
MEMBERS = {"outcome", "errno", "message", "advice", "transport", "attempts_left", *ASIDE}


@contextmanager
def _nothing() -> Iterator[None]:
    yield


class LoginShell:
    """Runs `hbgui login` in a home with a keyring, or without one."""

    def __init__(self, shell: Shell, keyring: KeyringSession | None) -> None:
        self.shell = shell
        self.keyring = keyring
        address = keyring.environment["DBUS_SESSION_BUS_ADDRESS"] if keyring else ""
        self.env = {"DBUS_SESSION_BUS_ADDRESS": address} if address else {}

    def run(self, *arguments: str, **kwargs: Any):
        return self.shell.run(*arguments, env=self.env, **kwargs)

    def login(self, pbx: Simulator, *more: str, password: str | None = None, user: str = "api"):
        given = pbx.password if password is None else password
        arguments = ("login", "--pbx", pbx.url, "--user", user, "--password-stdin", *more)
        return self.run(*arguments, stdin=f"{given}\n")

    def json(self, pbx: Simulator, *more: str, **kwargs: Any) -> tuple[int, dict[str, Any]]:
        ran = self.login(pbx, "--json", *more, **kwargs)
        (line,) = ran.stdout.splitlines()
        assert ran.stderr == ""
        return ran.returncode, json.loads(line)

    def entry(self, account: str) -> str:
        assert self.keyring is not None
        return self.keyring.secret_tool("lookup", "service", "hbgui", "username", account)

    @property
    def profiles(self) -> tuple[Profile, ...]:
        file = self.shell.home / ".config" / "hbgui" / "settings.json"
        return ProfileFile(file).load().settings.profiles


@pytest.fixture
def with_keyring(shell: Shell, keyring: KeyringSession) -> LoginShell:
    return LoginShell(shell, keyring)


@pytest.fixture
def without_keyring(shell: Shell) -> LoginShell:
    return LoginShell(shell, None)


def test_the_token_goes_into_the_keyring_of_a_new_profile(with_keyring, simulator: New):
    pbx = simulator()
    code, told = with_keyring.json(pbx, "--profile", "Hôtel Post", "--port", "9000")
    assert (code, set(told)) == (0, MEMBERS)
    assert (told["outcome"], told["attempts_left"], told["transport"]) == ("accepted", 5, None)
    (profile,) = with_keyring.profiles
    assert (profile.name, profile.pbx, profile.user) == ("Hôtel Post", pbx.url, "api")
    assert (profile.port, profile.token_host) == ("9000", "127.0.0.1")
    token = with_keyring.entry(profile.id)
    assert token in pbx.tokens
    body = json.loads(pbx.requests[0].body)
    assert body == {
        "username": "api",
        "password": hashlib.md5(pbx.password.encode()).hexdigest(),
        "port": "9000",
        "version": "1.0.2",
    }
    assert token not in json.dumps(told)
    sent = with_keyring.run("send", "--profile", "Hôtel Post", "--ip", "10.0.0.5")
    assert (sent.returncode, pbx.requests[-1].token) == (0, token)


def test_a_known_profile_keeps_all_else(with_keyring, simulator: New):
    pbx = simulator()
    file = with_keyring.shell.home / ".config" / "hbgui" / "settings.json"
    old = Profile("p1", "Clinic", pbx.url, port="7000", user="old")
    ProfileFile(file).save(Settings((Profile("p0", "Other"), old)))
    arguments = ("login", "--profile", "clinic", "--user", "api", "--password-stdin", "--api")
    ran = with_keyring.run(*arguments, "v2.0.0", stdin=pbx.password)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    other, changed = with_keyring.profiles
    assert other == Profile("p0", "Other")
    assert (changed.port, changed.user, changed.api) == ("7000", "api", old.api)
    assert with_keyring.entry("p1") in pbx.tokens
    assert pbx.requests[0].path == "/api/v2.0.0/login"


def test_only_print_token_prints_it_and_alone_on_a_line(without_keyring, simulator: New):
    pbx = simulator()
    ran = without_keyring.login(pbx, "--print-token")
    assert ran.returncode == 0
    (token,) = ran.stdout.splitlines()
    assert token in pbx.tokens
    assert token not in ran.stderr
    code, told = without_keyring.json(pbx, "--print-token")
    assert (code, set(told)) == (0, MEMBERS | {"token"})
    assert told["token"] in pbx.tokens
    assert without_keyring.profiles == ()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--user", "api", "--password-stdin"], "--print-token"),
        (["--print-token", "--password-stdin"], "--user"),
        (["--print-token", "--user", "  ", "--password-stdin"], "--user"),
        (["--print-token", "--user", "api"], "--password-stdin"),
        (["--print-token", "--user", "api", "--password-stdin"], "password"),
        (["--print-token", "--user", "api", "--password-stdin", "--port", "0"], "--port"),
        (["--print-token", "--user", "api", "--password", "hunter2"], "--password"),
        (["--print-token", "--user", "api", "--password-stdin", "--tls", "pin:aa"], "--tls"),
    ],
)
def test_bad_input_asks_no_pbx(without_keyring, simulator: New, arguments, word):
    pbx = simulator()
    for form in ([], ["--json"]):
        ran = without_keyring.run("login", "--pbx", pbx.url, *arguments, *form)
        assert ran.returncode == 2
        assert word in ran.stdout + ran.stderr
        assert "hunter2" not in ran.stdout + ran.stderr
        if form:
            told = json.loads(ran.stdout)
            assert (set(told), told["outcome"]) == (MEMBERS, "invalid")
    assert pbx.connections == 0


def test_without_a_keyring_the_pbx_is_not_asked_and_a_way_is_named(without_keyring, simulator: New):
    pbx = simulator()
    code, told = without_keyring.json(pbx, "--profile", "Hotel Post")
    assert (code, told["outcome"]) == (5, "no_secret")
    assert "--print-token" in told["advice"]
    assert pbx.connections == 0


def test_a_password_is_hidden_before_anything_is_sent(without_keyring, simulator: New):
    pbx = simulator()
    ran = without_keyring.login(pbx, "--profile", "Post hunter22", password="hunter22")
    assert (ran.returncode, pbx.received) == (5, 0)
    assert "Post ***" in ran.stdout
    assert "hunter22" not in ran.stdout + ran.stderr


def test_wrong_passwords_are_counted_over_runs_and_a_block_is_told(without_keyring, simulator: New):
    pbx = simulator()
    for left in (4, 3, 2, 1, 0):
        code, told = without_keyring.json(pbx, "--print-token", password="wrong")
        assert (code, told["outcome"], told["errno"]) == (1, "refused", "20003")
        assert (told["attempts_left"], set(told)) == (left, MEMBERS)
        said = f"attempt {5 - left} of 5" if left else "Blocked IP Address"
        assert said in told["advice"]
    assert pbx.received == 5
    code, told = without_keyring.json(pbx, "--print-token")
    assert (code, told["errno"], told["attempts_left"]) == (1, "20002", 0)
    assert "Blocked IP Address" in told["advice"]


def test_a_count_that_cannot_be_read_is_told_and_not_taken_for_none(
    without_keyring, simulator: New
):
    pbx = simulator()
    without_keyring.json(pbx, "--print-token", password="wrong")
    (file,) = without_keyring.shell.home.rglob("logins.json")
    file.write_bytes(file.read_bytes()[:-5])
    code, told = without_keyring.json(pbx, "--print-token", password="wrong")
    assert (code, told["errno"], told["attempts_left"]) == (1, "20003", None)
    (problem,) = told["problems"]
    assert f"{file}: it is damaged" in problem
    assert "attempt 1" not in told["advice"]
    file.unlink()
    file.mkdir()
    ran = without_keyring.login(pbx, "--print-token")
    assert (ran.returncode, ran.stdout.strip() in pbx.tokens) == (0, True)
    assert f"{file}: it is not a file" in ran.stderr


@pytest.mark.parametrize("fault", ["html", "redirect-nowhere", "not-found"])
def test_what_answers_in_place_of_a_known_pbx_gets_no_password(
    with_keyring, simulator: New, fault: str
):
    pbx = known(with_keyring, simulator(fault=fault))
    code, told = with_keyring.json(pbx, "--profile", "Post")
    assert (code, told["attempts_left"]) == (6, 5)
    assert "Something else answers in its place" in told["message"]
    (asked,) = pbx.requests
    assert (asked.path.rpartition("/")[2], asked.token) == ("heartbeat", "")
    ran = with_keyring.run("logout", "--profile", "Post", token="0f" * 16)
    assert ran.returncode == 6
    assert [one.token for one in pbx.requests] == ["", ""]


def test_a_known_pbx_is_asked_for_itself_before_it_gets_the_password(with_keyring, simulator: New):
    pbx = known(with_keyring, simulator())
    code, told = with_keyring.json(pbx, "--profile", "Post")
    assert (code, told["outcome"]) == (0, "accepted")
    assert [one.path.rpartition("/")[2] for one in pbx.requests] == ["heartbeat", "login"]
    refusing = known(with_keyring, simulator(fault="failed-20002"))
    code, told = with_keyring.json(refusing, "--profile", "Post")
    assert (code, told["errno"]) == (1, "20002")


def known(shell: LoginShell, pbx: Simulator) -> Simulator:
    """A PBX that has accepted a heartbeat before."""
    target = ReportTarget("192.0.2.1", 8260, UrlMode.NONE, "")
    announced = (Announced("2026-11-01T00:00:00Z", target, to_this_computer=False),)
    file = shell.shell.home / ".config" / "hbgui" / "settings.json"
    ProfileFile(file).save(Settings((Profile("p0", "Post", pbx.url, announced=announced),)))
    return pbx


def test_a_right_password_forgets_the_wrong_ones(without_keyring, simulator: New):
    pbx, other = simulator(), simulator()
    assert without_keyring.json(pbx, "--print-token", password="wrong")[1]["attempts_left"] == 4
    assert without_keyring.json(other, "--print-token", password="x")[1]["attempts_left"] == 4
    assert without_keyring.json(pbx, "--print-token")[1]["attempts_left"] == 5
    assert without_keyring.json(pbx, "--print-token", password="wrong")[1]["attempts_left"] == 4


def test_tcp_is_told_with_what_to_change(without_keyring, simulator: New):
    pbx = simulator(fault="transport-tcp")
    code, told = without_keyring.json(pbx, "--print-token", "--api", "v2.0.0")
    assert (code, told["transport"]) == (0, "TCP")
    assert "report method HTTP" in told["advice"]
    http = simulator()
    assert without_keyring.json(http, "--print-token", "--api", "v2.0.0")[1]["transport"] == "HTTP"


@pytest.mark.parametrize(
    ("fault", "code", "outcome"),
    [
        ("html", 6, "unclear"),
        ("login-without-token", 6, "unclear"),
        ("success-lowercase", 6, "unclear"),
        ("close", 3, "unreachable"),
        ("redirect-307", 6, "redirected"),
        ("failed-30003", 1, "refused"),
        ("login-failure", 1, "refused"),
        ("certificate-expired", 4, "untrusted"),
    ],
)
def test_every_other_end_keeps_and_prints_no_token(
    without_keyring, simulator: New, fault, code, outcome
):
    pbx = simulator(fault=fault)
    password = "wrong" if fault == "login-failure" else None
    got, told = without_keyring.json(pbx, "--print-token", password=password)
    assert (got, told["outcome"], set(told)) == (code, outcome, MEMBERS)
    printed = json.dumps(told)
    assert not [token for token in pbx.tokens if token in printed]
    assert pbx.password not in printed


def test_without_a_keyring_the_pbx_is_not_even_asked(without_keyring, simulator: New):
    pbx = simulator()
    code, told = without_keyring.json(pbx, "--profile", "Post")
    assert (code, told["outcome"], pbx.received) == (5, "no_secret", 0)
    assert without_keyring.profiles == ()


def test_an_open_window_keeps_its_profiles(with_keyring, simulator: New):
    pbx = simulator()
    lock = NamedLock(with_keyring.shell.home / ".local/state/hbgui/locks", WINDOW)
    assert lock.acquire()
    code, told = with_keyring.json(pbx, "--profile", "Post")
    lock.release()
    assert (code, pbx.received) == (2, 0)
    assert "window" in told["message"]


def test_a_profile_of_another_pbx_is_left_alone(with_keyring, simulator: New):
    first, second = simulator(), simulator()
    assert with_keyring.login(first, "--profile", "Post").returncode == 0
    before = with_keyring.profiles
    code, told = with_keyring.json(second, "--profile", "Post")
    assert (code, second.received) == (2, 0)
    assert "another PBX" in told["message"]
    assert with_keyring.profiles == before


def test_a_token_is_not_sent_to_another_host(with_keyring, simulator: New):
    pbx = simulator()
    assert with_keyring.login(pbx, "--profile", "Post").returncode == 0
    elsewhere = f"http://127.0.0.2:{pbx.address[1]}"
    ran = with_keyring.run("send", "--profile", "Post", "--pbx", elsewhere, "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["outcome"], pbx.received) == (5, "no_secret", 1)
    assert "127.0.0.1" in told["message"]


def test_logout_ends_the_token_and_empties_the_keyring(with_keyring, simulator: New):
    pbx = simulator()
    with_keyring.login(pbx, "--profile", "Post")
    (profile,) = with_keyring.profiles
    token = with_keyring.entry(profile.id)
    ran = with_keyring.run("logout", "--profile", "Post", "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["outcome"], told["token_good_until"]) == (0, "accepted", None)
    assert (pbx.requests[-1].path, pbx.requests[-1].body) == ("/api/v1.1.0/logout", b"")
    assert token not in pbx.tokens
    assert with_keyring.entry(profile.id) == ""
    again = with_keyring.run("logout", "--pbx", pbx.url, token=token)
    assert again.returncode == 1
    assert "reports" in with_keyring.run("logout", "--pbx", pbx.url, token=pbx.token).stdout


def renewing(with_keyring, pbx: Simulator) -> Profile:
    """A profile for which hbgui logs in by itself, with its password in the keyring."""
    with_keyring.login(pbx, "--profile", "Post")
    (profile,) = with_keyring.profiles
    file = ProfileFile(with_keyring.shell.home / ".config" / "hbgui" / "settings.json")
    members = {f: getattr(profile, f) for f in ("id", "name", "pbx", "user", "token_host")}
    file.save(Settings((Profile(**members, renew=True),)))
    assert with_keyring.keyring is not None
    with_keyring.keyring.secret_tool(
        *("store", "--label=x", "service", "hbgui", "username", f"{profile.id}:password"),
        *("application", "Python keyring library"),
        given=pbx.password,
    )
    return profile


def test_a_kept_password_renews_no_token_of_another_host(with_keyring, simulator: New):
    pbx = simulator()
    renewing(with_keyring, pbx)
    elsewhere = f"http://localhost:{pbx.address[1]}"
    keep = ("keep", "--profile", "Post", "--pbx", elsewhere, "--ip", "10.0.0.5", "--json")
    ran = with_keyring.run(*keep, "--every", "0.2s", "--count", "1", token="0f" * 16)
    assert (ran.returncode, json.loads(ran.stdout)["outcome"]) == (5, "no_secret"), ran.stderr
    assert [r.path.rpartition("/")[2] for r in pbx.requests[1:]] == ["heartbeat"]


def test_keep_logs_in_again_once_when_the_token_is_lost(with_keyring, simulator: New):
    pbx = simulator()
    profile = renewing(with_keyring, pbx)
    first = with_keyring.entry(profile.id)
    pbx.lose_tokens()
    keep = ("keep", "--profile", "Post", "--ip", "10.0.0.5", "--every", "0.2s", "--json")
    ran = with_keyring.run(*keep, "--count", "1")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["outcome"]) == (0, "accepted"), ran.stderr
    assert "logged in" in told["message"]
    second = with_keyring.entry(profile.id)
    assert second != first
    assert second in pbx.tokens
    assert [r.path.rpartition("/")[2] for r in pbx.requests[1:]] == [
        *("heartbeat", "login", "heartbeat")
    ]
    pbx.fault = "expired"
    ran = with_keyring.run(*keep)
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["outcome"], told["errno"]) == (1, "refused", "20006")
    assert "Two programs" in told["message"]
    assert [r.path.rpartition("/")[2] for r in pbx.requests[4:]] == [
        *("heartbeat", "login", "heartbeat")
    ]
