"""Why a start of the window came to nothing."""

from __future__ import annotations

from hbgui.texts.hook import QT_TRANSLATE_NOOP

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
