"""What users, jobs and time do to a scheduler, drawn at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qiskit_local_runtime.scheduler import State
from qiskit_local_runtime.scheduler import events as ev

from .bench import Bench, Make
from .model import ENDED, UNSTARTED, Job, Work

BACKENDS = ("left", "right")
INSTANCES = ("once", "twice", "other")
MODES = ("dedicated", "batch")
PAUSES = (1.0, 0.0, 3.0, 10.0, 60.0, 28 * 24 * 3600.0)
PICK = st.integers(0, 119)


class SchedulerMachine(RuleBasedStateMachine):
    """One integer per rule picks among what there is: cheap to draw, easy to shrink."""

    make: Make = State

    def __init__(self) -> None:
        super().__init__()
        self.bench = Bench(type(self).make)
        self.count = 0

    @initialize(pick=PICK)
    def backends(self, pick: int) -> None:
        self.bench.send(ev.Configured("left", lanes=1 + pick % 4, at_once=1 + pick // 4 % 3))
        self.bench.send(ev.Configured("right"))

    # --- users

    @rule(pick=PICK)
    def open(self, pick: int) -> None:
        limits = ((100.0, 10.0), (30.0, 10.0), (8.0, 3.0), (5.0, 60.0))[pick // 4 % 4]
        backend = BACKENDS[pick // 16 % 4 == 3]
        self.bench.send(ev.Opened(self._name("w"), MODES[pick % 2], backend, INSTANCES[pick // 2 % 2], *limits))

    @rule(pick=PICK)
    def submit_single(self, pick: int) -> None:
        self.bench.send(ev.Submitted(self._name("j"), BACKENDS[pick // 3 % 4 == 3], INSTANCES[pick % 3]))

    @rule(pick=PICK)
    def submit(self, pick: int) -> None:
        work = self._work(pick // 3)
        if work is None:
            self.submit_single(pick)
            return
        for _ in range(1 + pick % 3):
            self.bench.send(ev.Submitted(self._name("j"), work.backend, work.instance, work.id))

    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        jobs = list(self.bench.model.jobs)
        self.bench.send(ev.Cancelled(jobs[-1 - pick % len(jobs)] if jobs else "nobody"))

    @rule(pick=PICK)
    def close(self, pick: int) -> None:
        work = self._work(pick // 3)
        if work is not None:
            self.bench.send(ev.Abandoned(work.id) if pick % 3 == 0 else ev.Closed(work.id))

    # --- jobs

    @rule(pick=PICK)
    def proceed(self, pick: int) -> None:
        """A running job takes its next step: it wants the QPU, gives it back, or ends."""
        job = self._running(pick // 4)
        if job is None:
            return
        if job.phase == "in a lane" and pick % 4:
            self.bench.send(ev.Ready(job.id))
        elif job.phase == "on the QPU" and pick % 4:
            self.bench.send(ev.Released(job.id))
        else:
            self.bench.send(ev.Finished(job.id, float(pick % 4)))

    @rule(pick=PICK)
    def finish(self, pick: int) -> None:
        job = self._running(pick // 4)
        if job is not None:
            self.bench.send(ev.Finished(job.id, float(pick % 4)))

    # --- time

    @rule(pick=PICK)
    def wait(self, pick: int) -> None:
        """Time passes, up to a deadline or by some seconds; now and then nobody notices."""
        due = self.bench.state.deadline
        if due is not None and pick % 2:
            self.bench.clock = max(self.bench.clock, due + (0.0, 0.0, 1.0)[pick // 2 % 3])
        else:
            self.bench.clock += PAUSES[min(pick // 2 % 12, 5) if pick // 24 == 0 else pick // 2 % 5]
        if pick // 8 % 2:
            self.bench.send(ev.Ticked())

    @rule(pick=PICK)
    def set_clock_back(self, pick: int) -> None:
        self.bench.send(ev.Submitted(self._name("j"), "left", INSTANCES[pick % 3]), self.bench.clock - 5.0)

    @precondition(lambda self: self.count > 3)
    @rule(pick=PICK)
    def configure(self, pick: int) -> None:
        self.bench.send(ev.Configured("left", lanes=1 + pick % 4, at_once=1 + pick // 4 % 3))

    @invariant()
    def laws(self) -> None:
        self.bench.check()

    def teardown(self) -> None:
        if not self.bench.broken:
            self.bench.wind_down()

    # --- picking

    def _name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def _work(self, pick: int) -> Work | None:
        works = [work for work in self.bench.model.works.values() if work.mode != "job"]
        return works[-1 - pick % len(works)] if works else None

    def _running(self, pick: int) -> Job | None:
        running = [job for job in self.bench.model.jobs.values() if job.phase not in (UNSTARTED, ENDED)]
        return running[pick % len(running)] if running else None


def machine_of(make: Any) -> type[SchedulerMachine]:
    """The same for another scheduler."""
    return type("Machine", (SchedulerMachine,), {"make": staticmethod(make)})
