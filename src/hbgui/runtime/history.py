"""The history of requests, kept in a file by a thread of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from hbgui.core import events
from hbgui.core.api.errors import StorageError
from hbgui.core.api.outcome import MARKS_MAX, Attempt
from hbgui.core.history import (
    PAGE,
    HistoryFilter,
    RequestKind,
    Row,
    csv_lines,
    json_lines,
)
from hbgui.core.ports import Cancel
from hbgui.runtime.context import Context

_T = TypeVar("_T")
_log = logging.getLogger(__name__)
_NEWEST = 2**62
_PRUNE_EVERY = 200
EXPORT_STEP = 2000
"""Rows of an export that are in memory at once."""


class HistoryKeeper(QObject):
    """GUI thread; no method blocks, except `close`. A full disk or a damaged file is reported once,
    and affects only the history."""

    read = Signal(int, object, bool)
    """The page that was requested last: number of the request, rows, whether there are more."""

    added = Signal(object)
    """A row, at the moment it happened."""

    looked_back = Signal(int, object, bool)
    """The newest rows of a PBX: number of the request, rows or None when they cannot be read,
    whether the history is complete."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._hub = context.hub
        self._clock = context.clock
        self._pool = context.records
        self._store = context.adapters.history
        self._write = context.adapters.write_file
        self._clean = context.adapters.redactor.text
        self._look_back_number = 0
        self._page_number = 0
        self._since_prune = 0
        self._reported = False
        self._hub.happened.connect(self._happened)

    def start(self) -> None:
        """Open the file and recall the last heartbeats of every PBX."""
        ids = [profile.id for profile in self._hub.state.profiles]
        self._pool.submit(lambda _cancel: self._open(ids))

    def now(self) -> datetime:
        """The time, aware UTC."""
        return self._clock.now().utc

    def ask(self, wanted: HistoryFilter, before: int = 0) -> int:
        """Read a page of rows that are older than number `before`, 0: the newest. `read` follows
        with the number that is returned, unless a newer request comes first."""
        self._page_number += 1
        number = self._page_number
        self._store.interrupt()
        self._pool.submit(lambda _cancel: self._page(number, wanted, before or _NEWEST))
        return number

    def export(self, path: Path, wanted: HistoryFilter) -> None:
        """Write the rows to a file: JSON if its suffix is .json, else CSV. A note follows."""
        self._pool.submit(lambda _cancel: self._export(path, wanted))

    def look_back(self, pbx_id: str, size: int) -> int:
        """Read the newest `size` rows of a PBX, whatever page is shown; `looked_back` follows with
        the number that is returned."""
        self._look_back_number += 1
        number = self._look_back_number

        def look(_cancel: Cancel) -> None:
            wanted = HistoryFilter(pbx_id=pbx_id)
            rows = self._guarded(lambda: self._store.page(wanted, _NEWEST, size))
            result = None if rows is None else tuple(rows)
            self._hub.post(events.HistoryLookedBack(number, result, self._store.whole))

        self._pool.submit(look)
        return number

    def write_document(self, path: Path, make: Callable[[Callable[[str], str]], bytes]) -> None:
        """Write the bytes that `make` returns. `make` is called in the history's thread with a
        function that hides secrets in a text. A note tells the result."""
        self._pool.submit(lambda _cancel: self._document(path, make))

    def close(self, timeout_s: float) -> bool:
        """Write what is queued, then close, within `timeout_s` seconds; whether all has ended."""
        self._pool.submit(lambda _cancel: self._store.close())
        return self._pool.close(drain_s=max(timeout_s, 0.0), abort=False)

    @Slot(object)
    def _happened(self, event: object) -> None:
        match event:
            case events.HeartbeatFinished(pbx_id, attempt=attempt):
                self._keep(pbx_id, attempt, RequestKind.HEARTBEAT)
            case events.LoginFinished(pbx_id, attempt):
                self._keep(pbx_id, attempt, RequestKind.LOGIN)
            case events.LoggedOut(pbx_id, attempt):
                self._keep(pbx_id, attempt, RequestKind.LOGOUT)
            case events.HistoryRead(number, rows, more) if number == self._page_number:
                self.read.emit(number, rows, more)
            case events.HistoryLookedBack(number, rows, whole):
                self.looked_back.emit(number, rows, whole)

    def _keep(self, pbx_id: str, attempt: Attempt, request: RequestKind) -> None:
        profile = self._hub.state.profile(pbx_id)
        if profile is None or not attempt.outcome.contact_attempted:
            return
        row = Row(pbx_id, profile.label, attempt, request=request)
        self._pool.submit(lambda _cancel: self._add(row))
        self.added.emit(row)

    # --- in the history's thread

    def _open(self, ids: list[str]) -> None:
        self._post_notes(self._store.open())
        for pbx_id in ids:
            pbx_filter = HistoryFilter(pbx_id=pbx_id)
            rows = self._guarded(partial(self._store.page, pbx_filter, _NEWEST, MARKS_MAX))
            if rows:
                beats = tuple(
                    row.mark
                    for row in reversed(rows)
                    if row.request is RequestKind.HEARTBEAT
                    and row.attempt.outcome.contact_attempted
                )
                self._hub.post(events.HeartbeatsRecalled(pbx_id, beats))
        self._prune()

    def _post_notes(self, notes: Sequence[tuple[str, dict[str, str]]]) -> None:
        for code, values in notes:
            self._hub.post(events.MessageShown(code, values=dict(values)))

    def _add(self, row: Row) -> None:
        try:
            self._retry_if_damaged(partial(self._store.add, row))
        except StorageError as error:
            if not self._reported:
                self._reported = True
                values = {"detail": error.detail}
                self._hub.post(events.MessageShown(f"history_{error.code}", values=values))
            return
        self._reported = False
        self._since_prune += 1
        if self._since_prune >= _PRUNE_EVERY:
            self._prune()

    def _prune(self) -> None:
        self._since_prune = 0
        deleted = self._guarded(lambda: self._store.prune(self._clock.now().utc))
        if deleted:
            # In steps, so that queued work runs in between.
            self._pool.submit(lambda _cancel: self._prune(), key="prune")

    def _page(self, number: int, wanted: HistoryFilter, before: int) -> None:
        if number != self._page_number:
            return
        rows = self._guarded(lambda: self._store.page(wanted, before, PAGE, urgent=False)) or []
        self._hub.post(events.HistoryRead(number, tuple(rows), more=len(rows) == PAGE))

    def _export(self, path: Path, wanted: HistoryFilter) -> None:
        rows = _Counted(self._all(wanted))
        lines = json_lines(rows) if path.suffix.lower() == ".json" else csv_lines(rows)
        try:
            self._write(path, (line.encode() for line in lines))
        except (StorageError, OSError) as error:
            detail = error.detail if isinstance(error, StorageError) else error.strerror or ""
            values = {"path": str(path), "detail": detail}
            self._hub.post(events.MessageShown("history_not_exported", values=values))
            return
        values = {"path": str(path), "count": str(rows.count)}
        self._hub.post(events.MessageShown("history_exported", values=values))

    def _document(self, path: Path, make: Callable[[Callable[[str], str]], bytes]) -> None:
        values = {"path": str(path)}
        try:
            self._write(path, (make(self._clean),))
        except OSError as error:
            values["detail"] = error.strerror or type(error).__name__
            self._hub.post(events.MessageShown("signoff_not_written", values=values))
            return
        self._hub.post(events.MessageShown("signoff_written", values=values))

    def _all(self, wanted: HistoryFilter) -> Iterator[Row]:
        before = _NEWEST
        while rows := self._store.page(wanted, before, EXPORT_STEP):
            yield from rows
            before = rows[-1].number

    def _retry_if_damaged(self, ask: Callable[[], _T]) -> _T:
        """The result of `ask`. If the file is damaged, it is replaced and `ask` is called again."""
        try:
            return ask()
        except StorageError as error:
            if error.code != "damaged":
                raise
        self._post_notes(self._store.start_new_file())
        return ask()

    def _guarded(self, ask: Callable[[], _T]) -> _T | None:
        try:
            return self._retry_if_damaged(ask)
        except StorageError as error:
            _log.info("history: %s", error.code)
            return None


class _Counted:
    """An iterator of rows that counts them."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.count += 1
            yield row
