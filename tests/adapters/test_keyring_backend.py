"""Which keyring is taken, and that none which writes plain text or forgets ever is."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyring_session import KeyringSession, bare_environment, keyring_session, run_script

TOKEN = "canary-0f0f0f0f"

ROUND_TRIP = f"""
import json
from hbgui.adapters.keyring_store import KeyringStore
from hbgui.core.errors import SecretError
from hbgui.core.secret import Secret
store = KeyringStore()
answer = {{"code": "", "detail": "", "name": "", "kept": False}}
try:
    answer["name"] = store.backend_name()
    store.put("id", Secret("{TOKEN}"))
    answer["kept"] = store.get("id") == Secret("{TOKEN}")
except SecretError as error:
    answer |= {{"code": error.code, "detail": error.detail}}
print(json.dumps(answer))
"""

# What any back end looks like. It writes each secret to a file, readable for everybody.
FILE_BACKEND = """
import os, pathlib
from keyring.backend import KeyringBackend
class {name}(KeyringBackend):
    priority = {priority}
    def file(self, user): return pathlib.Path(os.environ["HOME"]) / ("secret-" + user)
    def get_password(self, service, user):
        return self.file(user).read_text() if self.file(user).exists() else None
    def set_password(self, service, user, password): self.file(user).write_text(password)
    def delete_password(self, service, user): self.file(user).unlink()
"""


class Plugins:
    """A folder of back-end modules, and the answers of a store that can import them."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.home = Path(environment["HOME"])
        self._folder = folder
        path = f"{environment['PYTHONPATH']}:{folder}"
        self.environment = environment | {"PYTHONPATH": path}

    def add(self, module: str, source: str) -> None:
        """Write a module, `a.b.c` into the folders a/b."""
        path = self._folder.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)

    def round_trip(self, backend: str | None = None) -> dict[str, object]:
        """What happens when a token is stored and read; `backend` as the environment names it."""
        named = {"PYTHON_KEYRING_BACKEND": backend} if backend is not None else {}
        return json.loads(run_script(ROUND_TRIP, self.environment | named))

    def files_with_token(self) -> list[Path]:
        """Files below the home folder that hold the token in clear."""
        files = [p for p in self.home.rglob("*") if p.is_file()]
        return [p for p in files if TOKEN.encode() in p.read_bytes()]

    def keyringrc(self, text: str) -> None:
        """Write keyring's own configuration file."""
        path = self.home / ".config" / "python_keyring" / "keyringrc.cfg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def plugins(tmp_path: Path) -> Plugins:
    """Without a session bus."""
    return Plugins(tmp_path / "plugins", bare_environment(tmp_path))


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyringSession]:
    with keyring_session(tmp_path_factory.mktemp("session")) as running:
        yield running


@pytest.fixture
def desktop(tmp_path: Path, session: KeyringSession) -> Plugins:
    """With the session bus and the real keyring, and a home folder of its own."""
    home = {"HOME": bare_environment(tmp_path)["HOME"]}
    return Plugins(tmp_path / "plugins", session.environment | home)


def plain_keyrings_alt(plugins: Plugins) -> str:
    plugins.add("keyrings.alt.file", FILE_BACKEND.format(name="PlaintextKeyring", priority=0.5))
    return "keyrings.alt.file.PlaintextKeyring"


def test_a_plain_text_backend_is_refused_by_name(plugins: Plugins) -> None:
    name = plain_keyrings_alt(plugins)
    answer = plugins.round_trip(name)
    assert (answer["code"], answer["detail"]) == ("keyring_refused_backend", name)
    assert plugins.files_with_token() == []


def test_a_plain_text_backend_is_refused_also_when_it_is_not_installed(plugins: Plugins) -> None:
    assert plugins.round_trip("keyrings.alt.file.PlaintextKeyring")["code"] == (
        "keyring_refused_backend"
    )


def test_a_plain_text_backend_is_refused_behind_another_name(plugins: Plugins) -> None:
    plain = plain_keyrings_alt(plugins)
    plugins.add(
        "safe",
        "from keyrings.alt.file import PlaintextKeyring\n"
        "class Vault(PlaintextKeyring): pass\nAlias = PlaintextKeyring\n",
    )
    for name in ("safe.Vault", "safe.Alias"):
        answer = plugins.round_trip(name)
        assert (answer["code"], answer["detail"]) == ("keyring_refused_backend", plain)
    assert plugins.files_with_token() == []


@pytest.mark.parametrize("kind", ["null", "fail"])
def test_a_backend_that_keeps_nothing_is_refused(plugins: Plugins, kind: str) -> None:
    name = f"keyring.backends.{kind}.Keyring"
    answer = plugins.round_trip(name)
    assert (answer["code"], answer["detail"]) == ("keyring_refused_backend", name)


@pytest.mark.parametrize("text", ["garbage", "[backend]\ndefault-keyring=nowhere.Keyring\n"])
def test_a_broken_keyringrc_changes_nothing(desktop: Plugins, text: str) -> None:
    desktop.keyringrc(text)
    answer = desktop.round_trip()
    assert (answer["name"], answer["kept"]) == ("Secret Service", True)


@pytest.mark.parametrize("name", ["", "keyring.backends.null.Keyring"])
def test_keyringrc_brings_in_no_plain_text(desktop: Plugins, name: str) -> None:
    desktop.keyringrc(f"[backend]\ndefault-keyring={name or plain_keyrings_alt(desktop)}\n")
    answer = desktop.round_trip()
    assert (answer["name"], answer["kept"]) == ("Secret Service", True)
    assert desktop.files_with_token() == []


def test_keyringrc_brings_in_no_plain_text_without_a_keyring(plugins: Plugins) -> None:
    plugins.keyringrc(f"[backend]\ndefault-keyring={plain_keyrings_alt(plugins)}\n")
    assert plugins.round_trip()["code"] == "keyring_none"
    assert plugins.files_with_token() == []


def test_an_installed_plain_text_plug_in_is_not_picked(plugins: Plugins) -> None:
    """keyring itself would: it takes whatever plug-in has the highest priority."""
    plugins.add("loud", FILE_BACKEND.format(name="Keyring", priority=9))
    info = plugins.home.parent / "plugins" / "loud-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[keyring.backends]\nloud = loud\n")
    picked = "import keyring; print(type(keyring.get_keyring()).__module__)"
    assert run_script(picked, plugins.environment).strip() == "loud"
    assert plugins.round_trip()["code"] == "keyring_none"
    assert plugins.files_with_token() == []


MEMORY = """
from keyring.backend import KeyringBackend
class Keyring(KeyringBackend):
    priority = 1
    held = {}
    def get_password(self, service, user): return self.held.get((service, user))
    def set_password(self, service, user, password): self.held[service, user] = password
    def delete_password(self, service, user): del self.held[service, user]
"""


def test_a_backend_that_the_user_names_is_used(plugins: Plugins) -> None:
    plugins.add("vault.mine", MEMORY)
    answer = plugins.round_trip("vault.mine.Keyring")
    assert answer == {"code": "", "detail": "", "name": "vault.mine.Keyring", "kept": True}


def test_a_backend_that_gives_back_something_else_is_found_out(plugins: Plugins) -> None:
    plugins.add("vault", MEMORY.replace("= password", "= password[:8]"))
    assert plugins.round_trip("vault.Keyring")["code"] == "keyring_not_kept"


@pytest.mark.parametrize(
    "name", ["nowhere.Keyring", "json.nowhere", "json.JSONDecoder", "Keyring", "..", "os.path"]
)
def test_a_name_that_is_no_backend_is_a_fault(plugins: Plugins, name: str) -> None:
    answer = plugins.round_trip(name)
    assert answer["code"] == "keyring_failed"
    assert name in str(answer["detail"])


def test_a_named_keyring_that_is_not_there_is_no_keyring(plugins: Plugins) -> None:
    answer = plugins.round_trip("keyring.backends.SecretService.Keyring")
    assert answer["code"] == "keyring_none"


CHAIN = "keyring.backends.chainer.ChainerBackend"


def test_a_chain_is_used_when_each_of_its_keyrings_may_be(desktop: Plugins) -> None:
    assert desktop.round_trip(CHAIN)["kept"] is True


def test_a_chain_with_a_plain_text_keyring_is_refused(desktop: Plugins) -> None:
    plain_keyrings_alt(desktop)
    source = "import keyrings.alt.file\nfrom keyring.backends.chainer import ChainerBackend\n"
    desktop.add("chain", source + "class Chain(ChainerBackend): pass\n")
    answer = desktop.round_trip("chain.Chain")
    assert answer["code"] == "keyring_refused_backend"
    assert answer["detail"] == "keyrings.alt.file.PlaintextKeyring"
    assert desktop.files_with_token() == []


def test_an_empty_chain_is_no_keyring(plugins: Plugins) -> None:
    assert plugins.round_trip(CHAIN)["code"] == "keyring_none"


@pytest.mark.parametrize(
    ("desktop_name", "expected"), [("KDE", "KWallet"), ("GNOME", "Secret Service")]
)
def test_kwallet_is_taken_where_keyring_itself_would(
    desktop: Plugins, desktop_name: str, expected: str
) -> None:
    """A stand-in for dbus-python on which kwalletd runs; its own priority decides."""
    desktop.add(
        "dbus",
        """
class DBusException(Exception): pass
class SessionBus:
    def __init__(self, mainloop): pass
    def name_has_owner(self, name): return name == "org.kde.kwalletd5"
    def list_activatable_names(self): return ["org.kde.kwalletd5"]
""",
    )
    desktop.add("dbus.mainloop.glib", "class DBusGMainLoop: pass\n")
    package = desktop.home.parent / "plugins"
    (package / "dbus.py").rename(package / "dbus" / "__init__.py")
    script = (
        "import keyring; from hbgui.adapters.keyring_store import KeyringStore\n"
        "print(KeyringStore().backend_name(), type(keyring.get_keyring()).__name__, sep='|')"
    )
    out = run_script(script, desktop.environment | {"XDG_CURRENT_DESKTOP": desktop_name})
    mine, _, keyrings_own = out.strip().partition("|")
    assert mine == expected
    assert keyrings_own == {"KWallet": "DBusKeyring", "Secret Service": "Keyring"}[expected]


def test_a_call_that_kwallet_says_was_cancelled_means_locked(plugins: Plugins) -> None:
    plugins.add(
        "wallet",
        MEMORY.replace(
            "self.held[service, user] = password",
            "raise keyring.errors.PasswordSetError('Cancelled by user')",
        )
        + "import keyring.errors\n",
    )
    assert plugins.round_trip("wallet.Keyring")["code"] == "keyring_locked"


def test_an_entry_that_stays_after_deleting_is_a_fault(plugins: Plugins) -> None:
    plugins.add("sticky", MEMORY.replace("del self.held[service, user]", "pass"))
    script = ROUND_TRIP.replace('store.get("id") ==', 'store.delete("id") ==')
    named = {"PYTHON_KEYRING_BACKEND": "sticky.Keyring"}
    answer = json.loads(run_script(script, plugins.environment | named))
    assert answer["code"] == "keyring_failed"
