"""The reports in one body: one mostly, but all of them where there are more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hbgui.core import body_text
from hbgui.core.json_object import OBJECTS_MAX, Objects, read_objects
from hbgui.core.report import Decoded, ReportProblem, decoded_object

_BETWEEN = "\ufeff \t\r\n\0\x1e,"


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
    """Each object in a body, in a list too, and then what is left when it cannot be read.

    `wrong_length` says that the body's end was not where its length told.
    """
    objects, left = _objects(text)
    if objects.alone:
        yield Part(text, decoded_object(objects.found[0]))
        return
    for one in objects.found:
        yield Part(one.text, decoded_object(one))
    if not objects.found:
        left = text
    if left or not objects.found:
        many = len(objects.found) == OBJECTS_MAX
        problem = ReportProblem.WRONG_LENGTH if wrong_length else None
        yield Part(left, Decoded(), ReportProblem.TOO_MANY if many else problem)


def _objects(text: str) -> tuple[Objects, str]:
    """What was found, and what is left of the text."""
    bare = text.strip(_BETWEEN)
    if not bare.startswith("["):
        objects = read_objects(text)
        if not objects.found:
            objects = replace(read_objects(bare), alone=False)
        return objects, objects.rest.strip(_BETWEEN)
    inside = read_objects(bare[1:])
    left = inside.rest.strip(_BETWEEN).removeprefix("]").strip(_BETWEEN)
    return replace(inside, alone=False), left
