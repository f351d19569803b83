"""The end of an object is found wherever the pieces are cut."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgui.core.api.json_body import ObjectEnd

VALUES = st.recursive(
    st.text() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def rest_after(pieces: list[bytes]) -> bytes | None:
    """What comes after the object; None when it does not end."""
    end = ObjectEnd()
    for number, piece in enumerate(pieces):
        if end.feed(piece):
            return piece[len(piece) - end.rest :] + b"".join(pieces[number + 1 :])
    return None


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=4), st.booleans(), st.binary(), st.data())
def test_the_end_of_any_object(
    told: dict[str, Any], ascii_only: bool, after: bytes, data: st.DataObject
) -> None:
    whole = json.dumps(told, ensure_ascii=ascii_only).encode("utf-8", "backslashreplace")
    size = data.draw(st.integers(1, len(whole) + len(after)))
    text = whole + after
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert rest_after(pieces) == after
    assert rest_after([whole[:-1]]) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        (b'{"a":"}"}x', b"x"),
        (b'{"a":"\\"}"}x', b"x"),
        (b'{"a":"\\\\"}x', b"x"),
        (b"\xef\xbb\xbf {}", b""),
        (b"}", b""),
        (b'{"a":1', None),
        (b'{"a":"}', None),
        (b"", None),
        (b"words", None),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_texts_and_escapes(text: bytes, rest: bytes | None, size: int) -> None:
    assert rest_after([text[at : at + size] for at in range(0, len(text), size)]) == rest


@pytest.mark.parametrize("unit", [b"{", b'"', b"{}", b'"}"', b"\\", b'"\\', b"x"])
def test_nothing_takes_long(unit: bytes) -> None:
    """A quarter of a mebibyte in the pieces in which it is read."""
    text = b"{{" + unit * (256 * 1024 // len(unit))
    began = time.process_time()
    rest_after([text[at : at + 16384] for at in range(0, len(text), 16384)])
    assert time.process_time() - began < 0.5


def test_an_empty_piece_after_a_backslash_changes_nothing() -> None:
    end = ObjectEnd()
    found = [end.feed(piece) for piece in (b'{"', b"\\", b"", b'"}', b'"}')]
    assert found == [False, False, False, False, True]
