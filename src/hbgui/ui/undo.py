"""Undo and redo of what was changed in the form, for each PBX, while the window is open."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit

from hbgui.core.pbx.profile import SHARED, Profile
from hbgui.runtime.hub import Hub
from hbgui.ui.pbx_form import PbxForm

STEPS_MAX = 50


@dataclass
class _Past:
    now: Profile
    undo: list[Profile] = field(default_factory=list)
    redo: list[Profile] = field(default_factory=list)
    typing: str = ""


def _changed(one: Profile, other: Profile) -> tuple[str, ...]:
    return tuple(name for name in SHARED if getattr(one, name) != getattr(other, name))


class Undo(QObject):
    """Follows the profiles. A token is never in them; what the PBX was told is left alone."""

    def __init__(self, hub: Hub, form: PbxForm) -> None:
        super().__init__(form)
        self._hub = hub
        self._form = form
        self._pasts: dict[str, _Past] = {}
        hub.profiles_changed.connect(self._follow)
        self._follow()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        past = self._pasts.get(self._form.shown)
        return _typed_in(back=True) is not None or (past is not None and bool(past.undo))

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        past = self._pasts.get(self._form.shown)
        return _typed_in(back=False) is not None or (past is not None and bool(past.redo))

    @Slot()
    def undo(self) -> None:
        """Take back the last change: in the text field that has the focus, else in the form."""
        focused = _typed_in(back=True)
        if focused is not None:
            focused.undo()
        else:
            self._form.flush()
            self._step(back=True)

    @Slot()
    def redo(self) -> None:
        """Do again what was taken back."""
        focused = _typed_in(back=False)
        if focused is not None:
            focused.redo()
        else:
            self._step(back=False)

    def _step(self, *, back: bool) -> None:
        past = self._pasts.get(self._form.shown)
        profile = self._hub.state.profile(self._form.shown)
        if past is None or profile is None:
            return
        source, other = (past.undo, past.redo) if back else (past.redo, past.undo)
        if not source:
            return
        wanted = source.pop()
        other.append(past.now)
        past.typing = ""
        past.now = replace(profile, **{name: getattr(wanted, name) for name in SHARED})
        self._form.take(past.now)

    @Slot()
    def _follow(self) -> None:
        profiles = {p.id: p for p in self._hub.state.profiles}
        self._pasts = {k: past for k, past in self._pasts.items() if k in profiles}
        for profile in profiles.values():
            past = self._pasts.setdefault(profile.id, _Past(profile))
            names = _changed(past.now, profile)
            if names:
                self._note(past, names)
            past.now = profile

    @staticmethod
    def _note(past: _Past, names: tuple[str, ...]) -> None:
        """Typing in one field is one step."""
        typing = names[0] if len(names) == 1 else ""
        if not typing or typing != past.typing:
            past.undo = [*past.undo, past.now][-STEPS_MAX:]
        past.redo = []
        past.typing = typing


def _typed_in(*, back: bool) -> QLineEdit | QPlainTextEdit | None:
    """The text field that has the focus, if it has something to undo or to redo itself."""
    focused = QApplication.focusWidget()
    if isinstance(focused, QLineEdit):
        able = focused.isUndoAvailable() if back else focused.isRedoAvailable()
        return focused if able else None
    if isinstance(focused, QPlainTextEdit):
        text = focused.document()
        return focused if (text.isUndoAvailable() if back else text.isRedoAvailable()) else None
    return None
