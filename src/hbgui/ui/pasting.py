"""A pasted web address or cURL command fills an empty form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from hbgui import texts
from hbgui.core.paste import Pasted, is_command, read
from hbgui.core.profile import Profile
from hbgui.runtime.hub import Hub
from hbgui.runtime.intents import Intents
from hbgui.ui.messages import Messages
from hbgui.ui.pbx_form import PbxForm


class Pasting(QObject):
    """`add` makes a new PBX and shows it."""

    def __init__(
        self,
        hub: Hub,
        intents: Intents,
        form: PbxForm,
        messages: Messages,
        add: Callable[[], None],
    ) -> None:
        super().__init__(form)
        self._hub = hub
        self._intents = intents
        self._form = form
        self._messages = messages
        self._add = add
        form.host_typed.connect(self._typed)

    @Slot()
    def paste(self) -> None:
        """Take what the clipboard holds, when no text field has the focus."""
        pasted = read(QGuiApplication.clipboard().text())
        if pasted is None:
            self._messages.tell("paste_nothing", "warn", self._form.shown)
            return
        self._form.flush_all()
        profile = self._empty_profile()
        if profile is None:
            self._add()
            profile = self._empty_profile()
        if profile is not None:
            self._take(profile, pasted)

    @Slot(str)
    def _typed(self, text: str) -> None:
        """The field itself understands an address; there is more in a command and in a query."""
        profile = self._empty_profile()
        pasted = read(text) if profile is not None else None
        if profile is None or pasted is None or not (is_command(text) or pasted.token):
            return
        # Not while the field tells of its change.
        QTimer.singleShot(0, self, lambda: self._take(profile, pasted))

    def _empty_profile(self) -> Profile | None:
        profile = self._hub.state.profile(self._form.shown)
        return profile if profile is not None and not profile.pbx.strip() else None

    def _take(self, profile: Profile, pasted: Pasted) -> None:
        changed = pasted.onto(profile)
        self._form.take(changed)
        names = [
            texts.member_name(f.name)
            for f in fields(Profile)
            if getattr(changed, f.name) != getattr(profile, f.name)
        ]
        if pasted.token is not None:
            self._intents.set_token(profile.id, pasted.token)
            names.append(self.tr("Token"))
        self._messages.tell("pasted", "ok", profile.id, {"members": ", ".join(names)})
