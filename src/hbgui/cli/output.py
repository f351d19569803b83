"""What a command says: one object or one block of text per heartbeat."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from hbgui import texts
from hbgui.core.events import Attempt
from hbgui.core.heartbeat import TOKEN_LIFE_S
from hbgui.core.moment import iso
from hbgui.core.outcome import OutcomeKind
from hbgui.core.validation import Problem, Severity

EXIT_CODES = {
    OutcomeKind.ACCEPTED: 0,
    OutcomeKind.REFUSED: 1,
    OutcomeKind.INVALID: 2,
    OutcomeKind.UNREACHABLE: 3,
    OutcomeKind.UNTRUSTED: 4,
    OutcomeKind.NO_SECRET: 5,
    OutcomeKind.UNCLEAR: 6,
    OutcomeKind.REDIRECTED: 6,
}

_OPTIONS = {"pbx": "--pbx", "ip": "--ip", "port": "--port", "url": "--url", "interval": "--every"}


class Output:
    """Writes to stdout, bad input and warnings to stderr; everything through `redact`."""

    def __init__(self, *, as_json: bool, redact: Callable[[str], str] = str) -> None:
        self._as_json = as_json
        self._redact = redact

    def attempt(self, attempt: Attempt, name: str = "") -> None:
        """One heartbeat, as an object or as a block of text."""
        message = texts.message(attempt)
        if self._as_json:
            self._object(attempt, f"{message.title}. {message.why}".strip(), message.advice)
            return
        head = f"{name or attempt.address}: {message.title}"
        self._print("\n  ".join(line for line in (head, message.why, message.advice) if line))

    def line(self, attempt: Attempt, name: str, next_at: datetime | None) -> None:
        """One heartbeat of many, as an object or as one line; `next_at` is when the next is due."""
        if self._as_json:
            self.attempt(attempt)
            return
        message = texts.message(attempt)
        at = attempt.sent.utc.astimezone().strftime("%H:%M:%S")
        word = texts.result_word(attempt.outcome.kind)
        if attempt.outcome.accepted:
            said = f"{word}, reports go to {attempt.target}"
        else:
            said = f"{word}: {message.title}. {message.advice}"
        if next_at is not None:
            said += f" (next at {next_at.astimezone().strftime('%H:%M:%S')})"
        self._print(f"{at}  {name or attempt.address}: {said}")

    def invalid(self, problems: Iterable[Problem]) -> None:
        """Bad input: the option, and what it allows."""
        found = [f"{_OPTIONS.get(p.field, p.field)}: {texts.problem(p)}" for p in problems]
        self.usage(" ".join(found), "")

    def usage(self, text: str, command: str) -> None:
        """A command line that cannot be carried out."""
        advice = f"See {command or 'hbgui'} --help."
        if self._as_json:
            blank = dict.fromkeys(_MEMBERS)
            told = {"outcome": OutcomeKind.INVALID, "message": text, "advice": advice}
            self._print(json.dumps(self._clean(blank | told)))
        else:
            print(self._redact(f"hbgui: {text}\n{advice}"), file=sys.stderr, flush=True)

    def warn(self, problems: Iterable[Problem]) -> None:
        """What does not stop the heartbeat, for a person to read."""
        if self._as_json:
            return
        for found in problems:
            if found.severity is not Severity.ERROR:
                option = _OPTIONS.get(found.field, found.field)
                text = self._redact(f"{option}: {texts.problem(found)}")
                print(text, file=sys.stderr, flush=True)

    def _object(self, attempt: Attempt, text: str, advice: str) -> None:
        outcome = attempt.outcome
        good_until = attempt.sent.utc + timedelta(seconds=TOKEN_LIFE_S)
        latency_ms = attempt.latency_ms
        told: dict[str, object] = {
            "outcome": outcome.kind,
            "pbx": attempt.address or None,
            "errno": outcome.errno,
            "message": text,
            "advice": advice or None,
            "http_status": outcome.http_status,
            "latency_ms": None if latency_ms is None else round(latency_ms, 1),
            "report_target": attempt.target or None,
            "token_good_until": iso(good_until) if outcome.accepted else None,
        }
        self._print(json.dumps(self._clean(told)))

    def _clean(self, told: dict[str, object]) -> dict[str, object]:
        return {k: self._redact(v) if isinstance(v, str) else v for k, v in told.items()}

    def _print(self, text: str) -> None:
        print(self._redact(text) if not self._as_json else text, flush=True)


_MEMBERS = (
    "outcome",
    "pbx",
    "errno",
    "message",
    "advice",
    "http_status",
    "latency_ms",
    "report_target",
    "token_good_until",
)
