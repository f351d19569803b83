"""Tokens in the real gnome-keyring, and what is said when it is locked, hung, killed or absent."""

import json
from pathlib import Path

import pytest

from keyring_session import (
    PRELUDE,
    KeyringSession,
    bare_environment,
    keyring_session,
    run_script,
)
from patience import PATIENCE_S


def answers(session: KeyringSession, script: str, *arguments: str, **more: str) -> list[dict]:
    lines = session.run(PRELUDE + script, *arguments, **more).splitlines()
    return [json.loads(line) for line in lines]


def test_a_token_is_stored_read_overwritten_and_deleted(session: KeyringSession) -> None:
    script = """
s = KeyringStore()
steps = [
    (s.get, "life"), (s.put, "life", Secret("one")), (s.get, "life"),
    (s.put, "life", Secret("two")), (s.get, "life"), (s.get, "another"),
    (s.delete, "life"), (s.get, "life"), (s.delete, "life"),
]
tell(results=[said(*step)[0] for step in steps], name=s.backend_name())
"""
    (answer,) = answers(session, script)
    assert answer["results"] == [None, None, "one", None, "two", None, None, None, None]
    assert answer["name"] == "Secret Service"


@pytest.mark.parametrize(
    "token",
    ["0f" * 16, "a+b/c=d&e%f", "Zürich 日本 \U0001f511", "x" * 1200, "ü" * 1200],
    ids=["hex", "url characters", "unicode", "1200 characters", "1200 umlauts"],
)
def test_other_programs_of_the_user_find_the_same_token(
    session: KeyringSession, token: str
) -> None:
    put = "s = KeyringStore(); s.put(sys.argv[1], Secret(sys.stdin.read())); tell(ok=True)"
    put = put.replace("sys.stdin.read()", "json.loads(sys.argv[2])")
    answers(session, put, "found", json.dumps(token))
    assert session.secret_tool("lookup", "service", "hbgui", "username", "found") == token


def test_a_token_that_another_program_stored_is_found_replaced_and_deleted(
    session: KeyringSession,
) -> None:
    entry = ("service", "hbgui", "username", "foreign")
    session.secret_tool("store", "--label=x", *entry, given="old")
    script = """
s = KeyringStore()
tell(results=[said(s.get, "foreign")[0], said(s.put, "foreign", Secret("new"))[0],
              said(s.get, "foreign")[0]])
"""
    (answer,) = answers(session, script)
    assert answer["results"] == ["old", None, "new"]
    assert session.secret_tool("lookup", *entry) == "new"
    answers(session, "KeyringStore().delete('foreign'); tell(ok=True)")
    assert session.secret_tool("lookup", *entry) == ""


def test_a_token_that_cannot_be_written_is_named_nowhere(session: KeyringSession) -> None:
    script = """
import traceback
token = sys.stdin.read()
try:
    KeyringStore().put("x", Secret(token + "\\ud800"))
except SecretError as error:
    shown = "".join(traceback.format_exception(error)) + repr(vars(error))
    tell(code=error.code, detail=error.detail, leaks=token in shown)
"""
    (answer,) = answers(session, script)
    assert answer == {
        "code": "keyring_failed",
        "detail": "builtins.UnicodeEncodeError",
        "leaks": False,
    }


def test_keyring_is_loaded_by_the_first_call_and_in_its_own_thread(
    session: KeyringSession,
) -> None:
    script = """
s = KeyringStore()
before = "keyring" in sys.modules, [t.name for t in threading.enumerate()]
s.get("x")
tell(before=before, after=[(t.name, t.daemon) for t in threading.enumerate()])
"""
    (answer,) = answers(session, script)
    assert answer["before"] == [False, ["MainThread"]]
    assert answer["after"] == [["MainThread", False], ["keyring-store", True]]


def test_callers_in_many_threads_each_get_their_own_token(session: KeyringSession) -> None:
    script = """
s = KeyringStore()
seen = {}
def work(i):
    s.put(f"t{i}", Secret(f"token {i}"))
    seen[i] = s.get(f"t{i}").reveal()
threads = [threading.Thread(target=work, args=(i,)) for i in range(12)]
[t.start() for t in threads]; [t.join() for t in threads]
tell(right=seen == {i: f"token {i}" for i in range(12)})
"""
    assert answers(session, script) == [{"right": True}]


def test_a_hung_keyring_is_left_alone_until_it_comes_back(tmp_path: Path) -> None:
    script = """
import os, signal
pid = int(sys.argv[1])
s = KeyringStore(timeout_s=4)
s.put("x", Secret("token"))
os.kill(pid, signal.SIGSTOP)
try:
    first = said(s.get, "x")
    second = said(s.put, "x", Secret("never"))
    third = said(s.backend_name)
finally:
    os.kill(pid, signal.SIGCONT)
again, _ = said(s.get, "x")
end = time.monotonic() + 30
while again == "keyring_hung" and time.monotonic() < end:
    time.sleep(0.05)
    again, _ = said(s.get, "x")
together = []
threads = [threading.Thread(target=lambda: together.append(said(s.get, "x")[0])) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
tell(first=first, second=second, third=third, again=again, together=together)
"""
    with keyring_session(tmp_path) as session:
        (answer,) = answers(session, script, str(session.daemon_pid()))
    assert answer["first"][0] == "keyring_hung"
    assert 4 <= answer["first"][1] < PATIENCE_S
    assert answer["second"][0] == answer["third"][0] == "keyring_hung"
    assert answer["second"][1] + answer["third"][1] < answer["first"][1], "nobody waits again"
    assert answer["again"] == "token"
    assert answer["together"] == ["token"] * 8


def test_a_call_that_waits_its_turn_behind_a_hung_one_fails_with_it(tmp_path: Path) -> None:
    script = """
s = KeyringStore(timeout_s=10)
first = threading.Thread(target=said, args=(s.get, "x"))
first.start()
time.sleep(5)
tell(waited=said(s.get, "x"))
"""
    with keyring_session(tmp_path) as session, session.frozen_daemon():
        (answer,) = answers(session, script)
    assert answer["waited"][0] == "keyring_hung"
    assert answer["waited"][1] < 10, "it has no time of its own"


def test_a_hung_keyring_does_not_hold_the_exit(tmp_path: Path) -> None:
    script = "tell(said=said(KeyringStore(timeout_s=0.5).get, 'x')[0])"
    with keyring_session(tmp_path) as session, session.frozen_daemon():
        # The process has to end by itself well before this time-out.
        lines = session.run(PRELUDE + script, timeout_s=PATIENCE_S)
    assert json.loads(lines) == {"said": "keyring_hung"}


def test_a_locked_keyring_is_named_and_works_once_unlocked(tmp_path: Path) -> None:
    script = """
s = KeyringStore()
tell(calls=[said(s.get, "x"), said(s.put, "x", Secret("t")), said(s.delete, "x")])
"""
    with keyring_session(tmp_path) as session:
        answers(session, "KeyringStore().put('x', Secret('t')); tell(ok=True)")
    with keyring_session(tmp_path, unlocked=False) as session:
        (answer,) = answers(session, script)
    assert [code for code, _ in answer["calls"]] == ["keyring_locked"] * 3
    with keyring_session(tmp_path) as session:
        assert answers(session, "tell(t=said(KeyringStore().get, 'x')[0])") == [{"t": "t"}]


ASK_KILL_ASK = """
import os
s = KeyringStore()
before = said(s.get, "x")[0]
os.kill(int(sys.argv[1]), 9)
time.sleep(0.2)
tell(before=before, after=said(s.get, "x")[0])
"""


def test_a_killed_keyring_comes_back_locked(tmp_path: Path) -> None:
    with keyring_session(tmp_path) as session:
        answers(session, "KeyringStore().put('x', Secret('t')); tell(ok=True)")
        said = answers(session, ASK_KILL_ASK, str(session.daemon_pid()))
    assert said == [{"before": "t", "after": "keyring_locked"}]


def test_a_prompter_that_never_comes_is_waited_for(tmp_path: Path) -> None:
    """With a screen the system asks for the password, and the call waits for the person."""
    script = """
s = KeyringStore(timeout_s=3)
tell(first=said(s.get, "x"), second=said(s.get, "x"))
"""
    with keyring_session(tmp_path) as session:
        answers(session, "KeyringStore().put('x', Secret('t')); tell(ok=True)")
    prompter = tmp_path / "data" / "dbus-1" / "services"
    prompter.mkdir(parents=True)
    for name in ("PrivatePrompter", "SystemPrompter"):
        service = f"[D-BUS Service]\nName=org.gnome.keyring.{name}\nExec=/bin/sleep 8\n"
        (prompter / f"org.gnome.keyring.{name}.service").write_text(service)
    data = f"{tmp_path / 'data'}:/usr/local/share:/usr/share"
    with keyring_session(tmp_path, unlocked=False, XDG_DATA_DIRS=data) as session:
        (answer,) = answers(session, script)
    assert answer["first"][0] == answer["second"][0] == "keyring_unlocking"
    assert answer["first"][1] < 4
    assert answer["second"][1] < 0.5


def test_without_a_session_bus_there_is_no_keyring_and_no_file(tmp_path: Path) -> None:
    script = """
s = KeyringStore()
calls = [said(s.get, "x"), said(s.put, "x", Secret("canary")), said(s.delete, "x"),
         said(s.backend_name)]
tell(codes=[c for c, _ in calls], slow=max(t for _, t in calls) > 5)
"""
    out = run_script(PRELUDE + script, bare_environment(tmp_path))
    assert json.loads(out) == {"codes": ["keyring_none"] * 4, "slow": False}
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_bus_that_has_gone_away_is_no_keyring(tmp_path: Path) -> None:
    with keyring_session(tmp_path) as session:
        (answer,) = answers(session, ASK_KILL_ASK, str(session.bus_pid))
    assert answer == {"before": None, "after": "keyring_none"}
