"""What an import would do: which profile an entry means, and what would change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hbgui.core.pbx.connection import Pin, TlsLevel, TlsMode
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import SHARED, AddressKind, ApiVersion, Profile, ServerAddress, UrlField
from hbgui.core.settings import Change, Entry, EntryError, Preview, Shared, preview
from hbgui.texts.notes import note_message
from hbgui.texts.settings import SHARING_NOTES, entry_error_sentence, member_name, member_value

POST = Profile("post", "Hotel Post", "https://192.168.5.150", port="9000")
CLINIC = Profile("clinic", "Clinic North", "192.168.5.151")


def shared(*profiles: Profile) -> Shared:
    return Shared(tuple(Entry(number, p) for number, p in enumerate(profiles, 1)))


def look(*profiles: Profile, room: int = 500) -> Preview:
    return preview((POST, CLINIC), shared(*profiles), room=room)


def test_the_same_again_changes_nothing() -> None:
    assert look(POST, CLINIC) == Preview(same=2)


def test_the_same_id_is_the_same_pbx_whatever_else_changed() -> None:
    new = replace(POST, name="Post", pbx="10.0.0.1")
    assert look(new, CLINIC) == Preview(changed=(Change(POST, new, ("name", "pbx")),), same=1)


@pytest.mark.parametrize(
    ("name", "pbx"),
    [
        ("Hotel Post", "https://192.168.5.150"),
        (" hotel POST ", "https://192.168.5.150"),
        ("Hotel Post", "192.168.5.150:8088"),
    ],
)
def test_another_id_with_the_same_name_and_pbx_means_that_one(name: str, pbx: str) -> None:
    entry = replace(POST, id="elsewhere", name=name, pbx=pbx, port="8260")
    found = look(entry)
    assert found.added == ()
    (change,) = found.changed
    assert change.old == POST
    assert change.new == replace(entry, id="post")
    assert "port" in change.fields


@pytest.mark.parametrize(
    "other", [replace(POST, name="Hotel Post 2"), replace(POST, pbx="https://192.168.5.150:8089")]
)
def test_another_name_or_port_of_the_pbx_is_another_one(other: Profile) -> None:
    entry = replace(other, id="elsewhere")
    assert look(entry) == Preview(added=(entry,))


def test_an_addition_without_id_gets_one() -> None:
    first, second = look(Profile("", "A", "a"), Profile("", "B", "b")).added
    assert len({"", "post", "clinic", first.id, second.id}) == 5


def test_an_id_that_was_in_use_does_not_come_back() -> None:
    entry = Profile("gone", "Gone", "10.0.0.1")
    (added,) = preview((POST,), shared(entry), room=9, used=frozenset({"gone"})).added
    assert added.id not in ("gone", "")
    assert replace(added, id="gone") == entry


def test_an_id_counts_before_names() -> None:
    """The first entry looks like the second one's profile, and must not take its place."""
    twin = replace(POST, id="twin")
    found = preview((POST,), shared(twin, replace(POST, port="1")), room=9)
    assert found.added == (twin,)
    assert [(c.old, c.fields) for c in found.changed] == [(POST, ("port",))]


def test_two_entries_never_change_the_same_profile() -> None:
    one, other = replace(POST, id="1", port="1"), replace(POST, id="2", port="2")
    found = look(one, other)
    assert [c.new.port for c in found.changed] == ["1"]
    assert found.added == (other,)


def test_each_field_is_told() -> None:
    other = Profile(
        "post",
        "Other",
        "10.9.9.9",
        ApiVersion.V2,
        UrlField.BOTH,
        TlsMode.INSECURE,
        TlsLevel.MODERN,
        Pin("ab" * 32, "10.9.9.9:8088"),
        "10.0.0.1:3128",
        ServerAddress(AddressKind.FIXED, "10.0.0.1"),
        "1",
        UrlMode.ABSOLUTE,
        "a/b",
        5,
        user="api",
        notes="Rack 3",
    )
    (change,) = look(other).changed
    differ = {name for name in SHARED if getattr(other, name) != getattr(POST, name)}
    assert set(change.fields) == differ == set(SHARED)
    for name in change.fields:
        assert member_name(name) != name
        assert member_value(name, getattr(other, name))


def test_what_an_entry_leaves_out_stays() -> None:
    entry = Entry(1, Profile("post", "Post"), frozenset({"pbx", "port"}))
    (change,) = preview((POST,), Shared((entry,)), room=9).changed
    assert change.new == replace(POST, name="Post")
    assert change.fields == ("name",)


def test_a_path_that_no_file_keeps_is_no_change() -> None:
    typed = replace(POST, pbx="https://192.168.5.150/api?token=0123")
    assert preview((typed,), shared(POST), room=9) == Preview(same=1)


def test_a_change_leaves_what_was_typed_meanwhile() -> None:
    change = Change(POST, replace(POST, port="1"), ("port",))
    assert change.onto(replace(POST, name="typed")) == replace(POST, name="typed", port="1")


def test_more_than_there_is_room_for_is_an_error() -> None:
    one, two = Profile("1", "One", "1.1.1.1"), Profile("2", "Two", "2.2.2.2")
    found = look(one, two, POST, room=1)
    assert found.added == (one,)
    assert found.same == 1
    assert found.errors == (EntryError(2, "Two", "entry_no_room"),)
    assert "no room" in entry_error_sentence(found.errors[0])


def test_errors_come_in_the_order_of_the_file() -> None:
    entries = (Entry(1, Profile("1", "One")), Entry(3, Profile("3", "Three")))
    read = Shared(entries, (EntryError(2, "", "entry_not_object"),))
    assert [e.number for e in preview((), read, room=0).errors] == [1, 2, 3]


@pytest.mark.parametrize("code", SHARING_NOTES)
def test_each_note_fills_its_blanks(code: str) -> None:
    names = ("path", "count", "detail", "added", "changed", "left", "stopped")
    message = note_message(code, dict.fromkeys(names, "7"))
    assert "{" not in message.title + message.why + message.advice


def test_no_value_has_words() -> None:
    assert member_value("url_field", None) == "the usual one"
    assert member_value("pin", None) == member_value("url", "") == "empty"


def test_a_value_of_the_file_is_no_template() -> None:
    adapter = ServerAddress(AddressKind.ADAPTER, "{minutes}")
    assert "{minutes}" in member_value("server", adapter)
