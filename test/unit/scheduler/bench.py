"""A scheduler on the bench: every event goes to the machine, to a copy that nobody ticks, and to the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qiskit_local_runtime.scheduler import Refused, State
from qiskit_local_runtime.scheduler import commands as cmd
from qiskit_local_runtime.scheduler import events as ev

from .laws import Laws
from .model import Model
from .turns import ENDED, UNSTARTED, Job

SHARES = {"twice": 2.0}
Make = Callable[[dict[str, float]], Any]


class Bench:
    """Sends events and checks what comes out; what does not agree is an ``AssertionError``.

    Args:
        make: makes the machine under test.
    """

    def __init__(self, make: Make = State) -> None:
        self.make = make
        self.state, self.late = make(SHARES), make(SHARES)
        self.model, self.laws = Model(SHARES), Laws()
        self.clock = 0.0
        self.broken = False
        """Whether something did not agree: then there is no sense in going on."""
        self.record: list[tuple[ev.Event, float, list[cmd.Command]]] = []

    def send(self, event: ev.Event, clock: float | None = None) -> None:
        """One event, now or at the time of another clock; deadlines before it are ticked each at its own time."""
        at, self.broken = self.clock if clock is None else clock, True
        commands: list[cmd.Command] = []
        while (due := self.state.deadline) is not None and due <= max(at, self.state.now):
            assert due == self.model.deadline, f"the next deadline is {self.model.deadline}, not {due}"
            commands += self._step(ev.Ticked(), due)
            assert self.state.deadline != due, f"a tick at {due} leaves the deadline where it was"
        commands += self._step(event, at)
        late, _ = _handle(self.late, event, at)
        assert late == commands, f"a late tick changes what happens: {late} instead of {commands}"
        assert _facts(self.late) == _facts(self.state), "a late tick changes how things stand"
        self.broken = False

    def _step(self, event: ev.Event, at: float) -> list[cmd.Command]:
        expected = self.model.handle(event, at)
        commands, refused = _handle(self.state, event, at)
        self.record.append((event, at, commands))
        assert refused == (("Refused",) in expected), f"{event} is {'' if refused else 'not '}refused"
        for kind in (cmd.Start, cmd.Grant, cmd.Settle, cmd.Interrupt):
            found = [_told(command) for command in commands if isinstance(command, kind)]
            wanted = [told for told in expected if told[0] == kind.__name__]
            assert found == wanted, f"after {event}: {found} instead of {wanted}"
        self.laws.witness(event, commands, self.model)
        facts = _facts(self.state)
        assert facts == self.model.facts(), f"after {event} at {at}: {facts} instead of {self.model.facts()}"
        assert self.state.deadline == self.model.deadline, f"the deadline is {self.state.deadline}"
        return commands

    def check(self) -> None:
        """The laws that hold between events."""
        self.laws.check(self.model)
        for name in self.model.backends:
            queued = [job.id for job in self.model.jobs.values() if job.work.backend == name and job.phase == UNSTARTED]
            places = sorted(self.state.position(job) or 0 for job in queued)
            assert places == list(range(1, len(queued) + 1)), f"the places in line are {places}"

    def proceed(self, job: Job, usage: float) -> bool:
        """A running job takes its next step, unless it has to wait: it wants the QPU, gives it back, or ends."""
        if job.phase == "in a lane":
            self.send(ev.Ready(job.id))
        elif job.phase == "on the QPU":
            self.send(ev.Released(job.id))
        elif job.phase == "after the QPU":
            self.send(ev.Finished(job.id, usage))
        else:
            return False
        return True

    def wind_down(self) -> None:
        """Everything is closed and finished, time passes: every workload ends; a replay gives the same."""
        for work in list(self.model.works.values()):
            if work.mode != "job":
                self.send(ev.Closed(work.id))
        while running := [job for job in self.model.jobs.values() if job.phase not in (UNSTARTED, ENDED)]:
            self.clock += 1.0
            moved = [self.proceed(job, 1.0) for job in running]
            assert any(moved), "jobs wait for the QPU, and nobody has it"
        assert not self.state.jobs, f"jobs that never end: {list(self.state.jobs)}"
        self.clock += 1e6
        self.send(ev.Ticked())
        states = {name: group.state for name, group in self.state.groups.items()}
        assert set(states.values()) <= {"closed"}, f"workloads that never end: {states}"
        assert self.state.deadline is None, "a deadline when all has ended"
        self.check()
        self._replay()

    def _replay(self) -> None:
        again = self.make(SHARES)
        for event, at, commands in self.record:
            assert _handle(again, event, at)[0] == commands, f"a replay of {event} is different"
        assert _facts(again) == _facts(self.state), "a replay ends differently"


def _handle(state: Any, event: ev.Event, at: float) -> tuple[list[cmd.Command], bool]:
    try:
        return state.handle(event, at), False
    except Refused as error:
        return error.commands, True


def _told(command: cmd.Command) -> tuple[str, ...]:
    match command:
        case cmd.Settle():
            return ("Settle", command.job, command.outcome)
        case cmd.Start() | cmd.Grant() | cmd.Interrupt():
            return (type(command).__name__, command.job)
    return ()


_PHASES = {"waiting for the QPU": "wants the QPU"}


_FACTS = (
    "state",
    "accepting",
    "usage",
    "started_at",
    "activated_at",
    "idle_since",
    "closed_at",
    "last_job_started",
    "last_job_completed",
)


def _facts(state: Any) -> dict[str, Any]:
    works = {name: tuple(getattr(group, fact) for fact in _FACTS) for name, group in state.groups.items()}
    return {"works": works, "jobs": {e.id: _PHASES.get(e.phase, e.phase) for e in state.jobs.values()}}
