"""What a command prints: nothing that comes from the wire speaks to the terminal."""

from __future__ import annotations

import pytest

from hbgui.cli.output import Output


@pytest.mark.parametrize("mark", ["\x1b[2J", "\r", "\x9b31m", "\N{RIGHT-TO-LEFT OVERRIDE}", "\a"])
def test_marks_are_shown_and_not_obeyed(mark: str, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(as_json=False)
    output.lines("Hotel: A web server", f"({mark}) answers", "one\ntwo")
    output.note(f"said {mark}")
    out, err = capsys.readouterr()
    assert out == f"Hotel: A web server\n  ({repr(mark)[1:-1]}) answers\n  one\ntwo\n"
    assert mark not in err
