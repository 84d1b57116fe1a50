"""What users, jobs and time do to a scheduler, drawn at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qiskit_local_runtime.records.workload import Mode
from qiskit_local_runtime.scheduler import State
from qiskit_local_runtime.scheduler import events as ev

from .bench import Bench, Make
from .turns import ENDED, UNSTARTED, Job, Work

BACKENDS = ("left", "right")
INSTANCES = ("once", "twice", "other")
MODES: tuple[Mode, ...] = ("dedicated", "batch")
SIZES = ((5, 1), (3, 1), (4, 2), (2, 1), (1, 1), (3, 3))
"""Lanes, and jobs at once."""
PAUSES = (1.0, 0.0, 3.0, -5.0, 10.0, 60.0)
FOUR_WEEKS = 28 * 24 * 3600.0
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
        self.bench.send(ev.Configured("left", *SIZES[pick % len(SIZES)]))
        self.bench.send(ev.Configured("right"))

    # --- users

    @rule(pick=PICK)
    def open(self, pick: int) -> None:
        limits = ((100.0, 10.0), (30.0, 10.0), (8.0, 3.0), (5.0, 60.0))[pick // 4 % 4]
        name = self._name("w")
        backend, instance = BACKENDS[pick == 119], INSTANCES[pick // 2 % 2]
        self.bench.send(ev.Opened(name, MODES[pick % 2], backend, instance, *limits))
        for _ in range(pick // 16 % 4):
            self.bench.send(ev.Submitted(self._name("j"), backend, instance, name))

    @rule(pick=PICK)
    def submit_single(self, pick: int) -> None:
        self.bench.send(ev.Submitted(self._name("j"), BACKENDS[pick // 3 % 8 == 7], INSTANCES[pick % 3]))

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
        """Some running jobs take their next step: they want the QPU, give it back, or end."""
        jobs = self._running()[:: -1 if pick % 2 else 1]
        for job in jobs[: 1 + pick // 2 % 8]:
            self.bench.proceed(job, float(pick % 4))

    @rule(pick=PICK)
    def finish(self, pick: int) -> None:
        """A running job ends, wherever it is."""
        if running := self._running():
            self.bench.send(ev.Finished(running[pick // 4 % len(running)].id, float(pick % 4)))

    @rule(pick=PICK)
    def run_dry(self, pick: int) -> None:
        """All running jobs end, and perhaps nothing new comes until the next deadline."""
        for job in self._running():
            self.bench.send(ev.Finished(job.id, float(pick % 4)))
        due = self.bench.state.deadline
        if due is not None and pick % 3:
            self.bench.clock = max(self.bench.clock, due + pick // 3 % 2)

    # --- time

    @rule(pick=PICK)
    def wait(self, pick: int) -> None:
        """Time passes, up to a deadline or by some seconds, or is set back; now and then nobody notices."""
        due = self.bench.state.deadline
        if due is not None and pick % 2:
            self.bench.clock = max(self.bench.clock, due + (0.0, 1.0, 0.0)[pick // 2 % 3])
        else:
            self.bench.clock += PAUSES[pick // 2 % 6] if pick < 108 else FOUR_WEEKS
        if pick % 3:
            self.bench.send(ev.Ticked())

    @precondition(lambda self: self.count > 3)
    @rule(pick=PICK)
    def configure(self, pick: int) -> None:
        self.bench.send(ev.Configured("left", *SIZES[pick % len(SIZES)]))

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

    def _running(self) -> list[Job]:
        return [job for job in self.bench.model.jobs.values() if job.phase not in (UNSTARTED, ENDED)]


def machine_of(make: Any) -> type[SchedulerMachine]:
    """The same for another scheduler."""
    return type("Machine", (SchedulerMachine,), {"make": staticmethod(make)})
