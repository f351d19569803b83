"""Export and import of profiles: how it went, what would change, what is wrong with an entry."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from hbgui.core.pbx.connection import Pin, TlsLevel, TlsMode, spelled_fingerprint
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import AddressKind, ServerAddress, UrlField
from hbgui.core.ports import Loaded
from hbgui.core.settings import EntryError, FileFault, FileProblem, Place, SettingsFrom
from hbgui.texts.problems import problem_sentence
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

SHARING_NOTES: dict[str, tuple[str, str, str]] = {
    "exported": (
        QT_TRANSLATE_NOOP("texts", "PBXs exported: {count}"),
        QT_TRANSLATE_NOOP("texts", "They are in {path}, without tokens and passwords."),
        "",
    ),
    "exported_hidden": (
        QT_TRANSLATE_NOOP("texts", "PBXs exported: {count}; a secret was left out"),
        QT_TRANSLATE_NOOP(
            "texts", "A name or URL held a token or password. In {path} it is replaced by ***."
        ),
        QT_TRANSLATE_NOOP("texts", "Look for *** in the file and check that field here."),
    ),
    "export_disk_full": (
        QT_TRANSLATE_NOOP("texts", "Not exported: the disk is full, or your share of it"),
        QT_TRANSLATE_NOOP("texts", "What was in {path} before is intact."),
        QT_TRANSLATE_NOOP("texts", "Make room or choose another folder, then export again."),
    ),
    "export_read_only": (
        QT_TRANSLATE_NOOP("texts", "Not exported: the folder is read-only"),
        QT_TRANSLATE_NOOP("texts", "Nothing was written to {path}."),
        QT_TRANSLATE_NOOP("texts", "Choose another folder, then export again."),
    ),
    "export_not_permitted": (
        QT_TRANSLATE_NOOP("texts", "Not exported: the system does not permit it"),
        QT_TRANSLATE_NOOP("texts", "Nothing was written to {path}."),
        QT_TRANSLATE_NOOP("texts", "Choose a folder of your own, then export again."),
    ),
    "export_storage_failed": (
        QT_TRANSLATE_NOOP("texts", "Not exported"),
        QT_TRANSLATE_NOOP("texts", "The system says of {path}: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Choose another folder, then export again."),
    ),
    "export_too_large": (
        QT_TRANSLATE_NOOP("texts", "Not exported: the file would be larger than 1 MiB"),
        QT_TRANSLATE_NOOP("texts", "hbgui could not import it again."),
        QT_TRANSLATE_NOOP("texts", "Shorten names and URLs that are very long."),
    ),
    "import_not_permitted": (
        QT_TRANSLATE_NOOP("texts", "Not imported: the system does not permit reading the file"),
        QT_TRANSLATE_NOOP("texts", "The file is {path}."),
        QT_TRANSLATE_NOOP("texts", "Check the rights of the file."),
    ),
    "import_storage_failed": (
        QT_TRANSLATE_NOOP("texts", "Not imported: the file cannot be read"),
        QT_TRANSLATE_NOOP("texts", "The system says of {path}: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Check the file, then import again."),
    ),
    "import_not_profiles": (
        QT_TRANSLATE_NOOP("texts", "Not imported: this is no file with exported PBXs"),
        QT_TRANSLATE_NOOP("texts", "{path} is another kind of file, or damaged."),
        QT_TRANSLATE_NOOP("texts", "Export the PBXs again on the other computer."),
    ),
    "import_repeats": (
        QT_TRANSLATE_NOOP("texts", "Not imported: the file can be understood in two ways"),
        QT_TRANSLATE_NOOP("texts", "{path} has this member more than once: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Delete one of them, then import again."),
    ),
    "import_newer_version": (
        QT_TRANSLATE_NOOP("texts", "Not imported: the file is of a newer hbgui"),
        QT_TRANSLATE_NOOP("texts", "This version cannot tell what all of {path} means."),
        QT_TRANSLATE_NOOP("texts", "Update hbgui on this computer."),
    ),
    "import_too_large": (
        QT_TRANSLATE_NOOP("texts", "Not imported: the file is larger than 1 MiB"),
        QT_TRANSLATE_NOOP("texts", "{path} is hardly a file with exported PBXs."),
        QT_TRANSLATE_NOOP("texts", "Check that it is the right file."),
    ),
    "import_too_many": (
        QT_TRANSLATE_NOOP("texts", "Not imported: the file has more than 500 PBXs"),
        QT_TRANSLATE_NOOP("texts", "hbgui has room for 500."),
        QT_TRANSLATE_NOOP("texts", "Take some entries out of {path}, then import again."),
    ),
    "imported": (
        QT_TRANSLATE_NOOP("texts", "PBXs imported: {added} added, {changed} changed"),
        QT_TRANSLATE_NOOP("texts", "Tokens are never in such a file."),
        QT_TRANSLATE_NOOP("texts", "Enter the token of each PBX that was added."),
    ),
    "imported_partly": (
        QT_TRANSLATE_NOOP(
            "texts", "PBXs imported: {added} added, {changed} changed, {left} left out"
        ),
        QT_TRANSLATE_NOOP("texts", "The entries with errors were not taken."),
        QT_TRANSLATE_NOOP("texts", "Correct them in the file, then import it again."),
    ),
    "imported_stopped": (
        QT_TRANSLATE_NOOP(
            "texts", "PBXs imported: {added} added, {changed} changed, {left} left out"
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Address, proxy or certificate changed, so Keep alive is off: {stopped}."
        ),
        QT_TRANSLATE_NOOP("texts", "Check them there, then switch Keep alive on again."),
    ),
}

_ERRORS = {
    "entry_not_object": QT_TRANSLATE_NOOP("texts", "This is no entry: it has no members."),
    "entry_wrong": QT_TRANSLATE_NOOP("texts", "Wrong type or value not known: {members}"),
    "entry_id_twice": QT_TRANSLATE_NOOP(
        "texts", "Entry {other} has the same id. Delete one of the ids to import both."
    ),
    "entry_repeats": QT_TRANSLATE_NOOP(
        "texts", "{member} is there more than once, in line {line} again. Delete one of them."
    ),
    "entry_no_room": QT_TRANSLATE_NOOP("texts", "There is no room for more than 500 PBXs."),
}

_MEMBERS = {
    "name": QT_TRANSLATE_NOOP("texts", "Name"),
    "pbx": QT_TRANSLATE_NOOP("texts", "Host"),
    "api": QT_TRANSLATE_NOOP("texts", "API"),
    "url_field": QT_TRANSLATE_NOOP("texts", "URL flag"),
    "tls": QT_TRANSLATE_NOOP("texts", "Certificate"),
    "tls_level": QT_TRANSLATE_NOOP("texts", "TLS level"),
    "pin": QT_TRANSLATE_NOOP("texts", "Pinned certificate"),
    "proxy": QT_TRANSLATE_NOOP("texts", "Proxy"),
    "user": QT_TRANSLATE_NOOP("texts", "API user"),
    "server": QT_TRANSLATE_NOOP("texts", "IP address"),
    "port": QT_TRANSLATE_NOOP("texts", "Port"),
    "url_mode": QT_TRANSLATE_NOOP("texts", "URL mode"),
    "url": QT_TRANSLATE_NOOP("texts", "URL"),
    "interval_min": QT_TRANSLATE_NOOP("texts", "Every"),
    "notes": QT_TRANSLATE_NOOP("texts", "Notes"),
}

_VALUES: dict[StrEnum, str] = {
    TlsMode.SYSTEM: QT_TRANSLATE_NOOP("texts", "Check it (system trust)"),
    TlsMode.PINNED: QT_TRANSLATE_NOOP("texts", "Trust one certificate only"),
    TlsLevel.MODERN: QT_TRANSLATE_NOOP("texts", "Modern: TLS 1.2 and 1.3"),
    TlsLevel.COMPATIBLE: QT_TRANSLATE_NOOP("texts", "Compatible: TLS 1.2 as older PBXs speak it"),
    TlsLevel.VERY_OLD: QT_TRANSLATE_NOOP("texts", "Very old: TLS 1.0 too"),
    TlsMode.INSECURE: QT_TRANSLATE_NOOP("texts", "Do not check (insecure)"),
    UrlField.BOTH: QT_TRANSLATE_NOOP("texts", "both"),
    UrlMode.NONE: QT_TRANSLATE_NOOP("texts", "None"),
    UrlMode.RELATIVE: QT_TRANSLATE_NOOP("texts", "Relative"),
    UrlMode.ABSOLUTE: QT_TRANSLATE_NOOP("texts", "Absolute"),
}


def entry_error(error: EntryError) -> str:
    """Why an entry is not taken, as a sentence."""
    if error.code in _ERRORS:
        return translate("texts", _ERRORS[error.code], error.values)
    return f"{member_name(error.values['member'])}: {problem_sentence(error.code, error.values)}"


def member_name(name: str) -> str:
    """A profile's member as the form calls it."""
    return translate("texts", _MEMBERS.get(name, name))


def member_value(name: str, value: object) -> str:
    """The value of a member in the words of the form."""
    match value:
        case StrEnum():
            return translate("texts", _VALUES[value]) if value in _VALUES else value.value
        case ServerAddress(AddressKind.AUTO):
            return translate("texts", QT_TRANSLATE_NOOP("texts", "on the route to the PBX"))
        case ServerAddress(AddressKind.ADAPTER, adapter):
            text = QT_TRANSLATE_NOOP("texts", "that of adapter {adapter}")
            return translate("texts", text, {"adapter": adapter})
        case ServerAddress(AddressKind.FIXED, address):
            value = address
        case Pin(sha256, authority):
            value = f"{spelled_fingerprint(sha256)} ({authority})"
        case int() if name == "interval_min":
            text = QT_TRANSLATE_NOOP("texts", "{minutes} min")
            return translate("texts", text, {"minutes": str(value)})
        case None if name == "url_field":
            return translate("texts", QT_TRANSLATE_NOOP("texts", "the usual one"))
    return str(value or "") or translate("texts", QT_TRANSLATE_NOOP("texts", "empty"))


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
