"""The reports in one body: one mostly, but all of them where there are more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hbgui.core import body_text
from hbgui.core.json_object import OBJECTS_MAX, read_objects
from hbgui.core.report import Decoded, ReportProblem, decoded_object

_BETWEEN = "\ufeff \t\r\n\0\x1a\x1e,;[]"
"""Stands around objects and says nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One report of a body. `problem` is why it cannot be read, where more is known of that."""

    raw: str
    decoded: Decoded
    problem: ReportProblem | None = None


def as_it_came(body: bytes, charset: str = "") -> str:
    """A body as text, with its byte order mark if it has one; what cannot be read is escaped."""
    mark = "\ufeff" if body.startswith(b"\xef\xbb\xbf") else ""
    return mark + body_text.decode(body, charset)


def whole(text: str) -> Part:
    """All of a body as one report."""
    found = read_objects(text).found
    return Part(text, decoded_object(found[0]) if found else Decoded())


def parts_of(text: str, *, wrong_length: bool = False) -> Iterator[Part]:
    """Each object in a body, in lists too, and what is between them and says something, or is left.

    `wrong_length` says that the body's end was not where its length told.
    """
    objects = read_objects(text)
    if objects.alone:
        yield Part(text, decoded_object(objects.found[0]))
        return
    found: list[Part] = []
    rest = text.strip(_BETWEEN)
    while rest and len(found) < OBJECTS_MAX:
        begin = rest.find("{")
        objects = read_objects(rest[max(begin, 0) :])
        if not objects.found:
            # Nothing is looked for inside of a broken one: what stands there is no report.
            break
        if begin > 0:
            found.append(Part(rest[:begin], Decoded()))
        found += [Part(one.text, decoded_object(one)) for one in objects.found]
        rest = objects.rest.strip(_BETWEEN)
    yield from found
    if rest or not found:
        many = len(found) >= OBJECTS_MAX
        problem = ReportProblem.WRONG_LENGTH if wrong_length else None
        left = rest if found else text
        yield Part(left, Decoded(), ReportProblem.TOO_MANY if many else problem)
