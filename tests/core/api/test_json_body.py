"""Which charset holds, where a body ends, and which objects it holds."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hbgui.core.api.json_body import BodyEnd, charset_of, decode, read_objects

NAMED = [
    ("application/json; charset=GBK", "gbk", "王伟"),
    ("application/json;charset=gb2312", "gb2312", "王伟"),
    ("text/plain; charset=GB18030", "gb18030", "王伟𠀀"),
    ("text/plain; charset=GB_2312-80", "gb2312", "王伟"),
    ("text/plain; charset=cp-1251", "cp1251", "Иван"),
    ("text/plain; charset=utf_16-le", "utf-16-le", "Müller ≢"),
    ("text/plain; charset=utf-16", "utf-8", "Müller"),
    ("text/plain; charset=utf-16be", "utf-8", "Müller"),
    ("text/plain; charset=Big5", "big5", "王偉"),
    ("text/plain; Charset = 'iso-8859-1'", "latin-1", "Müller"),
    ('text/plain; charset="ISO-8859-15"', "iso8859-15", "Müller €"),
    ("text/plain; charset=latin1", "latin-1", "Müller"),
    ("text/plain; charset=ISO_8859-5", "iso8859-5", "Иван"),
    ("text/plain; charset=windows-1252", "cp1252", "Müller €"),
    ("text/plain; charset=cp1251", "cp1251", "Иван"),
    ("text/plain; charset=KOI8-R", "koi8-r", "Иван"),
    ("text/plain; charset=koi8-u", "koi8-u", "Їжак"),
    ("text/plain; charset=Shift_JIS", "shift_jis", "表ソ"),
    ("text/plain; charset=shift-jis", "shift_jis", "表ソ"),
    ("text/plain; charset=x-sjis", "cp932", "髙"),
    ("text/plain; charset=EUC-KR", "euc-kr", "김"),
    ("text/plain; charset=ks_c_5601-1987", "euc-kr", "김"),
    ("text/plain; charset=utf-16", "utf-16", "Müller 王"),
    ("text/plain; charset=utf-16", "utf-16-le", "Müller 王"),
    ("text/plain; charset=utf-16", "utf-16-be", "Müller 王"),
    ("text/plain; charset=UTF-16LE", "utf-16-le", "Müller ≢"),
    ("text/plain; charset=utf-16be", "utf-16-be", "Müller ≢"),
    ("text/plain; charset=UTF8", "utf-8", "Müller 王"),
    ("text/plain; charset=utf-8", "utf-8-sig", "Müller 王"),
    ("", "utf-8", "Müller 王"),
    ("", "utf-8-sig", "Müller 王"),
    ("", "utf-16", "Müller 王"),
    ("text/plain; charset=gbk", "utf-8-sig", "王伟"),
]


@pytest.mark.parametrize(("content_type", "codec", "name"), NAMED)
@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_a_named_charset_holds(content_type: str, codec: str, name: str, size: int) -> None:
    text = json.dumps({"a": name, "b": name + "\\"}, ensure_ascii=False)
    body = text.encode(codec)
    charset = charset_of(content_type)
    assert decode(body, charset) == text
    end = BodyEnd(charset)
    reached = [end.feed(body[at : at + size]) for at in range(0, len(body), size)]
    assert reached == [False] * (len(reached) - 1) + [True]


@pytest.mark.parametrize(
    "name", ["zip", "utf-7", "rot13", "idna", "hex", "x", "..", "utf-32", "klingon", "", "ascii"]
)
def test_any_other_name_counts_as_none(name: str) -> None:
    assert charset_of(f"text/plain; charset={name}") == ""


@pytest.mark.parametrize(
    "content_type",
    ["", "charset", "text/plain", "text/plain; xcharset=gbk", ";charset=" + "g" * 99],
)
def test_what_names_no_charset(content_type: str) -> None:
    assert charset_of(content_type) == ""


@pytest.mark.parametrize("charset", ["", "utf-8"])
def test_odd_bytes_stay_readable_and_json(charset: str) -> None:
    text = decode('{"a":"Müller"}'.encode("latin-1"), charset)
    assert text == r'{"a":"M\\xfcller"}'
    assert json.loads(text) == {"a": r"M\xfcller"}


@pytest.mark.parametrize("name", ["utf-8", "utf-16-le", "gb18030", "big5hkscs", "cp932", "cp949"])
@settings(max_examples=40, deadline=None)
@given(
    data=st.lists(st.sampled_from([b"{", b"}", b'"', b"\\", b"\0", b" "]) | st.binary(max_size=3))
)
def test_pieces_of_any_bytes_tell_the_same_as_all_at_once(name: str, data: list[bytes]) -> None:
    pieces, whole = BodyEnd(name), BodyEnd(name)
    for piece in data:
        pieces.feed(piece)
    whole.feed(b"".join(data))
    assert (pieces.objects, pieces.reached, pieces.begun) == (
        whole.objects,
        whole.reached,
        whole.begun,
    )
    assert isinstance(decode(b"".join(data), name), str)


@pytest.mark.parametrize(
    ("body", "objects", "reached"),
    [
        (b"", 0, False),
        (b"  ", 0, False),
        (b"words", 0, False),
        (b'{"a":1', 0, False),
        (b'{"a":"}', 0, False),
        (b"{}", 1, True),
        (b"\r\n{} \r\n", 1, True),
        (b"{}\0", 1, True),
        (b"{}words", 1, True),
        (b"{}{", 1, False),
        (b'{},\n{"a', 1, False),
        (b"{}{}", 2, True),
        (b'{}\r\n{"a":"{"},\0{}', 3, True),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_end_of_a_body(body: bytes, objects: int, reached: bool, size: int) -> None:
    end = BodyEnd()
    for at in range(0, len(body), size):
        end.feed(body[at : at + size])
    assert (end.objects, end.reached) == (objects, reached)
    assert end.begun is bool(body.strip())


def test_a_mebibyte_of_objects_is_not_searched_for_each_of_them() -> None:
    end = BodyEnd()
    end.feed(b"{}" * 500_000)
    assert (end.objects, end.reached) == (BodyEnd.OBJECTS_MAX, True)
    read = read_objects("{}" * 500_000)
    assert (len(read.found), len(read.rest)) == (64, 999_872)


@pytest.mark.parametrize("between", ["", "\r\n", "\n", ",", " , ", "\0", "\x1e", "\ufeff"])
def test_objects_one_after_the_other(between: str) -> None:
    read = read_objects(f'{{"a":1}}{between}{{"a": 2}}{between}')
    assert [found.text for found in read.found] == ['{"a":1}', '{"a": 2}']
    assert [found.members for found in read.found] == [[("a", 1)], [("a", 2)]]
    assert (read.rest, read.cut_off, read.alone) == ("", False, False)


@pytest.mark.parametrize("text", ["{}", " {}\r\n", "\ufeff{}", '{"a":"\t"}'])
def test_one_object_alone(text: str) -> None:
    read = read_objects(text)
    assert (len(read.found), read.rest, read.alone) == (1, "", True)


@pytest.mark.parametrize("after", ["x", "\0", ",", "[]", "<p>", '"', "}", "{", "{}"])
def test_one_object_and_more(after: str) -> None:
    read = read_objects("{}" + after)
    assert read.found
    assert not read.alone


@pytest.mark.parametrize("text", ["x", "[]", "null", '"a"', "<p>{}", "[{}]", '{"a":nope}', "{a:1}"])
def test_no_object(text: str) -> None:
    read = read_objects(text)
    assert (read.found, read.rest, read.cut_off) == ((), text, False)


WHOLE = '{"status": "Suc\\u0063e\\"ss", "x": [1.5, true, {"y": null}], "z": -2e1}'


@pytest.mark.parametrize("size", range(1, len(WHOLE)))
def test_an_object_that_is_cut_off(size: int) -> None:
    read = read_objects(WHOLE[:size] + "\n")
    assert (read.found, read.cut_off) == ((), True)
    assert read_objects("{}" + WHOLE[:size]).cut_off


def test_a_byte_order_mark_of_utf_16_comes_in_two_pieces() -> None:
    body = codecs.BOM_UTF16_BE + "{}".encode("utf-16-be")
    end = BodyEnd()
    assert [end.feed(bytes([byte])) for byte in body] == [False] * 5 + [True]
