"""Which keyring is used, and which never: keyrings of the test's own, imported for real."""

import json
from pathlib import Path

import pytest

from keyring_session import (
    CANARY,
    PRELUDE,
    KeyringSession,
    bare_environment,
    run_script,
)

FAKES = """
from keyring.backend import KeyringBackend
import json, os, pathlib
FILE = pathlib.Path(os.environ["HOME"]) / "fake.json"

class PlaintextKeyring(KeyringBackend):
    priority = 9

    def stored(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {}

    def get_password(self, service, username):
        return self.stored().get(username)

    def set_password(self, service, username, password):
        FILE.write_text(json.dumps(self.stored() | {username: password}))

    def delete_password(self, service, username):
        FILE.unlink()

class Vault(PlaintextKeyring.__base__):
    priority = 9
    get_password = PlaintextKeyring.get_password
    set_password = PlaintextKeyring.set_password
    delete_password = PlaintextKeyring.delete_password
    stored = PlaintextKeyring.stored

"""

MORE_FAKES = """
class Forgetful(Vault):
    def set_password(self, service, username, password):
        pass

class Chatty(Vault):
    def set_password(self, service, username, password):
        raise ValueError(f"cannot store {password}")

class Cancelled(Vault):
    def set_password(self, service, username, password):
        from keyring.errors import PasswordSetError
        raise PasswordSetError("Cancelled by user")  # as KWallet says it

    def get_password(self, service, username):
        from keyring.errors import KeyringLocked
        raise KeyringLocked("Failed to unlock the keyring!")  # as KWallet says it

    delete_password = get_password

class Sticky(Vault):
    def delete_password(self, service, username):
        from keyring.errors import PasswordDeleteError
        raise PasswordDeleteError("no")

class Unopened(Vault):
    handle = -1  # as KWallet's, which asks a person when it is read first

    def get_password(self, service, username):
        self.handle = 1
        return Vault.get_password(self, service, username)

class Idle(Vault):
    def delete_password(self, service, username):
        pass

class Brutal(Vault):
    def get_password(self, service, username):
        raise SystemExit(f"{self.stored()}")

class Unfit(Vault):
    @property
    def priority(self):
        raise RuntimeError("not here")

class NoBackend:
    pass
"""

CALLS = """
import traceback
s = KeyringStore(timeout_s=5)
results = []
token = sys.stdin.read()
for call in (lambda: s.put("x", Secret(token)), lambda: s.get("x"), lambda: s.delete("x")):
    try:
        result = call()
        results.append(result.reveal() if result else "done")
    except SecretError as error:
        shown = "".join(traceback.format_exception(error)) + repr(vars(error))
        assert token not in shown
        assert error.__context__ is None
        results.append([error.code, error.detail])
tell(results=results)
"""


@pytest.fixture
def fakes(tmp_path: Path) -> dict[str, str]:
    """An environment without a keyring, but with keyrings of the test's own to be imported."""
    modules = tmp_path / "modules"
    (modules / "keyrings" / "alt").mkdir(parents=True)
    (modules / "keyrings" / "alt" / "file.py").write_text(FAKES)
    (modules / "mine.py").write_text(FAKES + MORE_FAKES)
    (modules / "disguised.py").write_text("from keyrings.alt.file import Vault as Safe\n")
    plug_in = modules / "alt-1.dist-info"
    plug_in.mkdir()
    (plug_in / "METADATA").write_text("Metadata-Version: 2.1\nName: alt\nVersion: 1\n")
    (plug_in / "entry_points.txt").write_text("[keyring.backends]\nfile = keyrings.alt.file\n")
    env = bare_environment(tmp_path)
    return env | {"PYTHONPATH": f"{env['PYTHONPATH']}:{modules}"}


def stored_files(env: dict[str, str]) -> list[Path]:
    return [p for p in Path(env["HOME"]).rglob("*") if p.is_file() and p.name != "keyringrc.cfg"]


def configured(env: dict[str, str], content: str) -> None:
    file = Path(env["HOME"]) / ".config" / "python_keyring" / "keyringrc.cfg"
    file.parent.mkdir(parents=True)
    file.write_text(content)


@pytest.mark.parametrize(
    ("chosen", "named"),
    [
        ("keyrings.alt.file.PlaintextKeyring", "keyrings.alt.file.PlaintextKeyring"),
        ("mine.PlaintextKeyring", "mine.PlaintextKeyring"),
        ("disguised.Safe", "keyrings.alt.file.Vault"),
        ("keyring.backends.chainer.ChainerBackend", "keyring.backends.chainer.ChainerBackend"),
    ],
)
def test_a_keyring_that_would_not_keep_the_token_safe_is_refused(
    fakes: dict[str, str], chosen: str, named: str
) -> None:
    out = run_script(PRELUDE + CALLS, fakes | {"PYTHON_KEYRING_BACKEND": chosen})
    assert json.loads(out) == {"results": [["keyring_refused_backend", named]] * 3}
    assert stored_files(fakes) == []


@pytest.mark.parametrize("module", ["null", "fail"])
def test_a_keyring_that_keeps_nothing_is_told_from_an_unsafe_one(
    fakes: dict[str, str], module: str
) -> None:
    chosen = f"keyring.backends.{module}.Keyring"
    out = run_script(PRELUDE + CALLS, fakes | {"PYTHON_KEYRING_BACKEND": chosen})
    assert json.loads(out) == {"results": [["keyring_keeps_nothing", chosen]] * 3}
    assert stored_files(fakes) == []


def test_a_plain_text_keyring_that_is_only_installed_is_not_used(fakes: dict[str, str]) -> None:
    used = run_script("import keyring; print(type(keyring.get_keyring()).__name__)", fakes)
    assert used.strip() in ("PlaintextKeyring", "Vault", "ChainerBackend"), used
    out = run_script(PRELUDE + CALLS, fakes)
    assert json.loads(out) == {"results": [["keyring_none", ""]] * 3}
    assert stored_files(fakes) == []


@pytest.mark.parametrize(
    "content",
    [
        "[backend]\ndefault-keyring=keyrings.alt.file.PlaintextKeyring\n",
        "[backend]\ndefault-keyring=keyring.backends.null.Keyring\n",
        "[backend]\ndefault-keyring=no.such.Keyring\n",
        "garbage",
    ],
    ids=["plain text", "null", "missing", "garbage"],
)
def test_the_file_keyringrc_changes_nothing(
    fakes: dict[str, str], session: KeyringSession, content: str
) -> None:
    configured(fakes, content)
    out = run_script(PRELUDE + CALLS, fakes)
    assert json.loads(out) == {"results": [["keyring_none", ""]] * 3}
    bus = {"DBUS_SESSION_BUS_ADDRESS": session.environment["DBUS_SESSION_BUS_ADDRESS"]}
    out = run_script(PRELUDE + CALLS, fakes | bus)
    assert json.loads(out) == {"results": ["done", "canary", "done"]}
    assert stored_files(fakes) == []


def test_another_keyring_is_used_when_the_environment_names_it(fakes: dict[str, str]) -> None:
    script = """
s = KeyringStore()
s.put('x', Secret('t'))
tell(r=[s.get('x').reveal(), s.backend_name()])
"""
    out = run_script(PRELUDE + script, fakes | {"PYTHON_KEYRING_BACKEND": "mine.Vault"})
    assert json.loads(out) == {"r": ["t", "mine.Vault"]}
    assert json.loads((Path(fakes["HOME"]) / "fake.json").read_text()) == {"x": "t"}


def test_a_package_that_is_missing_is_no_fault(
    fakes: dict[str, str], session: KeyringSession, tmp_path: Path
) -> None:
    (tmp_path / "modules" / "secretstorage.py").write_text("raise ImportError\n")
    bus = {"DBUS_SESSION_BUS_ADDRESS": session.environment["DBUS_SESSION_BUS_ADDRESS"]}
    out = run_script(PRELUDE + CALLS, fakes | bus)
    assert json.loads(out) == {"results": [["keyring_none", ""]] * 3}


def test_an_empty_choice_is_none(fakes: dict[str, str], session: KeyringSession) -> None:
    bus = {"DBUS_SESSION_BUS_ADDRESS": session.environment["DBUS_SESSION_BUS_ADDRESS"]}
    out = run_script(PRELUDE + CALLS, fakes | bus | {"PYTHON_KEYRING_BACKEND": " "})
    assert json.loads(out) == {"results": ["done", "canary", "done"]}


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("mine.Forgetful", ["keyring_not_kept", ""]),
        ("mine.Chatty", ["keyring_failed", "builtins.ValueError"]),
        ("mine.Unfit", ["keyring_none", "mine.Unfit"]),
        ("mine.NoBackend", ["keyring_failed", "PYTHON_KEYRING_BACKEND=mine.NoBackend"]),
        ("mine.Nothing", ["keyring_failed", "PYTHON_KEYRING_BACKEND=mine.Nothing"]),
        ("no.such.Keyring", ["keyring_failed", "PYTHON_KEYRING_BACKEND=no.such.Keyring"]),
        ("nonsense", ["keyring_failed", "PYTHON_KEYRING_BACKEND=nonsense"]),
        (
            "keyring.backends.SecretService.Keyring",
            ["keyring_none", "keyring.backends.SecretService.Keyring"],
        ),
    ],
)
def test_a_chosen_keyring_that_fails_is_told_from_none(
    fakes: dict[str, str], chosen: str, expected: list[str]
) -> None:
    out = run_script(PRELUDE + CALLS, fakes | {"PYTHON_KEYRING_BACKEND": chosen})
    assert json.loads(out)["results"][0] == expected


def test_a_question_of_kwallet_that_was_closed(fakes: dict[str, str]) -> None:
    out = run_script(PRELUDE + CALLS, fakes | {"PYTHON_KEYRING_BACKEND": "mine.Cancelled"})
    assert [code for code, _detail in json.loads(out)["results"]] == ["keyring_denied"] * 3


def test_keyrings_own_secret_service_is_watched_too(session: KeyringSession) -> None:
    chosen = "keyring.backends.SecretService.Keyring"
    script = """
s = KeyringStore()
s.put('w', Secret('t'))
tell(r=[s.backend_name(), said(s.get, 'w')[0]])
"""
    out = session.run(PRELUDE + script, PYTHON_KEYRING_BACKEND=chosen)
    assert json.loads(out) == {"r": ["Secret Service", "t"]}


def test_a_keyring_that_wants_to_end_the_program_does_not(fakes: dict[str, str]) -> None:
    out = run_script(PRELUDE + CALLS, fakes | {"PYTHON_KEYRING_BACKEND": "mine.Brutal"})
    assert json.loads(out) == {"results": [["keyring_failed", "builtins.SystemExit"]] * 3}


@pytest.mark.parametrize("address", ["unix:path=/nonexistent/bus", "nonsense", ""])
def test_a_bus_address_that_leads_nowhere_is_no_keyring(tmp_path: Path, address: str) -> None:
    env = bare_environment(tmp_path) | {"DBUS_SESSION_BUS_ADDRESS": address}
    out = run_script(PRELUDE + CALLS, env)
    assert json.loads(out) == {"results": [["keyring_none", ""]] * 3}


@pytest.mark.parametrize("name", ["Sticky", "Idle"])
def test_what_a_keyring_does_not_delete_is_not_said_to_be_gone(
    fakes: dict[str, str], name: str
) -> None:
    out = run_script(PRELUDE + CALLS, fakes | {"PYTHON_KEYRING_BACKEND": f"mine.{name}"})
    refused = ["keyring_failed", "the entry could not be deleted"]
    assert json.loads(out) == {"results": ["done", CANARY, refused]}


def test_looking_opens_no_wallet(fakes: dict[str, str]) -> None:
    script = """
s = KeyringStore()
tell(results=[said(s.look, "x"), said(s.get, "x"), said(s.look, "x")])
"""
    out = run_script(PRELUDE + script, fakes | {"PYTHON_KEYRING_BACKEND": "mine.Unopened"})
    locked, read, then = json.loads(out)["results"]
    assert "keyring_locked" in locked
    assert "keyring_locked" not in read + then
