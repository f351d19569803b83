"""The newest reports are kept, in bounds, and told in batches."""

from __future__ import annotations

from datetime import UTC, datetime

from pytestqt.qtbot import QtBot

from hbgui.core.reports.report import Report, ReportProblem, decode
from hbgui.core.values import Moment
from hbgui.runtime.reports.book import STRANGERS_MAX, ReceivedReports

NOW = Moment(0, datetime(2026, 1, 2, tzinfo=UTC))


def report(number: int, raw: str = "{}", problem: ReportProblem | None = None) -> Report:
    return Report(number, NOW, "127.0.0.1", "/", raw, decode(raw.encode()), problem=problem)


def numbers(book: ReceivedReports) -> list[int]:
    return [one.number for one in book.reports]


def test_it_tells_what_came_in_batches(qtbot: QtBot) -> None:
    book = ReceivedReports()
    told: list[list[Report]] = []
    book.added.connect(told.append)
    for number in range(100):
        book.add(report(number))
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    qtbot.wait(150)
    assert [[one.number for one in batch] for batch in told] == [list(range(100))]


def test_the_oldest_goes_when_there_are_too_many(qtbot: QtBot) -> None:
    book = ReceivedReports(reports_max=10)
    for number in range(25):
        book.add(report(number))
    assert numbers(book) == list(range(15, 25))
    assert (len(book), book.dropped) == (10, 15)


def test_the_oldest_goes_when_they_are_too_large(qtbot: QtBot) -> None:
    book = ReceivedReports(bytes_max=100_000)
    for number in range(20):
        book.add(report(number, "x" * 9_000))
    assert numbers(book) == list(range(9, 20))
    book.add(report(99, "\N{TELEPHONE RECEIVER}" * 30_000))
    assert len(book) == 0  # four bytes a letter: it alone is too much


def test_strangers_push_out_nobody_but_strangers(qtbot: QtBot) -> None:
    book = ReceivedReports(reports_max=10)
    book.add(report(0))
    for number in range(1, 1000):
        book.add(report(number, problem=ReportProblem.WRONG_SENDER))
    assert numbers(book) == [0, *range(1000 - STRANGERS_MAX, 1000)]
    assert book.dropped == 0


def test_what_waits_for_its_batch_is_bounded(qtbot: QtBot) -> None:
    book = ReceivedReports()
    told: list[list[Report]] = []
    book.added.connect(told.append)
    for number in range(1100):
        book.add(report(number))
    assert [len(batch) for batch in told] == [501, 501]
    book.flush()
    assert sum(map(len, told)) == 1100


def test_cleared_it_is_empty_and_counts_anew(qtbot: QtBot) -> None:
    book = ReceivedReports(reports_max=1)
    book.add(report(1))
    book.add(report(2))
    with qtbot.waitSignal(book.cleared):
        book.clear()
    book.flush()
    assert (book.reports, len(book), book.dropped) == ((), 0, 0)


def test_what_was_cleared_before_it_was_told_is_not_told_later(qtbot: QtBot) -> None:
    book = ReceivedReports()
    told: list[list[Report]] = []
    book.added.connect(told.append)
    book.add(report(1))
    book.clear()
    book.add(report(2))
    qtbot.waitUntil(lambda: bool(told))
    assert [[one.number for one in batch] for batch in told] == [[2]]
