"""Rows of the history as a table: the newest first, older ones read when they come into sight."""

from __future__ import annotations

from collections import deque

from PySide6.QtCore import Signal, Slot

from hbgui.core.history import HistoryFilter, Row
from hbgui.core.state.pbx_state import Phase
from hbgui.runtime.history import HistoryKeeper
from hbgui.texts.outcomes import attempt_message, result_word
from hbgui.ui.marks import phase_color
from hbgui.ui.panel import clock_time, day, day_and_time, exactly
from hbgui.ui.row_model import ROOT, Index, RowModel
from hbgui.ui.theme import Theme

LIVE_MAX = 1000
"""Rows of this run that are shown even when no file can keep them."""

TIME, PBX, SENT, RESULT, LATENCY = range(5)


class HistoryModel(RowModel[Row]):
    """Heartbeats, logins and logouts that pass the filter."""

    filled = Signal()
    """Rows came, or it is known that there are none."""

    COLUMNS = 5

    def __init__(self, history: HistoryKeeper, theme: Theme) -> None:
        super().__init__()
        self._history = history
        self._theme = theme
        self.wanted = HistoryFilter()
        self._live: deque[Row] = deque(maxlen=LIVE_MAX)
        self._more = False
        self._oldest = 0
        self.waiting = False
        """Whether the file has not answered yet."""
        history.added.connect(self._add)
        history.read.connect(self._read)

    def show_only(self, wanted: HistoryFilter) -> None:
        """Begin anew with this filter."""
        self.wanted = wanted
        self.beginResetModel()
        self._rows = [row for row in self._live if wanted.takes(row)]
        self._more, self._oldest, self.waiting = False, 0, True
        self.endResetModel()
        self._history.ask(wanted)

    @Slot(object)
    def _add(self, row: Row) -> None:
        self._live.appendleft(row)
        if self.wanted.takes(row):
            self.beginInsertRows(ROOT, 0, 0)
            self._rows.insert(0, row)
            self.endInsertRows()
            self.filled.emit()

    @Slot(int, object, bool)
    def _read(self, _question: int, rows: tuple[Row, ...], more: bool) -> None:
        self.waiting = False
        known = {row.key for row in self._live}
        new = [row for row in rows if row.key not in known]
        self._more = more
        if rows:
            self._oldest = rows[-1].number
        if new:
            first = len(self._rows)
            self.beginInsertRows(ROOT, first, first + len(new) - 1)
            self._rows += new
            self.endInsertRows()
        self.filled.emit()

    def canFetchMore(self, parent: Index = ROOT) -> bool:  # noqa: N802
        return self._more and not parent.isValid()

    def fetchMore(self, parent: Index = ROOT) -> None:  # noqa: N802
        if self.canFetchMore(parent):
            self._more = False
            self._history.ask(self.wanted, self._oldest)

    def headers(self) -> tuple[str, ...]:
        return (
            self.tr("Time"),
            self.tr("PBX"),
            self.tr("Reports to"),
            self.tr("Result"),
            self.tr("Latency"),
        )

    def tip(self, row: Row, column: int) -> str:
        return exactly(row.attempt.sent.utc) if column == TIME else self.cell(row, column)

    def color(self, row: Row, column: int) -> str:
        if column != RESULT:
            return ""
        outcome = row.attempt.outcome
        phase = Phase.FAILING if outcome.may_pass else Phase.STOPPED
        return phase_color(Phase.ALIVE if outcome.accepted else phase, self._theme.colors)

    def cell(self, row: Row, column: int) -> str:
        attempt = row.attempt
        match column:
            case 0:
                sent = attempt.sent.utc
                today = day(sent) == day(self._history.now())
                return clock_time(sent) if today else day_and_time(sent)
            case 1:
                return row.pbx
            case 2:
                return attempt.target or "–"
            case 3:
                return result(row)
        if attempt.latency_ms is None:
            return "–"
        return self.tr("{number} ms").replace("{number}", f"{attempt.latency_ms:.0f}")

    def details(self, row: Row) -> str:
        """All that is known of a request, as lines of text."""
        attempt = row.attempt
        message = attempt_message(attempt)
        times = exactly(attempt.sent.utc)
        raw = attempt.answer or attempt.outcome.detail
        answer = self.tr("Answer:") + " " + raw[:4000] if raw else ""
        head = f"{row.pbx} – {attempt.address}"
        goes = self.tr("Reports to {target}").replace("{target}", attempt.target)
        lines = (times, head, goes if attempt.target else "", message.title, message.why)
        return "\n".join(line for line in (*lines, message.advice, answer) if line)


def result(row: Row) -> str:
    """The result of a request in a few words."""
    outcome = row.attempt.outcome
    word = result_word(outcome.kind)
    if outcome.code == "accepted":
        return word
    title = attempt_message(row.attempt).title
    return title if outcome.accepted else f"{word}: {title}"
