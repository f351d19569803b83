"""The request as it goes over the wire, the last answer, and both for other programs."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout

from hbgui import USER_AGENT
from hbgui.core.api.request_text import curl_command, heartbeat_of, wire_text
from hbgui.core.pbx.validation import ValidatedProfile
from hbgui.runtime.hub import Hub
from hbgui.texts.outcomes import attempt_message, result_word
from hbgui.texts.problems import problem_sentence
from hbgui.ui.panel import Panel, button, day_and_time, fixed_font, label, named
from hbgui.ui.pbx_form import PbxForm


class RequestPanel(Panel):
    """Follows the form while it is typed in. The token is never in it."""

    def __init__(self, hub: Hub, form: PbxForm) -> None:
        super().__init__()
        self._hub = hub
        self._form = form
        self._head = label("title", wrap=True)
        self._note = label("muted", "requestNote", wrap=True)
        self._request = _text("requestPreview")
        self._answer_head = label("title", "answerTitle", wrap=True)
        self._answer = _text("lastAnswer")
        self._curl = button("copyCurlButton")
        self._curl.clicked.connect(self.copy_curl)
        self._copy = button("copyTextButton")
        self._copy.clicked.connect(self._copy_text)
        head = QHBoxLayout()
        head.addWidget(self._head, 1)
        head.addWidget(self._curl)
        head.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._request, 3)
        column.addWidget(self._note)
        column.addWidget(self._answer_head)
        column.addWidget(self._answer, 2)
        form.checked_anew.connect(self._refresh)
        hub.pbx_changed.connect(self._changed)
        self.retranslate()

    def retranslate(self) -> None:
        self._head.setText(self.tr("Heartbeat as it goes over the wire"))
        self._request.setAccessibleName(self.tr("Heartbeat request"))
        self._answer.setAccessibleName(self.tr("Last answer of the PBX"))
        self._curl.setText(self.tr("Copy as cURL"))
        self._copy.setText(self.tr("Copy as text"))
        self._note.setText(
            self.tr("The token is left out. The cURL command takes it from $HBGUI_TOKEN.")
        )
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._refresh()
        super().showEvent(event)

    @Slot(str)
    def _changed(self, pbx_id: str) -> None:
        if pbx_id == self._form.shown:
            self._refresh()

    @Slot()
    def _refresh(self) -> None:
        checked = self._ready()
        self._curl.setEnabled(checked is not None)
        self._copy.setEnabled(checked is not None)
        if not self.isVisible():
            return
        _show(self._request, self._request_text())
        pbx = self._hub.state.pbxs.get(self._form.shown)
        attempt = pbx.last_contact_attempt if pbx else None
        if attempt is None:
            self._answer_head.setText(self.tr("No answer yet"))
            _show(self._answer, "")
            return
        result = result_word(attempt.outcome.kind)
        parts = [self.tr("Last answer"), day_and_time(attempt.sent.utc), result]
        if attempt.latency_ms is not None:
            latency = self.tr("{number} ms").replace("{number}", f"{attempt.latency_ms:.0f}")
            parts.append(latency)
        self._answer_head.setText(" · ".join(parts))
        _show(self._answer, attempt.answer or attempt_message(attempt).why)

    def _ready(self) -> ValidatedProfile | None:
        """What can be sent, None while a field is in the way."""
        checked = self._form.checked
        if checked is None or checked.errors or not (checked.address and checked.target):
            return None
        return checked

    def _request_text(self) -> str:
        checked, profile = self._ready(), self._form.profile
        if checked is None or profile is None or not (checked.address and checked.target):
            return self._why_not()
        request = heartbeat_of(profile, checked.target)
        return wire_text(checked.address, request, USER_AGENT, proxied=bool(profile.proxy.strip()))

    def _why_not(self) -> str:
        checked = self._form.checked
        if checked is not None and checked.errors:
            return problem_sentence(checked.errors[0])
        return self.tr("This computer's address on the way to the PBX is not known yet.")

    @Slot()
    def copy_curl(self) -> None:
        """Put the command into the clipboard."""
        checked, profile = self._ready(), self._form.profile
        if checked and profile and checked.address and checked.target:
            request = heartbeat_of(profile, checked.target)
            command = curl_command(checked.address, request, profile.link, USER_AGENT)
            QGuiApplication.clipboard().setText(command)

    @Slot()
    def _copy_text(self) -> None:
        if self._ready() is not None:
            QGuiApplication.clipboard().setText(self._request_text())


def _text(name: str) -> QPlainTextEdit:
    made = named(QPlainTextEdit(), name)
    made.setReadOnly(True)
    made.setTabChangesFocus(True)
    made.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
    font = fixed_font()
    font.setBold(False)
    made.setFont(font)
    made.setMinimumHeight(60)
    return made


def _show(shown: QPlainTextEdit, text: str) -> None:
    if shown.toPlainText() != text:
        with QSignalBlocker(shown):
            shown.setPlainText(text)
