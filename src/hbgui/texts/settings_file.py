"""What is wrong with the settings file, which line, and what was done about it."""

from __future__ import annotations

from collections.abc import Iterator

from hbgui.core.file_problem import FileFault, FileProblem, Place, SettingsFrom
from hbgui.core.ports import Loaded
from hbgui.texts.hook import QT_TRANSLATE_NOOP, translate

_FAULTS = {
    FileFault.MISSING: QT_TRANSLATE_NOOP("texts", "The settings file {path} is gone."),
    FileFault.EMPTY: QT_TRANSLATE_NOOP("texts", "The settings file {path} is empty."),
    FileFault.ZERO_BYTES: QT_TRANSLATE_NOOP(
        "texts",
        "The settings file {path} holds zero bytes from {place} on, as after a power failure.",
    ),
    FileFault.UTF16: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} was saved as UTF-16: save it as UTF-8."
    ),
    FileFault.NOT_UTF8: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} has a byte at {place} that is not UTF-8."
    ),
    FileFault.SYNTAX: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} is not JSON at {place}: {detail}."
    ),
    FileFault.CUT_OFF: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} is cut off: it ends at {place}."
    ),
    FileFault.TOO_DEEP: QT_TRANSLATE_NOOP("texts", "The settings file {path} nests too deeply."),
    FileFault.NOT_SETTINGS: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} is JSON, but holds no settings of hbgui."
    ),
    FileFault.TOO_LARGE: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} is larger than settings of hbgui can be."
    ),
    FileFault.UNREADABLE: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} cannot be read. The system says: {detail}."
    ),
    FileFault.NOT_A_FILE: QT_TRANSLATE_NOOP(
        "texts", "There is something else than a file at {path}, where the settings are kept."
    ),
    FileFault.NEWER: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} is of a newer hbgui: update this one."
    ),
    FileFault.TOO_MANY: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} holds too much: {detail}."
    ),
    FileFault.WRONG_VALUES: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} has values that cannot be used: {values}."
    ),
    FileFault.REPEATED: QT_TRANSLATE_NOOP(
        "texts", "The settings file {path} has members more than once: {repeated}."
    ),
}

_MOVED = QT_TRANSLATE_NOOP("texts", "It is kept as {moved}.")
_IN_PLACE = QT_TRANSLATE_NOOP("texts", "It is left as it is.")
_COPY_WRONG = QT_TRANSLATE_NOOP("texts", "It has values that cannot be used: {values}.")

_USED = {
    SettingsFrom.BACKUP: QT_TRANSLATE_NOOP(
        "texts", "Its last good copy is used instead, {backup}; the last changes may be missing."
    ),
    SettingsFrom.NOWHERE: QT_TRANSLATE_NOOP("texts", "No saved PBX is known."),
}

_OF_THE_FILE = {
    FileFault.NEWER: QT_TRANSLATE_NOOP(
        "texts", "What it says is read as far as this version understands it."
    ),
    FileFault.TOO_MANY: QT_TRANSLATE_NOOP("texts", "The first PBXs are used."),
    FileFault.WRONG_VALUES: QT_TRANSLATE_NOOP("texts", "The usual values are used instead."),
    FileFault.REPEATED: QT_TRANSLATE_NOOP("texts", "The last of each is used."),
}

_REPEATED_TOO = QT_TRANSLATE_NOOP(
    "texts", "It has members more than once: {repeated}. The last of each is used."
)
_REPEATED_MAX = 10
_REPEATED = QT_TRANSLATE_NOOP("texts", "{name} (line {line})")

_COPY_TOO = QT_TRANSLATE_NOOP("texts", "Its last good copy, {backup}, cannot be used either.")

_PLACE = QT_TRANSLATE_NOOP("texts", "line {line}, column {column}")
_PLACE_UNKNOWN = QT_TRANSLATE_NOOP("texts", "an unknown place")


def settings_notes(loaded: Loaded) -> list[tuple[str, dict[str, str]]]:
    """What the window says of the file: codes of the notes, with the values that fill them."""
    if loaded.problem is None:
        return []
    told = {"told": settings_file_sentences(loaded.problem)}
    repeated = loaded.problem.fault is FileFault.REPEATED
    read = "profiles_repeated" if repeated else "profiles_wrong_values"
    return [(code, told) for code, _values in loaded.notes or [(read, {})]]


def settings_file_sentences(problem: FileProblem) -> str:
    """Which file, what is wrong with it and where, what was done, and what is in use."""
    values = {
        "path": str(problem.path),
        "place": _place(problem.place),
        "detail": problem.detail.rstrip("."),
        "moved": str(problem.moved_to),
        "backup": str(problem.backup),
        "values": _wrong_values(problem),
        "repeated": _repeated(problem),
    }
    return " ".join(translate("texts", text, values) for text in _sentences(problem))


def _sentences(problem: FileProblem) -> Iterator[str]:
    yield _FAULTS[problem.fault]
    if problem.moved_to is not None:
        yield _MOVED
    elif problem.fault is not FileFault.MISSING:
        yield _IN_PLACE
    if problem.used is SettingsFrom.FILE:
        yield _OF_THE_FILE[problem.fault]
        if problem.repeated and problem.fault is not FileFault.REPEATED:
            yield _REPEATED_TOO
        return
    no_copy = problem.backup_fault in (None, FileFault.MISSING)
    if problem.used is SettingsFrom.NOWHERE and not no_copy:
        yield _COPY_TOO
    yield _USED[problem.used]
    if problem.wrong_values:
        yield _COPY_WRONG
    if problem.repeated:
        yield _REPEATED_TOO


def _place(place: Place | None) -> str:
    if place is None:
        return translate("texts", _PLACE_UNKNOWN)
    values = {"line": str(place.line), "column": str(place.column)}
    return translate("texts", _PLACE, values)


def _wrong_values(problem: FileProblem) -> str:
    return "; ".join(
        f"{', '.join(names)} ({pbx_id})" for pbx_id, names in problem.wrong_values.items()
    )


def _repeated(problem: FileProblem) -> str:
    named = [
        translate("texts", _REPEATED, {"name": one.name, "line": str(one.place.line)})
        for one in problem.repeated[:_REPEATED_MAX]
    ]
    return ", ".join([*named, "…"] if len(problem.repeated) > _REPEATED_MAX else named)
