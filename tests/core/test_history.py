"""The history's filter, and its forms for other programs."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from core.pbx_events import NOON, at
from hbgui.core.api.outcome import ACCEPTED, Attempt, Outcome, OutcomeKind
from hbgui.core.history import HistoryFilter, RequestKind, Row, csv_lines, json_lines

DEAD = Outcome(OutcomeKind.UNREACHABLE, "timed_out", detail="it said NOTHING")
GONE = Outcome(OutcomeKind.REFUSED, "refused", "20006", 200)


def row(outcome: Outcome = ACCEPTED, pbx: str = "Hotel Post", sent: float = 0) -> Row:
    attempt = Attempt(at(sent), outcome, "https://10.0.0.1:8088", "10.0.0.9:8260", 12.34)
    return Row("a", pbx, attempt)


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (HistoryFilter(), True),
        (HistoryFilter(pbx_id="a"), True),
        (HistoryFilter(pbx_id="b"), False),
        (HistoryFilter(kinds=frozenset({OutcomeKind.UNREACHABLE})), True),
        (HistoryFilter(kinds=frozenset({OutcomeKind.ACCEPTED})), False),
        (HistoryFilter(since=NOON), True),
        (HistoryFilter(since=NOON + timedelta(seconds=1)), False),
        (HistoryFilter(text="hotel"), True),
        (HistoryFilter(text="nothing"), True),
        (HistoryFilter(text="8260"), True),
        (HistoryFilter(text="vanish"), False),
        (HistoryFilter(text="vanish", codes=frozenset({"timed_out"})), True),
        (HistoryFilter(text="not reached", codes=frozenset({"unreachable"})), True),
    ],
)
def test_what_passes(wanted: HistoryFilter, taken: bool) -> None:
    assert wanted.takes(row(DEAD)) is taken


def test_an_error_number_is_found() -> None:
    assert HistoryFilter(text="20006").takes(row(GONE))
    assert HistoryFilter(text="run out", codes=frozenset({"20006"})).takes(row(GONE))


def test_json_is_one_array() -> None:
    told = json.loads("".join(json_lines([row(GONE), replace(row(), request=RequestKind.LOGIN)])))
    assert [each["outcome"] for each in told] == ["refused", "accepted"]
    assert told[0]["errno"] == "20006"
    assert told[1]["sent"] == "2026-01-02T12:00:00Z"
    assert [each["request"] for each in told] == ["heartbeat", "login"]
    assert json.loads("".join(json_lines([]))) == []


def test_no_cell_is_a_formula() -> None:
    names = ("=HYPERLINK(1)", 'say "hi",\nthen', "@x")
    text = "".join(csv_lines([row(pbx=name) for name in names]))
    assert text.startswith("\ufeff")  # for Excel
    head, *cells = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    column = head.index("pbx")
    assert [line[column] for line in cells] == ["'=HYPERLINK(1)", 'say "hi",\nthen', "'@x"]
