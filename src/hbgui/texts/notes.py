"""Notes on events that are not heartbeats: starts, settings, history, exports, pasting."""

from __future__ import annotations

from collections.abc import Mapping

from hbgui.texts.outcomes import Message
from hbgui.texts.settings import SHARING_NOTES
from hbgui.texts.translation import T

_NOTES: dict[str, tuple[str, str, str]] = {
    **SHARING_NOTES,
    "no_home": (
        T("This user has no home folder for settings and history"),
        T("Neither a variable nor the system names one."),
        T("Set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME, and start hbgui again."),
    ),
    "runs_already": (
        T("hbgui runs already (process {pid}) but does not answer"),
        T("It did not show its window within {seconds} seconds."),
        T("Wait a moment and start hbgui again. If that does not help, end process {pid}."),
    ),
    "runs_already_elsewhere": (
        T("hbgui runs already on the computer {host} (process {pid})"),
        T("Both computers use the same settings."),
        T("Close hbgui there, then start it here again."),
    ),
    "runs_already_unnamed": (
        T("hbgui runs already but does not answer"),
        T("Another program holds the lock {path}."),
        T("End that program, then start hbgui again."),
    ),
    "display_dead": (
        T("there is no display to open a window on"),
        T("The display {display} cannot be opened."),
        T("“hbgui send” and “hbgui keep” work without one; see hbgui --help."),
    ),
    "display_none": (
        T("there is no display to open a window on"),
        "",
        T("“hbgui send” and “hbgui keep” work without one; see hbgui --help."),
    ),
    "display_unusable": (
        T("no window can be opened here"),
        T("Qt says: {detail}"),
        T("“hbgui send” and “hbgui keep” work without a window; see hbgui --help."),
    ),
    "display_gone": (
        T("the display is gone, and so hbgui ended"),
        T("What was typed is saved."),
        T("Start hbgui again when there is a display."),
    ),
    "profiles_damaged": (
        T("The settings file was damaged"),
        T("{told}"),
        T("Check the list of PBXs."),
    ),
    "profiles_from_backup": (
        T("The last good copy of the settings is in use"),
        T("{told}"),
        T("Check the list of PBXs: the last change may be missing."),
    ),
    "profiles_copy_unreadable": (
        T("The last good copy of the settings cannot be used either"),
        T("{told}"),
        T("Restore the file from a backup, or enter the PBXs again."),
    ),
    "profiles_newer_version": (
        T("Settings cannot be saved: the file is of a newer hbgui"),
        T("{told}"),
        T("Update hbgui on this computer."),
    ),
    "profiles_unreadable": (
        T("Settings cannot be saved: their file cannot be used as it is"),
        T("{told}"),
        T("Put that right, then start hbgui again."),
    ),
    "profiles_wrong_values": (
        T("Some values in the settings file cannot be used"),
        T("{told}"),
        T("Check these PBXs before anything is sent."),
    ),
    "profiles_repeated": (
        T("The settings file says some things more than once"),
        T("{told}"),
        T("Check these values before anything is sent."),
    ),
    "disk_full": (
        T("Settings cannot be saved: the disk is full, or your share of it"),
        T("{path} is as it was; heartbeats go on."),
        T("Make room; hbgui saves again with the next change."),
    ),
    "read_only": (
        T("Settings cannot be saved: the folder is read-only"),
        T("{path} is as it was; heartbeats go on."),
        T("Make the settings folder writable."),
    ),
    "not_permitted": (
        T("Settings cannot be saved: the system does not permit it"),
        T("{path} is as it was; heartbeats go on."),
        T("Check the rights of the settings folder."),
    ),
    "storage_failed": (
        T("Settings cannot be saved"),
        T("{path} is as it was. The reason: {detail}. Heartbeats go on."),
        T("Check the disk; hbgui saves again with the next change."),
    ),
    "history_in_memory": (
        T("The history cannot be kept: it is for this run only"),
        T("Its file {path} cannot be used. The system says: {detail}."),
        T("Check the folder for state files; heartbeats go on."),
    ),
    "history_locked": (
        T("The history is not written: another program has it locked"),
        T("Rows of this run are kept in memory; heartbeats go on."),
        T("hbgui writes them once that program lets it go."),
    ),
    "history_elsewhere": (
        T("The history file is damaged, and another hbgui has it open"),
        T("It is left as it is; rows of this run are kept in memory."),
        T("Close the other hbgui; heartbeats go on."),
    ),
    "history_damaged": (
        T("The history file was damaged; a new one was begun"),
        T("The old one is kept as {kept}."),
        T("Nothing else is needed."),
    ),
    "history_newer_version": (
        T("The history is not kept: its file is of a newer hbgui"),
        T("It is left as it is; rows of this run are shown."),
        T("Update hbgui on this computer."),
    ),
    "history_disk_full": (
        T("The history cannot be kept: the disk is full"),
        T("What was kept before is intact; heartbeats go on."),
        T("Make room; rows of this run stay in the list."),
    ),
    "history_read_only": (
        T("The history cannot be kept: its file is read-only"),
        T("What was kept before is intact; heartbeats go on."),
        T("Make the folder for state files writable."),
    ),
    "history_moved": (
        T("The history cannot be kept: its file was moved or deleted"),
        T("Another program did that while hbgui had it open."),
        T("Start hbgui again: it begins a new file. Heartbeats go on."),
    ),
    "history_storage_failed": (
        T("The history cannot be kept"),
        T("The database says: {detail}. Heartbeats go on."),
        T("Check the disk; rows of this run stay in the list."),
    ),
    "history_unreadable": (
        T("The history cannot be read"),
        T("The database says: {detail}. Its file is left as it is."),
        T("Open the window: it puts a damaged file aside."),
    ),
    "history_hangs": (
        T("The history was not written in time"),
        T("Its file hangs, or another program has locked it."),
        T("Check the disk; heartbeats go on."),
    ),
    "history_exported": (T("Exported rows: {count}"), T("They are in {path}, without tokens."), ""),
    "history_not_exported": (
        T("The history was not exported"),
        T("{path} is as it was. The reason: {detail}."),
        T("Choose another folder, or start hbgui again and try once more."),
    ),
    "signoff_written": (
        T("The sign-off report was written"),
        T("It is in {path}, without the token."),
        "",
    ),
    "signoff_not_written": (
        T("The sign-off report was not written"),
        T("{path} cannot be written. The system says: {detail}."),
        T("Choose another folder."),
    ),
    "reports_exported": (
        T("Exported reports: {count}"),
        T("They are in {path}. They name who called whom."),
        "",
    ),
    "reports_not_exported": (
        T("The reports were not exported"),
        T("{path} cannot be written. The system says: {detail}."),
        T("Choose another folder."),
    ),
    "login_start_failed": (
        T("Starting at login could not be read or changed"),
        T("The system says: {detail}."),
        T("Check the folder “autostart” beside the settings."),
    ),
    "pasted": (
        T("Taken over from what was pasted"),
        T("{members}."),
        T("Check it, then send a heartbeat."),
    ),
    "pasted_without_body": (
        T("The body could not be read"),
        T("Taken over: {members}. Not where reports shall go."),
        T("Enter the application server's address, port and URL."),
    ),
    "pasted_address": (
        T("Only the address was taken over from what was pasted"),
        T("This PBX is set up already: its token and target stay."),
        T("To take over all of it, add a PBX and paste it there."),
    ),
    "paste_unread": (
        T("What was pasted could not be read"),
        T("Nothing was taken over. It may hold a token, so it is hidden."),
        T("Copy the whole command again, or enter the PBX's address."),
    ),
    "paste_nothing": (
        T("There is nothing to paste here"),
        T("The clipboard holds no web address and no cURL command."),
        T("Copy the PBX's address from the browser, then try again."),
    ),
    "kept_elsewhere": (
        T("Another hbgui keeps this PBX already"),
        T("Two of them would send twice and could disagree."),
        T("End the other one first: a window or “hbgui keep”."),
    ),
    "host_changed": (
        T("The address was changed: Keep alive is off"),
        T("The token may belong to the old address only."),
        T("Check the token, then switch Keep alive on again."),
    ),
    "deleted": (
        T("The PBX was deleted"),
        T("Its token goes with it when this message is closed."),
        "",
    ),
    "token_left": (
        T("The token of the deleted PBX is still in the keyring"),
        T("The keyring did not delete it."),
        T("Delete it there: service hbgui, account {account}."),
    ),
}


def note_message(code: str, values: Mapping[str, str] | None = None) -> Message:
    """The message with that `code`: of a settings note, a storage error or a window's note."""
    return Message.of(_NOTES[code], values)
