"""Files with settings in words: those of an export or import, and hbgui's own."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from hbgui.core.pbx.connection import Pin, TlsLevel, TlsMode, spelled_fingerprint
from hbgui.core.pbx.destination import UrlMode
from hbgui.core.pbx.profile import AddressKind, ServerAddress, UrlField
from hbgui.core.ports import Loaded
from hbgui.core.settings import EntryError, FileFault, FileProblem, Place, SettingsFrom
from hbgui.texts.problems import problem_code_sentence
from hbgui.texts.translation import T, translate

SHARING_NOTES: dict[str, tuple[str, str, str]] = {
    "exported": (
        T("PBXs exported: {count}"),
        T("They are in {path}, without tokens and passwords."),
        "",
    ),
    "exported_hidden": (
        T("PBXs exported: {count}; a secret was left out"),
        T("A name or URL held a token or password. In {path} it is replaced by ***."),
        T("Look for *** in the file and check that field here."),
    ),
    "export_disk_full": (
        T("Not exported: the disk is full, or your share of it"),
        T("What was in {path} before is intact."),
        T("Make room or choose another folder, then export again."),
    ),
    "export_read_only": (
        T("Not exported: the folder is read-only"),
        T("Nothing was written to {path}."),
        T("Choose another folder, then export again."),
    ),
    "export_not_permitted": (
        T("Not exported: the system does not permit it"),
        T("Nothing was written to {path}."),
        T("Choose a folder of your own, then export again."),
    ),
    "export_storage_failed": (
        T("Not exported"),
        T("The system says of {path}: {detail}."),
        T("Choose another folder, then export again."),
    ),
    "export_too_large": (
        T("Not exported: the file would be larger than 1 MiB"),
        T("hbgui could not import it again."),
        T("Shorten names and URLs that are very long."),
    ),
    "import_not_permitted": (
        T("Not imported: the system does not permit reading the file"),
        T("The file is {path}."),
        T("Check the rights of the file."),
    ),
    "import_storage_failed": (
        T("Not imported: the file cannot be read"),
        T("The system says of {path}: {detail}."),
        T("Check the file, then import again."),
    ),
    "import_not_profiles": (
        T("Not imported: this is no file with exported PBXs"),
        T("{path} is another kind of file, or damaged."),
        T("Export the PBXs again on the other computer."),
    ),
    "import_repeats": (
        T("Not imported: the file can be understood in two ways"),
        T("{path} has this member more than once: {detail}."),
        T("Delete one of them, then import again."),
    ),
    "import_newer_version": (
        T("Not imported: the file is of a newer hbgui"),
        T("This version cannot tell what all of {path} means."),
        T("Update hbgui on this computer."),
    ),
    "import_too_large": (
        T("Not imported: the file is larger than 1 MiB"),
        T("{path} is hardly a file with exported PBXs."),
        T("Check that it is the right file."),
    ),
    "import_too_many": (
        T("Not imported: the file has more than 500 PBXs"),
        T("hbgui has room for 500."),
        T("Take some entries out of {path}, then import again."),
    ),
    "imported": (
        T("PBXs imported: {added} added, {changed} changed"),
        T("Tokens are never in such a file."),
        T("Enter the token of each PBX that was added."),
    ),
    "imported_partly": (
        T("PBXs imported: {added} added, {changed} changed, {left} left out"),
        T("The entries with errors were not taken."),
        T("Correct them in the file, then import it again."),
    ),
    "imported_stopped": (
        T("PBXs imported: {added} added, {changed} changed, {left} left out"),
        T("Address, proxy or certificate changed, so Keep alive is off: {stopped}."),
        T("Check them there, then switch Keep alive on again."),
    ),
}

_ERRORS = {
    "entry_not_object": T("This is no entry: it has no members."),
    "entry_wrong": T("Wrong type or value not known: {members}"),
    "entry_id_twice": T("Entry {other} has the same id. Delete one of the ids to import both."),
    "entry_repeats": T(
        "{member} is there more than once, in line {line} again. Delete one of them."
    ),
    "entry_no_room": T("There is no room for more than 500 PBXs."),
}

_MEMBERS = {
    "name": T("Name"),
    "pbx": T("Host"),
    "api": T("API"),
    "url_field": T("URL flag"),
    "tls": T("Certificate"),
    "tls_level": T("TLS level"),
    "pin": T("Pinned certificate"),
    "proxy": T("Proxy"),
    "user": T("API user"),
    "server": T("IP address"),
    "port": T("Port"),
    "url_mode": T("URL mode"),
    "url": T("URL"),
    "interval_min": T("Every"),
    "notes": T("Notes"),
}

_VALUES: dict[StrEnum, str] = {
    TlsMode.SYSTEM: T("Check it (system trust)"),
    TlsMode.PINNED: T("Trust one certificate only"),
    TlsLevel.MODERN: T("Modern: TLS 1.2 and 1.3"),
    TlsLevel.COMPATIBLE: T("Compatible: TLS 1.2 as older PBXs speak it"),
    TlsLevel.VERY_OLD: T("Very old: TLS 1.0 too"),
    TlsMode.INSECURE: T("Do not check (insecure)"),
    UrlField.BOTH: T("both"),
    UrlMode.NONE: T("None"),
    UrlMode.RELATIVE: T("Relative"),
    UrlMode.ABSOLUTE: T("Absolute"),
}


def entry_error_sentence(error: EntryError) -> str:
    """Why an entry of an imported file is rejected, as a sentence."""
    if error.code in _ERRORS:
        return translate(_ERRORS[error.code], error.values)
    return (
        f"{member_name(error.values['member'])}: {problem_code_sentence(error.code, error.values)}"
    )


def member_name(name: str) -> str:
    """A profile's member as the form calls it."""
    return translate(_MEMBERS.get(name, name))


def member_value(name: str, value: object) -> str:
    """The value of a member in the words of the form."""
    match value:
        case StrEnum():
            return translate(_VALUES[value]) if value in _VALUES else value.value
        case ServerAddress(AddressKind.AUTO):
            return translate(T("on the route to the PBX"))
        case ServerAddress(AddressKind.ADAPTER, adapter):
            return translate(T("that of adapter {adapter}"), {"adapter": adapter})
        case ServerAddress(AddressKind.FIXED, address):
            value = address
        case Pin(sha256, authority):
            value = f"{spelled_fingerprint(sha256)} ({authority})"
        case int() if name == "interval_min":
            return translate(T("{minutes} min"), {"minutes": str(value)})
        case None if name == "url_field":
            return translate(T("the usual one"))
    return str(value or "") or translate(T("empty"))


_FAULTS = {
    FileFault.MISSING: T("The settings file {path} is gone."),
    FileFault.EMPTY: T("The settings file {path} is empty."),
    FileFault.ZERO_BYTES: T(
        "The settings file {path} holds zero bytes from {place} on, as after a power failure."
    ),
    FileFault.UTF16: T("The settings file {path} was saved as UTF-16: save it as UTF-8."),
    FileFault.NOT_UTF8: T("The settings file {path} has a byte at {place} that is not UTF-8."),
    FileFault.SYNTAX: T("The settings file {path} is not JSON at {place}: {detail}."),
    FileFault.CUT_OFF: T("The settings file {path} is cut off: it ends at {place}."),
    FileFault.TOO_DEEP: T("The settings file {path} nests too deeply."),
    FileFault.NOT_SETTINGS: T("The settings file {path} is JSON, but holds no settings of hbgui."),
    FileFault.TOO_LARGE: T("The settings file {path} is larger than settings of hbgui can be."),
    FileFault.UNREADABLE: T("The settings file {path} cannot be read. The system says: {detail}."),
    FileFault.NOT_A_FILE: T(
        "There is something else than a file at {path}, where the settings are kept."
    ),
    FileFault.NEWER: T("The settings file {path} is of a newer hbgui: update this one."),
    FileFault.TOO_MANY: T("The settings file {path} holds too much: {detail}."),
    FileFault.WRONG_VALUES: T("The settings file {path} has values that cannot be used: {values}."),
    FileFault.REPEATED: T("The settings file {path} has members more than once: {repeated}."),
}

_USED = {
    SettingsFrom.BACKUP: T(
        "Its last good copy is used instead, {backup}; the last changes may be missing."
    ),
    SettingsFrom.NOWHERE: T("No saved PBX is known."),
}

_OF_THE_FILE = {
    FileFault.NEWER: T("What it says is read as far as this version understands it."),
    FileFault.TOO_MANY: T("The first PBXs are used."),
    FileFault.WRONG_VALUES: T("The usual values are used instead."),
    FileFault.REPEATED: T("The last of each is used."),
}

_REPEATED_TOO = T("It has members more than once: {repeated}. The last of each is used.")
_REPEATED_MAX = 10


def settings_notes(loaded: Loaded) -> list[tuple[str, dict[str, str]]]:
    """The notes on the loaded file: code and values of the placeholders of each."""
    if loaded.problem is None:
        return []
    values = {"told": settings_file_sentences(loaded.problem)}
    repeated = loaded.problem.fault is FileFault.REPEATED
    read = "profiles_repeated" if repeated else "profiles_wrong_values"
    return [(code, values) for code, _values in loaded.notes or [(read, {})]]


def settings_file_sentences(problem: FileProblem) -> str:
    """Sentences on a faulty file: which file, the fault, its place, what was done, what is used."""
    values = {
        "path": str(problem.path),
        "place": _place(problem.place),
        "detail": problem.detail.rstrip("."),
        "moved": str(problem.moved_to),
        "backup": str(problem.backup),
        "values": _wrong_values(problem),
        "repeated": _repeated(problem),
    }
    return " ".join(translate(text, values) for text in _sentences(problem))


def _sentences(problem: FileProblem) -> Iterator[str]:
    yield _FAULTS[problem.fault]
    if problem.moved_to is not None:
        yield T("It is kept as {moved}.")
    elif problem.fault is not FileFault.MISSING:
        yield T("It is left as it is.")
    if problem.used is SettingsFrom.FILE:
        yield _OF_THE_FILE[problem.fault]
        if problem.repeated and problem.fault is not FileFault.REPEATED:
            yield _REPEATED_TOO
        return
    no_copy = problem.backup_fault in (None, FileFault.MISSING)
    if problem.used is SettingsFrom.NOWHERE and not no_copy:
        yield T("Its last good copy, {backup}, cannot be used either.")
    yield _USED[problem.used]
    if problem.wrong_values:
        yield T("It has values that cannot be used: {values}.")
    if problem.repeated:
        yield _REPEATED_TOO


def _place(place: Place | None) -> str:
    if place is None:
        return translate(T("an unknown place"))
    values = {"line": str(place.line), "column": str(place.column)}
    return translate(T("line {line}, column {column}"), values)


def _wrong_values(problem: FileProblem) -> str:
    return "; ".join(
        f"{', '.join(names)} ({pbx_id})" for pbx_id, names in problem.wrong_values.items()
    )


def _repeated(problem: FileProblem) -> str:
    names = [
        translate(T("{name} (line {line})"), {"name": one.name, "line": str(one.place.line)})
        for one in problem.repeated[:_REPEATED_MAX]
    ]
    return ", ".join([*names, "…"] if len(problem.repeated) > _REPEATED_MAX else names)
