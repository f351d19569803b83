"""The file for other people: what is in it, what is not, and what comes back of a bad one."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.small_disk import mounted
from hbgui.adapters.files.profile_json import members_of
from hbgui.adapters.files.profile_share import TEXT_MAX, ProfileShare
from hbgui.adapters.secrets.redact import Redactor
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.connection import TlsMode
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import (
    SHARED,
    AddressKind,
    ApiVersion,
    Profile,
    ServerAddress,
    UrlField,
)
from hbgui.core.settings import Entry, EntryError, Shared
from hbgui.core.values import Secret
from hbgui.texts.notes import note_message
from hbgui.texts.settings import entry_error_sentence

SRC = Path(__file__).resolve().parents[3] / "src"
TOKEN = "1f2e3d4c5b6a79880123456789abcdef"
FULL = Profile(
    id="one",
    name="Schule Zürich 日本 🏫 \N{RIGHT-TO-LEFT OVERRIDE}",
    pbx="https://192.168.5.150:8088",
    api=ApiVersion.V2,
    url_field=UrlField.BOTH,
    tls=TlsMode.INSECURE,
    server=ServerAddress(AddressKind.ADAPTER, "eth0"),
    port="8261",
    url_mode=UrlMode.RELATIVE,
    url="reports",
    interval_min=7,
)
PLAIN = Profile("two", "Two", "10.0.0.2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Übergabe.json"


@pytest.fixture
def redactor() -> Redactor:
    return Redactor()


@pytest.fixture
def share(redactor: Redactor) -> ProfileShare:
    return ProfileShare(redactor.text)


def raw(path: Path, *entries: Any, **members: Any) -> Path:
    whole = {"format": "hbgui profiles", "version": 1, "profiles": list(entries), **members}
    path.write_text(json.dumps(whole), "utf-8")
    return path


def code_of(share: ProfileShare, path: Path) -> str:
    with pytest.raises(StorageError) as caught:
        share.read(path)
    assert caught.value.__context__ is None
    return caught.value.code


def entry(**members: Any) -> dict[str, Any]:
    return {"id": "one", "name": "One", "pbx": "10.0.0.1", **members}


# --- writing


def test_round_trip(share: ProfileShare, path: Path) -> None:
    assert share.write(path, (FULL, PLAIN)) is False
    assert share.read(path) == Shared((Entry(1, FULL), Entry(2, PLAIN)))


def test_people_can_read_it(share: ProfileShare, path: Path) -> None:
    share.write(path, (FULL,))
    lines = path.read_text("utf-8").splitlines()
    assert '  "format": "hbgui profiles",' in lines
    assert '  "version": 1,' in lines
    assert any("Schule Zürich 日本" in line for line in lines)
    assert len(lines) > 15


def test_only_this_user_can_read_it(share: ProfileShare, path: Path) -> None:
    share.write(path, (PLAIN,))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o666)
    share.write(path, (PLAIN,))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_left_beside_it(share: ProfileShare, path: Path) -> None:
    share.write(path, (PLAIN,))
    share.write(path, (FULL,))
    assert list(path.parent.iterdir()) == [path]


def test_it_has_the_members_of_a_profile_only(share: ProfileShare, path: Path) -> None:
    share.write(path, (FULL,))
    whole = json.loads(path.read_text("utf-8"))
    assert set(whole) == {"format", "version", "profiles"}
    assert set(whole["profiles"][0]) <= set(Profile.__slots__) - {"renew", "token_host"}


@pytest.mark.parametrize(
    "profile",
    [
        replace(PLAIN, pbx=f"https://10.0.0.2/api/v1.1.0/heartbeat?token={TOKEN}"),
        replace(PLAIN, pbx=f"https://admin:{TOKEN}@10.0.0.2"),
        replace(PLAIN, name=f"Two {TOKEN}"),
        replace(PLAIN, name=TOKEN),
        replace(PLAIN, url=f"report/{TOKEN[:16]}%2D{TOKEN[17:]}"),
        replace(PLAIN, server=ServerAddress(AddressKind.FIXED, TOKEN)),
        replace(PLAIN, port=TOKEN),
    ],
)
def test_no_known_secret_gets_in(
    share: ProfileShare, redactor: Redactor, path: Path, profile: Profile
) -> None:
    for secret in (TOKEN, f"{TOKEN[:16]}-{TOKEN[17:]}"):
        redactor.add(Secret(secret))
    hidden = share.write(path, (profile,))
    text = path.read_text("utf-8")
    assert TOKEN not in text
    assert TOKEN[17:] not in text
    assert hidden == ("***" in text)


def test_what_calls_itself_a_token_is_hidden(share: ProfileShare, path: Path) -> None:
    assert share.write(path, (replace(PLAIN, url=f"report?token={TOKEN}&pbx=2"),)) is True
    assert TOKEN not in path.read_text("utf-8")
    assert share.read(path).entries[0].profile.url == "report?token=***&pbx=2"


def test_a_full_disk_is_named(share: ProfileShare, path: Path) -> None:
    disk = path.parent / "disk"
    with mounted(disk, "size=64k"):
        share.write(disk / "a.json", (PLAIN,))
        before = (disk / "a.json").read_bytes()
        with pytest.raises(StorageError) as caught:
            share.write(disk / "a.json", [Profile(f"p{n}", "x" * 500) for n in range(99)])
        assert caught.value.code == "disk_full"
        assert (disk / "a.json").read_bytes() == before
        assert list(disk.iterdir()) == [disk / "a.json"]


def test_a_disk_that_takes_no_more_leaves_the_old_file(share: ProfileShare, path: Path) -> None:
    share.write(path, (PLAIN,))
    before = path.read_bytes()
    script = """
import resource, signal, sys
from pathlib import Path
from hbgui.adapters.files import profile_share
from hbgui.adapters.files.profile_share import ProfileShare
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.profile import Profile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    ProfileShare(str).write(Path(sys.argv[1]), [Profile(f"p{n}", "x" * 50) for n in range(99)])
except StorageError as error:
    print(error.code, error.detail, error.__context__)
"""
    assert run(script, str(path)) == "storage_failed File too large None\n"
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_device_is_not_replaced(share: ProfileShare, path: Path) -> None:
    """One of the test's own: were this broken, root would replace the system's."""
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only root can make a device")
    with pytest.raises(StorageError):
        share.write(path, (PLAIN,))
    assert stat.S_ISCHR(path.stat().st_mode)


def test_a_folder_that_cannot_be_written(path: Path) -> None:
    path.parent.chmod(0o555)
    script = """
import os, sys
from pathlib import Path
from hbgui.adapters.files import profile_share
from hbgui.adapters.files.profile_share import ProfileShare
from hbgui.core.api.errors import StorageError
from hbgui.core.pbx.profile import Profile
os.chdir(sys.argv[1])
if os.geteuid() == 0:
    os.setuid(65534)
try:
    ProfileShare(str).write(Path("shared.json"), [Profile("one")])
except StorageError as error:
    print(error.code, error.__context__)
"""
    assert run(script, str(path.parent)) == "not_permitted None\n"
    assert list(path.parent.iterdir()) == []


def run(script: str, *arguments: str) -> str:
    env = {**os.environ, "PYTHONPATH": str(SRC), "PYTHONWARNINGS": "error"}
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_symbolic_link_stays_one(share: ProfileShare, path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "real.json")
    share.write(path, (PLAIN,))
    assert path.is_symlink()
    assert (tmp_path / "real.json").is_file()


def test_no_file_is_written_that_could_not_be_read(share: ProfileShare, path: Path) -> None:
    many = [Profile(f"p{n}", "x" * 3000) for n in range(499)]
    with pytest.raises(StorageError) as caught:
        share.write(path, many)
    assert caught.value.code == "too_large"
    assert not path.exists()


def test_five_hundred_can_be_shared(share: ProfileShare, path: Path) -> None:
    many = [replace(FULL, id=f"p{n:040}", name=f"Name {n} " + "ü" * 60) for n in range(500)]
    share.write(path, many)
    assert [e.profile for e in share.read(path).entries] == many


# --- files that are none


def test_there_is_no_file(share: ProfileShare, path: Path) -> None:
    assert code_of(share, path) == "storage_failed"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\1\2",
        b"{",
        b"[]",
        b"{}",
        b"null",
        b'"text"',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"version": 1, "profiles": []}',
        b'{"format": "other", "version": 1, "profiles": []}',
        b'{"format": "hbgui profiles", "profiles": []}',
        b'{"format": "hbgui profiles", "version": "1", "profiles": []}',
        b'{"format": "hbgui profiles", "version": 0, "profiles": []}',
        b'{"format": "hbgui profiles", "version": 1}',
        b'{"format": "hbgui profiles", "version": 1, "profiles": {}}',
        b'{"format": "hbgui profiles", "version": 1, "profiles": [{"id": "a"}',
    ],
)
def test_what_is_no_such_file(share: ProfileShare, path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert code_of(share, path) == "not_profiles"


@pytest.mark.parametrize("version", [2, 1.5, 10**30])
def test_a_newer_file(share: ProfileShare, path: Path, version: float) -> None:
    raw(path, "something else", version=version, profiles="of another kind")
    assert code_of(share, path) == "newer_version"


def test_a_file_that_is_too_large(share: ProfileShare, path: Path) -> None:
    raw(path, entry(), padding="x" * 1024 * 1024)
    assert code_of(share, path) == "too_large"


def test_too_many_entries(share: ProfileShare, path: Path) -> None:
    assert code_of(share, raw(path, *[{}] * 501)) == "too_many"
    assert len(share.read(raw(path, *[{}] * 500)).entries) == 500


def test_a_folder_is_no_file(share: ProfileShare, tmp_path: Path) -> None:
    assert code_of(share, tmp_path) == "storage_failed"


def test_nobody_waits_for_a_pipe(share: ProfileShare, path: Path) -> None:
    os.mkfifo(path)
    assert code_of(share, path) == "storage_failed"
    with pytest.raises(StorageError):
        share.write(path, (PLAIN,))
    assert stat.S_ISFIFO(path.stat().st_mode)


def test_a_mark_at_the_beginning_does_no_harm(share: ProfileShare, path: Path) -> None:
    """Some editors on Windows put it there."""
    path.write_bytes(b"\xef\xbb\xbf" + raw(path, entry()).read_bytes())
    assert len(share.read(path).entries) == 1


# --- entries


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("id", 5),
        ("id", None),
        ("id", "a/b"),
        ("id", "post:password"),
        ("id", "x" * 101),
        ("name", None),
        ("name", ["One"]),
        ("name", "x" * (TEXT_MAX + 1)),
        ("pbx", 5),
        ("pbx", None),
        ("pbx", "x" * (TEXT_MAX + 1)),
        ("api", "v3"),
        ("api", 1),
        ("url_field", "flag"),
        ("url_field", False),
        ("tls", "INSECURE"),
        ("tls", None),
        ("server", "auto"),
        ("server", None),
        ("server", {"kind": "automatic"}),
        ("server", {"kind": "fixed", "value": 1.5}),
        ("port", True),
        ("port", 8260.0),
        ("port", {}),
        ("url_mode", "Relative"),
        ("url", 0.5),
        ("interval_min", "10"),
        ("interval_min", True),
        ("interval_min", 10.5),
        ("interval_min", 0),
        ("interval_min", 26),
        ("interval_min", None),
    ],
)
def test_a_wrong_member_keeps_its_entry_out_and_no_other(
    share: ProfileShare, path: Path, member: str, value: Any
) -> None:
    raw(path, entry(id="before"), entry(**{member: value}), entry(id="after"))
    read = share.read(path)
    assert [e.profile.id for e in read.entries] == ["before", "after"]
    (error,) = read.errors
    assert (error.number, error.code, error.values) == (2, "entry_wrong", {"members": member})
    expected = {"None": "", "['One']": ""}.get(str(value), "One" if member != "name" else "x" * 100)
    assert error.name == (expected if member == "name" else "One")


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"pbx": "192.168.5.１"}, "Host: １ (U+FF11"),
        ({"pbx": "0f" * 16}, "Host: This looks like a token"),
        ({"pbx": "https//192.168.5.150"}, "colon"),
        ({"server": {"kind": "fixed", "value": "192.168\u200b.5.20"}}, "U+200B"),
        ({"port": "８２６０"}, "U+FF18"),
        ({"url_mode": "absolute", "url": "10.0.0.９/r"}, "URL: ９"),
        ({"proxy": "10.0.0.１:3128"}, "Proxy: １"),
    ],
)
def test_a_look_alike_keeps_its_entry_out_and_is_named(
    share: ProfileShare, path: Path, members: dict[str, Any], said: str
) -> None:
    raw(path, entry(id="before"), entry(**members), entry(id="after"))
    read = share.read(path)
    assert [e.profile.id for e in read.entries] == ["before", "after"]
    (error,) = read.errors
    assert said in entry_error_sentence(error)


def test_all_wrong_members_are_named(share: ProfileShare, path: Path) -> None:
    raw(path, entry(tls="x", port=None))
    (error,) = share.read(path).errors
    assert error.values == {"members": "tls, port"}
    assert entry_error_sentence(error) == "Wrong type or value not known: tls, port"


@pytest.mark.parametrize("thing", [None, 5, "text", [], True])
def test_an_entry_that_is_none(share: ProfileShare, path: Path, thing: Any) -> None:
    read = share.read(raw(path, thing, entry()))
    assert read.errors == (EntryError(1, "", "entry_not_object"),)
    assert "no entry" in entry_error_sentence(read.errors[0])
    assert [e.number for e in read.entries] == [2]


def test_an_id_that_is_there_twice(share: ProfileShare, path: Path) -> None:
    raw(path, entry(), entry(name="Copy"), entry(id="two"), entry(id=""), entry(id=""))
    read = share.read(path)
    assert [e.number for e in read.entries] == [1, 3, 4, 5]
    assert read.errors == (EntryError(2, "Copy", "entry_id_twice", {"other": "1"}),)
    assert "Entry 1 has the same id" in entry_error_sentence(read.errors[0])


def test_a_member_that_is_there_twice_keeps_its_entry_out_and_is_named(
    share: ProfileShare, path: Path
) -> None:
    more = [entry(id=f"e{n}", twice=[]) for n in range(20)]
    written = raw(path, entry(), entry(id="two", name="Two"), *more).read_text("utf-8")
    written = written.replace('"twice"', '"notes": "", "notes"')
    twice = written.replace('"name": "Two"', '"pbx": "192.0.2.1", "name": "One", "name": "Two"')
    path.write_text(twice, "utf-8")
    read = share.read(path)
    assert [e.number for e in read.entries] == [1]
    assert [e.number for e in read.errors] == list(range(2, 23))
    error = read.errors[0]
    assert (error.number, error.name, error.code) == (2, "Two", "entry_repeats")
    assert "profiles[1].name is there more than once, in line 1" in entry_error_sentence(error)


@pytest.mark.parametrize("name", ["format", "version", "profiles"])
def test_a_file_of_two_meanings_is_not_imported(share: ProfileShare, path: Path, name: str) -> None:
    members = raw(path, entry()).read_text("utf-8")
    path.write_text(members.replace("{", f'{{"{name}": [],\n', 1), "utf-8")
    with pytest.raises(StorageError) as caught:
        share.read(path)
    assert (caught.value.code, caught.value.detail) == ("repeats", name)
    values = {"detail": name, "path": str(path)}
    assert (
        f"{path} has this member more than once: {name}."
        in note_message("import_repeats", values).why
    )


def test_what_people_write_by_hand(share: ProfileShare, path: Path) -> None:
    raw(path, {"name": "One", "pbx": "10.0.0.1", "port": 8261, "server": {"kind": "auto"}})
    (read,) = share.read(path).entries
    assert read.profile == Profile("", "One", "10.0.0.1", port="8261")
    given = {"name", "pbx", "port", "server"}
    assert read.missing == {"id", *SHARED} - given


def test_no_secret_comes_in(share: ProfileShare, path: Path) -> None:
    raw(path, entry(pbx=f"https://10.0.0.1/?token={TOKEN}", token=TOKEN, password=TOKEN))
    read = share.read(path)
    assert read.errors == ()
    assert read.entries[0].profile.pbx == "https://10.0.0.1"
    assert TOKEN not in repr(read)


def test_what_is_of_this_computer_only_goes_neither_out_nor_in(
    share: ProfileShare, path: Path
) -> None:
    """Somebody else's file must not say which host a token was given for."""
    mine = replace(PLAIN, renew=True, token_host="evil.example", ask_before_moving=False)
    share.write(path, (mine,))
    assert "evil.example" not in path.read_text("utf-8")
    (read,) = share.read(path).entries
    assert read.profile == PLAIN
    target = {"ip": "10.0.0.7", "port": 80, "url_mode": "none", "url": ""}
    local = {"renew": True, "token_host": "evil.example", "ask_before_moving": False}
    raw(path, entry(**local, earlier=target, announced=[{"target": target, "here": True}]))
    (read,) = share.read(path).entries
    assert read.profile == Profile("one", "One", "10.0.0.1")


def test_half_a_surrogate_pair_comes_back(share: ProfileShare, path: Path) -> None:
    odd = replace(PLAIN, name="odd \ud83d name")
    share.write(path, (odd,))
    assert share.read(path).entries[0].profile == odd


@pytest.mark.parametrize("typed", ["0f" * 16, "0F" * 16 + ":8088", " token=" + "0f" * 16])
def test_a_token_in_the_wrong_field_reaches_no_file(typed: str) -> None:
    server = ServerAddress(AddressKind.FIXED, typed)
    members = members_of(Profile("a", "Post", typed, server=server, proxy=f"http://{typed}"))
    assert "0f" * 16 not in json.dumps(members).lower()
    usual = Profile("a", "Post", "pbx.example", server=ServerAddress(AddressKind.FIXED, "10.0.0.9"))
    assert members_of(usual)["server"] == {"kind": "fixed", "value": "10.0.0.9"}
