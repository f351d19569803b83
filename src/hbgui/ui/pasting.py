"""A pasted web address or cURL command fills an empty form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import partial

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from hbgui.core.pbx.paste import Pasted, read, shows_secret
from hbgui.core.pbx.profile import Profile
from hbgui.runtime.hub import Hub
from hbgui.runtime.supervisor import Supervisor
from hbgui.texts.settings import member_name
from hbgui.ui.messages import Messages
from hbgui.ui.pbx_form import PbxForm


class Pasting(QObject):
    """`add` makes a new PBX and shows it."""

    def __init__(
        self,
        hub: Hub,
        intents: Supervisor,
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
        text = QGuiApplication.clipboard().text()
        pasted = read(text)
        if pasted is None:
            code = "paste_unread" if shows_secret(text) else "paste_nothing"
            self._messages.tell(code, "warn", self._form.shown)
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
        empty, pasted, pbx_id = self._empty_profile(), read(text), self._form.shown
        work: Callable[[], None]
        if not shows_secret(text) and not (empty and pasted and pasted.token):
            return
        if empty and pasted:
            work = partial(self._take, empty, pasted)
        else:
            work = partial(self._take_address, pasted)
        # Not while the field tells of its change; it may be that of another PBX by then.
        QTimer.singleShot(0, self, lambda: work() if self._form.shown == pbx_id else None)

    def _empty_profile(self) -> Profile | None:
        profile = self._hub.state.profile(self._form.shown)
        return profile if profile is not None and not profile.pbx.strip() else None

    def _take_address(self, pasted: Pasted | None) -> None:
        """No more than what the field is for, and nothing secret left in it."""
        profile = self._hub.state.profile(self._form.shown)
        if profile is not None:
            self._form.show_host(pasted.pbx if pasted else profile.pbx)
            code = "pasted_address" if pasted else "paste_unread"
            self._messages.tell(code, "warn", profile.id)

    def _take(self, profile: Profile, pasted: Pasted) -> None:
        changed = pasted.onto(profile)
        self._form.take(changed)
        self._form.show_host(changed.pbx)
        names = [
            member_name(f.name)
            for f in fields(Profile)
            if getattr(changed, f.name) != getattr(profile, f.name)
            and not (f.name == "server" and pasted.body_unread)
        ]
        if pasted.token is not None:
            self._intents.set_token(profile.id, pasted.token)
            names.append(self.tr("Token"))
        code, tone = ("pasted_without_body", "warn") if pasted.body_unread else ("pasted", "ok")
        self._messages.tell(code, tone, profile.id, {"members": ", ".join(names)})
