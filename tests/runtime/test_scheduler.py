"""When the worker sends: what is due, the token that dies first before all others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from queue import Queue

import pytest
from pytestqt.qtbot import QtBot

from hbgui.core import events
from hbgui.core.api.outcome import ACCEPTED, Attempt, HeartbeatMark, Outcome, OutcomeKind
from hbgui.core.api.schedule import SETTLE_S
from hbgui.core.events import Event
from hbgui.core.pbx.profile import Profile
from hbgui.core.values import Moment
from hbgui.runtime.context import Context
from hbgui.runtime.hub import Hub
from hbgui.runtime.jobs import Jobs
from hbgui.runtime.scheduler import PlannedHeartbeat, Scheduler
from hbgui.runtime.supervisor import Supervisor
from runtime.world import FakeAdapters, MovedClock

PROFILE = Profile("a", "Hotel Post", "http://192.168.5.150")


@dataclass
class Worker:
    """A scheduler and what it did."""

    clock: MovedClock
    scheduler: Scheduler
    sent: Queue[tuple[str, int]]
    told: Queue[Event]

    def order(self, pbx_id: str, in_s: float, urgency: float = math.inf) -> PlannedHeartbeat:
        due_s = self.clock.now().elapsed_s + in_s
        return PlannedHeartbeat(replace(PROFILE, id=pbx_id), 0, due_s, urgency)


class SendsNothing:
    """Stands for the pool: remembers what it was to send."""

    def __init__(self) -> None:
        self.keys: Queue[tuple[str, int]] = Queue()

    def submit(self, _work: object, *, key: tuple[str, int], urgency: float) -> bool:
        self.keys.put(key)
        return True


@pytest.fixture
def worker(qtbot: QtBot, tmp_path: Path) -> Iterator[Worker]:
    adapters, sends, told = FakeAdapters(tmp_path), SendsNothing(), Queue[Event]()
    context = Context(adapters)
    context.post, context.sends = told.put, sends  # type: ignore[assignment]
    scheduler = Scheduler(context)
    yield Worker(adapters.clock, scheduler, sends.keys, told)
    assert scheduler.close(5)


def ids(worker: Worker, count: int) -> list[str]:
    return [worker.sent.get(timeout=60)[0] for _ in range(count)]


def test_the_token_that_dies_first_goes_first(worker: Worker) -> None:
    """Of those that are due at once; without a token that is known to live, who waits longer."""
    worker.scheduler.plan(worker.order("later", -1, urgency=900))
    worker.scheduler.plan(worker.order("never, for long", -9))
    worker.scheduler.plan(worker.order("never", -3))
    worker.scheduler.plan(worker.order("not due", 3600, urgency=1))
    worker.scheduler.plan(worker.order("soon", -1, urgency=100))
    worker.scheduler.start()
    assert ids(worker, 4) == ["soon", "later", "never, for long", "never"]
    assert worker.sent.empty()


def test_after_a_sleep_nothing_is_sent_before_it_is_planned_anew(worker: Worker) -> None:
    worker.scheduler.start()
    worker.scheduler.plan(worker.order("a", 5))
    worker.scheduler.plan(worker.order("b", 3600))
    worker.scheduler.plan(worker.order("first", -1))
    assert ids(worker, 1) == ["first"]
    worker.clock.added_s += 7200
    slept = worker.told.get(timeout=60)
    assert isinstance(slept, events.ComputerSlept)
    assert slept.gap_s >= 7200
    # A tick later: neither of them is there any more.
    worker.scheduler.plan(worker.order("c", 0))
    assert ids(worker, 1) == ["c"]
    assert worker.sent.empty()


# --- what the supervisor orders


@dataclass
class Recorder:
    """Stands for the scheduler: remembers the last order of each PBX, and how many there were."""

    orders: dict[str, PlannedHeartbeat] = field(default_factory=dict)
    armed: list[str] = field(default_factory=list)

    def start(self) -> None: ...

    def plan(self, planned: PlannedHeartbeat) -> None:
        self.orders[planned.profile.id] = planned
        self.armed.append(planned.profile.id)

    def drop(self, pbx_id: str) -> None:
        self.orders.pop(pbx_id, None)


@dataclass
class Plan:
    """A supervisor whose scheduler is a recorder, and its PBXs, all kept alive."""

    clock: MovedClock
    hub: Hub
    scheduler: Recorder

    def at(self, in_s: float) -> Moment:
        now = self.clock.now()
        return Moment(now.elapsed_s + in_s, datetime.fromtimestamp(now.utc.timestamp() + in_s, UTC))

    def finished(self, pbx_id: str, outcome: Outcome, ago_s: float) -> None:
        sent = self.at(-ago_s)
        run = self.hub.state.pbxs[pbx_id].run
        attempt = Attempt(sent, outcome, PROFILE.pbx)
        self.hub.apply(events.HeartbeatFinished(pbx_id, run, attempt, sent, 0))

    def by_urgency(self, *pbx_ids: str) -> list[str]:
        return sorted(pbx_ids, key=lambda i: (self.scheduler.orders[i].urgency, pbx_ids.index(i)))


@pytest.fixture
def plan(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[..., Plan]]:
    adapters, scheduler = FakeAdapters(tmp_path), Recorder()
    context = Context(adapters)
    hub, clock = context.hub, adapters.clock

    def make(*pbx_ids: str) -> Plan:
        for pbx_id in pbx_ids:
            hub.apply(events.ProfileAdded(replace(PROFILE, id=pbx_id)))
            supervisor.keep_alive(pbx_id, True)
        return Plan(clock, hub, scheduler)

    supervisor = Supervisor(context, Jobs(context), scheduler, *[object()] * 2)
    yield make
    hub.close()


DEAD = Outcome(OutcomeKind.UNREACHABLE, "timed_out")
REFUSED = Outcome(OutcomeKind.REFUSED, "refused", "20010", 200)


def test_a_token_that_may_live_goes_before_one_that_never_did(plan: Callable[..., Plan]) -> None:
    made = plan("never", "hung", "over", "late", "soon")
    made.finished("hung", DEAD, 5)
    for pbx_id, ago_s in (("over", 2000), ("late", 300), ("soon", 1500)):
        made.finished(pbx_id, ACCEPTED, ago_s)
        made.finished(pbx_id, DEAD, 1)
    assert made.by_urgency("never", "hung", "over", "late", "soon")[:2] == ["soon", "late"]
    urgency = {pbx_id: order.urgency for pbx_id, order in made.scheduler.orders.items()}
    assert urgency["never"] == urgency["hung"] == urgency["over"] == math.inf
    dies_s = made.clock.now().elapsed_s + 1800
    assert urgency["late"] == pytest.approx(dies_s - 300, abs=60)


def test_what_an_earlier_run_had_accepted_may_live(plan: Callable[..., Plan]) -> None:
    made = plan("never", "old", "recent", "other token")

    def beats(*ago_s: float) -> tuple[HeartbeatMark, ...]:
        return tuple(HeartbeatMark(made.at(-s).utc, OutcomeKind.ACCEPTED) for s in ago_s)

    made.hub.apply(events.HeartbeatsRecalled("old", beats(5000, 4000)))
    failed = HeartbeatMark(made.at(-60).utc, OutcomeKind.UNREACHABLE)
    made.hub.apply(events.HeartbeatsRecalled("recent", (*beats(900, 600), failed)))
    made.hub.apply(events.HeartbeatsRecalled("other token", beats(600)))
    made.hub.apply(events.TokenChanged("other token", made.at(-300)))
    assert made.by_urgency("never", "old", "recent", "other token")[0] == "recent"
    others = {made.scheduler.orders[i].urgency for i in ("never", "old", "other token")}
    assert others == {math.inf}


def test_a_dead_token_is_not_urgent(plan: Callable[..., Plan]) -> None:
    made = plan("a")
    made.finished("a", ACCEPTED, 60)
    made.finished("a", Outcome(OutcomeKind.REFUSED, "refused", "20006", 200), 30)
    made.hub.apply(events.KeepAliveStarted("a", made.clock.now()))
    assert made.scheduler.orders["a"].urgency == math.inf


def test_after_a_sleep_every_order_is_given_anew(plan: Callable[..., Plan]) -> None:
    """The worker has dropped them, those of paused PBXs too, which are the same after it."""
    made = plan("a", "b")
    now = made.clock.now()
    made.finished("a", ACCEPTED, 60)
    made.hub.apply(events.Paused(now.elapsed_s + 3600))
    before = dict(made.scheduler.orders)
    made.scheduler.orders.clear()
    made.hub.apply(events.ComputerSlept(made.at(600), 600))
    assert made.scheduler.orders == before
    made.hub.apply(events.Resumed(made.at(600)))
    made.scheduler.orders.clear()
    woke = made.at(1200)
    made.hub.apply(events.ComputerSlept(woke, 600))
    dues = {order.due_s for order in made.scheduler.orders.values()}
    assert dues == {woke.elapsed_s + SETTLE_S}
