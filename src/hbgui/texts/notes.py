"""Why a start of the window came to nothing."""

from __future__ import annotations

from collections.abc import Mapping

from hbgui.texts.outcomes import Message
from hbgui.texts.settings import SHARING_NOTES
from hbgui.texts.translation import QT_TRANSLATE_NOOP, translate

STARTING_NOTES: dict[str, tuple[str, str, str]] = {
    "no_home": (
        QT_TRANSLATE_NOOP("texts", "This user has no home folder for settings and history"),
        QT_TRANSLATE_NOOP("texts", "Neither a variable nor the system names one."),
        QT_TRANSLATE_NOOP(
            "texts", "Set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME, and start hbgui again."
        ),
    ),
    "runs_already": (
        QT_TRANSLATE_NOOP("texts", "hbgui runs already (process {pid}) but does not answer"),
        QT_TRANSLATE_NOOP("texts", "It did not show its window within {seconds} seconds."),
        QT_TRANSLATE_NOOP(
            "texts",
            "Wait a moment and start hbgui again. If that does not help, end process {pid}.",
        ),
    ),
    "runs_already_elsewhere": (
        QT_TRANSLATE_NOOP("texts", "hbgui runs already on the computer {host} (process {pid})"),
        QT_TRANSLATE_NOOP("texts", "Both computers use the same settings."),
        QT_TRANSLATE_NOOP("texts", "Close hbgui there, then start it here again."),
    ),
    "runs_already_unnamed": (
        QT_TRANSLATE_NOOP("texts", "hbgui runs already but does not answer"),
        QT_TRANSLATE_NOOP("texts", "Another program holds the lock {path}."),
        QT_TRANSLATE_NOOP("texts", "End that program, then start hbgui again."),
    ),
    "display_dead": (
        QT_TRANSLATE_NOOP("texts", "there is no display to open a window on"),
        QT_TRANSLATE_NOOP("texts", "The display {display} cannot be opened."),
        QT_TRANSLATE_NOOP(
            "texts", "“hbgui send” and “hbgui keep” work without one; see hbgui --help."
        ),
    ),
    "display_none": (
        QT_TRANSLATE_NOOP("texts", "there is no display to open a window on"),
        "",
        QT_TRANSLATE_NOOP(
            "texts", "“hbgui send” and “hbgui keep” work without one; see hbgui --help."
        ),
    ),
    "display_unusable": (
        QT_TRANSLATE_NOOP("texts", "no window can be opened here"),
        QT_TRANSLATE_NOOP("texts", "Qt says: {detail}"),
        QT_TRANSLATE_NOOP(
            "texts", "“hbgui send” and “hbgui keep” work without a window; see hbgui --help."
        ),
    ),
    "display_gone": (
        QT_TRANSLATE_NOOP("texts", "the display is gone, and so hbgui ended"),
        QT_TRANSLATE_NOOP("texts", "What was typed is saved."),
        QT_TRANSLATE_NOOP("texts", "Start hbgui again when there is a display."),
    ),
}


_NOTES: dict[str, tuple[str, str, str]] = {
    **SHARING_NOTES,
    **STARTING_NOTES,
    "profiles_damaged": (
        QT_TRANSLATE_NOOP("texts", "The settings file was damaged"),
        QT_TRANSLATE_NOOP("texts", "{told}"),
        QT_TRANSLATE_NOOP("texts", "Check the list of PBXs."),
    ),
    "profiles_from_backup": (
        QT_TRANSLATE_NOOP("texts", "The last good copy of the settings is in use"),
        QT_TRANSLATE_NOOP("texts", "{told}"),
        QT_TRANSLATE_NOOP("texts", "Check the list of PBXs: the last change may be missing."),
    ),
    "profiles_copy_unreadable": (
        QT_TRANSLATE_NOOP("texts", "The last good copy of the settings cannot be used either"),
        QT_TRANSLATE_NOOP("texts", "{told}"),
        QT_TRANSLATE_NOOP("texts", "Restore the file from a backup, or enter the PBXs again."),
    ),
    "profiles_newer_version": (
        QT_TRANSLATE_NOOP("texts", "Settings cannot be saved: the file is of a newer hbgui"),
        QT_TRANSLATE_NOOP("texts", "{told}"),
        QT_TRANSLATE_NOOP("texts", "Update hbgui on this computer."),
    ),
    "profiles_unreadable": (
        QT_TRANSLATE_NOOP("texts", "Settings cannot be saved: their file cannot be used as it is"),
        QT_TRANSLATE_NOOP("texts", "{told}"),
        QT_TRANSLATE_NOOP("texts", "Put that right, then start hbgui again."),
    ),
    "profiles_wrong_values": (
        QT_TRANSLATE_NOOP("texts", "Some values in the settings file cannot be used"),
        QT_TRANSLATE_NOOP("texts", "{told}"),
        QT_TRANSLATE_NOOP("texts", "Check these PBXs before anything is sent."),
    ),
    "profiles_repeated": (
        QT_TRANSLATE_NOOP("texts", "The settings file says some things more than once"),
        QT_TRANSLATE_NOOP("texts", "{told}"),
        QT_TRANSLATE_NOOP("texts", "Check these values before anything is sent."),
    ),
    "disk_full": (
        QT_TRANSLATE_NOOP(
            "texts", "Settings cannot be saved: the disk is full, or your share of it"
        ),
        QT_TRANSLATE_NOOP("texts", "{path} is as it was; heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "Make room; hbgui saves again with the next change."),
    ),
    "read_only": (
        QT_TRANSLATE_NOOP("texts", "Settings cannot be saved: the folder is read-only"),
        QT_TRANSLATE_NOOP("texts", "{path} is as it was; heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "Make the settings folder writable."),
    ),
    "not_permitted": (
        QT_TRANSLATE_NOOP("texts", "Settings cannot be saved: the system does not permit it"),
        QT_TRANSLATE_NOOP("texts", "{path} is as it was; heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "Check the rights of the settings folder."),
    ),
    "storage_failed": (
        QT_TRANSLATE_NOOP("texts", "Settings cannot be saved"),
        QT_TRANSLATE_NOOP("texts", "{path} is as it was. The reason: {detail}. Heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "Check the disk; hbgui saves again with the next change."),
    ),
    "history_in_memory": (
        QT_TRANSLATE_NOOP("texts", "The history cannot be kept: it is for this run only"),
        QT_TRANSLATE_NOOP("texts", "Its file {path} cannot be used. The system says: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Check the folder for state files; heartbeats go on."),
    ),
    "history_locked": (
        QT_TRANSLATE_NOOP("texts", "The history is not written: another program has it locked"),
        QT_TRANSLATE_NOOP("texts", "Rows of this run are kept in memory; heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "hbgui writes them once that program lets it go."),
    ),
    "history_elsewhere": (
        QT_TRANSLATE_NOOP("texts", "The history file is damaged, and another hbgui has it open"),
        QT_TRANSLATE_NOOP("texts", "It is left as it is; rows of this run are kept in memory."),
        QT_TRANSLATE_NOOP("texts", "Close the other hbgui; heartbeats go on."),
    ),
    "history_damaged": (
        QT_TRANSLATE_NOOP("texts", "The history file was damaged; a new one was begun"),
        QT_TRANSLATE_NOOP("texts", "The old one is kept as {kept}."),
        QT_TRANSLATE_NOOP("texts", "Nothing else is needed."),
    ),
    "history_newer_version": (
        QT_TRANSLATE_NOOP("texts", "The history is not kept: its file is of a newer hbgui"),
        QT_TRANSLATE_NOOP("texts", "It is left as it is; rows of this run are shown."),
        QT_TRANSLATE_NOOP("texts", "Update hbgui on this computer."),
    ),
    "history_disk_full": (
        QT_TRANSLATE_NOOP("texts", "The history cannot be kept: the disk is full"),
        QT_TRANSLATE_NOOP("texts", "What was kept before is intact; heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "Make room; rows of this run stay in the list."),
    ),
    "history_read_only": (
        QT_TRANSLATE_NOOP("texts", "The history cannot be kept: its file is read-only"),
        QT_TRANSLATE_NOOP("texts", "What was kept before is intact; heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "Make the folder for state files writable."),
    ),
    "history_moved": (
        QT_TRANSLATE_NOOP("texts", "The history cannot be kept: its file was moved or deleted"),
        QT_TRANSLATE_NOOP("texts", "Another program did that while hbgui had it open."),
        QT_TRANSLATE_NOOP("texts", "Start hbgui again: it begins a new file. Heartbeats go on."),
    ),
    "history_storage_failed": (
        QT_TRANSLATE_NOOP("texts", "The history cannot be kept"),
        QT_TRANSLATE_NOOP("texts", "The database says: {detail}. Heartbeats go on."),
        QT_TRANSLATE_NOOP("texts", "Check the disk; rows of this run stay in the list."),
    ),
    "history_unreadable": (
        QT_TRANSLATE_NOOP("texts", "The history cannot be read"),
        QT_TRANSLATE_NOOP("texts", "The database says: {detail}. Its file is left as it is."),
        QT_TRANSLATE_NOOP("texts", "Open the window: it puts a damaged file aside."),
    ),
    "history_hangs": (
        QT_TRANSLATE_NOOP("texts", "The history was not written in time"),
        QT_TRANSLATE_NOOP("texts", "Its file hangs, or another program has locked it."),
        QT_TRANSLATE_NOOP("texts", "Check the disk; heartbeats go on."),
    ),
    "history_exported": (
        QT_TRANSLATE_NOOP("texts", "Exported rows: {count}"),
        QT_TRANSLATE_NOOP("texts", "They are in {path}, without tokens."),
        "",
    ),
    "history_not_exported": (
        QT_TRANSLATE_NOOP("texts", "The history was not exported"),
        QT_TRANSLATE_NOOP("texts", "{path} is as it was. The reason: {detail}."),
        QT_TRANSLATE_NOOP(
            "texts", "Choose another folder, or start hbgui again and try once more."
        ),
    ),
    "signoff_written": (
        QT_TRANSLATE_NOOP("texts", "The sign-off report was written"),
        QT_TRANSLATE_NOOP("texts", "It is in {path}, without the token."),
        "",
    ),
    "signoff_not_written": (
        QT_TRANSLATE_NOOP("texts", "The sign-off report was not written"),
        QT_TRANSLATE_NOOP("texts", "{path} cannot be written. The system says: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Choose another folder."),
    ),
    "reports_exported": (
        QT_TRANSLATE_NOOP("texts", "Exported reports: {count}"),
        QT_TRANSLATE_NOOP("texts", "They are in {path}. They name who called whom."),
        "",
    ),
    "reports_not_exported": (
        QT_TRANSLATE_NOOP("texts", "The reports were not exported"),
        QT_TRANSLATE_NOOP("texts", "{path} cannot be written. The system says: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Choose another folder."),
    ),
    "login_start_failed": (
        QT_TRANSLATE_NOOP("texts", "Starting at login could not be read or changed"),
        QT_TRANSLATE_NOOP("texts", "The system says: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Check the folder “autostart” beside the settings."),
    ),
    "pasted": (
        QT_TRANSLATE_NOOP("texts", "Taken over from what was pasted"),
        QT_TRANSLATE_NOOP("texts", "{members}."),
        QT_TRANSLATE_NOOP("texts", "Check it, then send a heartbeat."),
    ),
    "pasted_without_body": (
        QT_TRANSLATE_NOOP("texts", "The body could not be read"),
        QT_TRANSLATE_NOOP("texts", "Taken over: {members}. Not where reports shall go."),
        QT_TRANSLATE_NOOP("texts", "Enter the application server's address, port and URL."),
    ),
    "pasted_address": (
        QT_TRANSLATE_NOOP("texts", "Only the address was taken over from what was pasted"),
        QT_TRANSLATE_NOOP("texts", "This PBX is set up already: its token and target stay."),
        QT_TRANSLATE_NOOP("texts", "To take over all of it, add a PBX and paste it there."),
    ),
    "paste_unread": (
        QT_TRANSLATE_NOOP("texts", "What was pasted could not be read"),
        QT_TRANSLATE_NOOP("texts", "Nothing was taken over. It may hold a token, so it is hidden."),
        QT_TRANSLATE_NOOP("texts", "Copy the whole command again, or enter the PBX's address."),
    ),
    "paste_nothing": (
        QT_TRANSLATE_NOOP("texts", "There is nothing to paste here"),
        QT_TRANSLATE_NOOP("texts", "The clipboard holds no web address and no cURL command."),
        QT_TRANSLATE_NOOP("texts", "Copy the PBX's address from the browser, then try again."),
    ),
    "kept_elsewhere": (
        QT_TRANSLATE_NOOP("texts", "Another hbgui keeps this PBX already"),
        QT_TRANSLATE_NOOP("texts", "Two of them would send twice and could disagree."),
        QT_TRANSLATE_NOOP("texts", "End the other one first: a window or “hbgui keep”."),
    ),
    "host_changed": (
        QT_TRANSLATE_NOOP("texts", "The address was changed: Keep alive is off"),
        QT_TRANSLATE_NOOP("texts", "The token may belong to the old address only."),
        QT_TRANSLATE_NOOP("texts", "Check the token, then switch Keep alive on again."),
    ),
    "deleted": (
        QT_TRANSLATE_NOOP("texts", "The PBX was deleted"),
        QT_TRANSLATE_NOOP("texts", "Its token goes with it when this message is closed."),
        "",
    ),
    "token_left": (
        QT_TRANSLATE_NOOP("texts", "The token of the deleted PBX is still in the keyring"),
        QT_TRANSLATE_NOOP("texts", "The keyring did not delete it."),
        QT_TRANSLATE_NOOP("texts", "Delete it there: service hbgui, account {account}."),
    ),
    "session_only": (
        QT_TRANSLATE_NOOP("texts", "The token is kept until you close the program"),
        QT_TRANSLATE_NOOP("texts", "It is in memory only, and nowhere else."),
        "",
    ),
}


def note(code: str, values: Mapping[str, str] | None = None) -> Message:
    """What to say; `code` is that of a settings note, a storage error or a window's note."""
    return Message(*(translate("texts", text, values) if text else "" for text in _NOTES[code]))
