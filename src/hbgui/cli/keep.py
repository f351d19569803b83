"""`hbgui keep`: heartbeats until Ctrl-C, by the same rules as the window."""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from hbgui.cli.invocation import Invocation, PbxInvocation, is_auto, prepare, warn_of_address
from hbgui.cli.memory import CLOSE_S
from hbgui.cli.options import Command, add_target, add_token
from hbgui.cli.output import EXIT_CODES
from hbgui.cli.running import Stop, call, stopped_by_signals
from hbgui.cli.secrets import foreign_host, token_for
from hbgui.cli.storing import remember
from hbgui.cli.streams import USAGE, UnblockedLines, UsageError
from hbgui.core import events
from hbgui.core.api import schedule
from hbgui.core.api.errors import Cancelled, SecretError
from hbgui.core.api.outcome import AddressStatus, Attempt, OutcomeKind
from hbgui.core.client.pbx_client import Renewal
from hbgui.core.pbx.address import literal_or_none, same_pbx
from hbgui.core.pbx.destination import Guard, ReportTarget
from hbgui.core.pbx.profile import INTERVAL_MIN
from hbgui.core.ports import Cancel, password_account
from hbgui.core.state.app_state import AppState, reduce
from hbgui.core.state.pbx_state import PbxState
from hbgui.core.values import Secret
from hbgui.runtime.named_lock import NamedLock, keeper_of
from hbgui.texts.notes import note_message
from hbgui.texts.outcomes import reports_stay_sentence, reports_unmoved_message, secret_message

_ID = "kept"


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_target(parser)
    add_token(parser)
    add = parser.add_argument
    add(
        "--every",
        type=_duration,
        metavar="DURATION",
        help="interval, as 30s or 10m (10m); 30s and up, for a PBX on this computer any",
    )
    add(
        "--move",
        action="store_true",
        help="move the reports when their place changes, as --ip auto on another network; else "
        "they stay where they go, and it is said",
    )
    add("--count", type=_count, metavar="N", help="end after N heartbeats")


def _duration(text: str) -> float:
    try:
        return schedule.parse_duration(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError("allowed: a duration as 30s, 10m or 1h")


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or int(text) == 0:
        raise argparse.ArgumentTypeError("allowed: a whole number from 1")
    return int(text)


def _run(invocation: Invocation) -> int:
    """Send heartbeats until a signal, a permanent refusal or `--count`; the exit code."""
    output = invocation.output
    output.late_timeout_s = 0.0  # a file that hangs must not delay a heartbeat
    stop = Stop()
    with UnblockedLines(lambda: _unread(lines, stop)) as lines:
        output.say, output.say_to_stderr = lines.out.write, lines.err.write
        try:
            code = _keep(invocation, stop)
        except UsageError as error:  # written before the lines are closed
            output.usage(error)
            code = USAGE
    return USAGE if lines.unwritable else code


def _unread(lines: UnblockedLines, stop: Stop) -> None:
    """Stop when the reader of the lines has gone. A full disk must not let a token expire."""
    if lines.out.reader_gone:
        stop.end()


def _keep(invocation: Invocation, stop: Stop) -> int:
    job = prepare(invocation, announces=True)
    every_s = _interval(job)
    with _only_keeper(job):
        token = token_for(job)
        if token is None:
            return EXIT_CODES[OutcomeKind.NO_SECRET]
        with stopped_by_signals(stop):
            return _Keeper(job, token, every_s, stop).run()


def _interval(job: PbxInvocation) -> float:
    every_s = job.profile.interval_s if job.args.every is None else float(job.args.every)
    if every_s < schedule.EVERY_MIN_S and not _on_loopback(job):
        raise UsageError("--every: allowed are 30s and more; the PBX blocks who asks often")
    if every_s > INTERVAL_MIN[1] * 60:
        job.output.warning("--every: above 25 minutes the token may die in between.")
    return every_s


def _on_loopback(job: PbxInvocation) -> bool:
    assert job.checked.address is not None, "the job was checked"
    host = job.checked.address.host
    ip = literal_or_none(host)
    return ip.is_loopback if ip is not None else host.casefold().rstrip(".") == "localhost"


@contextmanager
def _only_keeper(job: PbxInvocation) -> Iterator[None]:
    """Hold the lock of whoever keeps this PBX: the window takes it, too. Raises UsageError when
    it is taken."""
    if job.stored is None:
        yield
        return
    lock = NamedLock(job.adapters.lock_folder, keeper_of(job.stored.id))
    if not lock.acquire():
        message = note_message("kept_elsewhere")
        sentence = f"{job.name}: {message.text}"
        raise UsageError(sentence, "hbgui keep")
    try:
        yield
    finally:
        lock.release()


class _Keeper:
    def __init__(self, job: PbxInvocation, token: Secret, every_s: float, stop: Stop) -> None:
        self._args = job.args
        self._job = job
        self._adapters = job.adapters
        self._token = token
        self._stop = stop
        self._present_target = self._reports_go_to()
        """Where reports go, None when unknown. Moving them needs a person's consent."""
        self._warned_target: ReportTarget | None = None
        now_s = job.adapters.clock.now().elapsed_s
        address_status = AddressStatus(known=bool(job.profile.announced))
        first = PbxState(_ID, every_s, keeping=True, due_s=now_s, address_status=address_status)
        self._state = AppState(pbxs={_ID: first})

    @property
    def _pbx(self) -> PbxState:
        return self._state.pbxs[_ID]

    def _reports_go_to(self) -> ReportTarget | None:
        """The target that the window saved; None when the command line names another one."""
        stored, ip = self._job.stored, self._args.ip
        named = ip is not None and not is_auto(ip)
        if named or stored is None or not same_pbx(stored.pbx, self._job.profile.pbx):
            return None
        return stored.reports_go_to

    @property
    def _guard(self) -> Guard:
        stored = self._job.stored
        if self._args.move or (stored is not None and not stored.ask_before_moving):
            return Guard(present=self._present_target)
        return Guard(self._present_target, repeat_known=True)

    def run(self) -> int:
        sent = 0
        while self._wait():
            try:
                attempt = call(self._heartbeat_call, self._stop, self._adapters.new_cancel())
            except Cancelled:
                return 0
            sent += 1
            self._finished(attempt)
            self._follow_target(attempt)
            warn_of_address(self._job, attempt)
            remember(self._job, attempt)
            last = sent == self._args.count or self._pbx.due_s is None
            if last:
                self._job.output.late_timeout_s = CLOSE_S
            self._job.output.line(attempt, self._job.name, None if last else self._next_at())
            if last:
                return EXIT_CODES[attempt.outcome.kind]
        return 0

    @property
    def _heartbeat_call(self) -> Callable[[Cancel], Attempt]:
        client, checked, timeout_s = self._adapters.client, self._job.checked, self._args.timeout
        address_status = self._pbx.address_status
        renewal = Renewal(self._pbx.renewed, self._password, self._keep_token)
        return lambda cancel: client.send_heartbeat(
            checked, self._token, cancel, timeout_s, self._guard, address_status, renewal
        )

    def _password(self) -> Secret:
        stored = self._job.stored
        if foreign_host(self._job):
            raise SecretError("password_not_stored")
        password = self._adapters.secrets.get(password_account(stored.id)) if stored else None
        if password is None:
            raise SecretError("password_not_stored")
        return password

    def _keep_token(self, token: Secret) -> None:
        """Use the new token, and give the profile's keyring entry the new one too."""
        self._token = token
        try:
            if self._job.stored is not None:
                self._adapters.secrets.put(self._job.stored.id, token)
        except SecretError as error:
            message = secret_message(error.code, error.detail)
            self._job.output.problem(f"{self._job.name}: {message.cause}", transient=True)

    def _follow_target(self, attempt: Attempt) -> None:
        if attempt.outcome.accepted:
            self._present_target = attempt.announced or self._present_target
        output = self._job.output
        if attempt.fallback_reason:
            message = reports_unmoved_message(attempt)
            output.warning(message.cause, transient=True)
        if attempt.withheld_target is not None and (
            output.as_json or attempt.withheld_target != self._warned_target
        ):
            output.warning(reports_stay_sentence(attempt), transient=True)
        self._warned_target = attempt.withheld_target

    def _finished(self, attempt: Attempt) -> None:
        now, jitter = self._adapters.clock.now(), random.uniform(-1, 1)
        finished = events.HeartbeatFinished(_ID, self._pbx.run, attempt, now, jitter)
        self._state = reduce(self._state, finished)

    def _next_at(self) -> datetime:
        assert self._pbx.due_s is not None, "asked only while there is a next one"
        return self._adapters.clock.now().utc_of(self._pbx.due_s)

    def _wait(self) -> bool:
        """Wait until the next heartbeat is due; False when a signal came first."""
        checked_at_s = self._adapters.clock.now().elapsed_s
        while not self._stop.stopped:
            now = self._adapters.clock.now()
            if schedule.slept(now.elapsed_s - checked_at_s):
                slept = events.ComputerSlept(now, now.elapsed_s - checked_at_s)
                self._state = reduce(self._state, slept)
            checked_at_s = now.elapsed_s
            assert self._pbx.due_s is not None, "a keeper without a next heartbeat has ended"
            left_s = self._pbx.due_s - now.elapsed_s
            if left_s <= 0:
                return True
            self._stop.wait(min(left_s, schedule.TICK_S))
        return False


KEEP = Command(_add_options, _run)
